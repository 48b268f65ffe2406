"""Sealed polls: announced with the key of a complete ceremony, and given up when nobody opens them (protocol §21.3, §21.7)."""

from __future__ import annotations

from typing import Any

from backend.case.cases.service import CaseService
from backend.case.cases.views import ActView, SignedAct
from backend.case.escrows.service import EscrowService, EscrowView
from backend.case.trustees.errors import TrusteesChanged
from backend.case.trustees.service import TrusteeService
from backend.case.trustees.views import CompleteCeremony
from backend.ground.chain import sealed_types
from backend.ground.chain.by_anyone import transact_unless
from backend.ground.chain.sealed_poll import SealedPollContract
from backend.ground.chain.sealed_types import read_seal_key
from backend.ground.chain.service import Chain
from backend.ground.chain.values import SealedParameters, Stage, sealed_parameters_hash
from backend.ground.common.clock import from_unix, say_beijing
from backend.ground.common.hashing import canonical_json, keccak
from backend.ground.common.hex_text import to_hex
from backend.people.accounts.visitor import Visitor
from backend.vote.polls.errors import AbandonmentTimeOutOfRange, KeyNotAnnounced, PollNotOverdue, PollNotSealed, PollTalliedAlready
from backend.vote.polls.service import PollService
from backend.vote.polls.terms import Announcement
from backend.vote.polls.views import PollView, Sealing, SealSeat, read_parameters

ANNOUNCEMENT = "sealed_poll_announcement"
ABANDONMENT = "poll_abandonment"
ABANDON_AFTER_SECONDS = 30 * 86_400


class SealedPollService:
    """Announces sealed polls, and has those given up that are never opened."""

    def __init__(self, chain: Chain, cases: CaseService, trustees: TrusteeService, polls: PollService, escrows: EscrowService) -> None:
        self._chain = chain
        self._cases = cases
        self._trustees = trustees
        self._polls = polls
        self._escrows = escrows

    def propose(
        self,
        case_id: str,
        announcement: Announcement,
        ceremony_id: str,
        visitor: Visitor,
        abandon_after_seconds: int = ABANDON_AFTER_SECONDS,
    ) -> ActView:
        """Lay a sealed poll's announcement before the officials; what is voted on one by one follows from the plan.

        Raises: as `PollService.draft`, CeremonyUnknown, CeremonyNotComplete, CeremonyOver, TrusteesChanged,
        AbandonmentTimeOutOfRange, EscrowMissing, EscrowIncomplete, AnotherActOpen.
        """
        draft = self._polls.draft(case_id, announcement, visitor)
        ceremony = self._trustees.unused(ceremony_id)
        if list(ceremony.signers) != self._trustees.serving(case_id) or self._trustees.ceremony(ceremony_id).case_id != case_id:
            raise TrusteesChanged
        allowed = (
            1 <= abandon_after_seconds <= ABANDON_AFTER_SECONDS if draft.case.rehearsal else abandon_after_seconds == ABANDON_AFTER_SECONDS
        )
        if not allowed:
            raise AbandonmentTimeOutOfRange
        escrow = self._escrows.demanded(draft.case, draft.parameters.register_number)
        parameters = SealedParameters(draft.parameters, len(draft.titles), abandon_after_seconds)
        key_hash = self._key_hash(draft.case.address, ceremony)
        hashed = sealed_parameters_hash(parameters)
        place = draft.case.chain_id, draft.case.address, draft.number
        typed = sealed_types.sealed_poll_announcement(*place, hashed, key_hash, rehearsal=draft.case.rehearsal)
        sealed = {"ceremony_id": ceremony_id, "titles": list(draft.titles), "abandon_after_seconds": abandon_after_seconds}
        payload = draft.payload | sealed | {"seal_key": ceremony.seal_key.as_json(), "escrow": escrow.paper if escrow else None}
        return self._cases.propose_act(
            case_id, ANNOUNCEMENT, typed, payload, draft.summary | sealed | _said(ceremony, key_hash) | _kept(escrow)
        )

    def complete(self, act: SignedAct) -> None:
        """Carry a signed announcement to the chain and keep the poll; the handler of acts of the kind `ANNOUNCEMENT`.

        A ceremony that one official gave up is not announced; what has gone out already is kept all the same, or nobody here could vote in
        a poll that is on the chain.
        """
        payload = act.payload
        parameters = SealedParameters(read_parameters(payload["parameters"]), len(payload["titles"]), payload["abandon_after_seconds"])
        has_gone_out = self._polls.has_gone_out(act, sealed_parameters_hash(parameters))
        ceremony = (self._trustees.complete if has_gone_out else self._trustees.unused)(payload["ceremony_id"])
        key = read_seal_key(payload["seal_key"])
        given = [(one.share, one.identity) for one in ceremony.confirmations]
        contract, protocol = self._chain.case(act.case_address), self._cases.get_case(act.case_id).protocol
        call = contract.announce_sealed_poll(protocol, parameters, key, given, act.signers, act.signatures)
        sealing = Sealing(
            titles=tuple(payload["titles"]),
            abandon_after_seconds=parameters.abandon_after_seconds,
            key=key,
            key_hash=self._key_hash(act.case_address, ceremony),
            ceremony_id=ceremony.id,
            seats=tuple(
                SealSeat(seat, name, signer, share_key)
                for seat, (name, signer, share_key) in enumerate(zip(ceremony.names, ceremony.signers, key.share_keys, strict=True))
            ),
            escrow=payload.get("escrow"),
        )
        self._polls.announce(act, parameters.poll, call, sealed_parameters_hash(parameters), sealing)
        self._trustees.mark_used(ceremony.id)

    def propose_abandonment(self, poll_id: str, reason: str, visitor: Visitor) -> ActView:
        """Lay before the officials that a poll is given up which nobody opened in its time.

        Raises: PollUnknown, NotOfficialOfCase, PollNotSealed, PollNotOverdue, PollTalliedAlready, AnotherActOpen.
        """
        poll = self._polls.get_poll(poll_id)
        self._cases.require_official(poll.case_id, visitor, poll.generation)
        sealing, contract = self.sealing(poll), self.contract(poll)
        if contract.stage() >= Stage.ABANDONED:
            raise PollTalliedAlready
        overdue = poll.parameters.closes_at + sealing.abandon_after_seconds
        if self._chain.chain_time() < overdue:
            opened = contract.shares_published()
            missing = "、".join(f"{seat.name} ({seat.seat})" for seat in sealing.seats if seat.seat not in opened)
            moment = from_unix(overdue)
            raise PollNotOverdue(overdue_zh=say_beijing(moment, "zh"), overdue_en=say_beijing(moment, "en"), missing=missing or "-")
        hashed = keccak(reason.encode())
        case = self._cases.get_case(poll.case_id)
        typed = sealed_types.poll_abandonment(case.chain_id, case.address, poll.number, hashed)
        payload = {"poll_id": poll_id, "reason_hash": to_hex(hashed)}
        summary = {"poll_id": poll_id, "title": poll.title, "reason": reason}
        return self._cases.propose_act(poll.case_id, ABANDONMENT, typed, payload, summary, poll.generation)

    def complete_abandonment(self, act: SignedAct) -> None:
        """Carry a signed abandonment to the chain; the handler of acts of the kind `ABANDONMENT`."""
        poll = self._polls.get_poll(act.payload["poll_id"])
        contract, hashed = self.contract(poll), bytes.fromhex(act.payload["reason_hash"][2:])
        call = self._chain.case(act.case_address).abandon_poll(act.number, hashed, act.signers, act.signatures)
        if contract.abandoned_for() == hashed:
            self._chain.copies.watch(call, act.key)
            return
        transact_unless(self._chain, lambda: contract.abandoned_for() == hashed, call, act.key)

    def sealing(self, poll: PollView) -> Sealing:
        """What a sealed poll has besides. Raises: PollNotSealed."""
        if poll.sealing is None:
            raise PollNotSealed(number=poll.number)
        return poll.sealing

    def contract(self, poll: PollView) -> SealedPollContract:
        """The views and calls of a sealed poll. Raises: PollNotSealed."""
        self.sealing(poll)
        return self._chain.sealed_poll(poll.address)

    def abandonment_reason(self, poll: PollView) -> str | None:
        """The text whose hash stands on the chain as the reason of an abandonment; None where it did not come by us. Raises: PollNotSealed,
        NodeNotAnswering."""
        wanted = self.contract(poll).abandoned_for()
        acts = (act for act in self._cases.list_acts(poll.case_id) if act.kind == ABANDONMENT and act.number == poll.number)
        return next((reason for act in acts if keccak((reason := str(act.summary["reason"])).encode()) == wanted), None)

    def announced_paper(self, poll: PollView) -> bytes:
        """`announced.json`, from which a trustee sees that the own share key is in it (protocol §22.5), while the contract has that key.

        Raises: PollNotSealed, KeyNotAnnounced, NodeNotAnswering.
        """
        sealing = self.sealing(poll)
        if self.contract(poll).seal_key_hash() != sealing.key_hash:
            raise KeyNotAnnounced(number=poll.number)
        case, key = self._cases.get_case(poll.case_id), sealing.key.as_json()
        place = {"case": case.address, "chain_id": case.chain_id, "poll": poll.address, "poll_number": poll.number}
        hashes = {"rollHash": key["roll_hash"], "transcriptHash": key["transcript_hash"]}
        named = {name: key[name] for name in ("x", "y", "threshold")} | {"shareKeys": key["share_keys"]}
        return canonical_json({**place, **named, **hashes, "closes_at": poll.parameters.closes_at})

    def transcript(self, poll: PollView) -> bytes:
        """`seal.json` of the ceremony in which the poll's key was made. Raises: PollNotSealed."""
        return self._trustees.transcript(self.sealing(poll).ceremony_id)

    def _key_hash(self, case_address: str, ceremony: CompleteCeremony) -> bytes:
        return sealed_types.seal_key(self._chain.chain_id, case_address, ceremony.seal_key).struct_hash()


def _kept(escrow: EscrowView | None) -> dict[str, Any]:
    """Whether the register's openings are in escrow: nobody signs for a vote whose result one lost database could close up."""
    return {"openings_in_escrow": escrow is not None} | ({"escrow_file_digest": to_hex(escrow.file_digest)} if escrow else {})


def _said(ceremony: CompleteCeremony, key_hash: bytes) -> dict[str, Any]:
    """What officials read before they sign: which key, whose seats, how many of them open."""
    seats = [{"seat": seat, "name": name} for seat, name in enumerate(ceremony.names)]
    transcript = to_hex(ceremony.seal_key.transcript_hash)
    return {"seal_key_hash": to_hex(key_hash), "threshold": ceremony.seal_key.threshold, "seats": seats, "transcript_hash": transcript}
