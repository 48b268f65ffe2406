"""`python -m verifier.tally --rpc URL --published DIR [--json]`: exit 0 when the recount agrees, 1 when it differs, 2 for wrong usage.

`--evidence FILE.zip` recounts from an evidence bundle instead, without any node.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from verifier.tally import archive
from verifier.tally.build import OF_THIS_CHECKOUT
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.processes import keep_all
from verifier.tally.progress import Progress
from verifier.tally.published import Published
from verifier.tally.recorded import Recorded
from verifier.tally.recount import Recount
from verifier.tally.report import as_json, print_end, print_step
from verifier.tally.rpc import Node
from verifier.tally.steps import STEPS

Told = Callable[[StepLog], object]


def _quiet(_: StepLog) -> None:
    """Nobody is told."""


def recount(
    rpc_url: str,
    folder: Path,
    *,
    progress: Progress,
    build: Path | None = None,
    own_receipts: Sequence[Path] = (),
    told: Told = _quiet,
) -> Recount:
    """A finished recount; `told` hears each step."""
    node = Node(rpc_url)
    try:
        work = Recount(node, Published(folder), progress, build, own_receipts)
        work.run(STEPS, told)
        return work
    finally:
        node.close()


def recount_bundle(path: Path, *, progress: Progress, own_receipts: Sequence[Path] = (), told: Told = _quiet) -> Recount:
    """A finished recount of an evidence bundle, without a node."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        node, build = Recorded(), folder / archive.CONTRACTS
        work = Recount(node, Published(folder / archive.PUBLISHED), progress, None, own_receipts)
        first = archive.unpack(path, folder)
        work.steps.append(first)
        try:
            node.read(folder / archive.ANSWERS)
        except Wrong as wrong:
            first.wrong(wrong.place, wrong.what, wrong.expected, wrong.found)
        told(first)
        work.build = build if build.is_dir() else None
        work.run(STEPS, told)
        node.close()
        return work


def _build(given: str | None) -> Path | None:
    """The build to compare the chain's code with."""
    if given is None:
        return OF_THIS_CHECKOUT if OF_THIS_CHECKOUT.is_dir() else None
    return None if given == "none" else Path(given)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m verifier.tally", description="Recounts a poll from a node and the published files.")
    parser.add_argument("--rpc", metavar="URL", help="JSON-RPC address of a node that you trust, best your own")
    parser.add_argument("--published", metavar="DIR", type=Path, help="folder with the published files")
    parser.add_argument("--evidence", metavar="FILE", type=Path, help="an evidence bundle, to be recounted without a node")
    parser.add_argument(
        "--build",
        metavar="DIR",
        help="folder with Case.json and Poll.json as the sources compile; by default this checkout's, if there; none to skip",
    )
    parser.add_argument(
        "--receipt",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="a lender's own receipt (the check file of the ballot page, or a line of receipts.jsonl) to look for; may be given again",
    )
    parser.add_argument("--json", action="store_true", help="print the whole recount as one JSON object in the last line")
    given = parser.parse_args(arguments)
    if given.evidence:
        if given.rpc or given.published or given.build:
            parser.error("a bundle has its own node's answers, files and build")
        if not given.evidence.is_file():
            parser.error(f"{given.evidence} is no file")
        return given
    if not given.rpc or not given.published:
        parser.error("give --rpc and --published, or --evidence")
    if not given.published.is_dir():
        parser.error(f"{given.published} is no folder")
    if not given.rpc.startswith(("http://", "https://")):
        parser.error("the node's address begins with http:// or https://")
    return given


def main(arguments: Sequence[str] | None = None) -> int:
    """Recount, print each step and the verdict; returns the exit code."""
    given = _arguments(arguments)
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]

    def told(log: StepLog) -> None:
        print_step(log, sys.stdout)

    if given.evidence:
        work = recount_bundle(given.evidence, progress=Progress(), own_receipts=given.receipt, told=told)
    else:
        build = _build(given.build)
        work = recount(given.rpc, given.published, progress=Progress(), build=build, own_receipts=given.receipt, told=told)
    print_end(work, sys.stdout)
    if given.json:
        print(as_json(work))
    return 0 if work.agrees else 1


if __name__ == "__main__":
    keep_all()
    sys.exit(main())
