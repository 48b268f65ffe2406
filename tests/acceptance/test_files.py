"""Files as people send them, to the running service: every mistake in words with its row, and nothing of the file stays."""

from __future__ import annotations

import json
from typing import Any

import pytest

from scripts.rig.documents import make_pdf, plan_of
from tests.acceptance.conftest import Office, ask, refusal
from tests.backend.case.register.office import claim, credit_code, csv_text, resident

NAME = "欧阳小红"


def upload(office: Office, content: bytes, lang: str = "zh", name: str = "名单.csv") -> Any:
    path = f"/api/cases/{office.case_id}/register/imports"
    return ask(office.institution.api, "POST", path, files={"file": (name, content)}, lang=lang)


def is_empty(office: Office) -> bool:
    register = ask(office.institution.api, "GET", f"/api/cases/{office.case_id}/register").json()
    return (register["status"], register["import"], register["lenders"]) == ("empty", None, 0)


ROW = [claim(1, name=NAME)]
UNREADABLE = {
    "UTF-16 without its mark": (csv_text(ROW).encode("utf-16-le"), "EncodingUnknown"),
    "UTF-32": (csv_text(ROW).encode("utf-32"), "EncodingUnknown"),
    "bytes of no encoding": (b"\xff\xff\xff" + csv_text(ROW).encode(), "EncodingUnknown"),
    "an empty file": (b"", "FileEmpty"),
    "a header alone": (csv_text([]).encode(), "FileEmpty"),
    "a missing column": (csv_text(ROW).replace("证件号码", "号码").encode(), "ColumnsMissing"),
    "a column twice": (csv_text(ROW).replace("证件号码", "手机号").encode(), "ColumnTwice"),
    "a zip that is no workbook": (b"PK\x03\x04zzz", "FileFormatUnknown"),
    "an old workbook": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "FileFormatUnknown"),
    "a PDF": (make_pdf("claims"), "FileFormatUnknown"),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", UNREADABLE)
def test_a_file_that_cannot_be_read_says_why(office: Office, name: str, lang: str) -> None:
    content, code = UNREADABLE[name]
    answer = upload(office, content, lang)
    error = refusal(answer, lang)
    assert answer.status_code == 422
    assert error["code"] == code, error
    assert is_empty(office)


def test_a_missing_column_is_named(office: Office) -> None:
    assert "证件号码" in refusal(upload(office, UNREADABLE["a missing column"][0], "en"), "en")["message_zh"]


CELLS = {
    "a negative amount": ({"principal_yuan": "-1.00"}, "AmountNegative"),
    "2^63 fen": ({"principal_yuan": "92233720368547758.08"}, "AmountTooLarge"),
    "2^63 yuan": ({"principal_yuan": str(2**63)}, "AmountTooLarge"),
    "a third decimal": ({"principal_yuan": "1.005"}, "AmountNotReadable"),
    "an amount in words": ({"principal_yuan": "壹万元"}, "AmountNotReadable"),
    "not a number": ({"principal_yuan": "NaN"}, "AmountNotReadable"),
    "an identity number that Excel cut": ({"id_no": "9.99001E+17"}, "NumberCutBySpreadsheet"),
    "a wrong check digit": ({"id_no": resident(2)[:-1] + ("1" if resident(2)[-1] == "0" else "0")}, "ResidentIdCheckDigitWrong"),
    "a company's code for a person": ({"id_type": "统一社会信用代码", "id_no": credit_code(1)}, "DocumentNotForLenderType"),
    "a phone of ten digits": ({"mobile": "1200000000"}, "MobileMalformed"),
    "a formula": ({"name": "=1+1"}, "CellFormula"),
}


@pytest.mark.parametrize("name", CELLS)
def test_a_wrong_cell_is_named_by_row_field_and_rule(office: Office, name: str) -> None:
    cell, rule = CELLS[name]
    field = next(key for key in cell if key != "id_type")
    answer = upload(office, csv_text([claim(1, name=NAME), claim(2, **cell)]).encode("gb18030"))
    details = refusal(answer, "zh")["details"]
    rows = details["rows"]
    assert answer.status_code == 422
    assert any((row["row"], row["rule"]) == (3, rule) for row in rows), rows
    assert all(row["message_zh"] and row["message_en"] and row["cell"] for row in rows)
    assert any(row["field"] == field for row in rows) or rule == "DocumentNotForLenderType"
    assert {row["row"] for row in rows} == {3}, "the good row is not blamed"
    assert is_empty(office)


def test_one_identity_in_two_spellings_is_one_lender_and_two_names_are_refused(office: Office) -> None:
    number = next(resident(serial) for serial in range(1, 400) if resident(serial).endswith("X"))
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in number)
    spellings = [claim(at, id_no=text, name=NAME) for at, text in enumerate((number, number.lower(), wide, f" {number} "), start=1)]
    path = f"/api/cases/{office.case_id}/register/imports?dry_run=true"
    report = ask(office.institution.api, "POST", path, files={"file": ("名单.csv", csv_text(spellings).encode())}).json()
    assert (report["rows"], report["lenders"], report["merged"], report["total_fen"]) == (4, 1, 3, 400_000)
    two_names = upload(office, csv_text([claim(1, id_no=number, name="张三"), claim(2, id_no=number.lower(), name="李四")]).encode())
    assert any(row["rule"] == "IdentityNamesDiffer" for row in refusal(two_names, "zh")["details"]["rows"])
    assert is_empty(office)


PDFS = {
    "text": b"this is not a PDF",
    "nothing": b"",
    "a PDF's first line alone": b"%PDF-1.7\n",
    "a picture": b"\xff\xd8\xff\xe0" + bytes(400),
    "half a PDF": make_pdf("plan")[:200],
}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("name", PDFS)
def test_a_pdf_that_is_none_makes_no_plan(office: Office, name: str, lang: str) -> None:
    path = f"/api/cases/{office.case_id}/plans"
    files = {"pdf": ("plan.pdf", PDFS[name], "application/pdf")}
    answer = ask(office.institution.api, "POST", path, data={"plan": json.dumps(plan_of(1))}, files=files, lang=lang)
    assert (answer.status_code, refusal(answer, lang)["code"]) == (422, "NotAPdf")
    assert ask(office.institution.api, "GET", path).json() == []


@pytest.mark.parametrize(
    "plan", ["", "{", "[]", "null", "1" * 5000, json.dumps(plan_of(1) | {"ladder": [{"months": 1, "ratio_bps": 10_001}]})]
)
def test_what_is_no_plan_makes_none(office: Office, plan: str) -> None:
    path = f"/api/cases/{office.case_id}/plans"
    files = {"pdf": ("plan.pdf", make_pdf("plan"), "application/pdf")}
    refusal(ask(office.institution.api, "POST", path, data={"plan": plan}, files=files, lang="zh"), "zh")
    assert ask(office.institution.api, "GET", path).json() == []
