"""Who sat on the seats when a sealed poll was announced, by every appointment since the case was created (protocol §21.2; step 15)."""

from dataclasses import dataclass

from verifier.tally.contracts import Event, trustees_hash
from verifier.tally.findings import StepLog
from verifier.tally.recount import Recount, Scene, Terms, need
from verifier.tally.signers import is_allowed
from verifier.tally.steps.acts import call_of
from verifier.tally.typed_data import trustee_appointment

NOTICE_SECONDS = 7 * 86_400
LEAST, MOST = 2, 32
NAME = "seal.trustees"


@dataclass
class Seats:
    """Who serves, and who will from a later time on."""

    serving: tuple[bytes, ...]
    waiting: tuple[bytes, ...] = ()
    from_time: int = 0

    def at(self, time: int) -> tuple[bytes, ...]:
        """Who serves at that time."""
        return self.waiting if self.waiting and time >= self.from_time else self.serving


def serving(recount: Recount, scene: Scene, terms: Terms, log: StepLog) -> tuple[bytes, ...]:
    """The seats as the poll was announced; findings for appointments that were none."""
    seats, number = Seats(scene.trustees), 0
    if scene.trustees:
        _check_list(scene.trustees, "case: trustees", log)
    _check_first(recount, scene, log)
    for event in _appointments(scene):
        if event.values[0] == 0:
            continue
        number += 1
        at = need(recount.sight, 1).block(event.log.block_number).timestamp
        named = _appointed(recount, scene, event, number, at, log)
        if event.log.order < terms.announced.log.order:
            seats = Seats(seats.at(at), named, at if scene.rehearsal else at + NOTICE_SECONDS)
    found = seats.at(terms.announced_in.timestamp)
    log.holds(NAME, terms.announced.place, "nobody served as a trustee", bool(found))
    return found


def _appointments(scene: Scene) -> list[Event]:
    return [one for one in scene.events if one.name == "TrusteesAppointed" and one.log.address == scene.case]


def _check_first(recount: Recount, scene: Scene, log: StepLog) -> None:
    """The constructor's list leaves an event in the transaction that creates the case, unless it is empty."""
    first = [one for one in _appointments(scene) if one.values[0] == 0]
    if (
        not log.equal(NAME, "case: trustees", "did not stand once in the case's creation", int(bool(scene.trustees)), len(first))
        or not first
    ):
        return
    event = first[0]
    at = need(recount.sight, 1).block(event.log.block_number).timestamp
    found = event.log.transaction_hash, tuple(event.values[1]), event.values[2]
    log.equal(NAME, event.place, "says other trustees than the creation", (scene.created, scene.trustees, at), found)


def _appointed(recount: Recount, scene: Scene, event: Event, number: int, at: int, log: StepLog) -> tuple[bytes, ...]:
    """One appointment: in its number, by k officials, serving from when it must. Raises Wrong."""
    transaction, (named, signers, signatures) = call_of(recount, scene, event, "appointTrustees", scene.case, NAME)
    expected = number, named, at if scene.rehearsal else at + NOTICE_SECONDS
    log.equal(NAME, event.place, "is not the appointment of its transaction, number and time", expected, tuple(event.values))
    deciding = scene.in_office(event)
    digest = trustee_appointment(deciding.separator, number, trustees_hash(named))
    deciding.panel.signed(NAME, digest, signers, signatures, log, f"appointment in {transaction.place}")
    _check_list(tuple(named), transaction.place, log)
    return tuple(named)


def _check_list(named: tuple[bytes, ...], place: str, log: StepLog) -> None:
    right = LEAST <= len(named) <= MOST and len(set(named)) == len(named) and all(map(is_allowed, named))
    log.holds(NAME, place, "trustees are not 2 to 32 distinct signers", right, "2 to 32", len(named))
