"""Lies in a verifier's log that is held against the chain (protocol §15.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from eth_hash.auto import keccak

from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.kinds import Brought, Lie
from tests.contracts.ballot_box import address_of, secret, sign, signer_of
from tests.verifier.tally.vote import canonical, hex_of
from verifier.tally.case import fingerprint

KIND = "issuer log"
OTHER = "0x" + "77" * 20
FILE = bytes(keccak(b"the photos that officials bound to indexes"))
Entry = dict[str, Any]
Make = Callable[["VerifierLog"], bytes]


@dataclass
class VerifierLog:
    """The log of the vote's verifier: the first lender by face, the others vouched; one who did not vote."""

    vote: ForgedVote
    entries: list[Entry] = field(default_factory=list)
    #: Changes of an entry after it has its place in the chain.
    places: Callable[[Entry], Entry] = lambda entry: entry
    stated: dict[str, Any] = field(default_factory=dict)
    signed_by: bytes = b""

    def __post_init__(self) -> None:
        first, *others = [index for index, _ in self.vote.choices]
        file = self.file(self.vote.official_keys[:2])
        self.entries = [self.roots(), file, self.credential(first, "face", identity_file=hex_of(FILE))]
        self.entries += [self.vouched(index) for index in [*others, 11]]

    def roots(self, **changes: Any) -> Entry:
        vote = self.vote
        institution = vote.institution or signer_of(vote.institution_key)
        officials = vote.officials or [signer_of(key) for key in vote.official_keys]
        paper = fingerprint(31337, vote.case, officials, vote.threshold, institution, vote.rehearsal)
        announced = vote.acts["announce"].sendings[0]
        place = {"case": hex_of(vote.case), "poll_number": 0, "fingerprint": paper, "announced": self._hash(announced)}
        return {"kind": "roots", **place, "organisations": ["某区金融办", "某律师事务所"], "one_node": False, **changes}

    def _hash(self, sending: object) -> str:
        block = self.vote.acts["announce"]
        return hex_of(bytes(keccak(block.raws[[id(one) for one in block.sendings].index(id(sending))])))

    def file(self, keys: Sequence[bytes], number: int = 0, file_hash: bytes = FILE) -> Entry:
        digest = self.vote.case_domain.digest("IdentityFile", number, file_hash)
        signatures = [hex_of(sign(key, digest)) for key in keys]
        signers = [hex_of(signer_of(key)) for key in keys]
        return {
            "kind": "identity_file",
            "file_hash": hex_of(file_hash),
            "register_number": number,
            "signers": signers,
            "signatures": signatures,
        }

    def credential(self, index: int, way: str, **more: Any) -> Entry:
        key = address_of(self.vote.register.lenders[index].ballot_key).lower()
        times = {"issued_at": self.vote.opens_at, "expires_at": self.vote.closes_at}
        return {"kind": "credential", "index": index, "ballot_key": key, **times, "way": way, "verifier": hex_of(self.verifier), **more}

    def vouched(self, index: int, keys: Sequence[bytes] | None = None, method: int = 1) -> Entry:
        entry = self.credential(index, "vouched")
        keys = self.vote.official_keys[1:] if keys is None else keys
        digest = self.vote.poll_domain.digest("Voucher", index, entry["ballot_key"], 1, self.vote.opens_at)
        said = {"method": method, "vouched_at": self.vote.opens_at}
        return {**entry, "vouchers": [{"signer": hex_of(signer_of(key)), **said, "signature": hex_of(sign(key, digest))} for key in keys]}

    @property
    def verifier(self) -> bytes:
        return signer_of(self.vote.verifier_key)

    def lines(self) -> list[bytes]:
        found, before = [], bytes(32)
        for place, entry in enumerate(self.entries, start=1):
            where = {"poll": hex_of(self.vote.poll), "poll_seq": place, "poll_prev": hex_of(before), "time": "2026-09-21T14:13:21Z"}
            found.append(canonical(self.places({**where, **entry})))
            before = bytes(keccak(found[-1]))
        return found

    def statement(self, lines: Sequence[bytes]) -> bytes:
        head = bytes(keccak(lines[-1])) if lines else bytes(32)
        whose = {"verifier": hex_of(self.verifier), "addresses": [hex_of(self.verifier)], "poll": hex_of(self.vote.poll)}
        said = {"kind": "log", **whose, "count": len(lines), "head": hex_of(head), "made_at": "2026-10-13T14:14:20Z"} | self.stated
        digest = bytes(keccak(b"LenderVote/1/statement" + canonical(said)))
        return canonical({**said, "signature": hex_of(sign(self.signed_by or self.vote.verifier_key, digest))})

    def content(self, cut: Callable[[list[bytes]], list[bytes]] = list) -> bytes:
        """The file; `cut` is what its holder does to the signed entries."""
        lines = self.lines()
        return b"".join(line + b"\n" for line in [*cut(lines), self.statement(lines)])

    def where(self, kind: str, change: Callable[[Entry], Entry | None]) -> VerifierLog:
        """Change the entries of a kind, or leave them out."""
        changed = [change(one) if one["kind"] == kind else one for one in self.entries]
        self.entries = [one for one in changed if one is not None]
        return self


def _brings(make: Make) -> Callable[[ForgedVote], Brought]:
    return lambda vote: Brought(files={"--issuer-log": make(VerifierLog(vote))})


def _lie(name: str, finding: str, make: Make) -> Lie:
    return Lie(KIND, name, finding, brings=_brings(make))


def _changed(kind: str, **changes: Any) -> Make:
    return lambda log: log.where(kind, lambda entry: {**entry, **changes}).content()


def _without(kind: str) -> Make:
    return lambda log: log.where(kind, lambda _: None).content()


def _placed(change: Callable[[Entry], Entry]) -> Make:
    def make(log: VerifierLog) -> bytes:
        log.places = change
        return log.content()

    return make


def _stated(signed_by: bytes = b"", **changes: Any) -> Make:
    def make(log: VerifierLog) -> bytes:
        log.stated, log.signed_by = changes, signed_by
        return log.content()

    return make


def _with(change: Callable[[VerifierLog], list[Entry]]) -> Make:
    def make(log: VerifierLog) -> bytes:
        log.entries = change(log)
        return log.content()

    return make


def _vouched_by(*keys: bytes, method: int = 1) -> Make:
    return _with(lambda log: [*log.entries[:3], *(log.vouched(one["index"], keys, method) for one in log.entries[3:])])


def _file_by(*keys: bytes, number: int = 0) -> Make:
    return _with(lambda log: [log.entries[0], log.file(keys, number), *log.entries[2:]])


def _late(log: VerifierLog) -> list[Entry]:
    first_block = log.vote.acts["cast"].time
    return [{**one, "issued_at": first_block + 301} if one.get("way") == "face" else one for one in log.entries]


def _another_key(log: VerifierLog) -> list[Entry]:
    return [{**one, "ballot_key": OTHER} if one.get("way") == "face" else one for one in log.entries]


def _behind(log: VerifierLog) -> list[Entry]:
    return [log.entries[0], log.entries[2], log.entries[1], *log.entries[3:]]


def _replaced(log: VerifierLog) -> list[Entry]:
    newer = log.file(log.vote.official_keys[:2], file_hash=bytes(keccak(b"what officials signed in its place")))
    return [*log.entries[:2], newer, *log.entries[2:]]


def _came_back(log: VerifierLog) -> list[Entry]:
    """The verifier names the replaced file once more, with the officials' old signatures, and goes on by it."""
    replaced = _replaced(log)
    return [*replaced[:3], replaced[1], *replaced[3:]]


def _by_models(used: str, frozen: str) -> Make:
    """The poll is frozen with one model, and the face was compared by another."""

    def change(log: VerifierLog) -> list[Entry]:
        first, *others = [{**one, "model": used} if one.get("way") == "face" else one for one in log.entries]
        return [first, {"kind": "face_model", "model": frozen}, *others]

    return _with(change)


def _no_vouchers(log: VerifierLog) -> list[Entry]:
    return [{key: value for key, value in one.items() if key != "vouchers"} for one in log.entries]


def _signers_in_capitals(log: VerifierLog) -> list[Entry]:
    return [{**one, "signers": [signer[2:].upper() for signer in one["signers"]]} if "signers" in one else one for one in log.entries]


def _one_node(lines: list[bytes]) -> list[bytes]:
    return [lines[0].replace(b'"one_node":false', b'"one_node":true'), *lines[1:]]


OFFICIALS = [secret("official", i) for i in range(3)]
STRANGER = secret("stranger")

#: Not a lie: the log as it has to be.
HONEST = Lie("honest", "a vote with its verifier's log", "", brings=_brings(VerifierLog.content))

LIES: tuple[Lie, ...] = (
    _lie("an index that is a text", "log.form", _changed("credential", index="3")),
    _lie("an entry of a kind that is a number", "log.form", _with(lambda log: [*log.entries, {"kind": 7}])),
    _lie("an entry without its kind's fields", "log.form", _changed("roots", organisations=None)),
    _lie("a number of the poll that is false", "log.form", _changed("roots", poll_number=False)),
    _lie("an organisation that is a number", "log.form", _changed("roots", organisations=["某区金融办", 7])),
    _lie("signers in another writing", "log.form", _with(_signers_in_capitals)),
    _lie("a statement of no moment", "log.form", _stated(made_at="yesterday")),
    _lie("places that leave one out", "log.chain", _placed(lambda one: {**one, "poll_seq": one["poll_seq"] + (one["poll_seq"] > 2)})),
    _lie("an entry about another poll", "log.chain", _placed(lambda one: {**one, "poll": OTHER} if one["poll_seq"] == 3 else one)),
    _lie("a statement of another count", "log.chain", _stated(count=2)),
    _lie("no roots", "log.roots", _without("roots")),
    _lie("roots of another case", "log.roots", _changed("roots", case=OTHER)),
    _lie("roots of another poll's number", "log.roots", _changed("roots", poll_number=1)),
    _lie("roots of other officials", "log.roots", _changed("roots", fingerprint="0000 " * 7 + "0000")),
    _lie("roots of another announcement", "log.roots", _changed("roots", announced="0x" + "77" * 32)),
    _lie("one organisation twice", "log.roots", _changed("roots", organisations=["某区金融办", "某区金融办"])),
    _lie("a ballot without its credential", "log.credential", _with(lambda log: [one for one in log.entries if one.get("way") != "face"])),
    _lie("a credential of another key", "log.credential", _with(_another_key)),
    _lie("a credential issued after the ballot", "log.credential", _with(_late)),
    _lie("a credential by another address", "log.credential", _changed("credential", verifier=OTHER)),
    _lie("one voucher", "log.vouchers", _vouched_by(OFFICIALS[1])),
    _lie("one official vouches twice", "log.vouchers", _vouched_by(OFFICIALS[1], OFFICIALS[1])),
    _lie("a stranger vouches", "log.vouchers", _vouched_by(OFFICIALS[1], STRANGER)),
    _lie("vouchers by another method than signed", "log.vouchers", _vouched_by(*OFFICIALS[1:], method=2)),
    _lie("a credential without vouchers", "log.vouchers", _with(_no_vouchers)),
    _lie("a face without an identity file", "log.identity", _without("identity_file")),
    _lie("a face by another model than the poll's", "log.model", _by_models("two/1", "one/1")),
    _lie("an identity file that one official signed", "log.identity", _file_by(OFFICIALS[0])),
    _lie("an identity file that one official signed twice", "log.identity", _file_by(OFFICIALS[0], OFFICIALS[0])),
    _lie("an identity file that a stranger signed, too", "log.identity", _file_by(OFFICIALS[0], STRANGER)),
    _lie("an identity file of another register", "log.identity", _file_by(*OFFICIALS[:2], number=1)),
    _lie("a face by an identity file that was replaced", "log.identity", _with(_replaced)),
    _lie("a face by an identity file that came back", "log.identity", _with(_came_back)),
    _lie("an identity file named before it was taken", "log.identity", _with(_behind)),
)  # fmt: skip


def _kept(log: VerifierLog) -> bytes:
    """An export from before the first ballot, which its holder kept."""
    log.entries, log.stated = log.entries[:2], {"made_at": "2026-09-21T00:00:00Z"}
    return log.content()


#: What the holder of the paper could have done alone.
VOID: tuple[Lie, ...] = (
    _lie("a log that is none", "void.log", lambda _: b"{}\n"),
    _lie("a log without its end", "void.log", lambda log: log.content(lambda lines: lines[:-1])),
    _lie("a log without its beginning", "void.log", lambda log: log.content(lambda lines: lines[1:])),
    _lie("a log with an entry taken out", "void.log", lambda log: log.content(lambda lines: [*lines[:2], *lines[3:]])),
    _lie("a log with two entries swapped", "void.log", lambda log: log.content(lambda lines: [lines[1], lines[0], *lines[2:]])),
    _lie("a log with a changed entry", "void.log", lambda log: log.content(_one_node)),
    _lie("a log of before the ballots", "void.log", _kept),
    _lie("a log signed by a stranger", "void.log", _stated(signed_by=STRANGER)),
    _lie("a log of a verifier that the poll does not name", "void.log", _stated(signed_by=STRANGER, verifier=hex_of(signer_of(STRANGER)))),
    _lie("a log of another poll", "void.log", _stated(poll=OTHER)),
)  # fmt: skip
