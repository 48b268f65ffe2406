"""A plain reader of a verifier's log (protocol §15.1), for tests: what it finds in the vectors, and in what the issuer writes out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from eth_account import Account
from eth_utils.crypto import keccak

from tests.vectors import reference as ref
from tests.vectors.papers import canonical

CLOCKS_APART_SECONDS = 300
MOST_UNREADABLE = 100
ZERO = "0x" + "00" * 32
NEEDS: dict[str, dict[str, Any]] = {
    "roots": {
        "case": str,
        "poll_number": int,
        "fingerprint": str,
        "announced": str,
        "organisations": list,
        "one_node": bool,
    },
    "identity_file": {"file_hash": str, "register_number": int, "signers": list, "signatures": list},
    "face_model": {"model": str},
    "credential": {"index": int, "ballot_key": str, "issued_at": int, "expires_at": int, "way": str, "verifier": str},
}


def _is_timely(entry: Mapping[str, Any], voucher: Mapping[str, Any]) -> bool:
    age = entry["issued_at"] - voucher["vouched_at"]
    return voucher["method"] in (1, 2) and -600 <= age <= 86_400 + 300


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
    except ValueError:
        return False
    return True


def recovered(digest: bytes, signature: str) -> str:
    """Whose signature it is, by a stranger's library; empty for nobody's."""
    try:
        return str(Account._recover_hash(digest, signature=bytes.fromhex(signature[2:]))).lower()
    except Exception:
        return ""


class LogReader:
    """Facts of the poll as the chain shows them, under the names of issuer_log.json."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = facts
        self.poll_separator = ref.domain_separator(facts["chain_id"], bytes.fromhex(facts["poll"][2:]))
        self.case_separator = ref.domain_separator(facts["chain_id"], bytes.fromhex(facts["case"][2:]))

    def findings(self, lines: Sequence[str]) -> tuple[set[str], list[str]]:
        """Names of findings, and notes."""
        outcome = self._signed(lines)
        if outcome:
            return {outcome}, []
        found: set[str] = set()
        notes: list[str] = []
        read: list[Mapping[str, Any]] = []
        *body, last = lines
        said = False
        for place, line in enumerate(body, start=1):
            entry = _object(line)
            if entry is None:
                found.add("log.form")
                continue
            said = said or "poll_seq" in entry
            if entry.get("poll") != self.facts["poll"] or (said and entry.get("poll_seq") != place):
                found.add("log.chain")
            read.append(entry)
        if json.loads(last)["count"] != len(body):
            found.add("log.chain")
        try:
            made_at = datetime.strptime(json.loads(last)["made_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).timestamp()
        except ValueError:
            return {"log.form"}, []
        return found | self._judge(read, notes, made_at), notes

    def _signed(self, lines: Sequence[str]) -> str:
        """Nothing where the last line is the verifier's statement about this poll and leads to every line before it, up to the first."""
        statement = _object(lines[-1]) if lines else None
        if statement is None or (statement.get("kind"), statement.get("poll")) != ("log", self.facts["poll"]):
            return "void.log"
        plain = {name: value for name, value in statement.items() if name != "signature"}
        digest = keccak(b"LenderVote/1/statement" + canonical(plain).encode())
        verifier = self.facts["verifier"]["address"]
        if statement.get("verifier") != verifier or recovered(digest, statement.get("signature", "0x")) != verifier:
            return "void.log"
        if not self._own_words(statement):
            return "void.log"
        if sum(not _is_json(line) for line in lines[:-1]) >= MOST_UNREADABLE:
            return "void.log"
        wanted = statement.get("head")
        for line in reversed(lines[:-1]):
            if "0x" + keccak(line.encode()).hex() != wanted:
                return "void.log"
            wanted = _before(line)
            if wanted is None:
                return "log.form"  # the verifier's own line, and it does not say what stood before it
        if wanted != ZERO:
            return "void.log"
        return "" if isinstance(statement["addresses"], list) else "log.form"

    def _own_words(self, statement: Mapping[str, Any]) -> bool:
        """Whether each of the poll's addresses that it names signed for itself; those for which the log answers are kept."""
        self.answers_for = {self.facts["verifier"]["address"]}
        if "address_signatures" not in statement:
            return True
        said = {name: value for name, value in statement.items() if name not in {"signature", "address_signatures"}}
        digest = keccak(b"LenderVote/1/statement" + canonical(said).encode())
        named, signatures = statement["addresses"], statement["address_signatures"]
        if not isinstance(named, list):
            return True  # the verifier's own word, which is none
        if not isinstance(signatures, list) or len(signatures) != len(named):
            return False
        of_poll = {each: one for each, one in zip(named, signatures, strict=True) if each in self.facts["verifiers"]}
        self.answers_for |= set(of_poll)
        return all(recovered(digest, one) == each for each, one in of_poll.items())

    def _judge(self, entries: Sequence[Mapping[str, Any]], notes: list[str], made_at: float) -> set[str]:
        found, files, rooted, issued, model = set(), [], False, [], ""
        for entry in entries:
            kind = entry.get("kind")
            needs = NEEDS.get(str(kind), {})
            if any(not isinstance(entry.get(name), of) or (of is int and isinstance(entry[name], bool)) for name, of in needs.items()):
                found.add("log.form")
                continue
            if kind == "roots":
                rooted = True
                found |= self._roots(entry, notes)
            if kind == "identity_file" and entry["file_hash"] not in files and self._file_signed(entry):
                files.append(entry["file_hash"])
            if kind == "face_model":
                model = entry["model"]
                notes.append(f"model: {model}")
            if kind == "credential":
                issued.append(entry)
                found |= {"log.model"} if entry["way"] == "face" and model and entry.get("model") != model else set()
                found |= {"log.roots"} if not rooted else set()
                found |= self._basis(entry, files[-1] if files else "")
        return found | self._reconciled(issued, notes, made_at)

    def _roots(self, entry: Mapping[str, Any], notes: list[str]) -> set[str]:
        true = {"case": "case", "poll_number": "poll_number", "fingerprint": "fingerprint", "announced": "announced"}
        right = all(entry[name] == self.facts[of] for name, of in true.items())
        if entry["one_node"]:
            notes.append("one node")
        return set() if right and (entry["one_node"] or len(set(entry["organisations"])) > 1) else {"log.roots"}

    def _file_signed(self, entry: Mapping[str, Any]) -> bool:
        message = {"registerNumber": self.facts["register_number"], "fileHash": bytes.fromhex(entry["file_hash"][2:])}
        digest = ref.typed_digest("IdentityFile", message, self.case_separator)
        signers = entry["signers"]
        right = all(
            signer in self.facts["officials"] and recovered(digest, signature) == signer
            for signer, signature in zip(signers, entry["signatures"], strict=True)
        )
        enough = len(set(signers)) == len(signers) >= self.facts["threshold"]
        return right and enough and entry["register_number"] == self.facts["register_number"]

    def _basis(self, entry: Mapping[str, Any], file: str) -> set[str]:
        if entry["way"] != "vouched":
            return set() if file and entry.get("identity_file") == file else {"log.identity"}
        vouchers = entry.get("vouchers", [])
        signers = {voucher["signer"] for voucher in vouchers}
        right = len(signers) == len(vouchers) >= 2 and signers <= set(self.facts["officials"])
        right = right and all(_is_timely(entry, voucher) and self._vouched(entry, voucher) for voucher in vouchers)
        return set() if right else {"log.vouchers"}

    def _vouched(self, entry: Mapping[str, Any], voucher: Mapping[str, Any]) -> bool:
        message = {
            "index": entry["index"],
            "ballotKey": bytes.fromhex(entry["ballot_key"][2:]),
            "method": voucher["method"],
            "vouchedAt": voucher["vouched_at"],
        }
        signer: str = voucher["signer"]
        return recovered(ref.typed_digest("Voucher", message, self.poll_separator), voucher["signature"]) == signer

    def _reconciled(self, issued: Sequence[Mapping[str, Any]], notes: list[str], made_at: float) -> set[str]:
        """Every recorded ballot rests on a credential issued before; an old export answers for old ballots only."""
        used, found = set(), set()
        answers_until = max([made_at, *(entry["issued_at"] for entry in issued)])
        for ballot in self.facts["recorded"]:
            if ballot["signed_by"] not in {None, *self.answers_for}:
                continue
            fits = [
                number
                for number, entry in enumerate(issued)
                if (entry["index"], entry["ballot_key"]) == (ballot["index"], ballot["ballot_key"])
                and entry["issued_at"] <= ballot["block_time"] + CLOCKS_APART_SECONDS
                and ballot["signed_by"] in {None, entry["verifier"]}
            ]
            used |= set(fits)
            known = any((entry["index"], entry["ballot_key"]) == (ballot["index"], ballot["ballot_key"]) for entry in issued)
            young = not known and ballot["block_time"] + CLOCKS_APART_SECONDS >= answers_until
            found |= set() if fits else {"void.log" if young else "log.credential"}
        notes += [f"unused: {entry['index']}" for number, entry in enumerate(issued) if number not in used]
        return found


def _object(line: str) -> dict[str, Any] | None:
    """An entry in canonical JSON."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and canonical(entry) == line else None


def _before(line: str) -> str | None:
    """The hash of the entry before, as the entry itself has it; None where it does not say."""
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    if not isinstance(entry, dict):
        return None
    before = entry.get("poll_prev")
    return before if isinstance(before, str) else None
