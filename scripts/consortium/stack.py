"""Backend and issuer before a consortium's validators, as an installation has them: every organisation's node is named."""

from __future__ import annotations

from pathlib import Path

from scripts.consortium.network import Network
from scripts.rig.processes import Stack, free_port


class ConsortiumStack(Stack):
    """As `Stack`, but the chain is the consortium's."""

    def __init__(self, data_dir: Path, network: Network, relay_key: str) -> None:
        super().__init__(data_dir, port=free_port(), issuer_port=free_port(), anvil_port=free_port(), database_url="", issuer_waits=True)
        self.network = network
        self.rpc_url = network.validators[0].url
        self.environment |= {
            "LENDERVOTE_RPC_URL": network.rpc_setting,
            "LENDERVOTE_VALIDATORS": str(network.named_validators),
            "LENDERVOTE_RELAY_KEY": relay_key,
            "LENDERVOTE_ISSUER_RPC_URLS": network.rpc_setting,
            "LENDERVOTE_ISSUER_ONE_NODE": "no",
        }
