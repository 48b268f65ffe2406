"""Step 2: what the poll is held to was announced by the officials before it opened."""

from typing import Any

from verifier.tally.contracts import Event, parameters_hash
from verifier.tally.findings import StepLog
from verifier.tally.recount import Recount, Scene, Terms, need
from verifier.tally.steps import poll_file
from verifier.tally.steps.acts import call_of, only_event
from verifier.tally.typed_data import poll_announcement, poll_announcement_2

NAMES = tuple(poll_file.PARAMETER_KEYS.split())
MOST_VERIFIERS = 8
DAY_SECONDS = 86_400
#: Of notice and challenge period of a poll that is no rehearsal, since protocol 3 (§8.1).
LEAST_SECONDS = 15 * DAY_SECONDS


def check(recount: Recount, log: StepLog) -> None:
    """Establishes the terms."""
    scene, sight = need(recount.scene, 1), need(recount.sight, 1)
    event = only_event(scene.of_case("PollAnnounced", scene.poll_number), "parameters.announced", "PollAnnounced", scene.poll_number)
    transaction, (values, signers, signatures) = call_of(recount, scene, event, "announcePoll", scene.case, "parameters.announced")
    found_hash = parameters_hash(values)
    _check_event(scene, event, found_hash, log)
    digest = _signed(scene, found_hash)
    scene.panel.signed("parameters.signatures", digest, signers, signatures, log, f"announcement in {transaction.place}")
    block = sight.block(event.log.block_number)
    in_time = block.timestamp < values[3]
    log.holds("parameters.announced", event.place, "announced after the opening", in_time, f"before {values[3]}", block.timestamp)
    register, plan, conditions, opens_at, closes_at, challenge, verifiers, relay = values
    window = (opens_at, closes_at, challenge)
    recount.terms = Terms(values, found_hash, register, plan, conditions, *window, verifiers, relay, event, block)
    _sane(recount.terms, log)
    _long_enough(scene, recount.terms, log)
    _apart(scene, recount.terms, log)
    _compare_file(recount, values, found_hash, log)
    log.note(f"parameters hash 0x{found_hash.hex()}, announced {values[3] - block.timestamp} s before the opening")
    if closes_at - opens_at < DAY_SECONDS:
        log.note(f"the poll is open for {closes_at - opens_at} s, less than a day")
    if recount.terms.challenge_seconds < DAY_SECONDS:
        log.note(f"the challenge period is {recount.terms.challenge_seconds} s, less than a day")


def _check_event(scene: Scene, event: Event, found_hash: bytes, log: StepLog) -> None:
    log.equal("poll.address", event.place, "announces another poll", scene.poll, event.values[1])
    log.equal("parameters.announced", event.place, "announces other parameters than its transaction", found_hash, event.values[2])


def _sane(terms: Terms, log: StepLog) -> None:
    name, place = "parameters.range", "parameters"
    log.holds(name, place, "window is empty", terms.opens_at < terms.closes_at, "opensAt < closesAt", (terms.opens_at, terms.closes_at))
    log.holds(name, place, "there is no challenge period", terms.challenge_seconds > 0, "more than 0", terms.challenge_seconds)
    distinct = len(set(terms.verifiers)) == len(terms.verifiers)
    log.holds(name, place, "verifiers are not 1 to 8 distinct keys", distinct and 1 <= len(terms.verifiers) <= MOST_VERIFIERS)
    log.holds(name, place, "a verifier is the empty address", bytes(20) not in terms.verifiers)
    log.holds(name, place, "the receipt signer is the empty address", any(terms.receipt_signer))


def _signed(scene: Scene, found_hash: bytes) -> bytes:
    if scene.protocol < 3:
        return poll_announcement_2(scene.case_separator, scene.poll_number, found_hash)
    return poll_announcement(scene.case_separator, scene.poll_number, found_hash, scene.rehearsal)


def _long_enough(scene: Scene, terms: Terms, log: StepLog) -> None:
    """Whoever votes had time to hear of it, and whoever objects has time to."""
    if scene.protocol < 3 or scene.rehearsal:
        return
    notice, least = terms.opens_at - terms.announced_in.timestamp, f"at least {LEAST_SECONDS} s"
    for what, seconds in (("notice", notice), ("challenge period", terms.challenge_seconds)):
        long_enough = seconds >= LEAST_SECONDS
        log.holds("parameters.range", "parameters", f"the {what} is too short for a poll that is no rehearsal", long_enough, least, seconds)


def _apart(scene: Scene, terms: Terms, log: StepLog) -> None:
    """Nobody checks their own work: issuer, relay, officials and institution are different keys (protocol §6)."""
    insiders = {*scene.panel.officials, scene.institution}
    for key in (*terms.verifiers, terms.receipt_signer):
        log.holds("parameters.roles", "parameters", "a key is official or institution as well", key not in insiders, "another key", key)
    relay = terms.receipt_signer
    log.holds("parameters.roles", "parameters", "the relay is a verifier as well", relay not in terms.verifiers, "another key", relay)


def _compare_file(recount: Recount, values: tuple[Any, ...], found_hash: bytes, log: StepLog) -> None:
    """poll.json says what was announced; the rule's own findings are step 5's."""
    record = poll_file.parameters(recount.published)
    written: list[Any] = [
        record.whole("register_number", 2**256),
        record.whole("plan_number", 2**256),
        poll_file.conditions(record, StepLog(5, "Rule")),
        *(record.whole(key, 2**64) for key in ("opens_at", "closes_at", "challenge_seconds")),
        poll_file.addresses(record, "verifiers"),
        record.raw("receipt_signer", 20),
    ]
    for name, of_chain, of_file in zip(NAMES, values, written, strict=True):
        if name != "conditions":
            log.equal("parameters.file", f"poll.json: {name}", "is not what was announced", of_chain, of_file)
    if all(min(condition[:3]) >= 0 for condition in written[2]):
        log.equal("parameters.file", "poll.json: parameters", "do not have the announced hash", found_hash, parameters_hash(tuple(written)))
