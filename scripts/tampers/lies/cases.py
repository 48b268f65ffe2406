"""Lies about the case, its officials, the poll's place and what was announced."""

from __future__ import annotations

from scripts.build.contracts import load
from scripts.tampers.forge.vote import CHALLENGE, NOTICE, START, ForgedVote
from scripts.tampers.lies.kinds import (
    Brought,
    Change,
    Lie,
    at,
    byte,
    bytes_of_file,
    data_of,
    in_file,
    no_logs,
    setting,
    twice,
)
from tests.contracts.ballot_box import address_of, secret, signer_of

KIND = "signers"
FILES = "published files"
STRANGER = secret("stranger")


def _other_code(vote: ForgedVote) -> None:
    code = bytearray.fromhex(load("Case")["bytecode"][2:])
    code[500] ^= 1
    vote.creation_code = bytes(code)


def _officials(count: int) -> list[bytes]:
    return [secret("official", i) for i in range(count)]


def _panel(*signers: bytes, threshold: int = 2) -> dict[str, object]:
    return {"officials": list(signers), "threshold": threshold}


def _doubled(vote: ForgedVote) -> None:
    first, second = (signer_of(key) for key in vote.official_keys[:2])
    vote.officials = [first, second, first]


def _many(vote: ForgedVote) -> None:
    vote.official_keys = _officials(33)
    vote.threshold = 17


def _insider(vote: ForgedVote) -> None:
    vote.institution_key = vote.official_keys[2]


def _elsewhere(vote: ForgedVote) -> None:
    vote.__dict__["poll"] = bytes.fromhex("ab" * 20)


def _act(act: str) -> tuple[Lie, ...]:
    """What can be wrong with the signatures of an act."""
    finding = {"freeze": "register.signatures", "admit": "plan.signatures", "announce": "parameters.signatures"}[act]
    one, two = _officials(2)
    return (
        Lie(KIND, f"{act}: signed by one official only", finding, before=setting(signed_by={act: [one]})),
        Lie(KIND, f"{act}: signed by one official twice", finding, before=setting(signed_by={act: [one, one]})),
        Lie(KIND, f"{act}: signed by a stranger", finding, before=setting(signed_by={act: [one, STRANGER]})),
        Lie(KIND, f"{act}: signed about something else", finding, before=setting(signed_values={act: lambda values: [7, *values[1:]]})),
        Lie(KIND, f"{act}: a signature spoiled", finding, before=setting(signed_by={act: [one, two]}), after=_spoiled(act)),
    )


def _spoiled(act: str) -> Change:
    """The last signature's s is another one."""

    def change(vote: ForgedVote) -> None:
        one = vote.acts[act].sendings[0]
        one.data = byte(-64)(one.data)

    return change


def _signed_otherwise(vote: ForgedVote) -> None:
    vote.rehearsal = True
    vote.signed_values = {"announce": lambda values: [*values[:-1], False]}


class _Empty(list[str]):
    """No verifier at all, where an empty list means the usual one."""

    def __bool__(self) -> bool:
        return True


_verifier = address_of(secret("verifier"))

LIES = (
    Lie(KIND, "the case of somebody else", "case.address", brings=lambda _: Brought(options={"--case": "0x" + "ab" * 20})),
    Lie(KIND, "other officials than on paper", "case.address", brings=lambda _: Brought(options={"--fingerprint": "ab" * 16})),
    Lie(KIND, "a case of other code", "case.creation", before=_other_code),
    Lie(KIND, "a case opened with other officials than it says", "case.creation", after=data_of("create", 0, byte(200))),
    Lie(KIND, "a case that never said that it was opened", "case.creation", after=no_logs("create")),
    Lie(KIND, "a case opened twice", "case.creation", after=twice("create")),
    Lie(FILES, "poll.json: from_block", "case.creation", after=in_file("poll.json", "from_block", to=2)),
    Lie(KIND, "an official counted twice", "case.officials", before=_doubled),
    Lie(KIND, "33 officials", "case.officials", before=_many),
    Lie(KIND, "a threshold of one in three", "case.officials", before=setting(threshold=1, attesters=[0])),
    Lie(
        KIND,
        "a signer of 30 bytes",
        "case.officials",
        before=lambda v: setting(**_panel(*map(signer_of, v.official_keys[:2]), b"x" * 30))(v),
    ),
    Lie(
        KIND, "a signer of zeros", "case.officials", before=lambda v: setting(**_panel(*map(signer_of, v.official_keys[:2]), bytes(20)))(v)
    ),
    Lie(KIND, "an official who is the institution", "case.roles", before=_insider),
    Lie(KIND, "an institution that is neither a plain key nor a passkey", "case.officials", before=setting(institution=b"\x11" * 21)),
    Lie(KIND, "a poll that stands elsewhere", "poll.address", before=_elsewhere),
    Lie(KIND, "an announcement of another poll", "poll.address", after=data_of("announce", 0, byte(31))),
    Lie(FILES, "poll.json: a protocol that there is not", "poll.file", after=in_file("poll.json", "protocol", to=9)),
    Lie(FILES, "poll.json: not canonical", "poll.file", after=bytes_of_file("poll.json", lambda one: one.replace(b":", b": ", 1))),
    Lie(FILES, "poll.json: a key more", "poll.file", after=bytes_of_file("poll.json", lambda one: one[:-1] + b',"x":1}')),
    Lie(FILES, "poll.json: a key twice", "poll.file", after=bytes_of_file("poll.json", lambda one: one[:-1] + b',"tree_depth":8}')),
    Lie(FILES, "poll.json: depth of the tree", "poll.file", after=in_file("poll.json", "tree_depth", to=9)),
    *_act("freeze"),
    *_act("admit"),
    *_act("announce"),
    Lie(KIND, "submission: signed by a stranger", "plan.signatures", before=setting(signed_by={"submit": [STRANGER]})),
    Lie(KIND, "submission: signed about another plan", "plan.signatures", before=setting(signed_values={"submit": lambda v: [1, v[1]]})),
    Lie(KIND, "announcement of other parameters", "parameters.announced", after=data_of("announce", 0, byte(-1))),
    Lie(KIND, "no announcement", "parameters.announced", after=no_logs("announce")),
    Lie(KIND, "an announcement twice", "parameters.announced", after=twice("announce")),
    Lie(KIND, "an announcement after the opening", "parameters.announced", after=at("announce", lambda v: v.opens_at)),
    Lie(KIND, "a window that is empty", "parameters.range", before=setting(window_seconds=0)),
    Lie(KIND, "no challenge period", "parameters.range", before=setting(challenge_seconds=0)),
    Lie(KIND, "a notice one second too short", "parameters.range", before=setting(opens_at=START + NOTICE - 1)),
    Lie(KIND, "a challenge period one second too short", "parameters.range", before=setting(challenge_seconds=CHALLENGE - 1)),
    Lie(KIND, "a rehearsal signed as a vote that counts", "parameters.signatures", before=_signed_otherwise),
    Lie(FILES, "poll.json: a vote that counts as a rehearsal", "poll.file", after=in_file("poll.json", "rehearsal", to=True)),
    Lie(
        FILES,
        "poll.json: a rehearsal as a vote that counts",
        "poll.file",
        before=setting(rehearsal=True),
        after=in_file("poll.json", "rehearsal", to=False),
    ),
    Lie(KIND, "no verifier", "parameters.range", before=setting(verifiers=_Empty())),
    Lie(KIND, "nine verifiers", "parameters.range", before=setting(verifiers=[_verifier, *(address_of(secret(i)) for i in range(8))])),
    Lie(KIND, "a verifier twice", "parameters.range", before=setting(verifiers=[_verifier, _verifier])),
    Lie(KIND, "the verifier zero", "parameters.range", before=setting(verifiers=[_verifier, "0x" + "00" * 20])),
    Lie(KIND, "a verifier who is an official", "parameters.roles", before=setting(verifier_key=secret("official", 1))),
    Lie(KIND, "a verifier who is the institution", "parameters.roles", before=setting(verifier_key=secret("institution"))),
    Lie(KIND, "a verifier who is the relay", "parameters.roles", before=setting(verifiers=[_verifier, address_of(secret("relay"))])),
    Lie(KIND, "a relay who is an official", "parameters.roles", before=setting(relay_key=secret("official", 2))),
    *(
        Lie(FILES, f"poll.json: {key}", "parameters.file", after=in_file("poll.json", "parameters", key, to=lambda old: old + 1))
        for key in ("register_number", "plan_number", "opens_at", "closes_at", "challenge_seconds")
    ),
    Lie(FILES, "poll.json: a verifier", "parameters.file", after=in_file("poll.json", "parameters", "verifiers", 0, to="0x" + "ab" * 20)),
    Lie(FILES, "poll.json: the relay", "parameters.file", after=in_file("poll.json", "parameters", "receipt_signer", to="0x" + "ab" * 20)),
    Lie(FILES, "poll.json: another case's plan", "plan.form", before=setting(plan_changes={"case": "0x" + "ab" * 20})),
)
