"""Step 2: what the poll is held to was announced by the officials before it opened."""

from dataclasses import dataclass
from typing import Any

from verifier.tally.chain.things import Transaction
from verifier.tally.contracts import Event, parameters_hash, sealed_parameters_hash
from verifier.tally.findings import StepLog
from verifier.tally.keccak import keccak
from verifier.tally.recount import Recount, Scene, Terms, need
from verifier.tally.sealing import Sealing
from verifier.tally.steps import poll_file
from verifier.tally.steps.acts import call_of, only_event
from verifier.tally.typed_data import poll_announcement, poll_announcement_2, sealed_poll_announcement

NAMES = tuple(poll_file.PARAMETER_KEYS.split())
MOST_VERIFIERS = 8
DAY_SECONDS = 86_400
#: Of notice and challenge period of a poll that is no rehearsal, since protocol 3 (§8.1).
LEAST_SECONDS = 15 * DAY_SECONDS
MOST_MOTIONS, ABANDON_SECONDS = 16, 30 * DAY_SECONDS


@dataclass(frozen=True)
class Announced:
    """What the announcing transaction says; `values` are the parameters of any poll (§8.1), the hash is of all that the poll has."""

    transaction: Transaction
    values: tuple[Any, ...]
    hash: bytes
    signers: list[bytes]
    signatures: list[bytes]
    sealing: Sealing | None = None


def check(recount: Recount, log: StepLog) -> None:
    """Establishes the terms."""
    scene, sight = need(recount.scene, 1), need(recount.sight, 1)
    name = "SealedPollAnnounced" if scene.sealed else "PollAnnounced"
    event = only_event(scene.of_case(name, scene.poll_number), "parameters.announced", name, scene.poll_number)
    announced = _sealed(recount, scene, event, log) if scene.sealed else _open(recount, scene, event)
    values, found_hash = announced.values, announced.hash
    _check_event(scene, event, found_hash, log)
    place = f"announcement in {announced.transaction.place}"
    generation = scene.in_office(event)
    digest = _signed(scene, generation.separator, announced)
    generation.panel.signed("parameters.signatures", digest, announced.signers, announced.signatures, log, place)
    block = sight.block(event.log.block_number)
    in_time = block.timestamp < values[3]
    log.holds("parameters.announced", event.place, "announced after the opening", in_time, f"before {values[3]}", block.timestamp)
    register, plan, conditions, opens_at, closes_at, challenge, verifiers, relay = values
    window = (opens_at, closes_at, challenge)
    recount.terms = Terms(
        values, found_hash, register, plan, conditions, *window, verifiers, relay, event, block, generation, announced.sealing
    )
    _sane(recount.terms, log)
    _long_enough(scene, recount.terms, log)
    _apart(scene, recount.terms, log)
    _compare_file(recount, recount.terms, log)
    log.note(f"parameters hash 0x{found_hash.hex()}, announced {values[3] - block.timestamp} s before the opening")
    if closes_at - opens_at < DAY_SECONDS:
        log.note(f"the poll is open for {closes_at - opens_at} s, less than a day")
    if recount.terms.challenge_seconds < DAY_SECONDS:
        log.note(f"the challenge period is {recount.terms.challenge_seconds} s, less than a day")


def _open(recount: Recount, scene: Scene, event: Event) -> Announced:
    transaction, (values, signers, signatures) = call_of(recount, scene, event, "announcePoll", scene.case, "parameters.announced")
    return Announced(transaction, values, parameters_hash(values), signers, signatures)


def _sealed(recount: Recount, scene: Scene, event: Event, log: StepLog) -> Announced:
    """The announcement of a sealed poll: with the release's code, motions and the time of abandonment in their range."""
    transaction, inputs = call_of(recount, scene, event, "announceSealedPoll", scene.case, "parameters.announced")
    code, parameters, key, confirmations, signers, signatures = inputs
    release = recount.options.releases[scene.protocol]
    expected = release.contracts["SealedPoll"].creation_keccak
    log.equal("poll.code", transaction.place, f"brings other code than SealedPoll of release {release.number}", expected, keccak(code))
    sealing = Sealing.of(parameters, key, confirmations)
    in_range = 1 <= sealing.motions <= MOST_MOTIONS
    log.holds("parameters.range", "parameters", "motions are not 1 to 16", in_range, "1 to 16", sealing.motions)
    after, name = sealing.abandon_after_seconds, "parameters.range"
    allowed = 1 <= after <= ABANDON_SECONDS if scene.rehearsal else after == ABANDON_SECONDS
    log.holds(name, "parameters", "the time after which it can be abandoned is another", allowed, f"{ABANDON_SECONDS} s", after)
    log.note(f"a sealed poll of {sealing.motions} motions; it can be abandoned {after} s after its close")
    return Announced(transaction, parameters[0], sealed_parameters_hash(parameters), signers, signatures, sealing)


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


def _signed(scene: Scene, separator: bytes, announced: Announced) -> bytes:
    what = separator, scene.poll_number, announced.hash
    if announced.sealing:
        return sealed_poll_announcement(*what, announced.sealing.struct_hash, scene.rehearsal)
    return poll_announcement_2(*what) if scene.protocol < 3 else poll_announcement(*what, scene.rehearsal)


def _long_enough(scene: Scene, terms: Terms, log: StepLog) -> None:
    """Whoever votes had time to hear of it, and whoever objects has time to."""
    if scene.protocol < 3 or scene.rehearsal:
        return
    notice, least = terms.opens_at - terms.announced_in.timestamp, f"at least {LEAST_SECONDS} s"
    for what, seconds in (("notice", notice), ("challenge period", terms.challenge_seconds)):
        long_enough = seconds >= LEAST_SECONDS
        log.holds("parameters.range", "parameters", f"the {what} is too short for a poll that is no rehearsal", long_enough, least, seconds)


def _apart(scene: Scene, terms: Terms, log: StepLog) -> None:
    """Nobody checks their own work: issuer, relay and whoever is or was official or institution are different keys (protocol §6)."""
    until = [one for one in scene.generations if one.number <= terms.generation.number]
    insiders = {signer for one in until for signer in one.signers}
    for key in (*terms.verifiers, terms.receipt_signer):
        log.holds("parameters.roles", "parameters", "a key is official or institution as well", key not in insiders, "another key", key)
    relay = terms.receipt_signer
    log.holds("parameters.roles", "parameters", "the relay is a verifier as well", relay not in terms.verifiers, "another key", relay)


def _compare_file(recount: Recount, terms: Terms, log: StepLog) -> None:
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
    for name, of_chain, of_file in zip(NAMES, terms.values, written, strict=True):
        if name != "conditions":
            log.equal("parameters.file", f"poll.json: {name}", "is not what was announced", of_chain, of_file)
    more = _more(recount, terms, log)
    if all(min(condition[:3]) >= 0 for condition in written[2]):
        of_file_hash = sealed_parameters_hash((tuple(written), *more)) if more else parameters_hash(tuple(written))
        log.equal("parameters.file", "poll.json: parameters", "do not have the announced hash", terms.parameters_hash, of_file_hash)


def _more(recount: Recount, terms: Terms, log: StepLog) -> tuple[int, ...]:
    """Of a sealed poll motions and the time of abandonment as the file has them."""
    if not terms.sealing:
        return ()
    header = poll_file.read(recount.published)
    motions, after = header.whole("motions", 2**8), header.whole("abandon_after_seconds", 2**32)
    log.equal("parameters.file", "poll.json: motions", "is not what was announced", terms.sealing.motions, motions)
    what = "is not what was announced"
    log.equal("parameters.file", "poll.json: abandon_after_seconds", what, terms.sealing.abandon_after_seconds, after)
    return motions, after
