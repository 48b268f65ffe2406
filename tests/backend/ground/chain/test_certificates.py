"""Nothing is final without the seals of the validators named: over recorded blocks, and with a line that shows them or does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from backend.ground.chain.certificates import QUESTION, Validators
from backend.ground.chain.errors import FinalityNotProved, ValidatorsFileWrong
from backend.ground.chain.service import Chain
from tests.backend.ground.chain.lines import Between, Refuse
from tests.backend.ground.chain.world import RELAY_KEY, open_database, open_test_chain

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[3] / "vectors" / "kaia.json").read_text())
SPANS = [(one["from_block"], frozenset(one["addresses"])) for one in VECTORS["validators"]]
FIELDS = [one["fields"] for one in VECTORS["blocks"]]


def check(fields: list[Any], spans: Any = SPANS, number: int = 0) -> None:
    Validators(spans).check(int(FIELDS[number]["number"], 16), FIELDS[number]["hash"], fields)


def test_recorded_blocks_are_final_whichever_node_shows_the_seals() -> None:
    for number, fields in enumerate(FIELDS):
        check([fields], number=number)
    check([None, "nonsense", {}, {**FIELDS[0], "extraData": "0x12"}, FIELDS[1], FIELDS[0]])


@pytest.mark.parametrize(
    "fields",
    [
        [],
        [FIELDS[1]],
        [{**FIELDS[0], "gasUsed": "0x1"}],
        [{**FIELDS[0], "extraData": FIELDS[0]["extraData"][:-2]}],
        [{**FIELDS[0], "extraData": FIELDS[1]["extraData"]}],
        [{**FIELDS[0], "extraData": None}],
        [{**FIELDS[0], "extraData": "0x" + "00" * 32 + "c1" * 5000}],
        [{**FIELDS[0], "extraData": "0x" + "00" * 32 + "c0"}],
        [{**FIELDS[0], "extraData": FIELDS[0]["extraData"] + "80"}],
    ],
)
def test_what_is_not_sealed_is_not_final(fields: list[Any]) -> None:
    with pytest.raises(FinalityNotProved):
        check(fields)


def test_seals_of_others_are_none() -> None:
    two = frozenset(VECTORS["blocks"][0]["sealers"][:2]) | {"0x" + "11" * 20, "0x" + "22" * 20}
    for spans in ([(0, two)], [(10**6, SPANS[0][1])]):
        with pytest.raises(FinalityNotProved):
            check([FIELDS[0]], spans)


@pytest.mark.parametrize("content", ["", "{}", '{"validators": []}', '{"validators": [{"from_block": 0, "addresses": ["0x1"]}]}'])
def test_a_file_that_names_nobody_is_said(content: str, tmp_path: Path) -> None:
    file = tmp_path / "validators.json"
    file.write_text(content)
    with pytest.raises(ValidatorsFileWrong):
        Validators.read(file)
    with pytest.raises(ValidatorsFileWrong):
        Validators.read(tmp_path / "none.json")


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Between]:
    source = open_test_chain(tmp_path, pump=False)
    between = Between(source.rpc_url)
    yield between
    between.stop()
    source.stop()


def test_a_chain_whose_nodes_show_no_seals_makes_nothing_final_and_says_so(line: Between, tmp_path: Path) -> None:
    def refuse(request: dict[str, Any], result: Any) -> Any:
        if request["method"] == QUESTION:
            raise Refuse(-32601, "the method does not exist")
        return result

    line.change = refuse
    validators = Validators(SPANS)
    app = Chain(line.url, open_database(tmp_path / "app.sqlite3"), RELAY_KEY, validators=validators, confirmations=0)
    app._node.ask("anvil_mine", "0x5", "0x1")
    app.pump()
    assert app.confirmed_block() == -1
    assert "is sealed by 0 of 4 validators" in app.standing().finality_waits
    plain = Chain(line.url, open_database(tmp_path / "plain.sqlite3"), RELAY_KEY, confirmations=0)
    plain.pump()
    assert plain.confirmed_block() >= 5
