"""What a vote by signature costs in other people's contracts, on the same node and by the same compiler."""

from __future__ import annotations

from pathlib import Path

from eth_abi.abi import encode
from eth_utils.crypto import keccak

from scripts.build.contracts import ROOT, compile_folder
from tests.contracts.ballot_box import address_of, secret, sign
from tests.contracts.chain import Chain

VOTERS = 5
_GOVERNOR_DOMAIN = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
_BRAVO_DOMAIN = "EIP712Domain(string name,uint256 chainId,address verifyingContract)"


def measure_peers(chain: Chain) -> dict[str, int]:
    """Gas of one vote by signature after the first, in OpenZeppelin's Governor and in a contract in the manner of GovernorBravo."""
    folder = compile_folder(ROOT / "scripts" / "bench" / "peers", ROOT / "build" / "peers")
    keys = [secret("peer's voter", i) for i in range(VOTERS)]
    token = chain.deploy("VotesPeer", [address_of(key) for key in keys], folder=folder)
    return {"oz_by_sig": _governor(chain, folder, token.address, keys), "bravo_by_sig": _bravo(chain, folder, token.address, keys)}


def _governor(chain: Chain, folder: Path, token: str, keys: list[bytes]) -> int:
    governor = chain.deploy("GovernorPeer", token, folder=folder)
    action = ([token], [0], [b""])
    chain.send(governor.functions.propose(*action, "a plan"))
    number = governor.functions.hashProposal(*action, keccak(b"a plan")).call()
    chain.rpc("anvil_mine", 2)
    named = [keccak(_GOVERNOR_DOMAIN.encode()), keccak(b"GovernorPeer"), keccak(b"1"), chain.chain_id, governor.address]
    domain = keccak(encode(["bytes32", "bytes32", "bytes32", "uint256", "address"], named))
    kind = keccak(b"Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)")
    spent = []
    for key in keys:
        voter = address_of(key)
        struct = keccak(encode(["bytes32", "uint256", "uint8", "address", "uint256"], [kind, number, 1, voter, 0]))
        signature = sign(key, keccak(b"\x19\x01" + domain + struct))
        spent.append(int(chain.send(governor.functions.castVoteBySig(number, 1, voter, signature))["gasUsed"]))
    return sum(spent[1:]) // len(spent[1:])


def _bravo(chain: Chain, folder: Path, token: str, keys: list[bytes]) -> int:
    bravo = chain.deploy("BravoPeer", token, folder=folder)
    chain.rpc("anvil_mine", 2)
    named = [keccak(_BRAVO_DOMAIN.encode()), keccak(b"BravoPeer"), chain.chain_id, bravo.address]
    domain = keccak(encode(["bytes32", "bytes32", "uint256", "address"], named))
    struct = keccak(encode(["bytes32", "uint256", "uint8"], [keccak(b"Ballot(uint256 proposalId,uint8 support)"), 1, 1]))
    digest = keccak(b"\x19\x01" + domain + struct)
    spent = []
    for key in keys:
        signature = sign(key, digest)
        call = bravo.functions.castVoteBySig(1, 1, signature[64], signature[:32], signature[32:64])
        spent.append(int(chain.send(call)["gasUsed"]))
    return sum(spent[1:]) // len(spent[1:])
