"""`python -m verifier.witness --rpc URL --published DIR --key FILE --out FILE`: follows a chain, signs heads, alarms (protocol §27).

`new-key FILE` in front makes a key and prints its address; `show FILE` says what a witness's file holds. Exit status 2: called wrongly, 3:
ended by the first alarm (--exit-on-alarm).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import secrets
import signal
import sys
import threading
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from verifier.tally.chain.finality import named
from verifier.tally.chain.kinds import RULES
from verifier.tally.chain.node import Node
from verifier.tally.findings import Wrong
from verifier.tally.published import Record, parse
from verifier.tally.witness_file import HEAD, HEADER, VOID, read
from verifier.witness.alarms import WORDS, Alarms
from verifier.witness.ballots import Poll
from verifier.witness.book import Book, NotOurBook, address_of
from verifier.witness.watch import Limits, Watch

BY_ALARM = 3
NODE_SECONDS = 8.0  # of a node that hangs; the others, and alarms, wait for it
BEIJING = timedelta(hours=8)


def parsed(arguments: Sequence[str] | None) -> argparse.Namespace:
    """What was typed. Ends the process with status 2 for what cannot be."""
    parser = argparse.ArgumentParser(prog="lendervote witness", description="Follows a case's chain by nodes of your own, and signs heads.")
    parser.add_argument("--rpc", metavar="URL", action="append", required=True, help="a node of your own; may stand several times")
    parser.add_argument("--case", metavar="ADDRESS", help="the case's address; --published says it, too")
    parser.add_argument("--published", metavar="DIR", type=Path, action="append", default=[], help="a poll's published files: poll.json")
    parser.add_argument("--key", metavar="FILE", type=Path, required=True, help="this witness's key, made by new-key")
    parser.add_argument("--out", metavar="FILE", type=Path, required=True, help="the file of signed heads; it goes on where it ends")
    parser.add_argument("--receipts", metavar="DIR", type=Path, help="with --published: receipts of lenders, and lists of them")
    parser.add_argument("--chain", choices=sorted(RULES), default="ethereum", help="by which rule the chain hashes headers")
    parser.add_argument("--validators", metavar="FILE", type=Path, help="with --chain kaia: whose seals make blocks final")
    parser.add_argument("--confirmations", type=int, default=2, help="blocks until one counts as final")
    parser.add_argument("--every", type=float, default=60, help="seconds between heads where nothing happens")
    parser.add_argument("--look", type=float, default=5, help="seconds between looks")
    parser.add_argument("--halt-seconds", type=float, default=30, help="seconds without a block, or an answer, until that is said")
    parser.add_argument("--lag-seconds", type=float, default=20, help="seconds that a node may lack a signed block")
    parser.add_argument("--ballot-seconds", type=int, default=120, help="seconds after its receipt until a ballot is missed")
    parser.add_argument("--no-empty-blocks", action="store_true", help="the chain makes blocks for transactions only")
    parser.add_argument("--command", default="", help="a command to run at an alarm, with the alarm's line as its last argument")
    parser.add_argument("--webhook", default="", help="an address to which an alarm's line is sent")
    parser.add_argument("--exit-on-alarm", action="store_true", help="end with status 3 after the first alarm")
    parser.add_argument("--looks", type=int, default=0, help="end after so many looks")
    given = parser.parse_args(arguments)
    if not given.case and not given.published:
        parser.error("give --case or --published")
    if given.case and not re.fullmatch("0x[0-9a-fA-F]{40}", given.case):
        parser.error("--case is 0x and 40 hex digits")
    if given.receipts and not given.published:
        parser.error("--receipts goes with --published")
    if given.validators and not RULES[given.chain].has_certificates:
        parser.error("--validators goes with --chain kaia")
    return given


def key_of(path: Path) -> bytes:
    """The key in a file. Raises NotOurBook."""
    try:
        found = bytes.fromhex(path.read_text().strip().removeprefix("0x"))
    except (OSError, ValueError) as error:
        raise NotOurBook(f"{path}: no key: {error}") from error
    if len(found) != 32:
        raise NotOurBook(f"{path}: no key of 32 bytes")
    return found


def watch_of(given: argparse.Namespace) -> Watch:
    """All that looks. Raises NotOurBook, Wrong."""
    polls = [Poll(folder) for folder in given.published]
    nodes = {url: Node(url, timeout_seconds=NODE_SECONDS, attempts=2) for url in given.rpc}
    chain_ids = {poll.chain_id for poll in polls} or {next(iter(nodes.values())).chain_id()}
    cases = {poll.case for poll in polls} | ({bytes.fromhex(given.case[2:])} if given.case else set())
    if len(chain_ids) > 1 or len(cases) > 1:
        raise NotOurBook("one case, on one chain, for each witness")
    (chain_id,), (case,) = chain_ids, cases
    for url, node in nodes.items():
        found = node.chain_id()
        if found != chain_id:
            raise NotOurBook(f"{url} is a node of chain {found}, not of {chain_id}")
    limits = Limits(
        given.every, given.halt_seconds, given.ballot_seconds, given.lag_seconds, given.confirmations, not given.no_empty_blocks
    )
    return Watch(
        Book(given.out, key_of(given.key), chain_id, case),
        nodes,
        RULES[given.chain],
        case,
        Alarms(given.command, given.webhook),
        limits,
        named(given.validators) if given.validators else None,
        polls,
        given.receipts,
    )


def run(given: argparse.Namespace) -> int:
    """Look until ended; returns the exit status."""
    ending = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: ending.set())
    try:
        watch = watch_of(given)
    except (NotOurBook, Wrong) as error:
        place = f"{error.place} {error.what}" if isinstance(error, Wrong) else str(error)
        print(f"witness: {place}", file=sys.stderr)
        return 2
    print(f"见证人 / witness 0x{watch.book.address.hex()}: {given.out}", file=sys.stderr, flush=True)
    looks = 0
    while not ending.is_set():
        watch.look()
        looks += 1
        if given.exit_on_alarm and watch.alarms.told:
            return BY_ALARM
        if looks == given.looks:
            break
        ending.wait(given.look)
    return 0


def new_key(path: Path) -> int:
    """Make a key; its address goes to whoever is to believe this witness."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        print(f"witness: {path}: {error.strerror}", file=sys.stderr)
        return 2
    key = secrets.token_bytes(32)
    with os.fdopen(handle, "w") as file:
        file.write("0x" + key.hex() + "\n")
    print(json.dumps({"address": "0x" + address_of(key).hex(), "key": str(path)}))
    return 0


def show(path: Path) -> int:
    """What a file holds, for people."""
    try:
        with path.open("rb") as file:
            first = file.readline(2**16)
        header = Record.of(parse(first, path.name, VOID), path.name, HEADER, VOID)
        witness = read(path, header.whole("chain_id", 2**256), header.raw("case", 20))
    except (Wrong, OSError) as error:
        print(f"witness: {error}", file=sys.stderr)
        return 2
    heads = [one for one in witness.entries if one.kind == HEAD]
    spanned = f"{heads[0].block}–{heads[-1].block}" if heads else "-"
    print(f"见证人 / witness 0x{witness.address.hex()}，案件 / case 0x{header.raw('case', 20).hex()}")
    print(f"已签区块 / signed heads: {len(heads)} ({spanned})")
    for one in witness.entries:
        if one.kind != HEAD:
            at = (datetime.fromtimestamp(one.seen_at, UTC) + BEIJING).strftime("%Y-%m-%d %H:%M:%S")
            _, zh, en = WORDS[one.kind]
            facts = {"block": one.block, "hash": "0x" + one.hash.hex()}
            print(f"{at}（北京时间 / Beijing）{zh.format(**facts)} / {en.format(**facts)}")
    counts = Counter(WORDS[one.kind][0] for one in witness.entries if one.kind != HEAD)
    print(json.dumps({"address": "0x" + witness.address.hex(), "heads": len(heads), "alarms": dict(counts)}))
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if len(words) == 2 and words[0] in {"new-key", "show"}:
        return (new_key if words[0] == "new-key" else show)(Path(words[1]))
    return run(parsed(words))


def command() -> None:
    """The whole command."""
    sys.exit(main())


if __name__ == "__main__":
    command()
