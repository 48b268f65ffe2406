"""One node asked about one poll: what it says is believed only where it leads back to the pinned fingerprint."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, replace
from typing import Any, Self, TypeVar

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError

from verifier.issuer.errors import ChainSilent, PollUnknown
from verifier.issuer.node import CallRefused, Node, bytes_in, call, number_in, object_in
from verifier.issuer.roots import calls
from verifier.issuer.roots.addresses import number_of
from verifier.issuer.roots.calls import Announcement, CallNotReadable, Freeze, Signatures, selector
from verifier.issuer.roots.errors import (
    AnnouncementNotSigned,
    CaseNotPinned,
    PollAddressWrong,
    RegisterNotSigned,
    RootNotProved,
    SuccessionNotProved,
)
from verifier.issuer.roots.fingerprints import fingerprint
from verifier.issuer.typed_data import CaseDomain, PollDomain
from verifier.signing.signers import is_signed

T = TypeVar("T")
#: Logs of one number; there is one on an honest node.
_MOST_CANDIDATES = 8
#: More successions than any case has.
_MOST_SUCCESSIONS = 256


@dataclass(frozen=True)
class CaseRoots:
    """A case whose fingerprint the operator typed: its address (0x lower case), one generation of those who decide there, and whether its
    votes have no effect. `generation_hash` is that generation's (0x hex), "" for the first, which the fingerprint itself names."""

    case: str
    chain_id: int
    fingerprint: str
    officials: tuple[bytes, ...]
    threshold: int
    rehearsal: bool = False
    generation_hash: str = ""

    @property
    def domain(self) -> CaseDomain:
        """Where officials' signatures belong."""
        return CaseDomain(self.chain_id, self.case, bytes.fromhex(self.generation_hash[2:]))

    def have_signed(self, digest: bytes, signed: Signatures) -> bool:
        """Whether k distinct officials signed, every signature that is handed in being right, as the case contract demands."""
        signers = signed.signers
        if len(signers) != len(signed.signatures) or len(set(signers)) != len(signers) or len(signers) < self.threshold:
            return False
        pairs = zip(signers, signed.signatures, strict=True)
        return all(signer in self.officials and is_signed(signer, digest, signature) for signer, signature in pairs)


@dataclass(frozen=True)
class PollRoots:
    """What the issuer believes of a poll; addresses 0x lower case, times in seconds since 1970, `announced` a transaction's hash."""

    poll: str
    case: CaseRoots
    number: int
    protocol: int
    register_number: int
    leaf_count: int
    closes_at: int
    verifiers: tuple[str, ...]
    receipt_signer: str
    announced: str

    @property
    def domain(self) -> PollDomain:
        """Where signatures for this poll belong."""
        return PollDomain(self.case.chain_id, self.poll)

    def as_json(self) -> dict[str, Any]:
        """For the database."""
        found = asdict(self)
        found["case"]["officials"] = ["0x" + official.hex() for official in self.case.officials]
        return found

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Self:
        """From the database."""
        officials = tuple(bytes.fromhex(official[2:]) for official in kept["case"]["officials"])
        case = CaseRoots(**{**kept["case"], "officials": officials})
        return cls(**{**kept, "case": case, "verifiers": tuple(kept["verifiers"])})


@dataclass(frozen=True)
class Reading:
    """One node of one organisation; `pinned` are the fingerprints that the operator typed."""

    node: Node
    organisation: str
    pinned: Collection[str]

    def poll(self, poll: str) -> PollRoots:
        """Raises: PollUnknown, CaseNotPinned, PollAddressWrong, AnnouncementNotSigned, RegisterNotSigned, ChainSilent."""
        (address,) = self._view(poll, "caseContract()", ["address"], PollUnknown(poll=poll))
        generations, polls = self._generations(address, PollUnknown(poll=poll))
        number = number_of(address, poll, polls)
        case, number, announced, announcement = self._announcement(generations, poll, number)
        freeze = self._freeze(generations, announcement.register_number)
        if freeze.protocol == 1:
            self._require_named(case, poll, number)
        elif number_of(case.case, poll, number + 1) != number:
            raise PollAddressWrong(organisation=self.organisation)
        return PollRoots(
            poll=poll,
            case=case,
            number=number,
            protocol=freeze.protocol,
            register_number=announcement.register_number,
            leaf_count=freeze.leaf_count,
            closes_at=announcement.closes_at,
            verifiers=announcement.verifiers,
            receipt_signer=announcement.receipt_signer,
            announced=announced,
        )

    def case(self, address: str) -> CaseRoots:
        """The case with those who are in office. Raises: CaseNotPinned, SuccessionNotProved, ChainSilent."""
        return self._generations(address, CaseNotPinned())[0][-1]

    def register(self, address: str, number: int) -> int:
        """How many leaves a frozen register has. Raises: RegisterNotSigned, and what `case` does."""
        return self._freeze(self._generations(address, CaseNotPinned())[0], number).leaf_count

    def _generations(self, address: str, unknown: Exception) -> tuple[list[CaseRoots], int]:
        """The case under each generation that came into office, in order, and how many polls the node says that it has."""
        chain_id = number_in(self.node.ask([("eth_chainId", [])])[0])
        (polls,) = self._view(address, "pollCount()", ["uint256"], unknown)
        people = self._first_people(address, unknown)
        rehearsal = self._is_rehearsal(address)
        officials, threshold, institution = people
        found = fingerprint(address, chain_id, officials, threshold, institution, rehearsal=rehearsal)
        if found not in self.pinned:
            raise CaseNotPinned()
        first = CaseRoots(address, chain_id, found, officials, threshold, rehearsal)
        return self._followed(first, calls.generation_hash(bytes(32), people)), polls

    def _first_people(self, address: str, unknown: Exception) -> tuple[tuple[bytes, ...], int, bytes]:
        """Those who opened the case; before protocol 5 there are no others. What a node says wrongly leads to no pinned fingerprint."""
        wanted = selector("people", ["uint256"]) + bytes(32)
        try:
            (encoded,) = self._called(address, wanted, ["bytes"], CaseNotPinned())
            _, (officials, threshold, institution) = decode(calls.GENERATION, encoded)
        except (CaseNotPinned, DecodingError):
            (officials,) = self._view(address, "officials()", ["bytes[]"], unknown)
            (threshold,) = self._view(address, "threshold()", ["uint256"], unknown)
            (institution,) = self._view(address, "institution()", ["bytes"], unknown)
        return tuple(officials), threshold, institution

    def _followed(self, first: CaseRoots, first_hash: bytes) -> list[CaseRoots]:
        """From the fingerprint on: every succession that the node shows as completed, each signed by k of those before (protocol §24)."""
        generations, before = [first], first_hash
        for number in range(1, self._succession_count(first.case) + 1):
            completed = self._logs(first, [calls.SUCCESSION_COMPLETED, _word(number)])
            if not completed:
                continue
            generation, before = self._succeeding(generations[-1], number, before)
            if _hex(completed[0].get("data")) != generation.generation_hash:
                raise SuccessionNotProved(organisation=self.organisation)
            generations.append(generation)
        return generations

    def _succession_count(self, case: str) -> int:
        """How many were announced; a case before protocol 5 knows no successions."""
        try:
            (count, _, _) = self._view(case, "successions()", ["uint64", "uint64", "uint64"], CaseNotPinned())
        except CaseNotPinned:
            return 0
        return min(int(count), _MOST_SUCCESSIONS)

    def _succeeding(self, deciding: CaseRoots, number: int, before: bytes) -> tuple[CaseRoots, bytes]:
        """Whom succession `number` named, by k of those who decided then, and their hash."""
        for log in self._logs(deciding, [calls.SUCCESSION_ANNOUNCED, _word(number)])[:_MOST_CANDIDATES]:
            said = self._input(deciding, _hash(log), calls.read_succession)
            if said is None:
                continue
            named = calls.generation_hash(before, said.people)
            if deciding.have_signed(deciding.domain.succession(number, before, named, said.notice_seconds, said.reason_hash), said.signed):
                officials, threshold, _ = said.people
                named_hash = "0x" + named.hex()
                return replace(deciding, officials=officials, threshold=threshold, generation_hash=named_hash), named
        raise SuccessionNotProved(organisation=self.organisation)

    def _is_rehearsal(self, address: str) -> bool:
        """The case's mark; cases before protocol 3 have none. What a node says wrongly leads to no pinned fingerprint."""
        try:
            (found,) = self._view(address, "rehearsal()", ["bool"], CaseNotPinned())
        except CaseNotPinned:
            return False
        return bool(found)

    def _announcement(self, generations: list[CaseRoots], poll: str, number: int | None) -> tuple[CaseRoots, int, str, Announcement]:
        """The case under those who announced the poll, its number, the transaction's hash and the parameters. Each generation signs under
        a domain of its own, so their signatures alone say whose poll it is. One whose address gives no number can be of protocol 1 only.
        """
        case = generations[0]
        topics = [list(calls.POLL_ANNOUNCED), *([] if number is None else [_word(number)])]
        logs = [log for log in self._logs(case, topics) if _word_of(poll) == _hex(log.get("data"))[:66]]
        if not logs:
            raise PollAddressWrong(organisation=self.organisation)
        for log in logs[:_MOST_CANDIDATES]:
            named, found = number_in(_topic(log, 1)), _hash(log)
            announcement = self._input(case, found, calls.read_announcement)
            if announcement is None:
                continue
            for one in generations:
                if any(one.have_signed(digest, announcement.signed) for digest in _digests(one, named, announcement)):
                    return one, named, found, announcement
        raise AnnouncementNotSigned(organisation=self.organisation)

    def _freeze(self, generations: list[CaseRoots], number: int) -> Freeze:
        """A register, frozen by k of one generation."""
        for log in self._logs(generations[0], [list(calls.REGISTER_FROZEN), _word(number)])[:_MOST_CANDIDATES]:
            freeze = self._input(generations[0], _hash(log), calls.read_freeze)
            if freeze is None:
                continue
            digests = [(one, one.domain.register_freeze(freeze.protocol, number, freeze.fields)) for one in generations]
            if any(one.have_signed(digest, freeze.signed) for one, digest in digests):
                return freeze
        raise RegisterNotSigned(organisation=self.organisation)

    def _require_named(self, case: CaseRoots, poll: str, number: int) -> None:
        """Protocol 1: the case itself names its polls; which nodes say so is all that there is."""
        wrong: RootNotProved = PollAddressWrong(organisation=self.organisation)
        data = selector("poll", ["uint256"]) + number.to_bytes(32, "big")
        if self._called(case.case, data, ["address"], wrong) != (poll,):
            raise wrong

    def _logs(self, case: CaseRoots, topics: list[Any]) -> list[dict[str, Any]]:
        (newest,) = self.node.ask([("eth_blockNumber", [])])
        return self.node.logs(case.case, topics, number_in(newest))

    def _input(self, case: CaseRoots, transaction: str, read: Callable[[bytes], T]) -> T | None:
        """What a transaction to the case says; None when it says something else."""
        (found,) = self.node.ask([("eth_getTransactionByHash", [transaction])])
        if found is None or _hex(object_in(found).get("to")) != case.case:
            return None
        try:
            return read(bytes_in(found.get("input")))
        except CallNotReadable:
            return None

    def _view(self, address: str, name: str, kinds: list[str], unknown: Exception) -> tuple[Any, ...]:
        return self._called(address, selector(name[:-2], []), kinds, unknown)

    def _called(self, address: str, data: bytes, kinds: list[str], unknown: Exception) -> tuple[Any, ...]:
        """What a view answers; `unknown` when no such contract is there."""
        try:
            (answer,) = self.node.ask([call(address, data)])
            return tuple(decode(kinds, bytes_in(answer)))
        except (CallRefused, DecodingError, ValueError, OverflowError) as error:
            raise unknown from error


def _digests(case: CaseRoots, number: int, announcement: Announcement) -> list[bytes]:
    """What officials may have signed: before protocol 3 no mark, which a rehearsal has always."""
    if announcement.seal_key_hash is not None:
        hashes = announcement.parameters_hash, announcement.seal_key_hash
        return [case.domain.sealed_poll_announcement(number, *hashes, case.rehearsal)]
    marked = case.domain.poll_announcement(number, announcement.parameters_hash, case.rehearsal)
    return [marked] if case.rehearsal else [marked, case.domain.poll_announcement_2(number, announcement.parameters_hash)]


def _word(number: int) -> str:
    return f"0x{number:064x}"


def _word_of(address: str) -> str:
    return "0x" + address[2:].rjust(64, "0")


def _hex(value: Any) -> str:
    return value.lower() if isinstance(value, str) else ""


def _topic(log: dict[str, Any], place: int) -> Any:
    topics = log.get("topics")
    if not isinstance(topics, list) or len(topics) <= place:
        raise ChainSilent()
    return topics[place]


def _hash(log: dict[str, Any]) -> str:
    found = _hex(log.get("transactionHash"))
    if len(bytes_in(found)) != 32:
        raise ChainSilent()
    return found
