"""Where in a frozen register a claim stands, by the institution's own claim number."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from backend.case.register import leaf_store, store
from backend.case.register.errors import RegisterNotFrozen
from backend.ground.common.text import same_key
from backend.ground.db.sessions import Sessions


class ClaimPlaces:
    """Reads claim numbers and leaves; nothing sealed is opened."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def of_register(self, case_id: str, register_number: int) -> Mapping[str, int]:
        """The lender's index by the claim number's key (`same_key`, protocol §18.1); claims outside the register are left out.

        Raises: RegisterNotFrozen.
        """
        with self._sessions.reading() as session:
            register = store.frozen_register(session, case_id, register_number)
            if register is None:
                raise RegisterNotFrozen(register_number=register_number)
            found = {same_key(claim_no): index for claim_no, index in leaf_store.claim_numbers(session, register)}
        return MappingProxyType(found)
