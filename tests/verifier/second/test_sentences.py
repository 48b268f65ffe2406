"""Where several mistakes have one name, the sentence says which it was: both recounts tell an official what to ask about."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.tampers.forge.abi import word
from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.catalogue import LIES
from scripts.tampers.lies.kinds import Change, Lie
from scripts.tampers.lies.registers import _poisoned
from tests.verifier.second.second import needs_node, recount
from verifier.tally.__main__ import main as first_recount

pytestmark = needs_node
TO_STAY = "takes a leaf out that is to stay"
NO_CLAIM = "the register is false: this leaf holds no claim and was taken out"
TO_REFUSE = "a ballot was recorded that had to be refused"


def _nothing(vote: ForgedVote) -> None:
    del vote


def _another_sibling(vote: ForgedVote) -> None:
    """The leaf's way to the root ends elsewhere."""
    one = vote.acts["exclude 11"].sendings[0]
    one.data = one.data[:-1] + bytes([one.data[-1] ^ 1])


def _another_amount(vote: ForgedVote) -> None:
    """The event says another amount than the opening."""
    one = vote.acts["exclude 11"].sendings[0]
    address, topics, data = one.logs[0]
    one.logs = [(address, topics, data[:32] + word(1) + data[64:])]


def _twice(vote: ForgedVote) -> None:
    one = vote.acts["exclude 11"].sendings[0]
    one.logs = one.logs * 2


def _before_the_close(vote: ForgedVote) -> None:
    vote.acts["exclude 11"].time = vote.closes_at - 1


EXCLUSIONS: dict[str, tuple[Change, bool]] = {
    "a leaf that holds no claim": (_nothing, False),
    "a proof that ends elsewhere": (_another_sibling, True),
    "an event of another amount": (_another_amount, True),
    "one leaf twice": (_twice, True),
    "before the close": (_before_the_close, True),
}


def said_by_both(lie: Lie, folder: Path, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """All that each recount prints about it, in English."""
    lie.write(folder / "lie.zip")
    capsys.readouterr()
    first_recount(["--evidence", str(folder / "lie.zip")])
    return capsys.readouterr().out, "\n".join(recount("--evidence", folder / "lie.zip").lines)


@pytest.mark.parametrize("name", EXCLUSIONS)
def test_exclusion__is_called_right_or_wrong(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    change, is_wrong = EXCLUSIONS[name]
    for said in said_by_both(Lie("exclusions", name, "register.excluded", before=_poisoned, after=change), tmp_path, capsys):
        assert NO_CLAIM in said
        assert (TO_STAY in said) == is_wrong


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("a claim taken out", TO_STAY), ("a ballot that its key did not sign", TO_REFUSE), ("an old ballot over a newer one", TO_REFUSE)],
)
def test_lie__is_told_in_its_own_sentence(name: str, sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (lie,) = (one for one in LIES if one.name == name)
    for said in said_by_both(lie, tmp_path, capsys):
        assert sentence in said


@pytest.mark.parametrize("key", ["plan_number", "closes_at"])
def test_poll_file__names_the_value_that_was_not_announced(key: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (lie,) = (one for one in LIES if one.name == f"poll.json: {key}")
    for said in said_by_both(lie, tmp_path, capsys):
        assert f"poll.json: {key}" in said
