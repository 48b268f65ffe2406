"""The issuer takes the same for text as the backend does, by code of its own (protocol §18.1)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from verifier.issuer import text
from verifier.issuer.schemas import Consent, ReferenceRequest

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "text.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", VECTORS["lines"], ids=lambda case: ascii(case["text"]))
def test_a_line_is_what_the_vectors_say(case: dict[str, str]) -> None:
    if "refused" in case:
        with pytest.raises(text.NotText, match=case["refused"].replace("+", r"\+")):
            text.one_line(case["text"])
    else:
        assert text.one_line(case["text"]) == case["line"]


def test_what_was_signed_stays_as_it_is() -> None:
    assert text.as_sent(" a\u200bb ") == " a\u200bb "
    for lost in ("a\x00", "\ud800"):
        with pytest.raises(text.NotText):
            text.as_sent(lost)


@pytest.mark.parametrize("index", ["1_0", "+1", " 1", "1.0", "１", "-0", "", "0x1", "1e0"])
def test_a_forms_number_is_its_digits_and_nothing_else(index: str) -> None:
    poll = "0x" + "a7" * 20
    assert ReferenceRequest.model_validate({"poll": poll, "index": "10"}).index == 10
    with pytest.raises(ValidationError):
        ReferenceRequest.model_validate({"poll": poll, "index": index})


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2027-01-01T00:00:00", "2027-02-30T00:00:00Z"]
)
def test_a_moment_can_be_told_in_every_zone(moment: str) -> None:
    said = {"version": "1", "language": "zh", "text_hash": "0x" + "0" * 64}
    assert Consent.model_validate(said | {"agreed_at": "2027-01-01T08:00:00+08:00"}).agreed_at_text == "2027-01-01T00:00:00Z"
    with pytest.raises(ValidationError):
        Consent.model_validate(said | {"agreed_at": moment})
