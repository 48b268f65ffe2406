"""Backend and issuer before a consortium's validators, as an installation has them: every organisation's node is named."""

from __future__ import annotations

from pathlib import Path

from backend.ground.chain.signatures import address_of
from backend.ground.common.key_files import load_key
from scripts.consortium.network import Network
from scripts.rig.processes import Stack, free_port


def relay_address(data_dir: Path) -> str:
    """The account of the installation's relay, whose key is made here if there is none yet: the first block gives it money."""
    return address_of(load_key("", data_dir / "secrets", "relay.key"))


def settings_of(network: Network, rpc_setting: str = "") -> dict[str, str]:
    """What differs from an installation with a chain of its own."""
    return {
        "LENDERVOTE_RPC_URL": rpc_setting or network.rpc_setting,
        "LENDERVOTE_VALIDATORS": str(network.named_validators.resolve()),
        "LENDERVOTE_ISSUER_RPC_URLS": network.rpc_setting,
        "LENDERVOTE_ISSUER_ONE_NODE": "no",
    }


class ConsortiumStack(Stack):
    """As `Stack`, but the chain is the consortium's."""

    def __init__(self, data_dir: Path, network: Network) -> None:
        super().__init__(data_dir, port=free_port(), issuer_port=free_port(), anvil_port=free_port(), database_url="", issuer_waits=True)
        self.network = network
        self.rpc_url = network.validators[0].url
        self.environment |= settings_of(network)
