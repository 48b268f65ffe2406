"""`python -m verifier.tally --rpc URL --published DIR [--json]`: exit 0 when the recount agrees, 1 when it differs, 2 for wrong usage."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from verifier.tally.build import OF_THIS_CHECKOUT
from verifier.tally.progress import Progress
from verifier.tally.published import Published
from verifier.tally.recount import Recount
from verifier.tally.report import as_json, print_end, print_step
from verifier.tally.rpc import Node
from verifier.tally.steps import STEPS


def recount(rpc_url: str, folder: Path, *, progress: Progress, build: Path | None = None, own_receipts: Sequence[Path] = ()) -> Recount:
    """A finished recount, without printing anything."""
    node = Node(rpc_url)
    try:
        work = Recount(node, Published(folder), progress, build, own_receipts)
        work.run(STEPS, lambda _: None)
        return work
    finally:
        node.close()


def _build(given: str | None) -> Path | None:
    """The build to compare the chain's code with."""
    if given is None:
        return OF_THIS_CHECKOUT if OF_THIS_CHECKOUT.is_dir() else None
    return None if given == "none" else Path(given)


def main(arguments: Sequence[str] | None = None) -> int:
    """Recount, print each step and the verdict; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m verifier.tally", description="Recounts a poll from a node and the published files.")
    parser.add_argument("--rpc", required=True, metavar="URL", help="JSON-RPC address of a node that you trust, best your own")
    parser.add_argument("--published", required=True, metavar="DIR", type=Path, help="folder with the published files")
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
    if not given.published.is_dir():
        parser.error(f"{given.published} is no folder")
    if not given.rpc.startswith(("http://", "https://")):
        parser.error("the node's address begins with http:// or https://")
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    node = Node(given.rpc)
    try:
        work = Recount(node, Published(given.published), Progress(), _build(given.build), given.receipt)
        agrees = work.run(STEPS, lambda log: print_step(log, sys.stdout))
    finally:
        node.close()
    print_end(work, sys.stdout)
    if given.json:
        print(as_json(work))
    return 0 if agrees else 1


if __name__ == "__main__":
    sys.exit(main())
