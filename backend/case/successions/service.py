"""Successions: proposed and signed here, followed on the chain wherever they came from."""

from __future__ import annotations

from typing import Any

from backend.case.cases.offices import Named
from backend.case.cases.rules import NewOfficial, NewPeople, check_people, people_from
from backend.case.cases.service import CaseService
from backend.case.cases.views import ActView, CaseView, Generation, SignedAct
from backend.case.successions import rules
from backend.case.successions.errors import (
    CaseWithoutSuccessions,
    SuccessionCannotBeWithdrawn,
    SuccessionNoneWaits,
    SuccessionNotDue,
    SuccessionTaken,
    SuccessionWaits,
    SuccessorPasskeyNotUsable,
)
from backend.ground.chain import successions as on_chain
from backend.ground.chain.by_anyone import transact_unless
from backend.ground.chain.calls import ContractEvent
from backend.ground.chain.case import CaseContract
from backend.ground.chain.service import Chain
from backend.ground.chain.signers import PLAIN_BYTES
from backend.ground.chain.successions import NOBODY_BEFORE, SUCCESSIONS_SINCE, People
from backend.ground.chain.typed_data import address_bytes
from backend.ground.common.clock import from_unix, say_beijing
from backend.ground.common.hashing import keccak
from backend.ground.common.hex_text import to_hex
from backend.people.accounts.service import AccountService
from backend.people.accounts.visitor import Visitor

SUCCESSION = "succession"
WITHDRAWAL = "succession_withdrawal"
EVENTS = ("SuccessionAnnounced", "SuccessionWithdrawn", "SuccessionCompleted")


class SuccessionService:
    """Has successors named, withdrawn and brought into office, and takes notice of what others did of that."""

    def __init__(self, chain: Chain, cases: CaseService, accounts: AccountService) -> None:
        self._chain = chain
        self._cases = cases
        self._accounts = accounts
        self._read: dict[tuple[str, str], int] = {}

    def case(self, case_id: str) -> CaseView:
        """The case with all its generations. Raises: CaseUnknown."""
        return self._cases.get_case(case_id)

    # --- proposed and signed ---------------------------------------------------------------------------------------------------------

    def propose(self, case_id: str, people: NewPeople, notice_seconds: int, reason: str, visitor: Visitor | None) -> ActView:
        """Lay a list of successors before the officials in office; without a visitor, by a command on the server.

        Raises: NotOfficialOfCase, OfficialSucceeded, CaseWithoutSuccessions, what `rules` and `check_people` raise, what
        `Offices.check_bindable` raises, SuccessorPasskeyNotUsable, SuccessionWaits, AnotherActOpen.
        """
        if visitor is not None:
            self._cases.require_official(case_id, visitor)
        case = self._up_to_date(case_id)
        reason = rules.read_reason(reason)
        rules.check_notice(notice_seconds, rehearsal=case.rehearsal)
        check_people(people, address_bytes(self._chain.relay_address))
        institutions = {one.institution.signer for one in case.served}
        rules.check_sides(people, {official.signer for one in case.served for official in one.officials}, institutions)
        rules.check_differs(people, [official.signer for official in case.officials], case.threshold, case.institution.signer)
        self._check_passkeys(people)
        self._cases.offices.check_bindable(case_id, people)
        told = self._contract(case).successions()
        if told.pending:
            raise SuccessionWaits(number=told.pending, **_moment(told.holds_from))
        number, before, reason_hash = told.count + 1, _hash_of(case), keccak(reason.encode())
        after = _signers(people).hash_after(before)
        typed = on_chain.succession((case.chain_id, case.address), number, before, after, notice_seconds, reason_hash, salt=case.salt)
        payload = {"people": people.as_json(), "notice_seconds": notice_seconds, "reason": reason, "after": to_hex(after)}
        return self._cases.propose_act(case_id, SUCCESSION, typed, payload, _in_words(case, people, number, notice_seconds, reason))

    def propose_withdrawal(self, case_id: str, visitor: Visitor | None) -> ActView:
        """Lay before the officials in office that the succession which waits is taken back; without a visitor as above.

        Raises: NotOfficialOfCase, OfficialSucceeded, SuccessionNoneWaits, SuccessionCannotBeWithdrawn, AnotherActOpen.
        """
        if visitor is not None:
            self._cases.require_official(case_id, visitor)
        case = self._up_to_date(case_id)
        told = self._contract(case).successions()
        if not told.pending:
            raise SuccessionNoneWaits
        if self._chain.chain_time() >= told.holds_from:
            raise SuccessionCannotBeWithdrawn(number=told.pending)
        typed = on_chain.succession_withdrawal((case.chain_id, case.address), told.pending, salt=case.salt)
        named = case.waiting
        summary = {"succession_number": told.pending, "officials": [one.name for one in named.officials] if named else []}
        return self._cases.propose_act(case_id, WITHDRAWAL, typed, {}, summary)

    def complete_announcement(self, act: SignedAct) -> None:
        """Carry a signed succession to the chain and keep it; the handler of acts of the kind `SUCCESSION`. Raises: SuccessionTaken."""
        payload, contract = act.payload, self._chain.case(act.case_address)
        people, reason = people_from(payload["people"]), str(payload["reason"])
        after = bytes.fromhex(payload["after"][2:])
        signers = _signers(people)

        def is_there() -> bool:
            return contract.successions().count >= act.number

        call = contract.announce_succession(signers, payload["notice_seconds"], keccak(reason.encode()), act.signers, act.signatures)
        if is_there():
            self._chain.copies.watch(call, act.key)
        else:
            if not self._chain.record.may_come_of(act.key):  # signing takes days: an account may have got another place meanwhile
                self._cases.offices.check_bindable(act.case_id, people)
            transact_unless(self._chain, is_there, call, act.key)
        if contract.people(act.number) != signers:
            raise SuccessionTaken(number=act.number)
        told = contract.successions()
        holds_from = told.holds_from if told.pending == act.number else self._chain.chain_time()
        times = from_unix(holds_from - payload["notice_seconds"]), from_unix(holds_from)
        self._cases.offices.note_announced(Named(act.case_id, act.number, after, people, reason, *times))

    def complete_withdrawal(self, act: SignedAct) -> None:
        """Carry a signed withdrawal to the chain and keep it; the handler of acts of the kind `WITHDRAWAL`."""
        contract = self._chain.case(act.case_address)

        def is_done() -> bool:
            return contract.successions().pending != act.number and contract.generation() != act.number

        call = contract.withdraw_succession(act.signers, act.signatures)
        if is_done():
            self._chain.copies.watch(call, act.key)
        else:
            transact_unless(self._chain, is_done, call, act.key)
        self._catch_up(act.case_id)
        self._cases.offices.note_withdrawn(act.case_id, act.number, from_unix(self._chain.chain_time()))

    # --- into office -----------------------------------------------------------------------------------------------------------------

    def complete(self, case_id: str, visitor: Visitor) -> CaseView:
        """Bring the succession that waits into office; anybody of the case may.

        Raises: NotPartOfCase, CaseWithoutSuccessions, SuccessionNoneWaits, SuccessionNotDue.
        """
        self._cases.require_member(case_id, visitor)
        return self.bring_into_office(case_id)

    def bring_into_office(self, case_id: str) -> CaseView:
        """The same without asking who asks: the chain lets anybody. Raises: as `complete`."""
        case = self._up_to_date(case_id)
        contract = self._contract(case)
        told = contract.successions()
        if not told.pending:
            raise SuccessionNoneWaits
        if self._chain.chain_time() < told.holds_from:
            raise SuccessionNotDue(number=told.pending, **_moment(told.holds_from))
        key = f"succession/{case_id}/{told.pending}/completion"
        transact_unless(self._chain, lambda: contract.generation() == told.pending, contract.complete_succession(), key)
        self._catch_up(case_id)
        self._cases.offices.note_completed(case_id, told.pending, from_unix(self._chain.chain_time()))
        return self.case(case_id)

    # --- followed on the chain -------------------------------------------------------------------------------------------------------

    def follow(self) -> int:
        """Take notice of what the chain's final blocks say of successions, and complete those whose notice is over; how many steps."""
        done = 0
        for case in self._cases.all_cases():
            if case.protocol < SUCCESSIONS_SINCE:
                continue
            done += self._follow(case)
            waiting = self.case(case.id).waiting
            if waiting is not None and self._chain.chain_time() >= int(waiting.holds_from.timestamp()):
                try:
                    self.bring_into_office(case.id)
                except (SuccessionNoneWaits, SuccessionNotDue):
                    continue  # not in a final block yet, or somebody else was faster
                done += 1
        return done

    def _up_to_date(self, case_id: str) -> CaseView:
        """The case as the newest blocks have it. Raises: CaseWithoutSuccessions, CaseUnknown, NodeNotAnswering."""
        case = self.case(case_id)
        if case.protocol < SUCCESSIONS_SINCE:
            raise CaseWithoutSuccessions
        if self._contract(case).generation() != case.generation:
            self._catch_up(case_id)
        return self.case(case_id)

    def _catch_up(self, case_id: str) -> None:
        """Read the newest blocks, which say when something happened; what they do not show yet is noted by whoever did it."""
        self._chain.pump()
        self._follow(self.case(case_id), confirmed=False)

    def _follow(self, case: CaseView, *, confirmed: bool = True) -> int:
        """What the mirrored events say, in their order; how many. Of final blocks each is looked at once."""
        found = []
        for name in EVENTS:
            after = self._read.get((case.id, name), 0) if confirmed else 0
            found += self._chain.events(case.address, name, after, confirmed=confirmed)
        for event in sorted(found, key=lambda one: one.id):
            self._note(case, event)
            if confirmed:
                self._read[case.id, event.name] = event.id
        return len(found)

    def _note(self, case: CaseView, event: ContractEvent) -> None:
        number, offices = int(event.args["successionNumber"]), self._cases.offices
        at = from_unix(self._chain.block(event.block).timestamp)
        if event.name == "SuccessionCompleted":
            offices.note_completed(case.id, number, at)
        elif event.name == "SuccessionWithdrawn":
            offices.note_withdrawn(case.id, number, at)
        elif all(one.number != number for one in self.case(case.id).generations):
            people = self._contract(case).people(number)
            if people is not None:
                named = self._named_elsewhere(case, people)
                offices.note_announced(
                    Named(case.id, number, event.args["generationHash"], named, "", at, from_unix(event.args["holdsFrom"]))
                )

    def _named_elsewhere(self, case: CaseView, people: People) -> NewPeople:
        """People whom the chain names by their keys: names and accounts by what is known here of a key."""
        known = {account.signer: account for account in self._accounts.list_accounts() if account.signer}
        names = {official.signer: official.name for one in case.served for official in one.officials}
        officials = []
        for place, signer in enumerate(people.officials):
            account = known.get(signer)
            name = names.get(signer) or (account.name if account else f"成员 {place + 1} official {place + 1}")
            officials.append(NewOfficial(name, signer, account.id if account and account.role == "official" else ""))
        institutions = [one.institution for one in case.served if one.institution.signer == people.institution]
        account = known.get(people.institution)
        name, code = (institutions[0].name, institutions[0].credit_code) if institutions else ("接任机构 successor", "-")
        account_id = account.id if account and account.role == "institution" else ""
        return NewPeople(name, code, people.institution, tuple(officials), people.threshold, account_id)

    def _contract(self, case: CaseView) -> CaseContract:
        return self._chain.case(case.address)

    def _check_passkeys(self, people: NewPeople) -> None:
        members = [*((one.name, one.signer) for one in people.officials), (people.institution_name, people.institution_signer)]
        for name, signer in members:
            if len(signer) > PLAIN_BYTES and not self._chain.record.has_passkey_code(signer[:PLAIN_BYTES]):
                raise SuccessorPasskeyNotUsable(name=name)


def _signers(people: NewPeople) -> People:
    return People(tuple(official.signer for official in people.officials), people.threshold, people.institution_signer)


def _hash_of(case: CaseView) -> bytes:
    """generationHash of those in office."""
    if case.salt:
        return case.salt
    return People(tuple(one.signer for one in case.officials), case.threshold, case.institution.signer).hash_after(NOBODY_BEFORE)


def _moment(at: int) -> dict[str, str]:
    return {f"from_{language}": say_beijing(from_unix(at), language) for language in ("zh", "en")}


def _in_words(case: CaseView, people: NewPeople, number: int, notice_seconds: int, reason: str) -> dict[str, Any]:
    """What officials read before they sign: who comes, stays and goes, from when, and why."""
    in_office: Generation = case.of_generation(case.generation)
    present, named = {one.signer for one in in_office.officials}, {one.signer for one in people.officials}
    institution = {"name": people.institution_name, "credit_code": people.credit_code, "signer": to_hex(people.institution_signer)}
    return {
        "succession_number": number,
        "officials": [{"name": one.name, "signer": to_hex(one.signer), "stays": one.signer in present} for one in people.officials],
        "leaving": [one.name for one in in_office.officials if one.signer not in named],
        "threshold": people.threshold,
        "institution": {**institution, "stays": people.institution_signer == in_office.institution.signer},
        "notice_seconds": notice_seconds,
        "reason": reason,
    }
