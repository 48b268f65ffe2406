"""What a ballot costs is written down; a change of more than 1 % is seen, and accepted or not, by a person."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass

import pytest

from backend.vote.ballots.rules import MAX_BATCH, MAX_BATCH_GAS, choose_batch, gas_bound
from scripts.bench.gas import SNAPSHOT, WideRegister, announce, measure, moved
from tests.contracts.chain import Chain, anvil

#: Gas per ballot in the first release, by the same measurement.
RELEASE_1 = {"page_50": 9_794, "page_10": 12_674, "relay_50": 9_824, "relay_50_changed": 11_316, "direct": 74_914}


@pytest.fixture(scope="module")
def figures() -> dict[str, int]:
    return measure()


def test_gas_is_what_the_snapshot_says(figures: dict[str, int]) -> None:
    changes = moved(figures, json.loads(SNAPSHOT.read_text()))
    assert not changes, "; ".join([*changes, "accept it with `python -m scripts.bench.gas --renew`"])


def test_pages_stay_within_the_limits_set_for_them(figures: dict[str, int]) -> None:
    """Half turnout and a tenth, at a million lenders, with every signature checked."""
    assert figures["page_50"] <= 10_000
    assert figures["relay_50"] <= 10_000
    assert figures["page_10"] <= 16_000


def test_sealed_ballots_stay_within_the_limits_set_for_them(figures: dict[str, int]) -> None:
    """Cast on the same pages, and counted in pieces of 1,100; of one motion."""
    limits = {"sealed_page_50": 9_500, "sealed_count_50": 7_100, "sealed_page_10": 11_800, "sealed_direct": 61_000}
    assert {name: figures[name] for name in limits if figures[name] > limits[name]} == {}
    assert figures["sealed_page_50_of_8"] <= figures["sealed_page_50"] + 10, "casting is blind to motions"


def test_what_was_added_since_the_first_release_costs_ballots_one_percent_at_most(figures: dict[str, int]) -> None:
    """So that many small steps, each within the snapshot's tolerance, do not add up."""
    for name, gas in RELEASE_1.items():
        assert figures[name] <= gas * 1.01, name


def test_a_change_of_more_than_one_percent_is_named() -> None:
    assert moved({"page_50": 1009}, {"page_50": 1000}) == []
    assert moved({"page_50": 1011}, {"page_50": 1000}) == ["page_50: 1,000 -> 1,011"]
    assert moved({"page_50": 989, "direct": 5}, {"page_50": 1000}) == ["direct: 0 -> 5", "page_50: 1,000 -> 989"]


@dataclass(frozen=True)
class Waiting:
    """A ballot that waits for its batch."""

    index: int
    sequence: int = 1


@pytest.mark.parametrize("share", [1, 12, 150, 900], ids=lambda share: f"one in {share}")
def test_the_relay_s_batches_fit_at_any_turnout(share: int) -> None:
    """In gas below the 2^24 of a transaction, in bytes below the 128 KiB that nodes commonly take."""
    lenders = 1_000_000
    indexes = sorted(random.Random(share).sample(range(share * (MAX_BATCH + 40)), MAX_BATCH + 40))
    chosen = [waiting.index for waiting in choose_batch([Waiting(index) for index in indexes], lenders)]
    with anvil("--enable-tx-gas-limit") as address:
        poll = announce(Chain(address), WideRegister(lenders, chosen))
        votes = [poll.vote(index, 1) for index in chosen]
        call = poll.calls.castBatch(*poll.papers.batch(votes).arguments)
        spent = int(poll.chain.send(call)["gasUsed"])
    assert spent <= gas_bound([Waiting(index) for index in chosen], lenders) <= MAX_BATCH_GAS
    assert (len(call._encode_transaction_data()) - 2) // 2 < 128 * 1024 - 300
