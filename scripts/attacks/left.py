"""Attacks that the system does not stop by itself: each with the reason, and the words of the threat model that say so."""

from __future__ import annotations

from scripts.attacks.kinds import Left

LEFT: tuple[Left, ...] = (
    Left(
        "the institution invents lenders in the claims file",
        "whether a claim exists is written in contracts and bank records, which the system never sees",
        "invented lenders are **not** found by the system itself",
    ),
    Left(
        "officials sign a register without working it out",
        "whether somebody ran a tool of their own cannot be seen from a signature",
        "**Not stopped**: officials who do not run the tool, a claims file that is false itself",
    ),
    Left(
        "a leaf whose opening nobody has keeps the sums shut",
        "taking a leaf out takes its opening; public range proofs have their place in protocol and files and are not read yet",
        "A leaf whose opening nobody has keeps the sums shut",
    ),
    Left(
        "verifier and backend together make voters for absent lenders",
        "who meets lenders and who carries their ballots are two organisations; of both together only a call back to the lender tells",
        "verifier **and** backend together can make voters for absent lenders",
    ),
    Left(
        "officials bind a friend's photo to an absent lender",
        "whose face is on a photo is for people to look at",
        "Officials who sign without looking at whose photo it is are **not** found by the system",
    ),
    Left(
        "the issuer's operator is given a foreign paper",
        "the fingerprint is the root of trust; that it is the working group's is known from the way by which it came",
        "**A foreign paper is believed**",
    ),
    Left(
        "most organisations' nodes lie alike to the backend",
        "of a majority that lies nothing tells but a node of one's own",
        "A majority of lying organisations is not found",
    ),
    Left(
        "a stream that moves as asked is sent past the camera",
        "a browser cannot prove that its pictures come from a camera",
        "**A stream that moves as asked, sent past the camera, is not stopped.**",
    ),
    Left(
        "a lender sells the vote and shows the index",
        "choices are public by pseudonym in this version",
        "a lender who shows the index shows the choice",
    ),
    Left(
        "exact sums of a small class tell who voted how",
        "the sums are what is counted; officials see what they tell, and acknowledge it, before they are opened",
        "the totals are exact and everybody may open them who has the openings",
    ),
    Left(
        "the relay refuses a ticket",
        "that somebody was not answered leaves no paper that others could check",
        "the refusal is not provable on chain",
    ),
    Left(
        "whoever holds the openings does not open the sums",
        "an opening is a secret; a second keeper has a copy",
        "refusing to open stalls the poll and is visible to everybody",
    ),
    Left(
        "polls on one plan until it passes",
        "a recount is about one poll; how often a plan may be put to the vote is for the law and the officials",
        "put one plan to the vote again and again until it passes",
    ),
    Left(
        "two chains of one id with a case at the same address",
        "signatures name chain id and contract, and nothing else tells such chains apart",
        "use papers of one chain on another of the same id, where the case has the same address",
    ),
    Left(
        "rejections in mass at the close of a chain without fees",
        "who may send how much is a rule of the chain, not of a contract",
        "fill a chain without fees at the close, for instance with rejections under a list that stands on the chain already",
    ),
    Left(
        "a relay notes two chains of books and a bundle shows one",
        "notes change nothing in a contract, so no state tells that there are others; a recount with a node reads them all",
        "a relay that noted two contradicting chains of books and shows one of them",
    ),
    Left(
        "the verifier's operator takes an older identity file after a newer one",
        "what the officials sign has no number of its own; which files they signed, and in which order, stands in the log of official acts",
        "**Not stopped**: a file that was signed earlier and never handed in",
    ),
    Left(
        "a new case by the contracts of protocol 1",
        "old cases are carried on and recounted by the same tools",
        "**Not refused** by them, since old cases go on",
    ),
    Left(
        "a lender is coerced in person",
        "nothing that a device shows tells who stands behind it",
        "Coercion in person",
    ),
)
