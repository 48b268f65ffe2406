"""One node asked about one poll: what it says is believed only where it leads back to the pinned fingerprint."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass
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
)
from verifier.issuer.roots.fingerprints import fingerprint
from verifier.issuer.typed_data import CaseDomain, PollDomain
from verifier.signing.signers import is_signed

T = TypeVar("T")
#: Logs of one number; there is one on an honest node.
_MOST_CANDIDATES = 8


@dataclass(frozen=True)
class CaseRoots:
    """A case whose fingerprint the operator typed: its address (0x lower case), who decides there, and whether its votes have no effect."""

    case: str
    chain_id: int
    fingerprint: str
    officials: tuple[bytes, ...]
    threshold: int
    rehearsal: bool = False

    @property
    def domain(self) -> CaseDomain:
        """Where officials' signatures belong."""
        return CaseDomain(self.chain_id, self.case)

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
        case, polls = self._case(address, PollUnknown(poll=poll))
        number = number_of(case.case, poll, polls)
        number, announced, announcement = self._announcement(case, poll, number)
        freeze = self._freeze(case, announcement.register_number)
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
        """Raises: CaseNotPinned, ChainSilent."""
        return self._case(address, CaseNotPinned())[0]

    def register(self, case: CaseRoots, number: int) -> int:
        """How many leaves a frozen register has. Raises: RegisterNotSigned, ChainSilent."""
        return self._freeze(case, number).leaf_count

    def _case(self, address: str, unknown: Exception) -> tuple[CaseRoots, int]:
        """The case, and how many polls the node says that it has."""
        chain_id = number_in(self.node.ask([("eth_chainId", [])])[0])
        (officials,) = self._view(address, "officials()", ["bytes[]"], unknown)
        (threshold,) = self._view(address, "threshold()", ["uint256"], unknown)
        (institution,) = self._view(address, "institution()", ["bytes"], unknown)
        (polls,) = self._view(address, "pollCount()", ["uint256"], unknown)
        rehearsal = self._is_rehearsal(address)
        found = fingerprint(address, chain_id, officials, threshold, institution, rehearsal=rehearsal)
        if found not in self.pinned:
            raise CaseNotPinned()
        return CaseRoots(address, chain_id, found, tuple(officials), threshold, rehearsal), polls

    def _is_rehearsal(self, address: str) -> bool:
        """The case's mark; cases before protocol 3 have none. What a node says wrongly leads to no pinned fingerprint."""
        try:
            (found,) = self._view(address, "rehearsal()", ["bool"], CaseNotPinned())
        except CaseNotPinned:
            return False
        return bool(found)

    def _announcement(self, case: CaseRoots, poll: str, number: int | None) -> tuple[int, str, Announcement]:
        """Number, transaction's hash and parameters. A poll whose address gives no number can be one of protocol 1 only."""
        topics = [list(calls.POLL_ANNOUNCED), *([] if number is None else [_word(number)])]
        logs = [log for log in self._logs(case, topics) if _word_of(poll) == _hex(log.get("data"))[:66]]
        if not logs:
            raise PollAddressWrong(organisation=self.organisation)
        for log in logs[:_MOST_CANDIDATES]:
            named, found = number_in(_topic(log, 1)), _hash(log)
            announcement = self._input(case, found, calls.read_announcement)
            if announcement and any(case.have_signed(digest, announcement.signed) for digest in _digests(case, named, announcement)):
                return named, found, announcement
        raise AnnouncementNotSigned(organisation=self.organisation)

    def _freeze(self, case: CaseRoots, number: int) -> Freeze:
        for log in self._logs(case, [list(calls.REGISTER_FROZEN), _word(number)])[:_MOST_CANDIDATES]:
            freeze = self._input(case, _hash(log), calls.read_freeze)
            if freeze and case.have_signed(case.domain.register_freeze(freeze.protocol, number, freeze.fields), freeze.signed):
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
