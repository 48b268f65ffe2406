"""How personal fields and openings of the register are sealed and looked up; each seal names its table, row and column."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from backend.case.register.claims import Claim
from backend.case.register.merge import MergedLender
from backend.case.register.rejects import Reject, pack_rejects, unpack_rejects
from backend.ground.common.sealed import FieldCipher
from backend.ground.common.text import same_key

_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_BLIND_BYTES = 32


@dataclass(frozen=True)
class LenderParticulars:
    """What is sealed of a lender; `amount_fen` merged over all claims.

    `contacts` are phones that get no codes, `written` the document number as the file has it; imports of before have neither.
    """

    name: str
    lender_type: str
    id_type: str
    identity_key: str
    mobiles: Sequence[str]
    amount_fen: int
    contacts: Sequence[str] = ()
    written: Sequence[str] = ()


class RegisterSeal:
    """Seals and opens what the register room keeps."""

    def __init__(self, cipher: FieldCipher) -> None:
        self._cipher = cipher

    def identity_lookup(self, identity_key: str) -> bytes:
        """The keyed hash of a canonical identity, 32 bytes."""
        return self._cipher.lookup("register identity", identity_key)

    def phone_lookup(self, canonical_phone: str) -> bytes:
        """The keyed hash of a canonical phone, 32 bytes."""
        return self._cipher.lookup("register phone", canonical_phone)

    def seal_claim(self, import_id: str, claim: Claim) -> bytes:
        """Everything personal in one row of the file."""
        values = [claim.name, claim.identity.key, claim.phone.number, claim.account, claim.amount_fen, claim.note]
        return self._cipher.seal_text(_as_json(values), f"register_claims:{import_id}/{claim.row}:sealed")

    def claim_amount(self, import_id: str, row: int, sealed: bytes) -> int:
        """The fen of one row of the file. Raises: SealBroken."""
        amount: int = json.loads(self._cipher.open_text(sealed, f"register_claims:{import_id}/{row}:sealed"))[4]
        return amount

    def claim_look(self, import_id: str, row: int, sealed: bytes) -> tuple[int, str, str]:
        """Of one row the fen, and account and identity as keyed hashes in hex, an account that is blank as "". Raises: SealBroken."""
        values = json.loads(self._cipher.open_text(sealed, f"register_claims:{import_id}/{row}:sealed"))
        account = self._cipher.lookup("register account", same_key(values[3])).hex() if values[3] else ""
        return int(values[4]), account, self.identity_lookup(values[1]).hex()

    def seal_lender(self, import_id: str, lender: MergedLender) -> bytes:
        """A lender's particulars."""
        values = [
            *(lender.name, lender.lender_type, lender.id_type, lender.identity_key, lender.mobiles, lender.amount_fen),
            *(lender.contacts, lender.written),
        ]
        return self._cipher.seal_text(_as_json(values), f"register_lenders:{import_id}/{lender.number}:sealed")

    def open_lender(self, import_id: str, number: int, sealed: bytes) -> LenderParticulars:
        """A lender's particulars. Raises: SealBroken."""
        return LenderParticulars(*json.loads(self._cipher.open_text(sealed, f"register_lenders:{import_id}/{number}:sealed")))

    def seal_opening(self, register_id: str, index: int, amount_fen: int, blind: int) -> bytes:
        """A leaf's amount and blind. An amount of 2^64 or more, as only a register drawn up falsely has one, takes 32 bytes."""
        packed = amount_fen.to_bytes(8 if amount_fen < 2**64 else 32, "big")
        plain = packed + blind.to_bytes(_BLIND_BYTES, "big")
        return self._cipher.seal(plain, f"register_leaves:{register_id}/{index}:opening_sealed")

    def open_opening(self, register_id: str, index: int, sealed: bytes) -> tuple[int, int]:
        """A leaf's amount in fen and blind. Raises: SealBroken."""
        plain = self._cipher.open(sealed, f"register_leaves:{register_id}/{index}:opening_sealed")
        return int.from_bytes(plain[:-_BLIND_BYTES], "big"), int.from_bytes(plain[-_BLIND_BYTES:], "big")

    def seal_original(self, import_id: str, place: int, part: bytes, *, last: bool) -> bytes:
        """A part of the claims file as it was handed in."""
        return self._cipher.seal(part, f"register_originals:{import_id}/{place}{'/last' * last}:sealed")

    def open_original(self, import_id: str, place: int, sealed: bytes, *, last: bool) -> bytes:
        """The part again. Raises: SealBroken, also when it is not the last one and was taken for that, or the reverse."""
        return self._cipher.open(sealed, f"register_originals:{import_id}/{place}{'/last' * last}:sealed")

    def seal_rejects(self, import_id: str, rejects: Sequence[Reject]) -> bytes:
        """The reject list of an import; sentences may quote what was typed."""
        return self._cipher.seal(pack_rejects(rejects), f"register_imports:{import_id}:rejects_sealed")

    def open_rejects(self, import_id: str, sealed: bytes) -> list[Reject]:
        """The reject list of an import. Raises: SealBroken."""
        return unpack_rejects(self._cipher.open(sealed, f"register_imports:{import_id}:rejects_sealed"))
