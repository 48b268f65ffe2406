"""What officials sign of sealed polls is hashed by the page as by the chain room."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode

from backend.ground.chain.values import ClassTally, PollParameters, SealedParameters, motions_result_hash, sealed_parameters_hash
from backend.ground.common.hashing import keccak
from backend.ground.common.hex_text import to_hex
from backend.vote.polls.rules import PRESETS
from backend.vote.polls.views import parameters_json

ROOT = Path(__file__).resolve().parents[2]
POLL = "0x" + "ab" * 20
SCRIPT = """
import * as protocol from "./backend/web/src/crypto/protocol.js";
const { poll, parameters, signers, tallies, passed } = JSON.parse(process.argv[1]);
const { sealedParametersHash, trusteesHash, motionsResultHash } = protocol;
const hashes = [sealedParametersHash(parameters), trusteesHash(signers), motionsResultHash(poll, tallies, passed)];
process.stdout.write(JSON.stringify(hashes));
"""
FIGURES = ("heads_for", "heads_against", "heads_abstain", "fen_for", "fen_against", "fen_abstain")


@pytest.mark.skipif(shutil.which("node") is None, reason="needs Node 20 (see README, Requirements)")
@pytest.mark.skipif(not (ROOT / "node_modules" / "@noble").exists(), reason="needs node_modules: run `make setup`")
@pytest.mark.parametrize(("motions", "seconds", "rule"), [(1, 2_592_000, "CN_SZ_A"), (16, 1, "CN_EBL84")])
def test_the_page_hashes_sealed_polls_as_the_chain_room_does(motions: int, seconds: int, rule: str) -> None:
    terms = PollParameters(3, 2, PRESETS[rule], 1_790_000_000, 1_790_604_800, 1_296_000, ("0x" + "0e" * 20,) * motions, "0x" + "0f" * 20)
    signers = [bytes([seat]) * (84 if seat % 2 else 20) for seat in range(1, motions + 2)]
    tallies = [ClassTally(*(place + number for number in range(6))) for place in range(motions)]
    passed = [place % 3 == 0 for place in range(motions)]
    given: dict[str, Any] = {
        "poll": POLL,
        "parameters": parameters_json(terms) | {"motions": motions, "abandon_after_seconds": seconds},
        "signers": [to_hex(signer) for signer in signers],
        "tallies": [{name: getattr(tally, name) for name in FIGURES} for tally in tallies],
        "passed": passed,
    }
    command = ["node", "--input-type=module", "-e", SCRIPT, json.dumps(given)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    bits = sum(1 << place for place, one in enumerate(passed) if one)
    assert json.loads(done.stdout) == [
        to_hex(sealed_parameters_hash(SealedParameters(terms, motions, seconds))),
        to_hex(keccak(encode(["bytes[]"], [signers]))),
        to_hex(motions_result_hash(POLL, tallies, bits)),
    ]
