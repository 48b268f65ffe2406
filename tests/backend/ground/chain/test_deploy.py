"""Opening a case from a file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from backend.ground.chain.anvil import ROOT
from backend.ground.chain.errors import TransactionReverted
from backend.ground.chain.node import Node
from backend.ground.chain.service import Chain
from scripts.cli.deploy import deploy
from tests.backend.ground.chain.world import open_database, signer_of
from tests.databases import url_for

DOCUMENT = {
    "officials": ["0x" + signer_of(f"official {number}").hex() for number in range(3)],
    "threshold": 2,
    "rehearsal": True,
    "institution": "0x" + signer_of("institution").hex(),
}


def test_the_same_file_twice_is_one_case(chain: Chain) -> None:
    first = deploy(chain, DOCUMENT)
    assert deploy(chain, DOCUMENT) == first
    assert chain.case(first["case"]).threshold() == 2
    assert deploy(chain, {**DOCUMENT, "threshold": 3})["case"] != first["case"]


def test_a_wrong_file_opens_nothing(chain: Chain) -> None:
    with pytest.raises(TransactionReverted, match="more than half"):
        deploy(chain, {**DOCUMENT, "threshold": 1})
    with pytest.raises(ValueError, match="officials, threshold, institution and rehearsal"):
        deploy(chain, {"officials": []})


def test_from_the_command_line(chain: Chain, tmp_path: Path) -> None:
    open_database(tmp_path / "lendervote.sqlite3")
    key = "0x" + "07" * 32
    Node(chain.rpc_url).ask("anvil_setBalance", "0x" + _address(key), hex(10**20))
    (tmp_path / "case.json").write_text(json.dumps(DOCUMENT))
    environment = {
        **os.environ,
        "LENDERVOTE_DATA_DIR": str(tmp_path),
        "LENDERVOTE_RELAY_KEY": key,
        "LENDERVOTE_DATABASE_URL": url_for(tmp_path / "lendervote.sqlite3"),
    }
    command = [sys.executable, "-m", "scripts.cli.deploy", str(tmp_path / "case.json"), "--rpc-url", chain.rpc_url]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, env=environment, check=True, timeout=60)
    printed = json.loads(done.stdout.splitlines()[-1])
    assert chain.case(printed["case"]).institution() == signer_of("institution")


def _address(key: str) -> str:
    from backend.ground.chain.signatures import address_of

    return address_of(bytes.fromhex(key[2:]))[2:]
