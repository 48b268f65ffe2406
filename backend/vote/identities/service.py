"""Identity files: laid before the officials, signed by k of them, handed to the identity verifier, and then forgotten here."""

from __future__ import annotations

from backend.case.cases.service import CaseService
from backend.case.cases.views import ActView, SignedAct
from backend.case.register.service import RegisterService
from backend.ground.chain import typed_data
from backend.ground.chain.service import Chain
from backend.ground.common.clock import Clock, SystemClock
from backend.ground.common.hashing import keccak
from backend.ground.common.hex_text import to_hex
from backend.ground.common.ids import new_id
from backend.ground.common.sealed import FieldCipher
from backend.ground.db.sessions import Sessions
from backend.people.accounts.visitor import INSTITUTION, Visitor
from backend.vote.credentials.issuer import IssuerClient, SignedIdentityFile
from backend.vote.identities import rules, store
from backend.vote.identities.errors import IdentityFileUnknown

KIND = "identity_file"


class IdentityService:
    """The officials of a case say whose photo and number an index is; nobody does it alone."""

    def __init__(
        self,
        sessions: Sessions,
        cipher: FieldCipher,
        chain: Chain,
        cases: CaseService,
        register: RegisterService,
        issuer: IssuerClient,
        clock: Clock | None = None,
    ) -> None:
        self._sessions = sessions
        self._cipher = cipher
        self._chain = chain
        self._cases = cases
        self._register = register
        self._issuer = issuer
        self._clock = clock or SystemClock()

    def propose(self, case_id: str, visitor: Visitor, content: bytes, register_number: int | None = None) -> ActView:
        """Lay a file about a frozen register, the newest one unless said, before the officials; institution or official hands it in.

        An official who was succeeded does so with those of the same time, for polls that they announced.
        Raises: NotInstitutionOfCase, NotOfficialOfCase, RegisterNotFrozen, IdentityFileRefused, AnotherActOpen.
        """
        generation = None
        if visitor.role == INSTITUTION:
            self._cases.require_institution(case_id, visitor)
        else:
            generation = self._cases.newest_generation(case_id, visitor)
        newest = self._register.register(case_id).register_number or 0
        number = newest if register_number is None else register_number
        counts = rules.count(content, self._register.frozen(case_id, number).leaf_count)
        file_hash = keccak(content)
        typed = typed_data.identity_file(self._chain.chain_id, self._cases.get_case(case_id).address, number, file_hash)
        summary = {"register_number": number, "file_hash": to_hex(file_hash), "bytes": len(content), **vars(counts)}
        act = self._cases.propose_act(case_id, KIND, typed, {"file_hash": to_hex(file_hash)}, summary, generation)
        row = store.IdentityFileRow(
            id=new_id(), case_id=case_id, register_number=number, file_hash=file_hash, content_sealed=b"", taken_at=self._clock.now()
        )
        row.content_sealed = self._cipher.seal(content, _place(row.id))
        with self._sessions.begin() as session:
            store.put(session, row)
        return act

    def content(self, act_id: str, visitor: Visitor) -> bytes:
        """The file that an act is about, for officials of its case. Raises: ActUnknown, NotOfficialOfCase, IdentityFileUnknown."""
        act = self._cases.get_act(act_id)
        self._cases.require_former_official(act.case_id, visitor)
        return self._kept(act.case_id, act.number, str(act.summary.get("file_hash")))[1]

    def complete(self, act: SignedAct) -> None:
        """Hand to the identity verifier what k officials signed. Raises: IdentityFileUnknown, IssuerNotAnswering, IssuerRefused."""
        row_id, content = self._kept(act.case_id, act.number, str(act.payload["file_hash"]))
        signed = SignedIdentityFile(act.case_address, act.number, keccak(content), act.signers, act.signatures)
        self._issuer.hand_in(signed, content)
        with self._sessions.begin() as session:
            store.forget(session, row_id)

    def _kept(self, case_id: str, register_number: int, file_hash: str) -> tuple[str, bytes]:
        with self._sessions.reading() as session:
            row = store.find(session, case_id, register_number)
            if row is None or to_hex(row.file_hash) != file_hash:
                raise IdentityFileUnknown
            return row.id, self._cipher.open(row.content_sealed, _place(row.id))


def _place(row_id: str) -> str:
    return f"identity_files:{row_id}:content"
