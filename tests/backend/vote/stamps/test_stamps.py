"""What happens in a vote is stamped, kept and published; an authority that fails is asked again and holds up nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from backend.ground.common.clock import MovableClock
from backend.public.publication.service import PublicationService
from backend.vote.stamps import rules
from backend.vote.stamps.authorities import Authority
from backend.vote.stamps.errors import AuthorityNotStamping, StampsMissed
from backend.vote.stamps.service import StampService
from scripts.rig.stamp_authority import Authority as Demo
from scripts.rig.stamp_authority import Service
from scripts.tampers.recounts import FIRST, SECOND, ask
from tests.backend.vote.ballots.world import Vote, World


@pytest.fixture
def demos(world: World) -> Iterator[list[Service]]:
    """Two authorities that tell the chain's time."""
    with Service(Demo.new("one"), clock=world.chain.chain_time) as one, Service(Demo.new("two"), clock=world.chain.chain_time) as two:
        yield [one, two]


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock(datetime.now(UTC))


def service(world: World, demos: list[Service], clock: MovableClock) -> StampService:
    authorities = [Authority(name, demo.url, (demo.authority.root,)) for name, demo in zip(("one", "two"), demos, strict=True)]
    return StampService(world.sessions, world.chain, world.cases, world.polls, authorities, clock)


def step(world: World) -> None:
    """Until what was sent is in final blocks and mirrored."""
    for _ in range(2):
        world.chain.pump()
        world.anvil.mine(3)
    world.chain.pump()


def subjects(stamps: StampService, vote: Vote) -> list[str]:
    return [line.subject for line in stamps.lines(vote.poll)]


def test_a_vote__is_stamped_from_register_to_result(vote: Vote, demos: list[Service], clock: MovableClock) -> None:
    world = vote.world
    stamps = service(world, demos, clock)
    step(world)
    stamps.run_once()
    assert set(subjects(stamps, vote)) <= {"register", "head"}
    demos[1].silent = True
    vote.close()
    while not world.ballots.anchors.is_closed(vote.poll):
        world.ballots.anchors.run_once()
        step(world)
    step(world)
    with pytest.raises(AuthorityNotStamping, match=r"two.*503"):
        stamps.run_once()
    assert subjects(stamps, vote).count("close") == 1
    asked = demos[1].asked
    stamps.run_once()
    assert demos[1].asked == asked  # it is left alone for a while
    demos[1].silent = False
    clock.move(seconds=20)
    stamps.run_once()
    assert subjects(stamps, vote).count("close") == 2
    vote.open_sums()
    step(world)
    service(world, demos, clock).run_once()  # another process, after a restart
    assert subjects(stamps, vote).count("result") == 2
    count = demos[0].asked
    stamps.run_once()
    assert demos[0].asked == count  # nothing is asked for twice
    recounted(vote, stamps, demos)


def recounted(vote: Vote, stamps: StampService, demos: list[Service]) -> None:
    world = vote.world
    publication = PublicationService(
        world.chain, world.register, world.plans, world.polls, world.ballots, world.tally, world.settings, world.sealed_polls, stamps=stamps
    )
    assert "stamps.jsonl" in publication.available(vote.poll.id)
    folder = publication.publish(vote.poll.id)[0].parent
    lines = (folder / "stamps.jsonl").read_bytes().splitlines()
    assert len(lines) == len(stamps.lines(vote.poll))
    roots: list[str] = []
    for number, demo in enumerate(demos):
        path = Path(world.folder) / f"root-{number}.pem"
        path.write_bytes(demo.authority.pem())
        roots += ["--authority", str(path)]
    for tool in (FIRST, SECOND):
        said = ask(tool, ["--rpc", world.anvil.url, "--published", str(folder), *roots], folder)
        assert (said.verdict, said.names) == ("agrees", frozenset()), said.line
    assert json.loads(lines[0])["subject"] in {"register", "head"}


def test_what_has_no_stamp_a_day_later__is_given_up_aloud(vote: Vote, demos: list[Service], clock: MovableClock) -> None:
    world = vote.world
    stamps = service(world, demos, clock)
    step(world)
    for demo in demos:
        demo.silent = True
    with pytest.raises(AuthorityNotStamping):
        stamps.run_once()
    world.anvil.move_to(world.chain.chain_time() + rules.LATEST_SECONDS + 600)
    step(world)
    clock.move(hours=1)
    with pytest.raises(StampsMissed):
        stamps.run_once()
    for demo in demos:
        demo.silent = False
    clock.move(hours=1)
    stamps.run_once()
    assert "register" not in subjects(stamps, vote)


def test_an_authority_whose_clock_is_wrong__is_not_believed(vote: Vote, demos: list[Service], clock: MovableClock) -> None:
    step(vote.world)
    for demo in demos:
        demo.clock = lambda: 1_600_000_000.0
    with pytest.raises(AuthorityNotStamping, match="does not fit"):
        service(vote.world, demos, clock).run_once()


def test_without_authorities__nothing_is_asked_or_published(vote: Vote, clock: MovableClock) -> None:
    stamps = StampService(vote.world.sessions, vote.world.chain, vote.world.cases, vote.world.polls, [], clock)
    stamps.run_once()
    assert stamps.lines(vote.poll) == []
