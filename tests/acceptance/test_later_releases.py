"""What every release but the first left: a decided poll, and one that was killed while ballots were on their way, by its own protocol.

Their cases are carried on, counted and recounted as they were: those of release 2 know no rehearsals, those of release 3 no sealed polls,
and both polls of release 4 are sealed. Each is a stack of its own.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from scripts.rig import steps
from scripts.rig.ceremony import await_count, hold_ceremony, publish_shares
from scripts.rig.chain_access import ChainAccess
from scripts.rig.people import AGAINST
from scripts.rig.voting import prove
from scripts.tampers.recounts import FIRST, SECOND
from tests.acceptance.conftest import ask, wait_until_recorded
from tests.acceptance.installations import DerivedSeats, Left, started

pytestmark = pytest.mark.drill
#: Who come after the close, of six.
COMING = (0, 3, 4)


@dataclass(frozen=True)
class Known:
    """What a release left: ids of its polls, and what they are; the protocol has the number of the release."""

    number: int
    decided: str
    in_mid_vote: str
    rehearsal: bool = True
    sealed: bool = False
    stage: str = "approved"

    @property
    def announced_with(self) -> set[str]:
        """What officials sign about a poll."""
        marked = {"rehearsal"} if self.number > 2 else set()
        return {"pollNumber", "parametersHash"} | marked | ({"sealKeyHash"} if self.sealed else set())


RELEASES = (
    Known(2, "tpjs3yn5ag9w76msj299", "x8hb7ydapcmx2wra7ksn", rehearsal=False),
    Known(3, "qx98kj27kv4g2z6ymah5", "cf3p4sbjsnnk9gaqa8r2"),
    Known(4, "m2hag9muzgqzaabpn2rb", "9t3epydqtwdse6qht98m", sealed=True, stage="refused"),
)


@pytest.fixture(scope="module", params=RELEASES, ids=lambda known: str(known.number))
def known(request: pytest.FixtureRequest) -> Known:
    found: Known = request.param
    return found


@pytest.fixture(scope="module")
def release(known: Known, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Left]:
    with started(known.number, tmp_path_factory.mktemp(f"release-{known.number}"), known.decided) as left:
        yield left


def test_the_decided_poll_reads_as_before(known: Known, release: Left, tmp_path: Path) -> None:
    public = release.public
    assert release.download(known.decided) == release.was["files"]
    poll = public.get(f"/api/polls/{known.decided}")
    assert (poll["protocol"], poll["rehearsal"], poll["stage"]) == (known.number, known.rehearsal, known.stage)
    assert (poll["sealing"] is not None) == known.sealed
    certificate = public.get(f"/api/polls/{known.decided}/certificate.json")
    assert certificate["format"] == f"lendervote-certificate/{known.number}"
    assert certificate.get("rehearsal", False) == known.rehearsal
    page = ask(public, "GET", f"/polls/{known.decided}", lang="zh")
    assert page.status_code == 200
    assert ("演练" in page.text) == known.rehearsal
    both_recounts_agree(known, release, known.decided, tmp_path)


def test_the_interrupted_poll_goes_on_to_its_end_by_its_own_protocol(known: Known, release: Left, tmp_path: Path) -> None:
    waiting = [number for poll_id, number, *_, status in release.was["ballots"] if poll_id == known.in_mid_vote and status != "confirmed"]
    assert waiting
    wait_until_recorded(release.public, waiting)
    vote, newcomer = release.vote, release.somebody_who_has_not_voted(known.in_mid_vote)
    vote.poll = release.public.get(f"/api/polls/{known.in_mid_vote}")
    receipt = newcomer.cast(newcomer.ballot(prove(vote, newcomer, None), AGAINST, 1))
    wait_until_recorded(newcomer.api, [receipt["number"]])
    if known.sealed:
        three_trustees_open_it(known, release)
    steps.close_and_open_sums(vote)
    steps.decide(vote)
    poll_file = json.loads(release.download(known.in_mid_vote)["poll.json"])
    assert (poll_file["protocol"], poll_file.get("rehearsal", False)) == (known.number, known.rehearsal)
    both_recounts_agree(known, release, known.in_mid_vote, tmp_path)
    its_case_goes_on(known, release)


def three_trustees_open_it(known: Known, release: Left) -> None:
    """With the files that their seats took for its ceremony, the second of the case."""
    vote = release.vote
    vote.seats = DerivedSeats(known.number, ceremonies=2)
    vote.ceremony = release.public.get(f"/api/ceremonies/{vote.poll['sealing']['ceremony_id']}")
    ChainAccess(vote.stack.rpc_url).move_to(steps.unix(vote.poll["closes_at"]) + 1)
    publish_shares(vote, COMING)
    assert await_count(vote)["progress"]["invalid"] == []


def both_recounts_agree(known: Known, release: Left, poll_id: str, folder: Path) -> None:
    """Over the node, what is published and the verifier's own log."""
    release.vote.poll = release.public.get(f"/api/polls/{poll_id}")
    log = folder / "issuer-log.jsonl"
    log.write_bytes(steps.log_of_verifier(release.vote))
    published = folder / "published"
    published.mkdir()
    for name, content in release.download(poll_id).items():
        (published / name).write_bytes(content)
    for tool in (FIRST, SECOND):
        command = [*tool, "--rpc", release.stack.rpc_url, "--published", str(published), "--issuer-log", str(log)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        assert ("REHEARSAL" in done.stdout) == known.rehearsal


def its_case_goes_on(known: Known, release: Left) -> None:
    """Another plan and a third poll: signed and sent as the case's own contract takes them."""
    vote = release.vote
    vote.plan = steps.submit_plan(vote, version=4)
    steps.sign_together(vote, vote.officials[0].api.post(f"/api/plans/{vote.plan['id']}/admission"))
    steps.announce_poll(vote, hold_ceremony(vote) if known.sealed else "")
    assert (vote.poll["protocol"], vote.poll["stage"], vote.poll["number"]) == (known.number, "open", 2)
    acts = vote.officials[0].api.get(f"/api/acts?case_id={vote.case['id']}")
    kind = "sealed_poll_announcement" if known.sealed else "poll_announcement"
    newest = max((act for act in acts if act["kind"] == kind), key=lambda act: act["number"])
    assert set(newest["typed_data"]["message"]) == known.announced_with
