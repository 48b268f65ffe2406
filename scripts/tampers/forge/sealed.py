"""A sealed vote as it would stand on the chain, from trustees and their key to the opened sums; honest, and open to any change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from eth_hash.auto import keccak

from scripts.tampers.forge.abi import OPENINGS, SIGNERS, call, word
from scripts.tampers.forge.sealed_ballots import SealedBallots
from scripts.tampers.forge.sums import carried
from tests.contracts.ballot_box import ABSTAIN, AGAINST, FOR, N
from tests.contracts.sealed_world import EMPTY_BOX, SealedVote, folded, plain_of

OPENING_LEAF = ["uint256", "(uint8,uint256,uint256)", "bytes32[]", "uint256", "uint256", "bytes32", "bytes"]


@dataclass
class ForgedSealedVote(SealedBallots):
    """As SealedBallots, with what comes after the close."""

    def _close(self) -> None:
        if self.closing_note:
            self.note("close", self.closes_at, closed=True)
        for seat in self.openers:
            self.publish_share(f"share {seat}", seat, self.dealt.shares[seat], self.closes_at + 2)
        if self.openers:
            self.unseal(self.dealt.secret, self.closes_at + 4)
            self.count_box()
        if self.reason:
            self.abandon("abandon", self.closes_at + self.abandon_after)
            return
        for index in self.excluded:
            self.exclude_sealed(index)
        self.open_sums()

    def publish_share(self, name: str, seat: int, share: int, at: int) -> None:
        kinds = ["uint256", "uint256"]
        log = self.log(self.poll, "SharePublished", kinds, [word(seat)], word(share))
        self.act(name, at, self.poll, call("publishShare", kinds, [seat, share]), log)

    def unseal(self, number: int, at: int, box: bytes | None = None) -> None:
        kinds = ["uint256", "bytes32"]
        full = folded(EMPTY_BOX, self.records) if box is None else box
        log = self.log(self.poll, "Unsealed", kinds, [], encode(kinds, [number, full]))
        self.act("unseal", at, self.poll, call("unseal", ["uint256"], [number]), log)

    def count_box(self) -> None:
        left, place = len(self.records), 0
        while left:
            size = min(left, self.sizes[min(place, len(self.sizes) - 1)])
            self.count_piece(f"count {place}", left - size, left, self.closes_at + 6 + place)
            left, place = left - size, place + 1

    def count_piece(self, name: str, start: int, end: int, at: int, counted: bytes | None = None, behind: Sequence[bytes] = ()) -> None:
        """One counting of the records from start to end; `behind` are records in the call that others counted before it."""
        before, piece = folded(EMPTY_BOX, self.records[:start]), b"".join([*self.records[start:end], *behind])
        said = self.counted(start, end) if counted is None else counted
        log = self.log(self.poll, "BallotsCounted", ["bytes"], [], encode(["bytes"], [said]))
        self.act(name, at, self.poll, call("count", ["bytes32", "bytes"], [before, piece]), log)

    def counted(self, start: int, end: int) -> bytes:
        """What BallotsCounted says of these records."""
        found = b""
        for record in self.records[start:end]:
            index, sequence = int.from_bytes(record[:4], "big"), record[69]
            newest = self.opens[index]
            if newest.sequence != sequence:
                continue
            plain = plain_of(self.choices_in(newest))
            found += record[:4] + (
                bytes([(sequence << 2 | plain) & 255]) if self.motions == 1 else bytes([sequence << 2 & 255]) + plain.to_bytes(4, "big")
            )
        return found

    def exclude_sealed(self, index: int, **changes: Any) -> None:
        """A leaf is taken out, with what was counted for its lender."""
        lender, newest = self.register.lenders[index], self.opens.get(index)
        place = next((i for i in range(len(self.records) - 1, -1, -1) if int.from_bytes(self.records[i][:4], "big") == index), 0)
        shown = self.records[place:] if newest else []
        before = folded(EMPTY_BOX, self.records[:place]) if newest else bytes(32)
        values = [index, lender.leaf, self.register.proof(index), lender.amount_fen, lender.blind, before, b"".join(shown)]
        kinds = ["uint256", "uint256", "uint256", "uint8", "uint32"]
        said = {
            "class": lender.voting_class,
            "amount": lender.amount_fen,
            "sequence": newest.sequence if newest else 0,
            "choices": plain_of(self.choices_in(newest)) if newest else 0,
        } | changes
        log = self.log(self.poll, "SealedLeafExcluded", kinds, [word(index)], encode(kinds[1:], list(said.values())))
        self.act(f"exclude {index}", self.closes_at + 15, self.poll, call("excludeLeaf", OPENING_LEAF, values), log)

    def honest_openings(self) -> list[tuple[int, ...]]:
        """Motion by motion, and in each class by class."""
        found = []
        for motion in range(self.motions):
            for number in range(len(self.classes)):
                row: list[int] = []
                for choice in (FOR, AGAINST, ABSTAIN):
                    who = [vote.lender for vote in self.counted_in(number) if self.choices_in(vote)[motion] == choice]
                    row += [sum(one.amount_fen for one in who) % N, sum(one.blind for one in who) % N]
                found.append(tuple(row))
        return found

    def counted_in(self, number: int) -> list[SealedVote]:
        """Valid newest ballots of a class, less leaves taken out."""
        mine = [vote for index, vote in self.opens.items() if index not in self.excluded and vote.lender.voting_class == number]
        return [vote for vote in mine if self.choices_in(vote)]

    def honest_tallies(self, openings: Sequence[tuple[int, ...]] = ()) -> list[tuple[int, ...]]:
        """Heads by the newest ballots, and the opened amounts."""
        tallies = []
        for place, one in enumerate(openings or self.honest_openings()):
            motion, number = divmod(place, len(self.classes))
            chosen = [self.choices_in(vote)[motion] for vote in self.counted_in(number)]
            tallies.append((*(chosen.count(choice) for choice in (FOR, AGAINST, ABSTAIN)), one[0], one[2], one[4]))
        return tallies

    def open_sums(self, **changes: Any) -> None:
        openings = self.openings or self.honest_openings()
        tallies = self.honest_tallies(openings)
        classes = len(self.classes)
        passed = sum(carried(self.classes, tallies[motion * classes : (motion + 1) * classes]) << motion for motion in range(self.motions))
        said: dict[str, Any] = {"passed": passed, "tallies": tallies, "ends": self.challenge_ends_at} | changes
        self.passed_motions, self.tallied, self.outcome = said["passed"], said["tallies"], bool(said["passed"])
        hashed = encode(["address", OPENINGS, "uint256"], ["0x" + self.poll.hex(), said["tallies"], said["passed"]])
        self.result_hash = changes.get("hash") or bytes(keccak(hashed))
        kinds = ["bytes32", "uint256", OPENINGS, "uint64"]
        data = encode(kinds, [self.result_hash, said["passed"], said["tallies"], said["ends"]])
        tallied = self.log(self.poll, "MotionsTallied", kinds, [], data)
        self.act("open", self.opened_at, self.poll, call("openSums", [OPENINGS], [openings]), tallied)

    def abandon(self, name: str, at: int, reason_hash: bytes | None = None, number: int = 0) -> None:
        hashed = bytes(keccak(self.reason.encode())) if reason_hash is None else reason_hash
        signed = self.signatures(name, "PollAbandonment", [number, hashed])
        log = self.log(self.poll, "PollAbandoned", ["bytes32"], [], hashed)
        self.act(name, at, self.case, call("abandonPoll", ["uint256", "bytes32", *SIGNERS], [number, hashed, *signed]), log)
        self.outcome, self.tallied, self.result_hash = False, [], bytes(32)

    def _decide(self) -> None:
        if not self.reason:
            super()._decide()


def motions_of(count: int) -> dict[str, Any]:
    """What a plan with several motions has in its file."""
    return {"motions": [f"事项{number}" for number in range(1, count + 1)]} if count > 1 else {}
