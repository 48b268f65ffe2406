"""How contacts and addresses are sealed and looked up; each seal names its table, row and column."""

from __future__ import annotations

import json

from backend.ground.common.sealed import FieldCipher
from backend.people.notices.rules.ways import Contact

_as_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class AddressSeal:
    """Seals and opens what the ledger knows of people."""

    def __init__(self, cipher: FieldCipher) -> None:
        self._cipher = cipher

    def seal_contact(self, case_id: str, person: bytes, contact: Contact) -> bytes:
        """How a person can be reached."""
        values = [list(contact.phones), contact.email, contact.name, contact.post, contact.word]
        return self._cipher.seal_text(_as_json(values), f"notices_contacts:{case_id}/{person.hex()}:sealed")

    def open_contact(self, case_id: str, person: bytes, sealed: bytes) -> Contact:
        """The same again. Raises: SealBroken."""
        phones, *others = json.loads(self._cipher.open_text(sealed, f"notices_contacts:{case_id}/{person.hex()}:sealed"))
        return Contact(tuple(phones), *others)

    def seal_address(self, notice_id: str, step: int, address: str) -> bytes:
        """Where an attempt went."""
        return self._cipher.seal_text(address, f"notices_attempts:{notice_id}/{step}:address")

    def open_address(self, notice_id: str, step: int, sealed: bytes) -> str:
        """The same again. Raises: SealBroken."""
        return self._cipher.open_text(sealed, f"notices_attempts:{notice_id}/{step}:address")

    def lookup(self, address: str) -> bytes:
        """The keyed hash of an address, 32 bytes."""
        return self._cipher.lookup("notice address", address)

    def report_token(self, provider: str) -> str:
        """The secret part of the address at which a provider reports: derived, so that there is no second secret to keep."""
        return self._cipher.lookup("notice reports", provider).hex()
