"""issuer_log.json: a verifier's log about one poll, whole and broken in every way that a recount has a name for (protocol §15.1)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from tests.vectors import reference as ref
from tests.vectors.papers import canonical
from tests.vectors.receipts import fingerprint
from tests.vectors.seeds import CASE, CHAIN_ID, address_of_key, hex_of, hex_word, key_of

OFFICIALS = ("official 1", "official 2", "official 3")
THRESHOLD = 2
POLL = ref.created_address(ref.created_address(CASE, 1), 1)
REGISTER_NUMBER = 0
BEGAN, CLOSES_AT = 1790000000, 1790604800
FACE, VOUCHED, PROVIDER, UNUSED = 3, 5, 8, 9
WAY = "bank_card"

NEWER = "the identity file that officials signed in place of the first\n"
OTHER_VERIFIER = hex_of(address_of_key("verifier 2"))
#: By which the verifier signs credentials, in the order of the addresses.
OWN = sorted(("verifier", f"verifier/{WAY}"), key=address_of_key)
NAMED = [hex_of(address_of_key(name)) for name in OWN]

Entry = dict[str, Any]
Entries = list[Entry]

CASE_SEPARATOR, POLL_SEPARATOR = ref.domain_separator(CHAIN_ID, CASE), ref.domain_separator(CHAIN_ID, POLL)


def paper() -> dict[str, Any]:
    """The case as the working group's paper has it."""
    return fingerprint([address_of_key(name) for name in OFFICIALS], THRESHOLD, address_of_key("institution"))


def rfc3339(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def lender_key(index: int) -> bytes:
    return address_of_key(f"lender {index}")


# --- what the entries say ---


def identity_text() -> str:
    """The identity file: two lenders with a photo, one with a name and number, too."""

    def line(index: int, photos: Sequence[str], person: tuple[str, str] | None) -> str:
        salt = ref.keccak(f"salt {index}".encode())
        said = canonical({"name": person[0], "number": person[1]}).encode() if person else b""
        shown = {
            "index": index,
            "person": hex_of(ref.keccak(salt + said)) if person else None,
            "photos": [hex_of(ref.keccak(photo.encode())) for photo in photos],
            "salt": hex_of(salt),
        }
        return canonical(shown) + "\n"

    return line(FACE, ["photo 1", "photo 2"], None) + line(PROVIDER, ["photo 3"], ("王小明", "11010119900307013X"))


def identity_file(signers: Sequence[str] = OFFICIALS[:2], register_number: int = REGISTER_NUMBER, text: str = "") -> Entry:
    hashed = ref.keccak((text or identity_text()).encode())
    digest = ref.typed_digest("IdentityFile", {"registerNumber": REGISTER_NUMBER, "fileHash": hashed}, CASE_SEPARATOR)
    return {
        "kind": "identity_file",
        "file_hash": hex_of(hashed),
        "register_number": register_number,
        "signers": [hex_of(address_of_key(name)) for name in signers],
        "signatures": [hex_of(ref.signature_65(key_of(name), digest)) for name in signers],
    }


def roots(**changes: Any) -> Entry:
    return {
        "kind": "roots",
        "case": hex_of(CASE),
        "poll_number": 0,
        "fingerprint": paper()["fingerprint"],
        "announced": hex_of(ref.keccak(b"announcing transaction")),
        "organisations": ["某区金融办", "某律师事务所"],
        "one_node": False,
    } | changes


def face_model(model: str) -> Entry:
    return {"kind": "face_model", "model": model, "thresholds": hex_of(ref.keccak(model.encode()))}


def by_model(used: str, *frozen: str) -> Entries:
    """The log of a poll frozen with the last of these models; the face was compared by another or the same."""
    roots_, *others = entries(face=face(model=used))
    return [roots_, *map(face_model, frozen), *others]


def credential(index: int, way: str, issued_at: int, signer: str = "verifier", **more: Any) -> Entry:
    digest = ref.typed_digest("Credential", {"index": index, "ballotKey": lender_key(index), "expiresAt": CLOSES_AT}, POLL_SEPARATOR)
    return {
        "kind": "credential",
        "index": index,
        "ballot_key": hex_of(lender_key(index)),
        "issued_at": issued_at,
        "expires_at": CLOSES_AT,
        "digest": hex_of(digest),
        "way": way,
        "verifier": hex_of(address_of_key(signer)),
    } | more


def voucher(name: str, index: int = VOUCHED, vouched_at: int = BEGAN + 900, method: int = 1) -> dict[str, Any]:
    message = {"index": index, "ballotKey": lender_key(index), "method": method, "vouchedAt": vouched_at}
    digest = ref.typed_digest("Voucher", message, POLL_SEPARATOR)
    signature = hex_of(ref.signature_65(key_of(name), digest))
    return {"signer": hex_of(address_of_key(name)), "method": method, "vouched_at": vouched_at, "signature": signature}


def entries(**changes: Any) -> Entries:
    """A whole log; `changes` replace an entry by its name, None leaves it out."""
    file_hash = hex_of(ref.keccak(identity_text().encode()))
    named: dict[str, Entry | None] = {
        "roots": roots(),
        "file": identity_file(),
        "consent": {"kind": "consent_given", "index": FACE, "ballot_key": hex_of(lender_key(FACE)), "consent": {"version": "2026-12"}},
        "face": credential(FACE, "face", BEGAN + 600, identity_file=file_hash, band="clear"),
        "vouched": credential(VOUCHED, "vouched", BEGAN + 1000, vouchers=[voucher("official 1"), voucher("official 3", method=2)]),
        "provider": credential(PROVIDER, WAY, BEGAN + 1200, f"verifier/{WAY}", identity_file=file_hash),
        "unused": credential(UNUSED, "vouched", BEGAN + 1300, vouchers=[voucher(name, UNUSED) for name in OFFICIALS[:2]]),
    }
    named |= changes
    return [entry for entry in named.values() if entry is not None]


# --- lines and their statement ---


def chained(said: Entries, change: Callable[[int, Entry], Entry] = lambda _, entry: entry) -> list[str]:
    """The entries as lines, each with its place; `change` has the last word about each before it is hashed."""
    lines: list[str] = []
    whole, one = bytes(32), bytes(32)
    for place, entry in enumerate(said, start=1):
        at = entry.get("issued_at", BEGAN + place)
        places = {"seq": 100 + place, "prev_hash": hex_of(whole), "poll_seq": place, "poll_prev": hex_of(one), "time": rfc3339(at)}
        lines.append(canonical(change(place, {"chain_id": CHAIN_ID, "poll": hex_of(POLL), **entry, **places})))
        whole = one = ref.keccak(lines[-1].encode())
    return lines


def statement(lines: Sequence[str], signer: str = "verifier", by: Sequence[str] | None = OWN, **changes: Any) -> str:
    """The last line: how many entries there are and the hash of the last one, signed; `by` sign for the addresses, or nobody could."""
    said = {
        "kind": "log",
        "addresses": NAMED,
        "verifier": hex_of(address_of_key("verifier")),
        "poll": hex_of(POLL),
        "count": len(lines),
        "head": hex_of(ref.keccak(lines[-1].encode()) if lines else bytes(32)),
        "made_at": rfc3339(CLOSES_AT + 60),
    } | changes
    if by is not None:
        said["address_signatures"] = [signed(said, name) for name in by]
    return canonical({**said, "signature": signed(said, signer)})


def signed(said: Entry, name: str) -> str:
    digest = ref.keccak(b"LenderVote/1/statement" + canonical(said).encode())
    return hex_of(ref.signature_65(key_of(name), digest))


def whole(said: Entries | None = None, **stated: Any) -> list[str]:
    lines = chained(entries() if said is None else said)
    return [*lines, statement(lines, **stated)]


# --- ways to be broken ---


def swapped(kind: str, **changes: Any) -> list[str]:
    return whole([{**entry, **changes} if entry["kind"] == kind else entry for entry in entries()])


def with_changed_places(change: Callable[[int, Entry], Entry]) -> list[str]:
    lines = chained(entries(), change)
    return [*lines, statement(lines)]


def good_logs() -> list[tuple[str, list[str]]]:
    return [
        ("whole", whole()),
        ("one node was believed: a note", whole(entries(roots=roots(one_node=True, organisations=["某区金融办"])))),
        ("roots found out once more later", whole([*entries(), roots()])),
        ("faces by the poll's own model", whole(by_model("one/1", "one/1"))),
        ("a model changed before any face was compared", whole(by_model("two/1", "one/1", "two/1"))),
        ("of an earlier release, whose polls were frozen with no model", whole(entries(face=face(model="one/1")))),
        ("vouched for a day before", whole(entries(vouched=vouched("official 1", "official 2", vouched_at=BEGAN - 85_700)))),
        ("vouched for by a clock that runs ahead", whole(entries(vouched=vouched("official 1", "official 2", vouched_at=BEGAN + 1_600)))),
        ("every official vouched", whole(entries(vouched=vouched(*OFFICIALS)))),
        ("with entries of the first release before it", swapped("roots", first_release={"entries": 2, "digest": "0x" + "22" * 32})),
        ("made before ballots, and has their credentials", whole(made_at=rfc3339(BEGAN + 5000))),
        ("issued 300 s after the block, by clocks that differ", whole(entries(face=face(issued_at=BEGAN + 7200 + 300)))),
        ("of an earlier release, whose addresses did not sign: answers for its own alone", whole(entries(provider=None), by=None)),
        ("names an address that the poll does not", whole(addresses=[*NAMED, OTHER_VERIFIER], by=(*OWN, "verifier"))),
        ("a newer identity file, taken when all had been met", whole([*entries(), newer_file()])),
        ("a newer identity file, on which the credentials rest", whole(entries(file=identity_file(), **by_newer_file()))),
        ("a replaced file that is named again and changes nothing", whole(again_between())),
        ("a newer identity file that one official signed", whole(entries(consent=newer_file(OFFICIALS[:1])))),
    ]


def newer_file(signers: Sequence[str] = OFFICIALS[:2]) -> Entry:
    return identity_file(signers, text=NEWER)


def by_newer_file() -> dict[str, Entry]:
    """The newer file comes where the consent stood."""
    file = newer_file()
    return {"consent": file, "face": face(identity_file=file["file_hash"]), "provider": provider(identity_file=file["file_hash"])}


def again_between() -> Entries:
    """The replaced file comes behind the newer one, on which the credentials rest."""
    roots_, file, newer, *others = entries(**by_newer_file())
    return [roots_, file, newer, identity_file(), *others]


def face(**changes: Any) -> Entry:
    return {**next(entry for entry in entries() if entry.get("way") == "face"), **changes}


def provider(**changes: Any) -> Entry:
    return {**next(entry for entry in entries() if entry.get("way") == WAY), **changes}


def vouched(*names: str, **changes: Any) -> Entry:
    return credential(VOUCHED, "vouched", BEGAN + 1000, vouchers=[voucher(name, **changes) for name in names])


def without(entry: Entry, name: str) -> Entry:
    return {field: value for field, value in entry.items() if field != name}


def unused(**changes: Any) -> Entry:
    return {**next(entry for entry in entries() if entry.get("index") == UNUSED), **changes}


def going_on(until: int) -> list[str]:
    """An export that lacks a recorded ballot's credential; its own newest credential is of the moment `until`."""
    return whole(entries(vouched=None, unused=unused(issued_at=until)), made_at=rfc3339(BEGAN))


def misshapen() -> list[tuple[str, str, list[str]]]:
    """Entries that the verifier signed and that are none, or stand at another place than they say."""
    body = whole()[:-1]
    spaced = [*body[:-1], body[-1].replace('","', '", "', 1)]
    no_object = [*body, "[]"]
    half = [*body[:-1], body[-1].replace('"way"', '"wax":"\\ud800","way"')]
    other_poll = hex_of(ref.created_address(ref.created_address(CASE, 1), 2))
    return [
        ("an entry in another writing", "log.form", [*spaced, statement(spaced)]),
        ("an entry with half a sign that UTF-8 cannot carry", "log.form", [*half, statement(half)]),
        ("an entry that is no object", "log.form", [*no_object, statement(no_object)]),
        ("99 lines that are no entries", "log.form", rubbish(99)),
        ("a statement whose addresses are no list", "log.form", whole(addresses=7)),
        ("a statement whose addresses are no list, and nobody signed for them", "log.form", whole(addresses={}, by=None)),
        ("a credential without its ballot key", "log.form", whole(entries(unused=without(unused(), "ballot_key")))),
        ("an index that is a text", "log.form", whole(entries(unused=unused(index="9")))),
        ("places that leave one out", "log.chain", with_changed_places(lambda n, e: {**e, "poll_seq": n + 1} if n > 3 else e)),
        ("places that begin at 2", "log.chain", with_changed_places(lambda n, e: {**e, "poll_seq": n + 1})),
        ("a place that is missing", "log.chain", with_changed_places(lambda n, e: without(e, "poll_seq") if n == 3 else e)),
        ("an entry about another poll", "log.chain", with_changed_places(lambda n, e: {**e, "poll": other_poll} if n == 3 else e)),
        ("a statement of another count", "log.chain", [*body, statement(body, count=len(body) + 1)]),
        ("a statement of a day that no month has", "log.form", whole(made_at="2026-02-30T00:00:00Z")),
        ("a statement of a moment in another writing", "log.form", whole(made_at="2026-09-28 14:14:20")),
    ]


def unfounded() -> list[tuple[str, str, list[str]]]:
    """What the verifier believed or signed without reason."""
    wrong_file, stranger = "0x" + "11" * 32, "institution"
    return [
        ("no roots", "log.roots", whole(entries(roots=None))),
        ("roots after a credential", "log.roots", whole([*entries(roots=None), roots()])),
        ("another case", "log.roots", swapped("roots", case=hex_of(address_of_key("another case")))),
        ("another fingerprint", "log.roots", swapped("roots", fingerprint="0123 " * 7 + "4567")),
        ("another number", "log.roots", swapped("roots", poll_number=1)),
        ("another announcement", "log.roots", swapped("roots", announced=hex_of(ref.keccak(b"another transaction")))),
        ("one organisation without the setting", "log.roots", swapped("roots", organisations=["某区金融办"])),
        ("a recorded ballot without its credential", "log.credential", whole(entries(vouched=None))),
        ("made 301 s after the ballot that it lacks", "log.credential", whole(entries(vouched=None), made_at=rfc3339(BEGAN + 9301))),
        ("goes on 301 s after the ballot that it lacks", "log.credential", going_on(BEGAN + 9301)),
        ("a credential of another key", "log.credential", whole(entries(face=face(ballot_key=hex_of(address_of_key("another key")))))),
        ("issued 301 s after the block", "log.credential", whole(entries(face=face(issued_at=BEGAN + 7200 + 301)))),
        ("signed by another address than the ballot's", "log.credential", whole(entries(provider=provider(verifier=hex_of(CASE))))),
        ("one voucher", "log.vouchers", whole(entries(vouched=vouched("official 1")))),
        ("one official twice", "log.vouchers", whole(entries(vouched=vouched("official 1", "official 1")))),
        ("a stranger vouched", "log.vouchers", whole(entries(vouched=vouched("official 1", stranger)))),
        ("vouched for another lender", "log.vouchers", whole(entries(vouched=vouched("official 1", "official 2", index=FACE)))),
        ("vouched by a way that there is not", "log.vouchers", whole(entries(vouched=vouched("official 1", "official 2", method=77)))),
        ("vouched for days before", "log.vouchers", whole(entries(vouched=vouched("official 1", "official 2", vouched_at=BEGAN - 85_701)))),
        ("vouched for long after", "log.vouchers", whole(entries(vouched=vouched("official 1", "official 2", vouched_at=BEGAN + 1_601)))),
        ("no vouchers", "log.vouchers", whole(entries(vouched=credential(VOUCHED, "vouched", BEGAN + 1000)))),
        ("a voucher's method changed", "log.vouchers", whole(entries(vouched=with_method(vouched("official 1", "official 2"))))),
        ("an unused credential without vouchers", "log.vouchers", whole(entries(unused=unused(vouchers=[])))),
        ("a face without an identity file", "log.identity", whole(entries(face=without(face(), "identity_file")))),
        ("a face by a file that is not there", "log.identity", whole(entries(face=face(identity_file=wrong_file)))),
        ("a provider's check by a file that is not there", "log.identity", whole(entries(provider=provider(identity_file=wrong_file)))),
        ("a file signed by one official", "log.identity", whole(entries(file=identity_file(OFFICIALS[:1])))),
        ("a file signed by one official twice", "log.identity", whole(entries(file=identity_file(OFFICIALS[:1] * 2)))),
        ("a file signed by a stranger, too", "log.identity", whole(entries(file=identity_file((OFFICIALS[0], stranger))))),
        ("a file of another register", "log.identity", whole(entries(file=identity_file(register_number=1)))),
        ("a face by a file that was replaced", "log.identity", whole(entries(consent=newer_file()))),
        ("a face by a file that came back", "log.identity", whole([*entries()[:2], newer_file(), identity_file(), *entries()[2:]])),
        ("a face by another model than the poll's", "log.model", whole(by_model("two/1", "one/1"))),
        ("a face by the model that was changed before", "log.model", whole(by_model("one/1", "one/1", "two/1"))),
        ("a face by a model that is not named", "log.model", whole([roots(), face_model("one/1"), *entries()[1:]])),
        ("a file named after the credential", "log.identity", whole([*entries(file=None), identity_file()])),
    ]


def void_papers() -> list[tuple[str, str, list[str]]]:
    """What a holder of the paper could have made alone: it says nothing against the poll."""
    *body, last = whole()
    other_poll = hex_of(ref.created_address(ref.created_address(CASE, 1), 2))
    return [
        ("no statement", "void.log", body),
        ("an empty line", "void.log", [*body[:3], "", *body[3:], last]),
        ("a hundred lines that are no entries", "void.log", rubbish(100)),
        ("a hundred lines that are no entries, before one that does not say what stood before it", "void.log", rubbish(100, "{}")),
        ("nothing", "void.log", []),
        ("a statement by another", "void.log", [*body, statement(body, signer="verifier 2")]),
        ("a statement that names another", "void.log", [*body, statement(body, "verifier 2", verifier=OTHER_VERIFIER)]),
        ("a statement about another poll", "void.log", [*body, statement(body, poll=other_poll)]),
        ("a statement of another kind", "void.log", [*body, statement(body, kind="deletion")]),
        ("an entry that its holder took out", "void.log", [*body[:3], *body[4:], last]),
        ("an address that another signed for", "void.log", [*body, statement(body, by=("verifier", "verifier"))]),
        ("one signature for two addresses", "void.log", [*body, statement(body, by=OWN[:1])]),
        ("signatures that are none", "void.log", [*body, statement(body, by=None, address_signatures=["0x", "0x"])]),
        ("signatures that are no list", "void.log", [*body, statement(body, by=None, address_signatures="0x")]),
        ("an end that its holder cut off", "void.log", [*body[:-1], last]),
        ("a beginning that its holder cut off", "void.log", [*body[1:], last]),
        ("two entries that its holder swapped", "void.log", [*body[:3], body[4], body[3], *body[5:], last]),
        ("made 300 s after the ballot that it lacks", "void.log", whole(entries(vouched=None), made_at=rfc3339(BEGAN + 9300))),
        ("made long before the ballots that it lacks", "void.log", whole(entries(vouched=None, provider=None), made_at=rfc3339(BEGAN))),
        ("goes on 300 s after the ballot that it lacks", "void.log", going_on(BEGAN + 9300)),
        ("an entry that its holder changed", "void.log", [body[0].replace("false", "true"), *body[1:], last]),
    ]


def rubbish(count: int, *more: str) -> list[str]:
    """A whole log with so many lines more that are no entries, signed all the same: whoever could sign them has no use for it."""
    lines = [*whole()[:-1], *("rubbish" for _ in range(count)), *more]
    return [*lines, statement(lines)]


def with_method(entry: Entry) -> Entry:
    """The same vouchers, the second one's method changed after it was signed."""
    first, second = entry["vouchers"]
    return {**entry, "vouchers": [first, {**second, "method": 2}]}


def recorded() -> list[dict[str, Any]]:
    """What the chain shows of credentials: single ballots carry their own; a list (None) is signed by the verifier for any way."""
    by_face, by_way = hex_of(address_of_key("verifier")), hex_of(address_of_key(f"verifier/{WAY}"))
    shown = [(FACE, by_face, BEGAN + 7200), (VOUCHED, None, BEGAN + 9000), (PROVIDER, by_way, BEGAN + 9000)]
    names = ("index", "ballot_key", "signed_by", "block_time")
    return [dict(zip(names, (index, hex_of(lender_key(index)), by, at), strict=True)) for index, by, at in shown]


def issuer_log_file() -> dict[str, Any]:
    verifier = {"private_key": hex_word(key_of("verifier")), "address": hex_of(address_of_key("verifier"))}
    broken = (*misshapen(), *unfounded(), *void_papers())
    return {
        **paper(),
        "poll": hex_of(POLL),
        "poll_number": 0,
        "register_number": REGISTER_NUMBER,
        "announced": roots()["announced"],
        "verifier": verifier,
        "verifiers": [verifier["address"], hex_of(address_of_key(f"verifier/{WAY}"))],
        "recorded": recorded(),
        "identity_file": {"text": identity_text(), "file_hash": hex_of(ref.keccak(identity_text().encode()))},
        "good": [{"name": name, "lines": lines} for name, lines in good_logs()],
        "broken": [{"name": name, "finding": finding, "lines": lines} for name, finding, lines in broken],
    }
