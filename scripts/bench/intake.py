"""Ballots a second from HTTP to mined, on this machine.

Lenders' phones, backend, issuer and chain share its processors, so the figure is a floor.
Prepared beforehand and not timed: register, poll, phone codes, credentials, signatures (phones make them in production).
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
from rich.console import Console
from rich.progress import track

from scripts.generate.claims import generate
from scripts.rig.chain_access import ChainAccess
from scripts.rig.keys import DOMAIN_FIELDS
from scripts.rig.logins import make_members
from scripts.rig.people import FOR, Member, Phone
from scripts.rig.processes import Stack, free_port
from scripts.rig.steps import OFFICIALS, announce_poll, import_and_freeze, open_case, submit_and_admit_plan
from scripts.rig.vote import Vote

DATA_DIR = Path("var/bench-intake")
SETTLE_SECONDS = 180
VOUCHER_FIELDS = [
    {"name": "index", "type": "uint256"},
    {"name": "ballotKey", "type": "address"},
    {"name": "method", "type": "uint8"},
    {"name": "vouchedAt", "type": "uint64"},
]
say = Console(stderr=True)


def voucher(vote: Vote, official: Member, index: int, ballot_key: str, at: int) -> dict[str, Any]:
    """One official's signed voucher, made on the official's own device."""
    typed = {
        "types": {"EIP712Domain": DOMAIN_FIELDS, "Voucher": VOUCHER_FIELDS},
        "primaryType": "Voucher",
        "domain": {"name": "LenderVote", "version": "1", "chainId": vote.poll["chain_id"], "verifyingContract": vote.poll["address"]},
        "message": {"index": index, "ballotKey": ballot_key, "method": 1, "vouchedAt": at},
    }
    return {"signer": official.key.address, "method": 1, "vouched_at": at, "signature": official.key.sign(typed)}


def prepare_ballot(vote: Vote, mobile: str, issuer: httpx.Client) -> dict[str, Any]:
    """Phone code, ticket, two vouchers, credential, signed ballot."""
    phone = Phone(vote.stack.url, mobile, vote.stack.data_dir / "outbox" / "sms.jsonl", vote.poll)
    phone.sign_in()
    ticket = phone.ticket()
    index, at = phone.claim["index"], ChainAccess(vote.stack.rpc_url).time()
    body = {
        "poll": vote.poll["address"],
        "index": index,
        "ballot_key": phone.key.address,
        "ticket": {"expires_at": ticket["expires_at"], "signature": ticket["signature"]},
        "vouchers": [voucher(vote, official, index, phone.key.address, at) for official in vote.officials[:2]],
    }
    credential = issuer.post("/v1/credentials/vouched", json=body).raise_for_status().json()["credential"]
    ballot = phone.ballot(credential, FOR, 1)
    phone.api.close()
    return ballot


def hand_in(client: httpx.Client, path: str, ballot: dict[str, Any]) -> tuple[str, float]:
    """Post one ballot; receipt number and seconds."""
    began = time.perf_counter()
    number = client.post(path, json=ballot).raise_for_status().json()["number"]
    return number, time.perf_counter() - began


def measure(vote: Vote, ballots: list[dict[str, Any]], clients: int) -> dict[str, Any]:
    """Hand all in at once from `clients` connections; wait until the last is on the chain."""
    path = f"/api/polls/{vote.poll['id']}/ballots"
    with httpx.Client(base_url=vote.stack.url, timeout=120) as client, ThreadPoolExecutor(clients) as pool:
        began = time.perf_counter()
        answers = list(pool.map(lambda ballot: hand_in(client, path, ballot), ballots))
        receipted = time.perf_counter() - began
        deadline = began + SETTLE_SECONDS
        waiting = [number for number, _ in answers]
        while waiting and time.perf_counter() < deadline:
            number = waiting[-1]
            if client.get(f"/api/receipts/{number}").json()["status"] in {"recorded", "confirmed"}:
                waiting.pop()
            else:
                time.sleep(0.1)  # the status is all there is to wait for
        mined = time.perf_counter() - began
    seconds = sorted(taken for _, taken in answers)
    return {
        "ballots": len(ballots),
        "clients": clients,
        "receipted_per_s": round(len(ballots) / receipted, 1),
        "http_to_mined_per_s": round(len(ballots) / mined, 1),
        "p50_ms": round(1000 * statistics.median(seconds), 1),
        "p99_ms": round(1000 * seconds[int(len(seconds) * 0.99) - 1], 1),
        "unrecorded": len(waiting),
    }


def main() -> int:
    """0 when every receipted ballot was recorded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lenders", type=int, default=600)
    parser.add_argument("--clients", type=int, default=8)
    arguments = parser.parse_args()
    shutil.rmtree(DATA_DIR, ignore_errors=True)
    DATA_DIR.mkdir(parents=True)
    register_file, mobiles = generate(lenders=arguments.lenders, seed=7, out=DATA_DIR / "files")
    stack = Stack(DATA_DIR, port=free_port(), issuer_port=free_port(), anvil_port=free_port())
    with stack, httpx.Client(base_url=stack.issuer_url, timeout=60) as issuer:
        admin, officials, institution = make_members(stack, OFFICIALS)
        vote = Vote(stack, 7, admin, officials, institution, mobiles)
        open_case(vote)
        import_and_freeze(vote, register_file)
        submit_and_admit_plan(vote)
        announce_poll(vote)
        voters = sorted(set(mobiles))[: int(arguments.lenders * 0.8)]
        ballots = [prepare_ballot(vote, mobile, issuer) for mobile in track(voters, "preparing", console=say)]
        figures = measure(vote, ballots, arguments.clients)
    say.print(figures)
    print(json.dumps(figures))
    return 0 if figures["unrecorded"] == 0 else 1


if __name__ == "__main__":
    raise SystemExit(main())
