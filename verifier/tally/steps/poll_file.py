"""poll.json, as steps 1, 2 and 5 read it."""

from typing import Any

from verifier.tally.findings import StepLog
from verifier.tally.published import Published, Record, canonical, parse
from verifier.tally.rules import DENOMINATORS, MEASURES, NUMERATORS, Condition

NAME = "poll.json"
KEYS = "case chain_id poll poll_number from_block parameters rule_name tree_depth"
PARAMETER_KEYS = "register_number plan_number conditions opens_at closes_at challenge_seconds verifiers receipt_signer"
CONDITION_KEYS = "measure numerator denominator num den strict"


def read(published: Published) -> Record:
    """The whole file."""
    return published.record(NAME, KEYS)


def check_canonical(published: Published, log: StepLog) -> None:
    """The file is canonical JSON, so that two copies of it can be compared byte by byte."""
    content = published.bytes_of(NAME)
    log.holds(NAME, "is not canonical JSON", content.removesuffix(b"\n") == canonical(parse(content, NAME)))


def parameters(published: Published) -> Record:
    """The parameters of the poll."""
    return Record.of(read(published).fields["parameters"], f"{NAME} parameters", PARAMETER_KEYS)


def addresses(record: Record, key: str) -> list[bytes]:
    """A list of 20-byte addresses."""
    return [Record({key: value}, f"{record.place} {i}").raw(key, 20) for i, value in enumerate(record.rows(key))]


def _choice(record: Record, key: str, names: tuple[str, ...], log: StepLog) -> int:
    name = record.text(key)
    if log.holds(f"{record.place}: {key}", "is none of the words that a rule knows", name in names, " ".join(names), name):
        return names.index(name)
    return -1


def _condition(value: Any, place: str, log: StepLog) -> Condition:
    record = Record.of(value, place, CONDITION_KEYS)
    measure = _choice(record, "measure", MEASURES, log)
    numerator = _choice(record, "numerator", NUMERATORS, log)
    denominator = _choice(record, "denominator", DENOMINATORS, log)
    return measure, numerator, denominator, record.whole("num", 2**32), record.whole("den", 2**32), record.flag("strict")


def conditions(record: Record, log: StepLog) -> list[Condition]:
    """The rule of the file."""
    return [_condition(value, f"{record.place} condition {i}", log) for i, value in enumerate(record.rows("conditions"))]
