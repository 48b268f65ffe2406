"""poll.json, as steps 1, 2 and 5 read it."""

from typing import Any

from verifier.tally.findings import StepLog, Wrong
from verifier.tally.published import FINDINGS, Published, Record, is_canonical, parse
from verifier.tally.rules import DENOMINATORS, MEASURES, NUMERATORS, Condition

NAME = "poll.json"
KEYS_1 = "case chain_id poll poll_number from_block parameters rule_name tree_depth"
KEYS_2 = "protocol " + KEYS_1
KEYS = "rehearsal " + KEYS_2
SEALED_KEYS = "kind motions abandon_after_seconds " + KEYS
SEALED = "sealed"
SEALED_FROM = 4  # the protocol that has sealed polls
FINDING = FINDINGS[NAME]
PARAMETER_KEYS = "register_number plan_number conditions opens_at closes_at challenge_seconds verifiers receipt_signer"
CONDITION_KEYS = "measure numerator denominator num den strict"


def read(published: Published) -> Record:
    """The whole file; of protocol 1 when it names none."""
    value = parse(published.bytes_of(NAME), NAME, FINDING)
    named = value.get("protocol", 1) if isinstance(value, dict) else 1
    number = named if isinstance(named, int) else 0
    of_sealed = number >= SEALED_FROM and isinstance(value, dict) and "kind" in value
    return Record.of(value, NAME, SEALED_KEYS if of_sealed else {1: KEYS_1, 2: KEYS_2}.get(number, KEYS), FINDING)


def protocol(record: Record) -> int:
    """The number of the protocol that the poll follows. Raises Wrong."""
    number = record.whole("protocol", 2**32) if "protocol" in record.fields else 1
    if "protocol" in record.fields and number < 2:
        raise Wrong(FINDING, f"{NAME}: protocol", "names no protocol", "2 or more", number)
    return number


def is_sealed(record: Record) -> bool:
    """Whether the poll is a sealed one; an open poll's file does not speak of it. Raises Wrong for another kind."""
    if "kind" not in record.fields:
        return False
    if record.text("kind") != SEALED:
        raise Wrong(FINDING, f"{NAME}: kind", "is no kind of poll that is written down", SEALED, record.text("kind"))
    return True


def rehearsal(record: Record) -> bool:
    """Whether the file says that the vote has no effect; before protocol 3 none says so."""
    return "rehearsal" in record.fields and record.flag("rehearsal")


def check_canonical(published: Published, log: StepLog) -> None:
    """The file is canonical JSON, so that two copies of it can be compared byte by byte."""
    content = published.bytes_of(NAME)
    canonical = is_canonical(content.removesuffix(b"\n"), parse(content, NAME, FINDING))
    log.holds(FINDING, NAME, "is not canonical JSON", canonical)


def parameters(published: Published) -> Record:
    """The parameters of the poll."""
    return read(published).inner("parameters", f"{NAME} parameters", PARAMETER_KEYS)


def addresses(record: Record, key: str) -> list[bytes]:
    """A list of 20-byte addresses."""
    return [Record({key: value}, f"{record.place} {i}", record.finding).raw(key, 20) for i, value in enumerate(record.rows(key))]


def _choice(record: Record, key: str, names: tuple[str, ...], log: StepLog) -> int:
    name = record.text(key)
    if log.holds("rule.file", f"{record.place}: {key}", "is none of the words that a rule knows", name in names, " ".join(names), name):
        return names.index(name)
    return -1


def _condition(value: Any, place: str, log: StepLog) -> Condition:
    record = Record.of(value, place, CONDITION_KEYS, "rule.file")
    measure = _choice(record, "measure", MEASURES, log)
    numerator = _choice(record, "numerator", NUMERATORS, log)
    denominator = _choice(record, "denominator", DENOMINATORS, log)
    return measure, numerator, denominator, record.whole("num", 2**32), record.whole("den", 2**32), record.flag("strict")


def conditions(record: Record, log: StepLog) -> list[Condition]:
    """The rule of the file."""
    return [_condition(value, f"{record.place} condition {i}", log) for i, value in enumerate(record.rows("conditions"))]
