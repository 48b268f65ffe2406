"""A verifier's log about one poll, read from a file that somebody handed in (protocol §15.1).

What its holder could have changed alone makes the paper void: it says nothing against the poll. Only what is left after that is the
verifier's own word.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from verifier.tally import curve
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.keccak import keccak
from verifier.tally.published import ENOUGH, Record, canonical, is_canonical, parse, whole

VOID, FORM, CHAIN = "void.log", "log.form", "log.chain"
STATEMENT = b"LenderVote/1/statement"
MOST_BYTES = 2**30
MOST_LINE_BYTES = 2**24
NOTHING = "0x" + "00" * 32
MOMENT = re.compile("[1-9][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")
#: What an entry must have, by its kind; other kinds say what a recount does not look at.
KEYS = {
    "roots": "case poll_number fingerprint announced organisations one_node",
    "identity_file": "file_hash register_number signers signatures",
    "face_model": "model",
    "credential": "index ballot_key issued_at expires_at way verifier",
}


@dataclass(frozen=True)
class Voucher:
    """One official's word that the lender of an index holds a ballot key."""

    signer: bytes
    method: int
    vouched_at: int
    signature: bytes


@dataclass(frozen=True)
class Issued:
    """One credential, and what it rests on: vouchers, or the hash of an identity file; `model` compared the face, where one says so."""

    place: str
    index: int
    ballot_key: bytes
    issued_at: int
    way: str
    verifier: bytes
    vouchers: tuple[Voucher, ...]
    identity_file: bytes
    model: str


@dataclass(frozen=True)
class Entry:
    """One entry of the log that has what its kind needs."""

    place: str
    kind: str
    record: Record


@dataclass
class IssuerLog:
    """A log that is by whom it claims to be."""

    name: str
    addresses: frozenset[bytes]  # of the poll's, by which this verifier signs credentials
    made_at: int  # seconds since 1970, by the verifier's clock
    entries: list[Entry] = field(default_factory=list)


def read(path: Path, poll: bytes, verifiers: Sequence[bytes], log: StepLog) -> IssuerLog:
    """The log in this file; findings for what the verifier says wrongly. Raises Wrong when the paper is void."""
    *body, last = _lines(path)
    statement = _statement(path.name, last, poll, verifiers)
    _follow(path.name, body, statement.fields["head"])
    found = IssuerLog(path.name, _addresses(statement, verifiers), _made_at(statement))
    log.equal(CHAIN, path.name, "has another number of entries than its statement says", statement.fields.get("count"), len(body))
    for number, line in enumerate(body, start=1):
        try:
            found.entries.append(_entry(f"{path.name} line {number}", line, number, poll, log))
        except Wrong as wrong:
            log.take(wrong)
    return found


def _lines(path: Path) -> list[bytes]:
    try:
        content = whole(path, VOID, MOST_BYTES)
        if content.startswith(b"\n") or b"\n\n" in content:
            raise Wrong(VOID, path.name, "has an empty line", "an entry in each line", "nothing")
        lines = content.removesuffix(b"\n").split(b"\n")
    except (OSError, ValueError, MemoryError) as error:
        raise Wrong(VOID, path.name, "cannot be read", "a log", getattr(error, "strerror", None) or type(error).__name__) from error
    longest = max(map(len, lines))
    if longest >= MOST_LINE_BYTES:
        raise Wrong(VOID, path.name, "has a line that is too long", f"less than {MOST_LINE_BYTES} bytes", longest)
    return lines


def _statement(name: str, line: bytes, poll: bytes, verifiers: Sequence[bytes]) -> Record:
    """The last line: a verifier's signed word on where its log about this poll ends (protocol §14). Raises Wrong: the paper is void."""
    statement = Record.of(parse(line, name, VOID), name, "kind poll addresses count head made_at verifier signature", VOID, exact=False)
    about = statement.fields["kind"], statement.fields["poll"]
    if about != ("log", "0x" + poll.hex()):
        raise Wrong(VOID, name, "does not end with a statement about this poll's log", ("log", poll), about)
    verifier, head = statement.raw("verifier", 20), statement.raw("head", 32)
    if verifier not in verifiers:
        raise Wrong(VOID, name, "is by none of the poll's verifiers", [one.hex() for one in verifiers], verifier)
    signer = _signer(statement, statement.raw("signature", 65), {"signature"})
    if signer != verifier or len(head) != len(NOTHING) // 2 - 1:
        raise Wrong(VOID, name, "its statement is not signed by the verifier that it names", verifier, signer)
    return statement


def _signer(statement: Record, signature: bytes, besides: set[str]) -> bytes:
    """Whose signature it is over the statement without those fields; nobody's where it is none."""
    said = {key: value for key, value in statement.fields.items() if key not in besides}
    try:
        return curve.recover_65(keccak(STATEMENT + canonical(said)), signature)
    except (curve.SignatureWrong, ValueError):
        return b""


def _addresses(statement: Record, verifiers: Sequence[bytes]) -> frozenset[bytes]:
    """The poll's addresses for which the log answers: the verifier's own, and those that signed for themselves. Raises Wrong.

    A verifier that could name another one's would have that one's credentials looked for in a log that cannot have them.
    """
    place, found = statement.place, {statement.raw("verifier", 20)}
    addresses = [row.raw("addresses", 20) for row in Record(statement.fields, place, FORM).each("addresses")]
    if "address_signatures" not in statement.fields:
        return frozenset(found)
    signatures = statement.each("address_signatures")
    if len(signatures) != len(addresses):
        raise Wrong(VOID, place, "has not one signature for each address", len(addresses), len(signatures))
    for address, signature in zip(addresses, signatures, strict=True):
        if address not in verifiers or address in found:
            continue
        signer = _signer(statement, signature.raw("address_signatures", 65), {"signature", "address_signatures"})
        if signer != address:
            raise Wrong(VOID, place, "names an address that has not signed for itself", address, signer)
        found.add(address)
    return frozenset(found)


def _made_at(statement: Record) -> int:
    """When the verifier signed how far its log goes, in seconds since 1970. Raises Wrong."""
    said = Record(statement.fields, statement.place, FORM).text("made_at")
    try:
        if MOMENT.fullmatch(said):
            return int(datetime.strptime(said, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp())
    except ValueError:
        pass
    raise Wrong(FORM, statement.place, "its statement does not say when it was made", "a moment such as 2026-09-28T14:14:20Z", said)


def _named_before(line: bytes, name: str) -> str:
    entry = parse(line, name, FORM)
    before = entry.get("poll_prev") if isinstance(entry, dict) else None
    if not isinstance(before, str):
        raise Wrong(FORM, name, "an entry does not say what stood before it", "poll_prev", line[:200])
    return before


def _before(line: bytes, name: str, body: Sequence[bytes]) -> str:
    """What an entry says stood before it. Raises Wrong: the verifier's word is none, or, where many lines are none, the paper is void."""
    try:
        return _named_before(line, name)
    except Wrong as wrong:
        if len(list(islice(_unreadable(body, name), ENOUGH))) == ENOUGH:
            raise Wrong(VOID, name, "has many lines that are no entries", f"less than {ENOUGH}", "more") from wrong
        raise


def _unreadable(body: Iterable[bytes], name: str) -> Iterator[Wrong]:
    """What is wrong with each line that is no JSON."""
    for line in body:
        try:
            parse(line, name, FORM)
        except Wrong as wrong:
            yield wrong


def _follow(name: str, body: Sequence[bytes], head: str) -> None:
    """Every line is the one that the line after it names, the last one the statement's head. Raises Wrong."""
    expected = head
    for line in reversed(body):
        found = "0x" + keccak(line).hex()
        if found != expected:
            raise Wrong(VOID, name, "an entry is not the one that the log goes on from", expected, found)
        expected = _before(line, name, body)
    if expected != NOTHING:
        raise Wrong(VOID, name, "does not begin with the log's first entry", NOTHING, expected)


def _entry(place: str, line: bytes, number: int, poll: bytes, log: StepLog) -> Entry:
    """One entry, in its place. Raises Wrong when it cannot be read."""
    value: Any = parse(line, place, FORM)
    if not isinstance(value, dict) or not is_canonical(line, value):
        raise Wrong(FORM, place, "is no canonical JSON object", "sorted keys, no spaces", line[:200])
    log.equal(CHAIN, place, "is out of its place", number, value.get("poll_seq"))
    log.equal(CHAIN, place, "is about another poll", "0x" + poll.hex(), value.get("poll"))
    kind = value.get("kind")
    if not isinstance(kind, str):
        raise Wrong(FORM, place, "does not say what it is", "kind", kind)
    return Entry(place, kind, Record.of(value, place, KEYS.get(kind, "kind"), FORM, exact=False))


def issued(entry: Entry) -> Issued:
    """A `credential` entry. Raises Wrong."""
    record = entry.record
    way, vouchers, file = record.text("way"), tuple[Voucher, ...](), b""
    if way == "vouched" and "vouchers" in record.fields:
        vouchers = tuple(_voucher(entry.place, one) for one in record.rows("vouchers"))
    elif "identity_file" in record.fields:
        file = record.raw("identity_file", 32)
    index, issued_at = record.whole("index", 2**256), record.whole("issued_at", 2**64)
    record.whole("expires_at", 2**64)
    model = record.text("model") if "model" in record.fields else ""
    return Issued(entry.place, index, record.raw("ballot_key", 20), issued_at, way, record.raw("verifier", 20), vouchers, file, model)


def _voucher(place: str, value: Any) -> Voucher:
    record = Record.of(value, place, "signer method vouched_at signature", FORM, exact=False)
    return Voucher(
        record.any_bytes("signer"), record.whole("method", 2**8), record.whole("vouched_at", 2**64), record.any_bytes("signature")
    )
