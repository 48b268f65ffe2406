"""What the second release left: a decided poll, and one that was killed while ballots were on their way; both of protocol 2.

Its cases know no rehearsals: they are carried on, counted and recounted as they were.
"""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from scripts.rig import steps
from scripts.rig.people import AGAINST
from scripts.rig.voting import prove
from scripts.tampers.recounts import FIRST, SECOND
from tests.acceptance.conftest import ask, wait_until_recorded
from tests.acceptance.installations import Left, started

pytestmark = pytest.mark.drill
DECIDED, IN_MID_VOTE = "tpjs3yn5ag9w76msj299", "x8hb7ydapcmx2wra7ksn"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Left]:
    with started(2, tmp_path_factory.mktemp("release-2"), DECIDED) as left:
        yield left


def test_the_decided_poll_reads_as_before(release: Left) -> None:
    public = release.public
    assert release.download(DECIDED) == release.was["files"]
    poll = public.get(f"/api/polls/{DECIDED}")
    assert (poll["protocol"], poll["rehearsal"], poll["stage"]) == (2, False, "approved")
    certificate = public.get(f"/api/polls/{DECIDED}/certificate.json")
    assert certificate["format"] == "lendervote-certificate/2"
    assert "rehearsal" not in certificate
    page = ask(public, "GET", f"/polls/{DECIDED}", lang="zh")
    assert page.status_code == 200
    assert "演练" not in page.text


def test_the_interrupted_poll_goes_on_to_its_end_by_protocol_2(release: Left, tmp_path: Path) -> None:
    waiting = [number for poll_id, number, *_, status in release.was["ballots"] if poll_id == IN_MID_VOTE and status != "confirmed"]
    assert waiting
    wait_until_recorded(release.public, waiting)
    vote, newcomer = release.vote, release.somebody_who_has_not_voted(IN_MID_VOTE)
    vote.poll = release.public.get(f"/api/polls/{IN_MID_VOTE}")
    receipt = newcomer.cast(newcomer.ballot(prove(vote, newcomer, None), AGAINST, 1))
    wait_until_recorded(newcomer.api, [receipt["number"]])
    steps.close_and_open_sums(vote)
    steps.decide(vote)
    poll_file = json.loads(release.download(IN_MID_VOTE)["poll.json"])
    assert (poll_file["protocol"], "rehearsal" in poll_file) == (2, False)
    both_recounts_agree(release, IN_MID_VOTE, tmp_path)
    its_case_goes_on_by_protocol_2(release)


def both_recounts_agree(release: Left, poll_id: str, folder: Path) -> None:
    for name, content in release.download(poll_id).items():
        (folder / name).write_bytes(content)
    for tool in (FIRST, SECOND):
        command = [*tool, "--rpc", release.stack.rpc_url, "--published", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "REHEARSAL" not in done.stdout


def its_case_goes_on_by_protocol_2(release: Left) -> None:
    """Another plan and a third poll: signed and sent as the case's own contract takes them."""
    vote = release.vote
    vote.plan = steps.submit_plan(vote, version=4)
    steps.sign_together(vote, vote.officials[0].api.post(f"/api/plans/{vote.plan['id']}/admission"))
    steps.announce_poll(vote)
    assert (vote.poll["protocol"], vote.poll["stage"], vote.poll["number"]) == (2, "open", 2)
    acts = vote.officials[0].api.get(f"/api/acts?case_id={vote.case['id']}")
    newest = max((act for act in acts if act["kind"] == "poll_announcement"), key=lambda act: act["number"])
    assert set(newest["typed_data"]["message"]) == {"pollNumber", "parametersHash"}
