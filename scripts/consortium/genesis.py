"""The first block of a consortium's chain, made from the file of organisations alone: each makes it, and all get the same bytes.

Fees are zero and stay zero, blocks hold what a page of ballots needs, no reward is minted, and a change of validators needs the votes of
more than half of them (`ballot`).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from scripts.consortium.organisations import Consortium
from verifier.tally import rlp

FILE = "genesis.json"
#: Forks up to Cancun hold from the first block; Kip103, Kip160 and Randao are for the public network and need contracts of theirs.
FORKS = ("istanbul", "london", "ethTxType", "magma", "kore", "shanghai", "cancun", "kaia")
STICKY = 1
EPOCH_BLOCKS = 604_800
GAS_TARGET, MOST_BLOCK_GAS = 30_000_000, 60_000_000
FUNDS_WEI = 10**27
NOBODY = "0x" + "00" * 20
_VANITY, _SEAL = bytes(32), bytes(65)


def genesis(consortium: Consortium) -> dict[str, Any]:
    """What the validators' program reads."""
    addresses = consortium.addresses
    extra = _VANITY + rlp.encode([[bytes.fromhex(one[2:]) for one in addresses], _SEAL, []])
    governance = {
        "governingNode": addresses[0],
        "governanceMode": "ballot",
        "govParamContract": NOBODY,
        "reward": {
            "mintingAmount": 0,
            "ratio": "100/0/0",
            "kip82ratio": "20/80",
            "useGiniCoeff": False,
            "deferredTxFee": True,
            "stakingUpdateInterval": 86_400,
            "proposerUpdateInterval": 3_600,
            "minimumStake": 0,
        },
        "kip71": {
            "lowerboundbasefee": 0,
            "upperboundbasefee": 0,
            "gastarget": GAS_TARGET,
            "maxblockgasusedforbasefee": MOST_BLOCK_GAS,
            "basefeedenominator": 20,
        },
    }
    config = {
        "chainId": consortium.chain_id,
        **{f"{fork}CompatibleBlock": 0 for fork in FORKS},
        "istanbul": {"epoch": EPOCH_BLOCKS, "policy": STICKY, "sub": max(22, len(addresses))},
        "unitPrice": 0,
        "deriveShaImpl": 0,  # Ethereum's tries
        "governance": governance,
    }
    return {
        "config": config,
        "timestamp": hex(consortium.made_at),
        "extraData": "0x" + extra.hex(),
        "governanceData": None,
        "blockScore": "0x1",
        "alloc": {account[2:]: {"balance": hex(FUNDS_WEI)} for account in sorted({*consortium.funded, *addresses})},
        "number": "0x0",
        "gasUsed": "0x0",
        "parentHash": "0x" + "00" * 32,
    }


def content(consortium: Consortium) -> bytes:
    """The file, the same bytes for the same organisations."""
    return json.dumps(genesis(consortium), indent=1, sort_keys=True).encode() + b"\n"


def write(consortium: Consortium, folder: Path) -> str:
    """Write genesis.json, static-nodes.json and validators.json into a folder; the SHA-256 of the first, to be compared by telephone."""
    folder.mkdir(parents=True, exist_ok=True)
    made = content(consortium)
    (folder / FILE).write_bytes(made)
    (folder / "static-nodes.json").write_text(json.dumps([one.node_url for one in consortium.organisations], indent=1) + "\n")
    named = {"validators": [{"from_block": 0, "addresses": consortium.addresses}]}
    (folder / "validators.json").write_text(json.dumps(named, indent=1) + "\n")
    return hashlib.sha256(made).hexdigest()
