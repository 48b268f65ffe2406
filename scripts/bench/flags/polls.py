"""Made polls: ballots by the hour, families, village halls, nursing homes, officials at work; then one fault, or none."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import combinations
from random import Random

from backend.watch.flags.rules.bursts import Arrival
from backend.watch.flags.rules.officials_way import BEIJING_SECONDS, DAY_SECONDS, DayOfWays, Seen
from backend.watch.flags.rules.shared import Holder, Link
from scripts.bench.flags.halves import World, drawn

OPENS = 1_790_000_000 // DAY_SECONDS * DAY_SECONDS - BEIJING_SECONDS + 9 * 3_600
FAULTS = ("pair_3x", "burst_20", "device", "drift", "night")


@dataclass
class MadePoll:
    """A poll as the rules see it; `innocent` are lenders of families, halls and homes; `planted` names the fault's key."""

    opens: int
    closes: int
    arrivals: list[Arrival] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    ages: dict[int, int] = field(default_factory=dict)
    refusals: list[DayOfWays] = field(default_factory=list)
    innocent: set[int] = field(default_factory=set)
    planted: str = ""

    def lender(self, random: Random, at: int, age: int = 0) -> int:
        """A new lender whose ballot comes in at a time; the index."""
        index = len(self.ages)
        self.ages[index] = age or random.randint(23, 84)
        self.arrivals.append(Arrival(index, min(max(at, self.opens), self.closes - 1)))
        return index

    def holders(self) -> list[Holder]:
        """All who voted."""
        seen = {each.index for each in self.seen}
        return [Holder(index, 0, age, index in seen) for index, age in self.ages.items()]


def make(world: World, seed: str, fault: str = "") -> MadePoll:
    """A poll of the world with that fault, or honest."""
    random = Random(seed)
    days = drawn(random, world.days)
    poll = MadePoll(OPENS, OPENS + days * DAY_SECONDS)
    for at in _times(world, random, poll, drawn(random, world.ballots)):
        poll.links.append(Link("device", f"own {len(poll.ages)}", poll.lender(random, at)))
    pairs = list(combinations(range(drawn(random, world.officials)), 2))
    weights = {pair: drawn(random, world.diligence_percent) for pair in pairs}
    if fault == "pair_3x":
        chosen = random.choice(pairs)
        others = sorted(weight for pair, weight in weights.items() if pair != chosen)
        weights[chosen] = 3 * others[len(others) // 2]
        poll.planted = f"pair:{chosen[0]}:{chosen[1]}"
    _officials(world, random, poll, weights, fault)
    for _ in range(drawn(random, world.families)):
        _family(random, poll)
    for number in range(drawn(random, world.halls)):
        _hall(world, random, poll, pairs, number)
    _home(world, random, poll)
    _refusals(random, poll, fault)
    if fault == "burst_20":
        _burst(random, poll)
    if fault == "device":
        _device(world, random, poll)
    if fault == "night":
        _night(random, poll)
    return poll


def _times(world: World, random: Random, poll: MadePoll, many: int) -> list[int]:
    days = (poll.closes - poll.opens) // DAY_SECONDS
    # Many come at once, many at the last moment, and a reminder brings an hour of more.
    by_day = [random.randint(8, 12) * (3 if day == 0 else 2 if day == days - 1 else 1) for day in range(days)]
    hours = [(day, hour) for day in range(days) for hour in range(24)]
    weights = [by_day[day] * (world.hours[(9 + hour) % 24] * 10 + 1) for day, hour in hours]
    for _ in range(2):
        weights[random.randrange(len(weights))] *= drawn(random, world.reminder_times)
    chosen = random.choices(hours, weights, k=many)
    return sorted(poll.opens + day * DAY_SECONDS + hour * 3_600 + random.randrange(3_600) for day, hour in chosen)


def _officials(world: World, random: Random, poll: MadePoll, weights: dict[tuple[int, int], int], fault: str) -> None:
    many = len(poll.ages) * drawn(random, world.vouched_percent) // 100
    chosen = random.sample(sorted(poll.arrivals, key=lambda arrival: arrival.at), many)
    if fault == "drift":
        # From the middle on, three in ten of all go the officials' way.
        middle = (poll.opens + poll.closes) // 2
        chosen += [each for each in poll.arrivals if each.at > middle and random.random() < 0.3]
        poll.planted = "drift_ways"
    for arrival in {each.index: each for each in chosen}.values():
        first, second = random.choices(list(weights), list(weights.values()))[0]
        poll.seen.append(Seen(arrival.index, first, second, arrival.at - random.randint(60, 3_000)))


def _family(random: Random, poll: MadePoll) -> None:
    at, device = _daytime(random, poll), f"family {len(poll.ages)}"
    for _ in range(random.randint(2, 6)):
        at += random.randint(60, 300)
        index = poll.lender(random, at)
        poll.links.append(Link("device", device, index))
        poll.innocent.add(index)


def _hall(world: World, random: Random, poll: MadePoll, pairs: list[tuple[int, int]], number: int) -> None:
    start, minutes = _daytime(random, poll), drawn(random, world.hall_minutes)
    first, second = random.choice(pairs)
    for _ in range(drawn(random, world.hall_size)):
        at = start + random.randrange(60 * minutes)
        index = poll.lender(random, at, random.randint(35, 85))
        poll.seen.append(Seen(index, first, second, at - random.randint(60, 600)))
        poll.links.append(Link("device", f"hall {number} tablet {random.randrange(3)}", index))
        poll.innocent.add(index)


def _home(world: World, random: Random, poll: MadePoll) -> None:
    at = _daytime(random, poll)
    for _ in range(drawn(random, world.home_size)):
        at += random.randint(120, 600)
        index = poll.lender(random, at, random.randint(71, 96))
        poll.links.append(Link("device", "home", index))
        poll.innocent.add(index)


def _refusals(random: Random, poll: MadePoll, fault: str) -> None:
    rate = random.randint(4, 12)
    days = (poll.closes - poll.opens) // DAY_SECONDS
    for day in range(days):
        tried = len(poll.arrivals) // days + random.randint(-10, 10)
        now = rate + 20 if fault == "drift_refusals" and day >= days // 2 else rate
        refused = sum(random.randrange(100) < now + random.randint(-2, 2) for _ in range(tried))
        poll.refusals.append(DayOfWays(day, tried, refused))
    if fault == "drift_refusals":
        poll.planted = "drift_refusals"


def _burst(random: Random, poll: MadePoll) -> None:
    start = _daytime(random, poll)
    for _ in range(20):
        index = poll.lender(random, start + random.randrange(290))
        poll.links.append(Link("device", f"burst {index}", index))
    poll.planted = f"burst:{start}"


def _device(world: World, random: Random, poll: MadePoll) -> None:
    start = _daytime(random, poll)
    for _ in range(drawn(random, world.device_lenders)):
        index = poll.lender(random, start + random.randrange(2 * DAY_SECONDS), random.randint(25, 80))
        poll.links.append(Link("device", "planted", index))
    poll.planted = "device:planted"


def _night(random: Random, poll: MadePoll) -> None:
    midnight = (_daytime(random, poll) + BEIJING_SECONDS) // DAY_SECONDS * DAY_SECONDS - BEIJING_SECONDS
    midnight = min(max(midnight, poll.opens), poll.closes - DAY_SECONDS)
    midnight = -(-(midnight + BEIJING_SECONDS) // DAY_SECONDS) * DAY_SECONDS - BEIJING_SECONDS
    of_day = sum(midnight <= each.at < midnight + DAY_SECONDS for each in poll.arrivals)
    for _ in range(max(30, of_day // 4)):
        poll.lender(random, midnight + random.randrange(5 * 3_600))
    poll.planted = f"night:{(midnight + BEIJING_SECONDS) // DAY_SECONDS}"


def _daytime(random: Random, poll: MadePoll) -> int:
    days = (poll.closes - poll.opens) // DAY_SECONDS
    return poll.opens + random.randrange(days - 1) * DAY_SECONDS + random.randrange(8 * 3_600)
