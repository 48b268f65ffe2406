"""Random lives of a poll, against a model that counts with a dictionary and exact fractions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test

from tests.contracts.ballot_box import Lender, N, Register, Vote, commit, make_register, opening, secret
from tests.contracts.chain import Chain, Refused
from tests.contracts.world import OpenPoll, World

ANNOUNCED, OPEN, CLOSED, TALLIED, APPROVED, REFUSED = range(6)
STRANGER = secret("stranger")
WINDOW_ERRORS = {"Poll_NotOpenYet", "Poll_Closed"}
#: Index, choice, sequence, and whether a stranger signed it.
BALLOT = st.tuples(
    st.integers(0, 39),
    st.sampled_from([0, 1, 1, 1, 2, 2, 3]),
    st.sampled_from([0, 1, 1, 1, 2, 2, 3, 62, 63]),
    st.sampled_from([False] * 7 + [True]),
)


#: What two leaves of a class hold besides their claims: together nothing, each of them no claim; the last pair leaves both with one.
POISONS = [N - 700_000, 1 << 63, (1 << 88) + 5, 1 << 200, N - (1 << 63), 3_000]


def poison(register: Register, pairs: list[tuple[int, int]]) -> Register:
    """Add the amount of a poison to one leaf and take it off the next one of its class, if the class has two."""
    lenders = list(register.lenders)
    poisoned: set[int] = set()
    for index, kind in pairs:
        first = index % len(lenders)
        second = next((one.index for one in lenders[first + 1 :] if one.voting_class == lenders[first].voting_class), first)
        if first == second or poisoned & {first, second}:
            continue
        poisoned |= {first, second}
        for place, amount in ((first, POISONS[kind]), (second, -POISONS[kind])):
            one = lenders[place]
            lenders[place] = Lender(place, one.voting_class, (one.amount_fen + amount) % N, one.blind)
    return Register(lenders)


class Model:
    """What the poll should hold: each lender's newest ballot, the leaves taken out, the tally, the attestations."""

    def __init__(self, register: Register, threshold: int) -> None:
        self.register, self.threshold = register, threshold
        self.ballots: dict[int, tuple[int, int]] = {}
        self.excluded: set[int] = set()
        self.passed: bool | None = None
        self.attested: dict[int, bool] = {}

    def takes(self, vote: Vote) -> bool:
        """Record the ballot if the rules accept it; say whether they did."""
        newest = self.ballots.get(vote.lender.index, (0, 0))[1]
        if not (1 <= vote.choice <= 3 and newest < vote.sequence <= 63 and vote.key is None):
            return False
        self.ballots[vote.lender.index] = (vote.choice, vote.sequence)
        return True

    def group(self, voting_class: int, choice: int) -> list[Any]:
        return [lender for lender in self.left(voting_class) if self.ballots.get(lender.index, (0, 0))[0] == choice]

    def left(self, voting_class: int) -> list[Any]:
        """The class's leaves that were not taken out."""
        return [one for one in self.register.lenders if one.voting_class == voting_class and one.index not in self.excluded]

    def counted(self) -> dict[int, int]:
        """Choice by index, of the ballots that count."""
        return {index: choice for index, (choice, _) in self.ballots.items() if index not in self.excluded}

    def may_exclude(self, index: int) -> bool:
        return index not in self.excluded and self.register.lenders[index].amount_fen >= 1 << 63

    def refuses_opening(self, off_by: int) -> str:
        """Why the openings, of which the first amount is off by so much, are refused; "" if they are taken."""
        for k in range(self.register.class_count):
            admitted = sum(one.amount_fen for one in self.left(k)) % N
            fen = [sum(one.amount_fen for one in self.group(k, choice)) % N for choice in (1, 2, 3)]
            if admitted >= 1 << 88:
                return "Poll_AdmittedOutOfRange"
            if max(fen) >= 1 << 88 or (off_by and k == 0):
                return "Poll_OpeningWrong"
            if sum(fen) > admitted:
                return "Poll_MoreThanAdmitted"
        return ""

    def passes(self) -> bool:
        asked = [k for k in range(self.register.class_count) if self.left(k)]
        return bool(asked) and all(self.carries(k) for k in asked)

    def carries(self, voting_class: int) -> bool:
        """Heads: more than half of those taking part; amount: two thirds of for and against (world.RULE)."""
        for_, against, abstain = (self.group(voting_class, choice) for choice in (1, 2, 3))
        if not for_ and not against:
            return False
        fen_for, fen_against = (sum(lender.amount_fen for lender in group) % N for group in (for_, against))
        heads = Fraction(len(for_), len(for_) + len(against) + len(abstain)) > Fraction(1, 2)
        return heads and (fen_for + fen_against == 0 or Fraction(fen_for, fen_for + fen_against) >= Fraction(2, 3))

    @property
    def decision(self) -> bool | None:
        for side in (True, False):
            if list(self.attested.values()).count(side) >= self.threshold:
                return side
        return None


def outcome(action: Callable[[], Any]) -> tuple[Any, str]:
    """The receipt and no error, or no receipt and the error's name."""
    try:
        return action(), ""
    except Refused as refused:
        return None, refused.name


class PollLife(RuleBasedStateMachine):
    """Everything that anyone may do to a poll, in any order."""

    chain: Chain

    @initialize(
        lenders=st.integers(1, 40),
        classes=st.integers(1, 3),
        data=st.integers(0, 3),
        poisons=st.lists(st.tuples(st.integers(0, 39), st.integers(0, len(POISONS) - 1)), max_size=3),
        early=st.one_of(st.none(), st.lists(st.sampled_from([0, 1, 1, 1, 2, 3]), min_size=40, max_size=40)),
    )
    def announce(self, lenders: int, classes: int, data: int, poisons: list[tuple[int, int]], early: list[int] | None) -> None:
        """Up to the opening, or with ballots of most lenders up to the close."""
        self.snapshot = self.chain.rpc("evm_snapshot")
        register = poison(make_register(lenders, min(lenders, classes), seed=data), poisons)
        world = World(self.chain, official_keys=[secret("official", i) for i in range(2 * (1 + data) - 1)], threshold=1 + data)
        world.freeze(register)
        world.admit(world.submit())
        self.poll = OpenPoll.announce(world, register, world.terms())
        self.model = Model(register, world.threshold)
        self.chain.warp(self.poll.terms.opens_at - (2 if early is None else 0))
        if early is not None:
            self.cast_batch([(i, choice, 1, False) for i, choice in enumerate(early[:lenders])])
            self.chain.warp(self.poll.terms.closes_at - 2)

    def teardown(self) -> None:
        if hasattr(self, "snapshot"):
            self.compare()
            event(f"ended at stage {self.poll.calls.stage().call()}")
            self.chain.rpc("evm_revert", self.snapshot)

    def vote(self, index: int, choice: int, sequence: int, forged: bool) -> Vote:
        lenders = self.poll.register.lenders
        return Vote(lenders[index % len(lenders)], choice, sequence, STRANGER if forged else None)

    @property
    def is_open_now(self) -> bool:
        """After the transaction: its block's time decided."""
        return self.poll.terms.opens_at <= self.chain.now < self.poll.terms.closes_at

    @rule(ballot=BALLOT)
    def cast(self, ballot: tuple[int, int, int, bool]) -> None:
        vote = self.vote(*ballot)
        _, refused = outcome(lambda: self.poll.cast(vote, at=self.chain.now + 1))
        accepted = self.is_open_now and self.model.takes(vote)
        assert accepted == (refused == "")
        assert accepted or refused in ({"Poll_BallotRejected"} if self.is_open_now else WINDOW_ERRORS)
        self.compare()

    @rule(ballots=st.lists(BALLOT, min_size=1, max_size=20, unique_by=lambda ballot: ballot[0]))
    def cast_batch(self, ballots: list[tuple[int, int, int, bool]]) -> None:
        votes = {vote.lender.index: vote for vote in (self.vote(*ballot) for ballot in ballots)}
        ordered = [votes[index] for index in sorted(votes)]
        receipt, refused = outcome(lambda: self.poll.cast_batch(ordered, at=self.chain.now + 1))
        if not self.is_open_now:
            assert refused in WINDOW_ERRORS
            return
        assert refused == ""
        taken = [vote for vote in ordered if self.model.takes(vote)]
        assert self.poll.recorded(receipt) == b"".join(vote.record for vote in taken)
        assert [row[0] for row in self.poll.rejected(receipt)] == [v.lender.index for v in ordered if v not in taken]
        self.compare()

    @rule(index=st.integers(0, 39), what=st.integers(0, 4), beyond=st.sampled_from([1, 256, 512, 1 << 24, 1 << 31]))
    def garbage(self, index: int, what: int, beyond: int) -> None:
        """Batches and ballots that are never accepted, whatever the stage."""
        vote = self.vote(index, 1, 63, False)
        batch = self.poll.papers.batch([vote])
        count = len(self.poll.register.lenders)
        shifted = (vote.lender.index + max(beyond, count)).to_bytes(4, "big") + batch.entries[4:]
        kinds: list[dict[str, Any]] = [
            {"entries": shifted, "list_signature": self.poll.papers.list_signature(shifted)},
            {"leaves": bytes([vote.lender.voting_class ^ 1]) + batch.leaves[1:]},
            {"siblings": batch.siblings[::-1]},
            {"list_signature": self.poll.papers.list_signature(batch.entries, key=STRANGER)},
            {"ballots": batch.ballots[:-1]},
        ]
        broken = kinds[what]
        call = self.poll.calls.castBatch(*replace(batch, **broken).arguments)
        _, refused = outcome(lambda: self.chain.send(call))
        assert refused.startswith("Poll_"), broken
        self.compare()

    @precondition(lambda self: self.model.passed is None)
    @rule()
    def wait(self) -> None:
        """Until the next second in which something may change: the edges of the window."""
        terms, now = self.poll.terms, self.chain.now
        edges = (terms.opens_at, terms.closes_at - 2, terms.closes_at)
        self.chain.warp(next((edge for edge in edges if edge > now), now + 1))

    @precondition(lambda self: self.chain.now >= self.poll.terms.closes_at - 3)
    @rule(off_by=st.sampled_from([0, 0, 0, 1]))
    def open_sums(self, off_by: int) -> None:
        rows = opening(self.poll.register, self.model.counted())
        rows[0] = (rows[0][0] + off_by, *rows[0][1:])
        _, refused = outcome(lambda: self.chain.send(self.poll.calls.openSums(rows), at=self.chain.now + 1))
        if self.chain.now < self.poll.terms.closes_at:
            assert refused == "Poll_StillOpen"
        elif self.model.passed is not None:
            assert refused == "Poll_AlreadyTallied"
        else:
            assert refused == self.model.refuses_opening(off_by)
        if refused:
            return
        self.model.passed = self.model.passes()
        assert self.poll.calls.passed().call() is self.model.passed

    @precondition(lambda self: self.chain.now >= self.poll.terms.closes_at - 3)
    @rule(index=st.integers(0, 39), wrong=st.sampled_from([{}, {}, {}, {"blind": 1}, {"amount": N - 1}]))
    def exclude(self, index: int, wrong: dict[str, Any]) -> None:
        """Leaves of every kind, by their openings and by wrong ones; most that hold no claim come up."""
        false = [one.index for one in self.poll.register.lenders if one.amount_fen >= 1 << 63]
        index = false[index % len(false)] if false and index % 4 else index % len(self.poll.register.lenders)
        _, refused = outcome(lambda: self.poll.exclude(index, at=self.chain.now + 1, **wrong))
        if self.chain.now < self.poll.terms.closes_at:
            assert refused == "Poll_StillOpen"
        elif self.model.passed is not None:
            assert refused == "Poll_AlreadyTallied"
        elif index in self.model.excluded:
            assert refused == "Poll_LeafAlreadyExcluded"
        else:
            assert refused == ("Poll_LeafHoldsClaim" if wrong or not self.model.may_exclude(index) else "")
        if not refused:
            self.model.excluded.add(index)
            event(f"a leaf taken out that was {'cast' if index in self.model.ballots else 'not cast'}")
        self.compare()

    @precondition(lambda self: self.model.passed is not None)
    @rule(official=st.integers(0, 8), approve=st.booleans(), wait=st.sampled_from([1, 3_600]))
    def attest(self, official: int, approve: bool, wait: int) -> None:
        keys = self.poll.world.official_keys
        place = official % len(keys)
        may = self.model.decision is None and place not in self.model.attested and (self.model.passed or not approve)
        _, refused = outcome(lambda: self.poll.attest(keys[place], approve, at=self.chain.now + wait))
        assert (refused == "") == bool(may and self.chain.now >= self.poll.calls.challengeEndsAt().call()), refused
        if not refused:
            self.model.attested[place] = approve

    @invariant()
    def stage_is_that_of_the_model(self) -> None:
        if not hasattr(self, "poll"):
            return
        decided = {True: APPROVED, False: REFUSED, None: TALLIED}[self.model.decision]
        now, terms = self.chain.now, self.poll.terms
        by_time = ANNOUNCED if now < terms.opens_at else OPEN if now < terms.closes_at else CLOSED
        assert self.poll.ask("stage") == (by_time if self.model.passed is None else decided)

    def compare(self) -> None:
        """Heads, sums and the newest records against the model."""
        for k in range(self.poll.register.class_count):
            groups = [self.model.group(k, choice) for choice in (1, 2, 3)]
            assert self.poll.heads(k) == [len(group) for group in groups]
            left = self.model.left(k)
            assert self.poll.admitted(k) == (len(left), sum(one.amount_fen for one in left) % N)
            expected = [commit(sum(one.amount_fen for one in group), sum(one.blind for one in group)) for group in groups]
            assert self.poll.sums(k) == expected
        for index in list(self.model.ballots)[-3:]:
            assert self.poll.ballot_of(index) == self.model.ballots[index]


@pytest.mark.slow
def test_every_life_of_a_poll_is_that_of_the_model(chain: Chain) -> None:
    life = type("PollLifeOnThisChain", (PollLife,), {"chain": chain})
    quick = settings(max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(life, settings=quick)
