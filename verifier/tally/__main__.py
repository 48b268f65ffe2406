"""`python -m verifier.tally --rpc URL --published DIR [--json]`: recounts a poll; exit statuses are those of protocol §13.1.

`--evidence FILE.zip` recounts from an evidence bundle instead, without any node. `write-count` in front of the options writes the calls
that are left to count a sealed poll (verifier/tally/write_count.py).
"""

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from verifier.tally import write_count
from verifier.tally.case import built, releases
from verifier.tally.chain.archive import recount_bundle
from verifier.tally.chain.finality import Named, named
from verifier.tally.chain.kinds import RULES
from verifier.tally.chain.live import LiveSource
from verifier.tally.chain.node import Node
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.processes import keep_all
from verifier.tally.progress import Progress
from verifier.tally.published import Published
from verifier.tally.recount import Expected, Options, Recount
from verifier.tally.report import EXIT, as_json, print_end, print_step, verdict
from verifier.tally.stamps import Roots
from verifier.tally.steps import STEPS

Told = Callable[[StepLog], object]


def _quiet(_: StepLog) -> None:
    """Nobody is told."""


def recount(rpc_url: str, folder: Path, options: Options, *, progress: Progress, told: Told = _quiet, steps: Any = STEPS) -> Recount:
    """A finished recount by a node; `told` hears each step."""
    node = Node(rpc_url)
    try:
        work = Recount(LiveSource(node, RULES[options.rule], options.validators), Published(folder), progress, options)
        work.run(steps, told)
        return work
    finally:
        node.close()


def parsed(
    arguments: Sequence[str] | None, more: Callable[[argparse.ArgumentParser], None] = lambda _: None
) -> tuple[argparse.ArgumentParser, argparse.Namespace]:
    """What was typed; `more` adds options. Ends the process with status 2 for what cannot be."""
    parser = argparse.ArgumentParser(prog="python -m verifier.tally", description="Recounts a poll from a node and the published files.")
    parser.add_argument("--rpc", metavar="URL", help="JSON-RPC address of a node that you trust, best your own")
    parser.add_argument("--published", metavar="DIR", type=Path, help="folder with the published files")
    parser.add_argument("--evidence", metavar="FILE", type=Path, help="an evidence bundle, to be recounted without a node")
    parser.add_argument("--case", metavar="ADDRESS", help="the case's address, as the working group published it")
    parser.add_argument("--fingerprint", metavar="DIGITS", help="the case's fingerprint, as the working group published it")
    parser.add_argument("--head", metavar="HASH", help="with --evidence: the hash of the bundle's block, from a node that you trust")
    parser.add_argument("--creation", metavar="HASH", help="with --evidence: the hash of the block that created the case, likewise")
    parser.add_argument("--chain", choices=sorted(RULES), default="ethereum", help="by which rule the chain hashes headers and receipts")
    parser.add_argument(
        "--validators", metavar="FILE", type=Path, help="with --chain kaia: whose seals make blocks final, as the parties named them"
    )
    parser.add_argument(
        "--build", metavar="DIR", type=Path, help="your own build of the sources, in place of the releases that this tool knows"
    )
    parser.add_argument("--receipt", metavar="FILE", type=Path, action="append", default=[], help="a lender's own receipt to look for")
    parser.add_argument("--issuer-log", metavar="FILE", type=Path, action="append", default=[], help="a verifier's log about this poll")
    parser.add_argument("--stamps", metavar="FILE", type=Path, action="append", default=[], help="stamps that somebody kept")
    parser.add_argument("--authority", metavar="FILE", type=Path, action="append", default=[], help="the root of an authority that stamps")
    parser.add_argument("--witness", metavar="FILE", type=Path, action="append", default=[], help="what a witness of the chain signed")
    parser.add_argument("--witness-key", metavar="ADDRESS", action="append", default=[], help="whose file --witness has to be")
    parser.add_argument("--json", action="store_true", help="print the whole recount as one JSON object in the last line")
    more(parser)
    given = parser.parse_args(arguments)
    if given.evidence:
        if given.rpc or given.published:
            parser.error("a bundle has its own blocks and files")
        if not given.evidence.is_file():
            parser.error(f"{given.evidence} is no file")
    elif not given.rpc or not given.published:
        parser.error("give --rpc and --published, or --evidence")
    elif not given.published.is_dir():
        parser.error(f"{given.published} is no folder")
    elif not given.rpc.startswith(("http://", "https://")):
        parser.error("the node's address begins with http:// or https://")
    return parser, given


def _typed(parser: argparse.ArgumentParser, name: str, text: str | None) -> str:
    """Nothing where the option is not there. One that is there and blank, say by a variable that is not set, would compare nothing."""
    if text is not None and not text.strip():
        parser.error(f"{name} is blank: give a value, or leave it out")
    return (text or "").strip().lower()


def options_of(parser: argparse.ArgumentParser, given: argparse.Namespace) -> Options:
    """What whoever recounts brings, in the form in which it is compared."""
    case, fingerprint, head, creation = (
        _typed(parser, f"--{name}", getattr(given, name)) for name in ("case", "fingerprint", "head", "creation")
    )
    if case and not re.fullmatch("0x[0-9a-f]{40}", case):
        parser.error("--case is 0x and 40 hex digits")
    for name, text in (("--head", head), ("--creation", creation)):
        if text and (not given.evidence or not re.fullmatch("0x[0-9a-f]{64}", text)):
            parser.error(f"{name} is 0x and 64 hex digits, and goes with --evidence")
    if fingerprint and not re.fullmatch("[0-9a-f]{32}", "".join(fingerprint.split())):
        parser.error("--fingerprint is eight groups of four hex digits")
    known = releases()
    try:
        brought = {number: built(given.build, number) for number in known} if given.build else known
    except Wrong as wrong:
        parser.error(f"{wrong.place} {wrong.what}")
    expected = Expected(bytes.fromhex(case[2:]), fingerprint, bytes.fromhex(head[2:]), bytes.fromhex(creation[2:]))
    return Options(
        given.chain,
        brought,
        expected,
        tuple(given.receipt),
        tuple(given.issuer_log),
        stamps=tuple(given.stamps),
        authorities=authorities(parser, given.authority),
        witnesses=tuple(given.witness),
        witness_keys=frozenset(_key(parser, one) for one in given.witness_key),
        validators=_validators(parser, given),
    )


def _key(parser: argparse.ArgumentParser, text: str) -> bytes:
    """A witness's address."""
    if not re.fullmatch("0x[0-9a-f]{40}", text.strip().lower()):
        parser.error("--witness-key is 0x and 40 hex digits")
    return bytes.fromhex(text.strip()[2:])


def authorities(parser: argparse.ArgumentParser, paths: Sequence[Path]) -> Roots | None:
    """The roots that were brought; None where none was."""
    if not paths:
        return None
    try:
        return Roots.of(paths)
    except Wrong as wrong:
        parser.error(f"{wrong.place} {wrong.what}")
    except ImportError as error:
        parser.error(f"--authority needs the packages rfc3161-client and cryptography: {error}")


def _validators(parser: argparse.ArgumentParser, given: argparse.Namespace) -> Named | None:
    """The validators named in the file that was brought; None where none was."""
    if given.validators is None:
        return None
    if not RULES[given.chain].has_certificates:
        parser.error("--validators goes with --chain kaia: blocks of other chains carry no seals")
    try:
        return named(given.validators)
    except Wrong as wrong:
        parser.error(f"{wrong.place} {wrong.what}")


def main(arguments: Sequence[str] | None = None) -> int:
    """Recount, print each step and the verdict; returns the exit status."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    if words[:1] == ["write-count"]:
        return counting(words[1:])
    parser, given = parsed(arguments)
    options = options_of(parser, given)
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]

    def told(log: StepLog) -> None:
        print_step(log, sys.stdout)

    if given.evidence:
        work = recount_bundle(given.evidence, options, progress=Progress(), steps=STEPS, told=told)
    else:
        work = recount(given.rpc, given.published, options, progress=Progress(), told=told)
    print_end(work, sys.stdout)
    if given.json:
        print(as_json(work))
    return EXIT[verdict(work)]


def counting(arguments: Sequence[str]) -> int:
    """Print the calls that are left to count a sealed poll; returns the exit status."""
    parser, given = parsed(arguments, write_count.add_options)
    write_count.check_options(parser, given)
    options, progress, steps = options_of(parser, given), Progress(quiet=True), write_count.steps_until(STEPS)
    if given.evidence:
        work = recount_bundle(given.evidence, options, progress=progress, steps=steps, told=write_count.quiet)
    else:
        work = recount(given.rpc, given.published, options, progress=progress, steps=steps)
    return write_count.write(work, given)


def command() -> None:
    """The whole command: ends the process with the exit status."""
    keep_all()
    sys.exit(main())


if __name__ == "__main__":
    command()
