"""`python -m scripts.evidence --rpc URL --published DIR --out FILE.zip`: exit 1 when the recount differs, 2 when nothing is written."""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from verifier.tally.chain.finality import named
from verifier.tally.chain.kinds import RULES
from verifier.tally.findings import Wrong
from verifier.tally.progress import Progress
from verifier.tally.recount import Options
from verifier.tally.report import verdict
from verifier.tally.stamps import Roots

from .bundle import EvidenceIncomplete, write_bundle


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the bundle and print its figures."""
    parser = argparse.ArgumentParser(prog="python -m scripts.evidence", description="Writes the evidence about one poll into one archive.")
    parser.add_argument("--rpc", required=True, metavar="URL")
    parser.add_argument("--published", required=True, type=Path, metavar="DIR")
    parser.add_argument("--out", type=Path, default=Path("evidence.zip"), metavar="FILE")
    parser.add_argument("--chain", choices=sorted(RULES), default="ethereum", help="by which rule the chain hashes headers and receipts")
    parser.add_argument("--validators", type=Path, metavar="FILE", help="with --chain kaia: whose seals make blocks final")
    parser.add_argument("--authority", type=Path, metavar="FILE", action="append", default=[], help="the root of an authority that stamps")
    parser.add_argument("--certificate", type=Path, metavar="FILE", action="append", default=[], help="a certificate to put in")
    given = parser.parse_args(arguments)
    try:
        options = Options(
            given.chain,
            authorities=Roots.of(given.authority) if given.authority else None,
            validators=named(given.validators) if given.validators else None,
        )
        work = write_bundle(given.rpc, given.published, given.out, options, certificates=given.certificate, progress=Progress())
    except Wrong as wrong:
        print(f"{wrong.place} {wrong.what}", file=sys.stderr)
        return 2
    except EvidenceIncomplete as error:
        print(error, file=sys.stderr)
        return 2
    with given.out.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    assert work.sight is not None
    figures = {"evidence": str(given.out), "bytes": given.out.stat().st_size, "sha256": digest, "recount": verdict(work)}
    print(json.dumps({**figures, "block": work.sight.head.number, "block_hash": "0x" + work.sight.head.hash.hex()}))
    return 0 if work.agrees else 1


if __name__ == "__main__":
    sys.exit(main())
