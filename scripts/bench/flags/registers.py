"""Made registers with the import before them: families, villages and nursing homes, and faults by name."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from backend.watch.flags.rules.claims import ClaimFacts
from backend.watch.flags.rules.shared import Holder, Link
from scripts.bench.flags.halves import World, drawn

REGISTER_FAULTS = ("altered", "straw", "phone", "account", "card", "address", "register_device", "reconcile")


@dataclass
class MadeRegister:
    """Lenders, links, claims now and before, fen moved in and out; `planted`: fault by key."""

    holders: list[Holder] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    claims: list[ClaimFacts] = field(default_factory=list)
    before: dict[str, ClaimFacts] = field(default_factory=dict)
    moved: dict[int, tuple[int, int]] = field(default_factory=dict)
    innocent: set[int] = field(default_factory=set)
    planted: dict[str, list[str]] = field(default_factory=dict)

    def lender(self, random: Random, fen: int, age: int = 0, *, was: int | None = None, fresh: bool = False) -> int:
        """A new lender with one claim, in the last import, too, unless `fresh`; the number."""
        number, row = len(self.holders), len(self.claims) + 2
        self.holders.append(Holder(number, fen, age or random.randint(23, 84)))
        claim = ClaimFacts(row, f"c{row}", number, fen, f"i{number}")
        self.claims.append(claim)
        if not fresh:
            self.before[claim.claim_no] = ClaimFacts(row, claim.claim_no, number, fen if was is None else was, f"i{number}")
        paid = random.randrange(10**7)
        self.moved[number] = fen + paid, paid
        return number

    def link(self, kind: str, value: str, number: int) -> None:
        """One more link."""
        self.links.append(Link(kind, value, number))


def make_register(world: World, seed: str, faults: int = 0) -> MadeRegister:
    """A register with so many faults of each kind."""
    random = Random(seed)
    made = MadeRegister()
    # Every second platform pays everybody a little between two imports.
    paid = random.choice((0, 0, 500, 1_000))
    for _ in range(drawn(random, world.register)):
        _usual(world, random, made, paid)
    for place in range(drawn(random, world.families)):
        _together(random, made, paid, f"family {place}", random.randint(2, 6), (18, 80))
    for place in range(drawn(random, world.halls) + 1):
        for number in range(drawn(random, world.hall_size) // 3):
            lender = _usual(world, random, made, paid)
            made.link("address", f"village {place}", lender)
            made.innocent.add(lender)
            made.link("phone", f"village {place} {number // 5}", lender)
    _together(random, made, paid, "home", drawn(random, world.home_size), (71, 95))
    for number in range(random.randint(5, 20)):  # late registrations, unlike each other
        made.lender(random, random.randint(100_000, 90_000_000), fresh=True)
        made.link("account", f"late {number}", len(made.holders) - 1)
    for place in range(faults):
        _plant(world, random, made, paid, place)
    return made


def _usual(world: World, random: Random, made: MadeRegister, paid: int) -> int:
    was = random.choice(world.like_amounts) if random.random() < 0.3 else random.randint(100_000, 90_000_000)
    number = made.lender(random, was - was * paid // 10_000, was=was)
    made.link("phone", f"own {number}", number)
    made.link("account", f"own {number}", number)
    return number


def _together(random: Random, made: MadeRegister, paid: int, name: str, many: int, ages: tuple[int, int]) -> None:
    for _ in range(many):
        was = random.randint(100_000, 50_000_000)
        number = made.lender(random, was - was * paid // 10_000, random.randint(*ages), was=was)
        for kind in ("phone", "address", "device"):
            made.link(kind, name, number)
        made.innocent.add(number)


def _plant(world: World, random: Random, made: MadeRegister, paid: int, place: int) -> None:
    was = random.randint(500_000, 50_000_000)
    usual = was - was * paid // 10_000
    number = made.lender(random, usual + usual * drawn(random, world.altered_percent) // 100, was=was)
    _planted(made, "altered", f"altered:{made.claims[number].claim_no}")
    like = random.choice(world.like_amounts)
    first = len(made.claims)
    for _ in range(drawn(random, world.straws)):
        made.lender(random, like + random.randrange(like // 100), fresh=True)
    _planted(made, "straw", f"straw:row:{min(claim.claim_no for claim in made.claims[first:])}")
    made.lender(random, 77_777, fresh=True)  # so that two runs do not touch
    for kind in ("phone", "account", "card", "address", "device"):
        many = drawn(random, world.device_lenders)
        for _ in range(many + 40 if kind == "address" else many):
            fen = random.randint(100_000, 90_000_000)
            made.link(kind, f"planted {place}", made.lender(random, fen - fen * paid // 10_000, random.randint(25, 80), was=fen))
        _planted(made, "register_device" if kind == "device" else kind, f"{kind}:planted {place}")
    fen = random.randint(500_000, 50_000_000)
    number = made.lender(random, fen - fen * paid // 10_000, was=fen)
    paid_in, taken_out = made.moved[number]
    made.moved[number] = paid_in - random.randint(20_000, 400_000), taken_out
    _planted(made, "reconcile", f"reconcile:{number}")


def _planted(made: MadeRegister, fault: str, key: str) -> None:
    made.planted.setdefault(fault, []).append(key)
