"""The box of a sealed poll: all recorded ballots folded in the order of the chain (protocol §21.1; step 6)."""

from verifier.tally.findings import StepLog
from verifier.tally.keccak import keccak
from verifier.tally.recount import Ballots, Scene
from verifier.tally.sealing import EMPTY, record_of


def fold(ballots: Ballots, scene: Scene, log: StepLog) -> None:
    """Fold the records, and compare with the box that was unsealed, where it was."""
    box = EMPTY
    ballots.boxes.append(box)
    for one in ballots.recorded:
        record = record_of(one.index, one.voting_class, one.point, one.sequence, one.sealed)
        box = keccak(box + record)
        ballots.records.append(record)
        ballots.boxes.append(box)
    for event in scene.of_poll("Unsealed"):
        if log.equal("ballots.box", event.place, "the recorded ballots do not fold to the box that was unsealed", box, event.values[1]):
            log.note(f"{len(ballots.records)} records fold to the box that was unsealed, 0x{box.hex()}")
