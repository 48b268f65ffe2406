"""Open a case on a chain from a JSON file.

    python -m scripts.cli.deploy case.json --rpc-url http://127.0.0.1:8545

The file: `{"officials": ["0x...", ...], "threshold": 2, "institution": "0x...", "rehearsal": false}`, each signer an address or, after
ERC-7913, the address of a verifying contract followed by a key. The relay's key of the settings pays. The last line printed is
`{"case": address, "chain_id", "from_block", "tx_hash"}`. Running it again with the same file prints the same case.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from backend.ground.chain.case import creation
from backend.ground.chain.creations import created
from backend.ground.chain.service import Chain, open_chain
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.hashing import canonical_json, keccak
from backend.ground.db.sessions import open_engine, open_sessions

from .installation import known_installation


def deploy(chain: Chain, document: dict[str, Any]) -> dict[str, Any]:
    """Open the case that the document describes; the same document twice is one case.

    Raises: ValueError for a document of another shape; TransactionReverted (Case_...); NodeNotAnswering.
    """
    if set(document) != {"officials", "threshold", "institution", "rehearsal"} or not isinstance(document["rehearsal"], bool):
        raise ValueError("asked for are officials, threshold, institution and rehearsal (true or false)")
    officials = [_signer(text) for text in document["officials"]]
    call = creation(officials, int(document["threshold"]), _signer(document["institution"]), rehearsal=document["rehearsal"])
    confirmed = chain.transact(call, "deploy:" + keccak(canonical_json(document)).hex())
    return {"case": created(confirmed), "chain_id": chain.chain_id, "from_block": confirmed.block, "tx_hash": confirmed.tx_hash}


def _signer(text: str) -> bytes:
    return bytes.fromhex(str(text).removeprefix("0x"))


def command(
    file: Annotated[Path, typer.Argument(help="The case as JSON")],
    rpc_url: Annotated[str, typer.Option(help="The node; default: that of the settings")] = "",
) -> None:
    """Open the case in the file on the chain and print its address."""
    settings = known_installation()
    if rpc_url:
        settings = settings.model_copy(update={"rpc_url": rpc_url})
    chain = open_chain(settings, open_sessions(open_engine(settings.resolved_database_url)))
    try:
        document = json.loads(file.read_text())
        chain.start()
        typer.echo(json.dumps(deploy(chain, document)))
    except (LenderVoteError, ValueError, OSError) as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    finally:
        chain.stop()


if __name__ == "__main__":
    typer.run(command)
