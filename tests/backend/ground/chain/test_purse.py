"""The account that pays: said to be short before anything is stored or sent, and by doctor and readiness."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.ground.chain.anvil import EmbeddedAnvil
from backend.ground.chain.case import creation
from backend.ground.chain.errors import RelayUnfunded
from backend.ground.chain.service import Chain
from backend.ground.common.settings import Settings
from backend.shell.health import purse_faults
from scripts.cli.doctor import _relay
from scripts.cli.keys import relay_purse
from tests.backend.ground.chain.world import RELAY_KEY, open_database, signer_of

OFFICIALS = [signer_of(f"official {number}") for number in range(3)]


@pytest.fixture
def poor(tmp_path: Path) -> Iterator[tuple[Chain, EmbeddedAnvil]]:
    """A service beside a node that others run, which gave its account nothing."""
    anvil = EmbeddedAnvil(tmp_path / "state.json", at_once=True)
    anvil.start()
    chain = Chain(anvil.url, open_database(tmp_path / "db.sqlite3"), RELAY_KEY)
    chain.start()
    yield chain, anvil
    chain.stop()
    anvil.stop()


def test_an_account_without_funds_is_told_before_anything_is_sent(poor: tuple[Chain, EmbeddedAnvil]) -> None:
    chain, anvil = poor
    call = creation(OFFICIALS, 2, signer_of("institution"), rehearsal=True)
    with pytest.raises(RelayUnfunded) as told:
        chain.transact(call, "a case")
    assert chain.relay_address in told.value.say("zh")
    assert chain.relay_address in told.value.say("en")
    assert chain.record.find("a case") is None, "nothing was stored, so the same call may come again"
    assert purse_faults(chain) == [f"chain: the relay's account {chain.relay_address} cannot pay, it holds 0 wei: send funds to it"]
    anvil.fund(chain.relay_address)
    assert chain.transact(call, "a case").block > 0
    assert purse_faults(chain) == []


def test_a_call_under_way_is_waited_for_with_empty_pockets(poor: tuple[Chain, EmbeddedAnvil]) -> None:
    chain, anvil = poor
    call = creation(OFFICIALS, 2, signer_of("institution"), rehearsal=True)
    anvil.fund(chain.relay_address)
    done = chain.transact(call, "a case")
    anvil.node.ask("anvil_setBalance", chain.relay_address, "0x0")
    assert chain.transact(call, "a case") == done


def test_doctor_and_the_command_name_the_account(poor: tuple[Chain, EmbeddedAnvil]) -> None:
    chain, anvil = poor
    settings = Settings(rpc_url=anvil.url, relay_key=RELAY_KEY.hex(), _env_file=None)
    finding = _relay(settings)
    assert (finding.good, finding.optional) == (False, False)
    assert chain.relay_address in finding.mend
    anvil.fund(chain.relay_address)
    assert _relay(settings).good
    assert relay_purse(settings).address == chain.relay_address
    assert _relay(Settings(_env_file=None)).good, "the local chain costs nothing"
