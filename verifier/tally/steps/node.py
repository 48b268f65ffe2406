"""Step 1: the chain, the case with its code and officials, and that the poll is the one of its number."""

from typing import Any

from verifier.tally.case import Release, fingerprint, poll_address
from verifier.tally.chain.sight import Place, Sight
from verifier.tally.chain.things import Transaction
from verifier.tally.contracts import Dialect, Event, dialect_of
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.generations import first
from verifier.tally.published import Record
from verifier.tally.recount import Recount, Scene
from verifier.tally.signers import Panel, is_allowed, short
from verifier.tally.steps import poll_file
from verifier.tally.steps.succession import Successions
from verifier.tally.typed_data import domain_separator

MOST_OFFICIALS = 32


def check(recount: Recount, log: StepLog) -> None:
    """Establishes the scene."""
    header = poll_file.read(recount.published)
    protocol = poll_file.protocol(header)
    case, poll = header.raw("case", 20), header.raw("poll", 20)
    number, from_block, chain_id = header.whole("poll_number", 2**63), header.whole("from_block", 2**63), header.whole("chain_id", 2**256)
    poll_file.check_canonical(recount.published, log)
    _check_expected(recount.options.expected.case, case, log)
    receipt_signer = poll_file.parameters(recount.published).raw("receipt_signer", 20)
    sealed = poll_file.is_sealed(header)
    looked_at = Place(chain_id, case, poll, from_block, receipt_signer, "SealedPoll" if sealed else "Poll")
    sight = recount.source.open(looked_at, log)
    recount.sight = sight
    log.note(f"chain {chain_id}, block {sight.head.number} (0x{sight.head.hash.hex()})")
    release = _release(recount, protocol)
    if protocol > 1:
        log.equal("poll.address", "poll.json: poll", "is not where the case's poll of that number stands", poll_address(case, number), poll)
    creation, panel, institution, rehearsal, trustees = _created(sight, release, case, from_block, log)
    sight.check_code(release, [*panel.officials, institution], log)
    _check_people(panel, institution, log)
    found = fingerprint(chain_id, case, list(panel.officials), panel.threshold, institution, rehearsal)
    _check_paper(recount.options.expected.fingerprint, found, log)
    _check_mark(header, rehearsal, log)
    dialect = dialect_of(protocol, sealed=sealed)
    events = _events(recount, sight, dialect, looked_at, log)
    opened_with = [list(panel.officials), panel.threshold, institution, *([rehearsal] if protocol > 2 else [])]
    _check_opened(events, creation, opened_with, log)
    opened = first(chain_id, case, (list(panel.officials), panel.threshold, institution))
    successions = Successions(sight, dialect, release, chain_id, case, rehearsal, [opened], log)
    recount.scene = Scene(
        protocol=protocol,
        rehearsal=rehearsal,
        dialect=dialect,
        chain_id=chain_id,
        case=case,
        poll=poll,
        poll_number=number,
        generations=successions.read(events),
        case_separator=domain_separator(chain_id, case),
        poll_separator=domain_separator(chain_id, poll),
        events=events,
        sealed=sealed,
        trustees=trustees,
        created=creation.hash,
    )


def _check_expected(expected: bytes, case: bytes, log: StepLog) -> None:
    """The case is the one that whoever recounts has from the working group, where they brought it."""
    if expected:
        log.equal("case.address", "poll.json: case", "is not the case that the working group published", expected, case)


def _release(recount: Recount, protocol: int) -> Release:
    """The release whose code the case has to be. Raises Wrong."""
    known = recount.options.releases
    if protocol not in known:
        raise Wrong("poll.file", "poll.json: protocol", "is none that this tool knows", " or ".join(map(str, known)), protocol)
    return known[protocol]


Created = tuple[Transaction, Panel, bytes, bool, tuple[bytes, ...]]


def _created(sight: Sight, release: Release, case: bytes, from_block: int, log: StepLog) -> Created:
    """The creation; officials, institution, mark and trustees as the case was created with them, by code of that release. Raises Wrong."""
    transaction = sight.creation(from_block, case)
    found = release.created_with(transaction.input)
    if found is None:
        what = f"does not create a case of release {release.number}: other code stands behind the case"
        raise Wrong("case.creation", transaction.place, what, release.contracts["Case"].creation_keccak, transaction.input[:16])
    officials, threshold, institution, rehearsal, trustees = found
    log.note(f"case 0x{case.hex()}, created in {transaction.place} by the code of release {release.number}")
    if rehearsal:
        log.note("the case is a rehearsal: its votes have no effect")
    return transaction, Panel(tuple(officials), threshold), institution, rehearsal, tuple(trustees)


def _check_people(panel: Panel, institution: bytes, log: StepLog) -> None:
    officials, count = panel.officials, len(panel.officials)
    distinct = 1 <= len(set(officials)) == count <= MOST_OFFICIALS
    log.holds("case.officials", "case: officials", "are not 1 to 32 distinct signers", distinct, "1 to 32", count)
    majority = count < 2 * panel.threshold <= 2 * count
    log.holds(
        "case.officials", "case: threshold", "is no majority of the officials", majority, f"more than half of {count}", panel.threshold
    )
    for signer in (*officials, institution):
        log.holds("case.officials", "case: signer", "is neither a plain key nor a passkey", is_allowed(signer), "20 or 84 bytes", signer)
    log.holds("case.roles", "case: institution", "is an official as well", institution not in officials, "two keys", institution)
    log.note(f"{count} officials, of whom {panel.threshold} decide: {', '.join(map(short, officials))}")
    log.note(f"institution {short(institution)}")


def _check_mark(header: Record, rehearsal: bool, log: StepLog) -> None:
    said = poll_file.rehearsal(header)
    log.equal("poll.file", "poll.json: rehearsal", "is not the mark with which the case was created", rehearsal, said)


def _check_paper(typed: str, found: str, log: StepLog) -> None:
    """The fingerprint is what the working group prints on paper."""
    if typed:
        same = "".join(typed.split()).lower() == found.replace(" ", "")
        if log.holds("case.address", "case", "has another fingerprint than the one given", same, typed, found):
            log.note(f"fingerprint {found}, as given")
    else:
        log.note(f"fingerprint {found}: compare it with the working group's paper")


def _events(recount: Recount, sight: Sight, dialect: Dialect, looked_at: Place, log: StepLog) -> list[Event]:
    """All events of case and poll in the order of the chain, of notes the relay's only."""
    events: list[Event] = []
    for entry in sight.logs(log, recount.progress):
        if not looked_at.matters(entry.topics):
            continue
        try:
            events.append(dialect.decode_event(entry))
        except Wrong as wrong:
            log.take(wrong)
    log.note(f"{len(events)} events of case and poll")
    return events


def _check_opened(events: list[Event], creation: Transaction, expected: list[Any], log: StepLog) -> None:
    """The case said with what it was opened, once, in the transaction that created it."""
    opened = [event for event in events if event.name == "CaseOpened"]
    if log.equal("case.creation", "poll.json: from_block", "the case was not opened exactly once since this block", 1, len(opened)):
        found = opened[0].log.transaction_hash
        log.equal("case.creation", opened[0].place, "the case was opened by another transaction than its creation", creation.hash, found)
        log.equal(
            "case.creation", opened[0].place, "says other officials, threshold, institution or mark", expected, list(opened[0].values)
        )
