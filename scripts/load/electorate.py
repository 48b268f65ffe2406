"""Lenders with credentials and signed ballots, made before the clock starts: in production phones make them."""

from __future__ import annotations

import functools
import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from rich.progress import track

from backend.ground.chain import typed_data
from backend.ground.chain.signatures import address_of, sign
from backend.ground.common.hashing import keccak
from backend.ground.common.key_files import load_key
from scripts.rig.chain_access import ChainAccess
from scripts.rig.sealing import sealed
from scripts.rig.steps import say, unix
from scripts.rig.vote import Vote

CHOICES = (1, 1, 2, 1, 3)
TICKET_SECONDS = 600
CHUNK = 200
ATTEMPTS, PAUSE_SECONDS = 5, 0.5


@dataclass
class Lender:
    """One lender's key and credential; `sequence` is that of the newest ballot made."""

    index: int
    key: bytes
    ballot_key: str
    credential: dict[str, Any]
    sequence: int = 0


class Electorate:
    """All lenders of one open poll."""

    def __init__(self, vote: Vote, data_dir: Path) -> None:
        self.vote = vote
        self._chain_id, self._poll = vote.poll["chain_id"], vote.poll["address"]
        self._plan_hash = bytes.fromhex(vote.poll["plan"]["plan_hash"][2:])
        # The ticket stands for a proved phone; text messages are measured elsewhere.
        self._relay_key = load_key("", data_dir / "secrets", "relay.key")
        self._closes_at = unix(vote.poll["closes_at"])
        self.lenders: list[Lender] = []

    def prepare(self, count: int) -> None:
        """Credentials by two officials' vouchers, from the real issuer, for the first `count` lenders."""
        count = min(count, self.vote.poll["register"]["leaf_count"])
        with httpx.Client(base_url=self.vote.stack.issuer_url, timeout=60) as issuer, ThreadPoolExecutor(4) as pool:
            for first in track(range(0, count, CHUNK), "credentials", console=say):
                now = ChainAccess(self.vote.stack.rpc_url).time()
                part = range(first, min(first + CHUNK, count))
                self.lenders += pool.map(functools.partial(self._lender, issuer, now), part)

    def _lender(self, issuer: httpx.Client, now: int, index: int) -> Lender:
        key = keccak(b"load %d" % index)
        ballot_key = address_of(key)
        ticket = typed_data.phone_ticket(self._chain_id, self._poll, index, ballot_key, now + TICKET_SECONDS)
        voucher = typed_data.voucher(self._chain_id, self._poll, index, ballot_key, 1, now).digest()
        body = {
            "poll": self._poll,
            "index": index,
            "ballot_key": ballot_key,
            "ticket": {"expires_at": now + TICKET_SECONDS, "signature": _hex(sign(self._relay_key, ticket.digest()))},
            "vouchers": [
                {"signer": one.key.address, "method": 1, "vouched_at": now, "signature": _hex(sign(one.account_key, voucher))}
                for one in self.vote.officials[:2]
            ],
        }
        for _ in range(ATTEMPTS):
            answer = issuer.post("/v1/credentials/vouched", json=body)
            if answer.status_code == 200:
                return Lender(index, key, ballot_key, answer.json()["credential"])
            say.print(f"no credential for {index} yet: {answer.status_code} {answer.json()['error']['code']}")
            time.sleep(PAUSE_SECONDS)  # the node may be between two blocks
        raise RuntimeError(f"no credential for {index}: {answer.text[:500]}")

    def ballot(self, lender: Lender) -> dict[str, Any]:
        """The lender's next ballot, signed; in a sealed poll with its choice sealed."""
        choice = CHOICES[(lender.index + lender.sequence + 1) % len(CHOICES)]
        return self.ballot_for(lender, choice)

    def ballot_for(self, lender: Lender, choice: int, k: int = 0) -> dict[str, Any]:
        """The same for this choice, sealed by this k where one is given."""
        lender.sequence += 1
        if self.vote.is_sealed:
            chosen: dict[str, Any]
            chosen, digest = sealed(self.vote.poll, lender.index, lender.sequence, choice, k)
        else:
            chosen = {"choice": choice}
            place = self._chain_id, self._poll
            digest = typed_data.ballot(*place, lender.index, choice, lender.sequence, self._plan_hash).digest()
        return chosen | {
            "index": lender.index,
            "sequence": lender.sequence,
            "ballot_key": lender.ballot_key,
            "ballot_signature": _hex(sign(lender.key, digest)),
            "credential_expires_at": lender.credential["expires_at"],
            "credential_signature": lender.credential["signature"],
        }

    def nonsense(self, count: int) -> list[bytes]:
        """Bodies that are no ballots: not JSON, wrong fields, strangers' signatures, lenders that do not exist."""
        whole = self.ballot(Lender(0, keccak(b"stranger"), address_of(keccak(b"stranger")), self.lenders[0].credential))
        bodies = [
            b'{"index": 1, ',
            b"[]",
            json.dumps(whole).encode(),
            json.dumps(whole | {"ballot_signature": "0x" + "11" * 65}).encode(),
            json.dumps(whole | {"index": 10**9}).encode(),
            json.dumps(whole | {"choice": 9}).encode(),
            json.dumps(whole | {"extra": "x" * 2000}).encode(),
            json.dumps(self.ballot(self.lenders[1]) | {"choice": 2}).encode(),
        ]
        self.lenders[1].sequence -= 1
        return [bodies[at % len(bodies)] for at in range(count)]


def _hex(signature: bytes) -> str:
    return "0x" + signature.hex()
