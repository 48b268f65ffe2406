"""checkpoint(): hashes of earlier blocks, written down by the chain itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from web3 import Web3

from tests.contracts.chain import Chain, anvil, refusal
from tests.contracts.world import World

OLD_HASH = bytes(range(32))
BLOCK_HASHES = Web3.to_checksum_address("0x0000F90827F1C53a10cb7A02335B175320002935")
NEEDS_EIP_2935 = "the node does not have EIP-2935; run it on Anvil (LENDERVOTE_TEST_CHAIN=anvil, the default)"


def mine(chain: Chain, blocks: int) -> int:
    """Mine that many empty blocks; the number of the last one."""
    method = "hardhat_mine" if "Hardhat" in chain.w3.client_version else "anvil_mine"
    chain.rpc(method, hex(blocks))
    return int(chain.w3.eth.block_number)


def written(world: World, receipt: Any) -> list[tuple[int, bytes]]:
    """Numbers and hashes of the one event of a transaction."""
    (event,) = world.case.events.Checkpoint().process_receipt(receipt)
    assert len(receipt["logs"]) == 1
    blocks = event["args"]["blocks"]
    assert len(blocks) % 40 == 0
    return [(int.from_bytes(blocks[at : at + 8], "big"), blocks[at + 8 : at + 40]) for at in range(0, len(blocks), 40)]


def write(world: World, numbers: list[int]) -> list[tuple[int, bytes]]:
    return written(world, world.chain.send(world.case.functions.checkpoint(numbers)))


def hashes(chain: Chain, numbers: list[int]) -> list[tuple[int, bytes]]:
    """What the node says of these blocks."""
    return [(number, bytes(chain.w3.eth.get_block(number)["hash"])) for number in numbers]


def out_of_reach(world: World, number: int, *others: int) -> None:
    with refusal("Case_BlockOutOfReach", number):
        write(world, [*others, number])


@pytest.fixture
def with_history(world: World) -> World:
    if len(world.chain.w3.eth.get_code(BLOCK_HASHES)) != 83:  # Hardhat has a stub there that only reverts
        pytest.skip(NEEDS_EIP_2935)
    return world


@pytest.fixture
def long_chain() -> Iterator[World]:
    """A case on an Anvil whose first block has the number 20,000: what came before is put into its memory by hand."""
    with anvil("--number", "20000") as address:
        yield World(Chain(address))


def put_hash(chain: Chain, number: int, block_hash: bytes) -> None:
    """Into the place that EIP-2935 has for a block, as the node does at the block after it."""
    chain.rpc("anvil_setStorageAt", BLOCK_HASHES, "0x" + (number % 8_191).to_bytes(32, "big").hex(), "0x" + block_hash.hex())


@pytest.fixture
def without_history() -> Iterator[World]:
    """A case on a chain of Cancun, which does not know EIP-2935."""
    with anvil("--hardfork", "cancun") as address:
        chain = Chain(address)
        assert chain.w3.eth.get_code(BLOCK_HASHES) == b""
        yield World(chain)


def test_writes_numbers_and_hashes_in_the_order_asked(world: World) -> None:
    last = mine(world.chain, 20)
    for asked in ([last], [last - 3, last - 19, last], [last - 5, last - 5]):
        assert write(world, asked) == hashes(world.chain, asked)


def test_reaches_256_blocks_back_without_eip_2935(without_history: World) -> None:
    last = mine(without_history.chain, 300)
    asked = [last + 1 - 256, last]  # the transaction stands in block last + 1
    assert write(without_history, asked) == hashes(without_history.chain, asked)


def test_reaches_8191_blocks_back_with_eip_2935(long_chain: World) -> None:
    here = int(long_chain.chain.w3.eth.block_number) + 1  # of the transaction
    put_hash(long_chain.chain, here - 8_191, OLD_HASH)
    assert write(long_chain, [here - 8_191, here - 1]) == [(here - 8_191, OLD_HASH), *hashes(long_chain.chain, [here - 1])]


def test_reaches_beyond_256_blocks_with_eip_2935(with_history: World) -> None:
    last = mine(with_history.chain, 400)
    asked = [last + 1 - 257, last + 1 - 256, last, last + 1 - 390]
    assert write(with_history, asked) == hashes(with_history.chain, asked)


def test_takes_a_thousand_blocks_in_one_transaction(with_history: World) -> None:
    """Within the 2^24 gas of a transaction, all of them beyond the reach of BLOCKHASH."""
    last = mine(with_history.chain, 1_400)
    asked = list(range(last - 1_300, last - 300))
    receipt = with_history.chain.send(with_history.case.functions.checkpoint(asked))
    assert written(with_history, receipt) == hashes(with_history.chain, asked)
    assert receipt["gasUsed"] < 6_000_000


def test_writes_an_empty_list_for_no_blocks(world: World) -> None:
    assert write(world, []) == []


def test_takes_it_from_anyone_also_through_a_contract(world: World, harness: Path) -> None:
    """It is the chain that speaks, whoever asks."""
    last = mine(world.chain, 3)
    call = world.case.functions.checkpoint([last])
    assert written(world, world.chain.send(call, sender=world.chain.accounts[8])) == hashes(world.chain, [last])
    assert written(world, world.chain.forward(call, harness)) == hashes(world.chain, [last])


def test_refuses_a_block_further_back(long_chain: World) -> None:
    """Its place in the chain's memory is another block's by then."""
    here = int(long_chain.chain.w3.eth.block_number) + 1
    put_hash(long_chain.chain, here - 8_192, OLD_HASH)
    out_of_reach(long_chain, here - 8_192)
    out_of_reach(long_chain, 0)


def test_refuses_the_block_it_stands_in_and_later_ones(world: World) -> None:
    last = mine(world.chain, 3)
    for ahead, number in enumerate((last + 1, last + 3, (1 << 64) - 1)):  # each refused one takes a block, too
        out_of_reach(world, max(number, last + 1 + ahead))


def test_refuses_a_block_beyond_256_where_eip_2935_is_not_there(without_history: World) -> None:
    last = mine(without_history.chain, 300)
    out_of_reach(without_history, last + 1 - 257)


def test_refuses_a_block_from_before_eip_2935_kept_any(with_history: World) -> None:
    """A chain that took the fork later: the contract is there and answers zero for the blocks before."""
    chain = with_history.chain
    early = int(chain.w3.eth.block_number)
    last = mine(chain, 300)
    put_hash(chain, early, bytes(32))
    out_of_reach(with_history, early)
    assert write(with_history, [early + 1, last]) == hashes(chain, [early + 1, last])


def test_refuses_all_when_one_block_is_out_of_reach(world: World) -> None:
    last = mine(world.chain, 5)
    out_of_reach(world, last + 100, last, last - 1)
