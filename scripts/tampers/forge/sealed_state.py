"""What a sealed poll would hold in its storage, for the head's state (protocol §16)."""

from __future__ import annotations

from eth_hash.auto import keccak

from scripts.tampers.forge.abi import word
from scripts.tampers.forge.sealed import ForgedSealedVote
from scripts.tampers.forge.state import proved
from tests.contracts.ballot_box import ABSTAIN, AGAINST, FOR, N, commit
from tests.contracts.sealed_world import EMPTY_BOX, folded

BOX, SHARES, SECRET, BROKEN, RESULT_HASH, OUTCOME, PASSED, ABANDONED, VOICES = 7, 11, 12, 13, 17, 19, 20, 21, 23


def within(key: int, mapping: int) -> int:
    """Where a mapping keeps what stands under a number."""
    return int.from_bytes(keccak(word(key) + word(mapping)), "big")


def values_of(vote: ForgedSealedVote) -> dict[int, int]:
    """What the contract would hold in the end."""
    found: dict[int, int] = {}
    classes = len(vote.classes)
    for motion in range(vote.motions):
        for number in range(classes):
            place = motion * classes + number
            counted = vote.counted_in(number) if vote.openers else []
            lanes = vote.invalid_by_class()[number] if motion == 0 and vote.openers else 0
            for choice in (FOR, AGAINST, ABSTAIN):
                mine = [one.lender for one in counted if vote.choices_in(one)[motion] == choice]
                lanes |= len(mine) << 64 * choice
                x, y = commit(sum(one.amount_fen for one in mine), sum(one.blind for one in mine)) if mine else (0, 0)
                slot = within(4 * place + choice, 9)
                found[slot], found[slot + 1] = x, y
            found[within(place, 8)] = lanes
    for number in range(classes):
        out = [vote.register.lenders[i].amount_fen for i in vote.excluded if vote.register.lenders[i].voting_class == number]
        found[within(number, 16)], found[within(number, 16) + 1] = len(out), sum(out) % N
    found[SHARES], found[SECRET] = sum(1 << seat for seat in vote.openers), vote.dealt.secret if vote.openers else 0
    found[BOX] = 0 if vote.openers else int.from_bytes(folded(EMPTY_BOX, vote.records), "big")
    found[BROKEN] = vote.opens_at + 50 if vote.breached else 0
    found |= _result(vote)
    return found


def _result(vote: ForgedSealedVote) -> dict[int, int]:
    if vote.reason:
        return {ABANDONED: int.from_bytes(keccak(vote.reason.encode()), "big")}
    voices = len(vote.attesters)
    return {
        RESULT_HASH: int.from_bytes(vote.result_hash, "big"),
        OUTCOME: vote.challenge_ends_at << 8 | bool(vote.passed_motions),
        PASSED: vote.passed_motions,
        VOICES: voices if vote.approve else voices << 128,
    }


def with_state(vote: ForgedSealedVote, **changes: int) -> None:
    """The bundle proves the state, in which slots of these names may be others."""
    names = {"box": BOX, "shares": SHARES, "secret": SECRET, "broken": BROKEN, "passed": PASSED, "abandoned": ABANDONED, "voices": VOICES}
    names |= {"heads": within(0, 8), "sum": within(1, 9)}
    values = values_of(vote)
    for name, value in changes.items():
        values[names[name]] = value if name != "heads" else values[names[name]] + value
    vote.state = proved(vote, values)
