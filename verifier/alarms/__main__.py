"""`python -m verifier.alarms`: a key, a list of contacts, and the alarms themselves; `lendervote alarms` is the same."""

from __future__ import annotations

import argparse
import getpass
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

from verifier.alarms.book import Book
from verifier.alarms.chain import Nodes, NodeSilent
from verifier.alarms.comparison import compared
from verifier.alarms.contacts import ContactsNotOpened, opened, sealed
from verifier.alarms.desk import Desk
from verifier.alarms.watch import Line, Watch
from verifier.gateways.building import ProviderUnknown, gateway_of
from verifier.signing.secp256k1 import SigningKey

log = logging.getLogger(__name__)

ROUND_SECONDS = 10.0
PRIVATE = 0o077


def main(arguments: Sequence[str] | None = None) -> int:
    """0, 1 where a file cannot be used, 2 for a wrong call."""
    given = _parser().parse_args(arguments)
    os.umask(PRIVATE)
    try:
        return int(given.run(given))
    except (OSError, ValueError, KeyError, ContactsNotOpened, ProviderUnknown, NodeSilent) as error:
        print(f"报警程序没有启动 / alarms: {type(error).__name__}: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lendervote alarms", description="“有一张您名下的票”：工作组自己的报警程序 / the group's own alarms"
    )
    commands = parser.add_subparsers(required=True)
    key = commands.add_parser("key", help="make the alarms' keys; prints address and key for contacts")
    key.add_argument("--keys", type=Path, required=True)
    key.set_defaults(run=_make_keys)
    contacts = commands.add_parser("contacts", help="an official: seal the contacts from claims file and openings to the alarms' key")
    contacts.add_argument("--claims", type=Path, required=True)
    contacts.add_argument("--openings", type=Path, required=True)
    contacts.add_argument("--to", required=True, help="the key for contacts, 64 hex digits")
    contacts.add_argument("--out", type=Path, required=True)
    contacts.set_defaults(run=_make_contacts)
    compare = commands.add_parser("compare", help="ballots on the chain beside the verifiers' logs: who has one and not the other")
    compare.add_argument("--book", type=Path, required=True)
    compare.add_argument("--poll", required=True)
    compare.add_argument("--issuer-log", type=Path, action="append", required=True, help="a verifier's export; one for each verifier")
    compare.set_defaults(run=_compare)
    run = commands.add_parser("run", help="watch a poll")
    run.add_argument("--keys", type=Path, required=True)
    run.add_argument("--contacts", type=Path, required=True)
    run.add_argument("--gateways", type=Path, required=True)
    run.add_argument("--rpc", action="append", required=True, help="a node; several times for several organisations' nodes")
    run.add_argument("--poll", required=True, help="the poll's contract")
    run.add_argument("--title", required=True, help="the poll's title in messages")
    run.add_argument("--site", required=True, help="this program's address as lenders reach it, https://...")
    run.add_argument("--listen", default="127.0.0.1:8610")
    run.add_argument("--book", type=Path, required=True, help="what it remembers; nothing personal")
    run.add_argument("--backend", default="", help="where contests are handed in: https://.../api/polls/ID/contested")
    run.add_argument("--every", type=float, default=ROUND_SECONDS)
    run.add_argument("--any-hour", action="store_true", help="for drills: no quiet hours")
    run.set_defaults(run=_run)
    return parser


def _make_keys(given: argparse.Namespace) -> int:
    contacts, signing = X25519PrivateKey.generate(), os.urandom(32)
    with given.keys.open("x", encoding="utf-8") as file:
        json.dump({"contacts": contacts.private_bytes_raw().hex(), "signing": signing.hex()}, file)
    shown = {"address": SigningKey(signing).address, "contacts_key": contacts.public_key().public_bytes_raw().hex()}
    print(json.dumps(shown))
    return 0


def _make_contacts(given: argparse.Namespace) -> int:
    from verifier.alarms.making import made

    password = os.environ.get("LENDERVOTE_OPENINGS_PASSWORD") or getpass.getpass("口令 / password: ")
    contacts = made(given.claims, given.openings, password)
    receiver = X25519PublicKey.from_public_bytes(bytes.fromhex(given.to))
    with given.out.open("xb") as file:
        file.write(sealed(contacts, receiver))
    without = sum(not numbers for numbers in contacts.numbers.values())
    print(json.dumps({"lenders": len(contacts.numbers), "without_number": without}))
    return 0


def _compare(given: argparse.Namespace) -> int:
    book = Book(given.book)
    found = compared(book, given.issuer_log, given.poll)
    book.close()
    print(json.dumps(asdict(found)))
    return 1 if found.without_credential else 0


def _run(given: argparse.Namespace) -> int:
    logging.basicConfig(level=logging.INFO, stream=sys.stderr)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    keys = json.loads(given.keys.read_text("utf-8"))
    contacts = opened(given.contacts.read_bytes(), X25519PrivateKey.from_private_bytes(bytes.fromhex(keys["contacts"])))
    lines = {}
    for entry in json.loads(given.gateways.read_text("utf-8")):
        gateway = gateway_of(entry)
        lines[gateway.channel] = Line(gateway, entry["templates"]["alarm"])
    nodes, book = Nodes(given.rpc, given.poll), Book(given.book)
    watch = Watch(nodes, book, contacts, lines, given.title, given.site, any_hour=given.any_hour)
    host, _, port = given.listen.rpartition(":")
    desk = Desk(book, bytes.fromhex(keys["signing"]), nodes.chain_id(), given.poll, given.title, (host, int(port)), given.backend)
    ending = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ending.set())
    desk.start()
    print(json.dumps({"listens": desk.address}), flush=True)
    while not ending.wait(given.every):
        _round(watch, desk)
    desk.stop()
    book.close()
    return 0


def _round(watch: Watch, desk: Desk) -> None:
    """One round; what fails in it, whatever it is, does not end the alarms."""
    for work in (watch.run_once, desk.hand_over):
        try:
            work()
        except Exception:
            log.exception("a defect in a round of the alarms; the next round comes all the same")


if __name__ == "__main__":
    raise SystemExit(main())
