"""What verifier and relay can do together: with the verifier's key anybody's ballot is credentialed, and the contract takes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from backend.ground.chain import signatures, typed_data
from scripts.rig.chain_access import ChainAccess
from scripts.rig.keys import Key
from scripts.rig.people import FOR, Phone
from scripts.rig.processes import Stack
from scripts.rig.steps import unix


@dataclass
class Colluders:
    """They hold the issuer's key and read every code that the backend sends."""

    stack: Stack
    poll: dict[str, Any]

    def learn(self, mobiles: list[str]) -> list[Phone]:
        """Claims and proofs of lenders who do not know of it."""
        phones = [Phone(self.stack.url, mobile, self.stack.data_dir / "outbox" / "sms.jsonl", self.poll) for mobile in mobiles]
        for phone in phones:
            phone.sign_in()
        return phones

    def stuff(self, phones: list[Phone]) -> int:
        """Cast for each of them, straight to the contract; how many it recorded."""
        chain = ChainAccess(self.stack.rpc_url)
        verifier = bytes.fromhex((self.stack.data_dir / "issuer" / "issuer.key").read_text().strip())
        expires_at = unix(self.poll["closes_at"])
        for phone in phones:
            phone.key = Key.make()
            index = phone.claim["index"]
            typed = typed_data.credential(chain.chain_id(), self.poll["address"], index, phone.key.address, expires_at)
            credential = {"expires_at": expires_at, "signature": "0x" + signatures.sign(verifier, typed.digest()).hex()}
            chain.cast_directly(self.poll["address"], phone.claim, phone.ballot(credential, FOR, 1))
        return len(phones)
