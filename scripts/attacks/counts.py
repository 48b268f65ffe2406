"""Attacks on ballots, the count and its opening, in a history that somebody wrote and that is right everywhere else."""

from __future__ import annotations

from functools import partial

from scripts.attacks.bundles import bundle, forged, told_lie
from scripts.attacks.kinds import Attack, Patch
from scripts.tampers.forge.vote import ForgedVote
from tests.contracts.ballot_box import opening

WHO = "whoever makes the bundle"
BALLOTS, BALLOTS_2 = "verifier/tally/steps/ballots.py", "verifier/second/steps/ballots.mjs"
OPENING, OPENING_2 = "verifier/tally/steps/opening.py", "verifier/second/steps/opening.mjs"
OUTCOME, OUTCOME_2 = "verifier/tally/steps/outcome.py", "verifier/second/steps/outcome.mjs"

CREDENTIALS_UNCHECKED = (
    Patch("verifier/tally/ballots.py", "    if verifier in terms.verifiers:\n", "    if True:\n"),
    Patch(BALLOTS_2, "      isVerifier,\n", "      true,\n"),
)
SIGNATURES_UNCHECKED = (
    Patch(BALLOTS, "return 0 if sent.signed else", "return 0 if True else"),
    Patch(BALLOTS_2, "return isSigned ? 0n : NOT_SIGNED;", "return 0n;"),
)
PROOFS_UNCHECKED = (
    Patch(
        BALLOTS,
        "leads to the register's root\", sending.proved, ".replace("leads", "does not lead"),
        "does not lead to the register's root\", True, ",
    ),
    Patch(BALLOTS_2, "does not lead to the register's root\", isProved, ", "does not lead to the register's root\", true, "),
)
WINDOW_UNCHECKED = (
    Patch(BALLOTS, "        is_open = opens_at <= at < closes_at\n", "        is_open = True\n"),
    Patch(BALLOTS_2, '"the poll was not open", opensAt <= at && at < closesAt, ', '"the poll was not open", true, '),
)
#: Whatever stands in a batch and is not in its event was never sent.
EVENTS_BELIEVED = (
    Patch(
        BALLOTS,
        'self.log.equal("ballots.recorded", group.place, what, [expected] if accepted else [], said)',
        "accepted = accepted if [expected] == said else []",
    ),
    Patch(
        BALLOTS,
        'self.log.equal("ballots.rejected", group.place, "BallotRejected is not what its ballots give", refused, spoken)',
        "del spoken",
    ),
    Patch(
        BALLOTS_2,
        'this.log.equal("ballots.recorded", group.where, `BallotsRecorded ${what}`, expected, said("BallotsRecorded"));',
        'if (expected.length && !said("BallotsRecorded").length) accepted.length = 0;',
    ),
    Patch(BALLOTS_2, 'this.log.equal("ballots.rejected", group.where, `BallotRejected ${what}`, refused, said("BallotRejected"));', ""),
)
OPENINGS_BELIEVED = (
    Patch(OPENING, "            opened = curve.commit(amount_fen, blind)\n", "            opened = total\n"),
    Patch(OPENING_2, "    const isRight = opens(sums[i], amount, blind);\n", "    const isRight = true;\n"),
)
OUTCOME_BELIEVED = (
    Patch(OUTCOME, 'log.equal("outcome.rule", event.place, "the rule gives another outcome", outcome, int(result.passed))', "pass"),
    Patch(OUTCOME_2, 'log.equal("outcome.rule", event.where, "the rule gives another outcome", outcome, passed);', ""),
)


def _opened_more(vote: ForgedVote) -> None:
    """What the absent lender has is opened with the others' voices for the plan."""
    close = vote._close

    def other() -> None:
        absent = vote.register.lenders[11]
        found = opening(vote.register, vote.newest)
        one = found[absent.voting_class]
        found[absent.voting_class] = (one[0] + absent.amount_fen, *one[1:])
        vote.openings = found
        close()

    vote._close = other  # type: ignore[method-assign]


_attack = partial(told_lie, kind="transactions", who=WHO)


ATTACKS = (
    _attack("a ballot stuffed without a verifier", CREDENTIALS_UNCHECKED),
    _attack("a ballot that its key did not sign", SIGNATURES_UNCHECKED),
    _attack("a ballot whose proof leads elsewhere", PROOFS_UNCHECKED),
    _attack("a ballot at the close", WINDOW_UNCHECKED),
    _attack("a good ballot that was recorded nowhere", EVENTS_BELIEVED),
    Attack(
        "an absent lender's claim opened with the others'", WHO, bundle(forged("more", "opening.wrong", _opened_more)), OPENINGS_BELIEVED
    ),
    _attack("an outcome that the rule does not give", OUTCOME_BELIEVED, kind="result"),
)
