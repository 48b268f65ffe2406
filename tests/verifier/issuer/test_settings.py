"""What an operator types: fingerprints, nodes, and what PRODUCTION does not start with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verifier.issuer.roots.choice import RootsChoice
from verifier.issuer.roots.fingerprints import RootsNotUsable, fingerprint, read_fingerprint, read_fingerprints
from verifier.issuer.settings import IssuerSettings

VECTORS = Path(__file__).resolve().parents[2] / "vectors"
CASES = json.loads((VECTORS / "cases.json").read_text("utf-8"))
PAPER = "ab12 cd34 ef56 7890 ab12 cd34 ef56 7890"
TWO = "Court=http://a.test:8545, 某协会=https://b.test/key?x=1"


def chosen(**settings: Any) -> RootsChoice:
    return RootsChoice.read(IssuerSettings(_env_file=None, **({"cases": PAPER, "rpc_urls": TWO} | settings)))


@pytest.mark.parametrize("case", CASES["fingerprints"], ids=lambda case: case["fingerprint"][:4])
def test_a_fingerprint_is_that_of_the_vectors(case: dict[str, Any]) -> None:
    officials = [bytes.fromhex(official[2:]) for official in case["officials"]]
    institution = bytes.fromhex(case["institution"][2:])
    people, mark = (case["threshold"], institution), case.get("rehearsal", False)
    assert fingerprint(case["case"], case["chain_id"], officials, *people, rehearsal=mark) == case["fingerprint"]
    assert fingerprint(case["case"], case["chain_id"], officials[::-1], *people, rehearsal=mark) != case["fingerprint"]
    assert fingerprint(case["case"], case["chain_id"], officials, *people, rehearsal=not mark) != case["fingerprint"]


SAME = [PAPER, PAPER.upper(), PAPER.replace(" ", ""), f"  {PAPER} ", PAPER.replace(" ", "\u3000")]
OTHER = ["", "ab12", PAPER[:-1], PAPER + "0", PAPER.replace("a", "g"), "0x" + PAPER, PAPER.replace(" ", "-"), "①" * 32, "Ａ" + PAPER[1:]]


@pytest.mark.parametrize("typed", SAME)
def test_spaces_and_case_do_not_matter(typed: str) -> None:
    assert read_fingerprint(typed) == PAPER


@pytest.mark.parametrize("typed", OTHER)
def test_what_is_not_32_digits_is_refused_with_a_sentence(typed: str) -> None:
    with pytest.raises(RootsNotUsable, match="eight groups of four digits"):
        read_fingerprint(typed)


def test_several_fingerprints_stand_apart_by_commas() -> None:
    other = PAPER[::-1]
    assert read_fingerprints(f"{PAPER}, {other}\n") == (PAPER, other)
    assert read_fingerprints(f"{PAPER}，{other}；") == (PAPER, other)
    assert read_fingerprints("") == ()
    with pytest.raises(RootsNotUsable, match="twice"):
        read_fingerprints(f"{PAPER}, {PAPER.upper()}")
    with pytest.raises(RootsNotUsable, match="no fingerprint"):
        read_fingerprints(f"{PAPER} {other}")


def test_nodes_are_named_by_whose_they_are() -> None:
    found = chosen()
    assert found.organisations == {"Court": "http://a.test:8545", "某协会": "https://b.test/key?x=1"}
    assert (found.pinned, found.least) == ((PAPER,), 2)
    assert chosen(one_node="yes").least == 1


@pytest.mark.parametrize(
    ("rpc_urls", "said"),
    [
        ("", "names no node"),
        ("http://a.test", "Name of the organisation"),
        ("Court=ftp://a.test", "Name of the organisation"),
        ("Court=", "Name of the organisation"),
        ("=http://a.test", "Name of the organisation"),
        ("Court=http://", "Name of the organisation"),
        ("Court=http://a.test, court=http://b.test", "twice"),
        ("Court=http://a.test, Exchange=http://a.test", "twice"),
    ],
)
def test_nodes_that_check_nobody_are_refused_with_a_sentence(rpc_urls: str, said: str) -> None:
    with pytest.raises(RootsNotUsable, match=said):
        chosen(rpc_urls=rpc_urls)


def test_production_starts_with_a_fingerprint_and_two_organisations_only() -> None:
    assert chosen(production=True).least == 2
    with pytest.raises(RootsNotUsable, match="LENDERVOTE_ISSUER_CASES names no case"):
        chosen(production=True, cases=" ")
    with pytest.raises(RootsNotUsable, match="LENDERVOTE_ISSUER_ONE_NODE=yes"):
        chosen(production=True, rpc_urls="Court=http://a.test")
    assert chosen(production=True, rpc_urls="Court=http://a.test", one_node="yes").one_node
    assert chosen(cases="", rpc_urls="Court=http://a.test").pinned == (), "a rehearsal starts, and signs nothing"


def test_the_setting_of_the_first_release_says_what_to_write_instead() -> None:
    with pytest.raises(RootsNotUsable, match="LENDERVOTE_ISSUER_RPC_URLS=Organisation"):
        chosen(rpc_url="http://127.0.0.1:8645")
