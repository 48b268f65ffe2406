"""The doctor looks at every node that the settings name, and says which is silent."""

from __future__ import annotations

from pathlib import Path

from backend.ground.chain.anvil import EmbeddedAnvil, free_port
from backend.ground.common.settings import Settings
from scripts.cli.doctor import _node_answers, _organisations


def looked_at(rpc_url: str) -> tuple[bool, bool, str]:
    finding = _node_answers(Settings(rpc_url=rpc_url, anvil_port=free_port(), _env_file=None))
    return finding.good, finding.optional, finding.found


def test_every_node_is_asked_and_chains_must_agree(tmp_path: Path) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    one, other = EmbeddedAnvil(tmp_path / "one" / "state.json", chain_id=31337), EmbeddedAnvil(tmp_path / "two" / "state.json", chain_id=5)
    try:
        one.start()
        other.start()
        assert looked_at(one.url) == (True, False, "chain 31337")
        assert looked_at(f"{one.url}, http://operator:secret@{nobody}") == (False, False, f"chain 31337, no answer from {nobody}")
        assert looked_at(f"{one.url},{other.url}") == (False, False, "chain 5, chain 31337")
    finally:
        one.stop()
        other.stop()
    assert looked_at("")[:2] == (False, True), "the local chain runs with the app: no fault while it does not"


def test_the_word_of_one_organisation_is_allowed_and_said() -> None:
    def named(rpc_url: str) -> tuple[bool, bool, str]:
        finding = _organisations(Settings(rpc_url=rpc_url, _env_file=None))
        return finding.good, finding.optional, finding.found

    assert named("court=http://a.example, bank=http://b.example, bank=http://c.example") == (True, True, "bank, court")
    assert named("http://a.example:1, http://a.example:2") == (False, True, "a.example")
    assert named("")[0]
