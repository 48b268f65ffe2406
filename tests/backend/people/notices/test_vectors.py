"""The ledger's roots and the alarms' word are those of the vectors (protocol §26, §27.2)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from backend.ground.chain.signatures import recover
from backend.people.notices.rules.ledger import Ended, anchored, proof_of, proves, root_of
from backend.vote.tidings.rules import contested_digest, read_contested
from verifier.alarms.statement import digest_of

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[3] / "vectors" / "notices.json").read_text("utf-8"))


def raw(text: str) -> bytes:
    return bytes.fromhex(text[2:])


def test_roots_and_paths() -> None:
    for mailing in VECTORS["mailings"]:
        leaves = [Ended(**one).leaf() for one in mailing["notices"]]
        assert leaves == [raw(leaf) for leaf in mailing["leaves"]]
        assert root_of(leaves) == raw(mailing["root"])
        assert anchored(mailing["number"], root_of(leaves)) == raw(mailing["transaction_data"])
        for place, path in enumerate(mailing["paths"]):
            proof = proof_of(leaves, place)
            assert proof == [(step["left"], raw(step["hash"])) for step in path]
            assert proves(leaves[place], proof, root_of(leaves))
            assert not proves(bytes(32), proof, root_of(leaves))


def test_the_alarms_word() -> None:
    said = VECTORS["contested"]
    content = said["content"].encode()
    assert contested_digest(content) == digest_of(content) == raw(said["digest"])
    assert recover(raw(said["digest"]), raw(said["signature"])).lower() == said["address"]
    chain_id = json.loads(said["content"])["chain_id"]
    assert read_contested(said["content"], chain_id, said["poll"], 20) == said["indexes"]
