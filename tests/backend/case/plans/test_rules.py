"""What a plan must say, the bytes that are hashed, and which PDFs are taken."""

from __future__ import annotations

import io
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfWriter
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from backend.case.plans.errors import (
    LadderAboveWhole,
    LadderEmpty,
    LadderNotRising,
    LadderRatioOutOfRange,
    NotAPdf,
    PdfHasActiveContent,
    PlanNotReadable,
    PlanPartMissing,
    PlanTitleMissing,
)
from backend.case.plans.pdf import LIMIT_BYTES, check_pdf, check_pdf_apart
from backend.case.plans.rules import PARTS, plan_bytes_and_hash, plan_object, read_plan
from backend.ground.common.errors import BadInput
from tests.backend.case.plans.tagged import tagged_pdf

VECTORS = json.loads((Path(__file__).parents[3] / "vectors/plan.json").read_text())


def good() -> dict[str, Any]:
    return {
        "title": "方案",
        "parts": dict.fromkeys(PARTS, "内容"),
        "ladder": [{"months": 12, "ratio_bps": 4000}, {"months": 24, "ratio_bps": 6000}],
    }


def pdf(script: str = "") -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    if script:
        action = {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject(script)}
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(action)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


@pytest.mark.parametrize("vector", VECTORS["plans"], ids=lambda vector: vector["plan"]["title"])
def test_hash_is_that_of_the_vectors(vector: dict[str, Any]) -> None:
    data, digest = plan_bytes_and_hash(vector["plan"])
    assert data.decode() == vector["canonical_json"]
    assert "0x" + digest.hex() == vector["plan_hash"]


def test_the_object_names_case_version_and_pdf() -> None:
    value = plan_object(read_plan(json.dumps(good())), "0xABCDEF0000000000000000000000000000000001", 3, b"%PDF-x")
    assert value["case"] == "0xabcdef0000000000000000000000000000000001"
    assert (value["version"], value["pdf"]["bytes"]) == (3, 6)
    assert set(value) == set(VECTORS["plans"][0]["plan"])


@pytest.mark.parametrize("part", PARTS)
def test_each_of_the_four_parts_is_demanded(part: str) -> None:
    plan = good()
    plan["parts"][part] = " \n"
    with pytest.raises(PlanPartMissing) as refused:
        read_plan(json.dumps(plan))
    assert PARTS[part][0] in refused.value.say("zh")


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"title": ""}, PlanTitleMissing),
        ({"ladder": []}, LadderEmpty),
        ({"ladder": [{"months": 12, "ratio_bps": 1}, {"months": 12, "ratio_bps": 1}]}, LadderNotRising),
        ({"ladder": [{"months": 0, "ratio_bps": 1}]}, LadderNotRising),
        ({"ladder": [{"months": 1, "ratio_bps": 0}]}, LadderRatioOutOfRange),
        ({"ladder": [{"months": 1, "ratio_bps": 9000}, {"months": 2, "ratio_bps": 1001}]}, LadderAboveWhole),
        ({"ladder": [{"months": 1.5, "ratio_bps": 1}]}, PlanNotReadable),
        ({"ladder": [{"months": True, "ratio_bps": 1}]}, PlanNotReadable),
        ({"parts": "text"}, PlanNotReadable),
        ({"title": "\ud800"}, PlanNotReadable),
    ],
)
def test_what_a_plan_must_not_say(change: dict[str, Any], error: type[BadInput]) -> None:
    with pytest.raises(error):
        read_plan(json.dumps(good() | change))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    with pytest.raises(BadInput):
        read_plan(text)


def test_a_pdf_is_taken() -> None:
    assert check_pdf(pdf()) == 1


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"%PDF-1.7", b"%PDF-1.7\n%%EOF", b"hello %PDF-1.4", b" " * 1024 + pdf(), pdf()[:120]])
def test_a_pdf_that_is_none_is_refused(data: bytes) -> None:
    with pytest.raises(NotAPdf):
        check_pdf(data)


def test_bytes_before_the_head_are_taken_as_readers_take_them() -> None:
    for before in (b"\r\n", b"\n" * 1000, b"HTTP/1.1 200 OK\r\n\r\n"):
        assert check_pdf(before + pdf()) == 1
    with pytest.raises(NotAPdf):
        check_pdf(b"\n" * 1024 + pdf())
    with pytest.raises(PdfHasActiveContent):
        check_pdf(b"\r\n" + pdf("app.alert('x')"))


def test_a_tagged_file_with_long_annexes_is_taken() -> None:
    many = tagged_pdf(400_000)
    assert len(many) < LIMIT_BYTES
    assert check_pdf_apart(many) == 1


@pytest.mark.parametrize("hidden", [b"/A<</S/JavaScript/JS(x)>>", b"/A<</S/Java#53cript>>", b"/AF[<</EF<</F 1 0 R>>/Type/EmbeddedFile>>]"])
def test_what_acts_is_found_among_structure_elements_too(hidden: bytes) -> None:
    with pytest.raises(PdfHasActiveContent):
        check_pdf(tagged_pdf(500, last=hidden))


def test_a_text_that_only_mentions_a_name_acts_not() -> None:
    assert check_pdf(tagged_pdf(500, last=b"/Alt(see /JS)")) == 1


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_an_owners_password_keeps_nobody_from_reading(algorithm: str) -> None:
    def locked(user: str) -> bytes:
        writer = PdfWriter(clone_from=io.BytesIO(pdf()))
        writer.encrypt(user_password=user, owner_password="owner", algorithm=algorithm)
        out = io.BytesIO()
        writer.write(out)
        return out.getvalue()

    assert check_pdf(locked("")) == 1
    with pytest.raises(NotAPdf, match="password"):
        check_pdf(locked("secret"))


def test_a_pdf_that_acts_by_itself_is_refused() -> None:
    with pytest.raises(PdfHasActiveContent):
        check_pdf(pdf("app.alert('x')"))


@given(st.binary(max_size=400))
def test_bytes_after_a_pdf_head_never_raise_anything_else(data: bytes) -> None:
    began = time.monotonic()
    with pytest.raises(BadInput):
        check_pdf(b"%PDF-1.7\n" + data)
    assert time.monotonic() - began < 2


def test_a_launch_action_behind_a_reference_is_found() -> None:
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    kind = writer._add_object(NameObject("/Launch"))
    writer.root_object[NameObject("/OpenAction")] = DictionaryObject({NameObject("/S"): kind, NameObject("/F"): TextStringObject("x")})
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(PdfHasActiveContent):
        check_pdf(out.getvalue())


def test_an_attachment_is_found_also_in_a_process_apart() -> None:
    writer = PdfWriter()
    writer.add_blank_page(72, 72)
    writer.add_attachment("a.txt", b"x")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(PdfHasActiveContent):
        check_pdf_apart(out.getvalue())
    assert check_pdf_apart(pdf()) == 1


def test_a_file_that_keeps_its_reader_busy_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.case.plans.pdf.TIME_LIMIT_SECONDS", 0.05)  # less than the reader needs to start
    with pytest.raises(NotAPdf, match=r"> 0\.05 s"):
        check_pdf_apart(pdf())
