"""What happens to a sealed poll after its close: a lost key, absent trustees, a count that is killed or raced."""

from __future__ import annotations

import json
import subprocess
import time

from backend.ground.chain.anvil import EmbeddedAnvil
from backend.ground.chain.events import event_name
from backend.ground.common.seals import RECORD_BYTES
from scripts.drill_keys.anybody import WRITE_COUNT, Anybody
from scripts.drill_keys.lost_database import NEEDED
from scripts.faults.sealed.outsider import Rival
from scripts.faults.sealed.stage import SealedStage, require
from scripts.faults.stage import Fault, Stage
from scripts.rig.ceremony import SEATS, await_count
from verifier.shares.polynomials import secret_of

#: Rounds of the service's counter, in which nothing may happen.
WAIT_SECONDS = 8
TOO_FEW = NEEDED - 1


def field_key_lost(stage: Stage) -> None:
    """The key that opens the database's fields is gone, so the service does not start: trustees, the register's escrow, transactions and
    files come to the result without it. When the key is found the service says the same."""
    assert isinstance(stage, SealedStage)
    published, stack = stage.published(), stage.stack
    path = stack.data_dir / "secrets" / "field.key"
    stack.end_backend(kill=False)
    key = path.read_bytes()
    path.unlink()
    _require_no_start(stage)
    stage.hand_in_openings()
    seats = stage.some_seats()
    chain = EmbeddedAnvil(stack.data_dir / "chain" / "state.json", int(stack.rpc_url.rsplit(":", 1)[1]))
    chain.start()
    try:
        alone = Anybody(chain.url, published, stage.poll["address"])
        alone.publish({seat: stage.share(seat) for seat in seats})
        alone.count()
        alone.open_sums(stage.openings, seats)
        found = alone.result_hash()
    finally:
        chain.stop()
    path.write_bytes(key)
    path.chmod(0o600)
    stack.start_backend()
    stage.await_ready()
    require(stage.result()["result_hash"] == found, f"the service has another result than {found}")


def _require_no_start(stage: SealedStage) -> None:
    """A new key in place of the lost one would open nothing and hide that it is lost. Raises: AssertionError."""
    try:
        stage.stack.start_backend()
    except RuntimeError as error:
        require("KeysMissing" in str(error) and "field.key" in str(error), f"the service did not say what it lacks: {error}")
    else:
        raise AssertionError("the service started without the key")


def trustee_absent(stage: Stage) -> None:
    """As many stay away as may: with one more nothing opens, and everybody sees who is missing; with them it is counted."""
    assert isinstance(stage, SealedStage)
    seats = stage.some_seats()
    for seat in seats[:TOO_FEW]:
        stage.hand_in_share(seat)
    time.sleep(WAIT_SECONDS)  # nothing may come of it
    seal = stage.seal()
    missing = sorted(set(range(SEATS)) - set(seats[:TOO_FEW]))
    require(seal["stage"] == "closed" and not stage.contract.secret(), f"{TOO_FEW} of {NEEDED} opened: {seal}")
    require((seal["opened"], seal["missing"]) == (TOO_FEW, missing), f"the missing are not named: {seal}")
    require(seal["progress"]["counted"] == 0, f"something was counted: {seal}")
    stage.hand_in_share(seats[TOO_FEW])


def counter_killed(stage: Stage) -> None:
    """At each of its places the count dies and goes on after a start; the result is the same every time."""
    assert isinstance(stage, SealedStage)
    results = set()
    for number, place in enumerate(stage.places):
        if number:
            stage.restore()
        results.add(killed_at(stage, place))
    require(len(results) == 1, f"results: {sorted(results)}")


def killed_at(stage: SealedStage, place: str) -> str:
    """The result's hash where the count was killed once."""
    *first, last = stage.some_seats()
    for seat in first:
        stage.hand_in_share(seat)
    stage.arm(place)
    stage.hand_in_share(last)
    try:
        stage.await_death(60)
    except subprocess.TimeoutExpired as error:
        raise AssertionError(f"the count did not come to: {place}") from error
    stage.kills += 1
    stage.await_ready()
    stage.hand_in_share(last)
    return stage.opened_result()


def two_counters(stage: Stage) -> None:
    """Somebody else counts beside the service: each takes what the other leaves, and no ballot is counted twice."""
    assert isinstance(stage, SealedStage)
    seats = stage.some_seats()
    rival = Rival(stage.node, stage.contract, records_of(stage, secret_of({seat: stage.share(seat) for seat in seats})), stage.dice)
    rival.start()
    for seat in seats:
        stage.hand_in_share(seat)
    await_count(stage.electorate.vote)
    rival.join(30)
    counted = pieces(stage)
    theirs = len(counted & set(rival.sent))
    require(0 < theirs < len(counted), f"there was no race: {theirs} of {len(counted)} pieces came from somebody else")


def records_of(stage: SealedStage, secret: int) -> list[bytes]:
    """The box in its order, by what the auditor's tool writes."""
    where = ("--rpc", stage.stack.rpc_url, "--published", str(stage.published()), "--secret", hex(secret))
    done = subprocess.run([*WRITE_COUNT, *where], capture_output=True, text=True, check=True, timeout=300)
    calls = [bytes.fromhex(json.loads(line)["data"][2:]) for line in done.stdout.splitlines()]
    (box,) = [data for data in calls if data[:4] == stage.contract.count(bytes(32), []).data[:4]]
    length = int.from_bytes(box[4 + 64 : 4 + 96], "big")
    packed = box[4 + 96 : 4 + 96 + length]
    return [packed[at : at + RECORD_BYTES] for at in range(0, len(packed), RECORD_BYTES)]


def pieces(stage: SealedStage) -> set[str]:
    """The transactions by which ballots were counted."""
    logs = stage.node.logs([stage.poll["address"]], 0, stage.node.block().number)
    return {str(one["transactionHash"]) for one in logs if event_name(one) == "BallotsCounted"}


CLOSED: dict[str, Fault] = {
    "trustee absent": trustee_absent,
    "two counters racing": two_counters,
    "field key lost": field_key_lost,
    "counter killed at 20 places": counter_killed,
}
QUICK = ("counter killed at 20 places",)
