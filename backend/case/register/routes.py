"""The register over HTTP."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response, UploadFile
from fastapi.responses import StreamingResponse

from backend.case.cases.schemas import ActOut
from backend.case.cases.service import CaseService
from backend.case.register.errors import ImportRefused
from backend.case.register.originals import keccak_of_file
from backend.case.register.rejects import rejects_csv
from backend.case.register.schemas import FreezeIn, ImportOut, MarkedLenderOut, RegisterOut
from backend.case.register.service import RegisterService
from backend.case.register.template import template_csv, template_xlsx
from backend.case.register.work_list import work_list_csv
from backend.ground.http.services import service
from backend.people.accounts.access import signed_in, write_down
from backend.people.accounts.visitor import ADMIN, INSTITUTION, OFFICIAL, Visitor

router = APIRouter(prefix="/api", tags=["register"])
MARKED_SHOWN = 500
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


Registers = Annotated[RegisterService, Depends(service(RegisterService))]
Cases = Annotated[CaseService, Depends(service(CaseService))]
Institution = Annotated[Visitor, Depends(signed_in(INSTITUTION))]
Official = Annotated[Visitor, Depends(signed_in(OFFICIAL))]
Member = Annotated[Visitor, Depends(signed_in(ADMIN, OFFICIAL, INSTITUTION))]


@router.get("/register/template.xlsx")
def get_template_xlsx() -> Response:
    """The empty claims file for spreadsheets, text columns throughout."""
    return _download(template_xlsx(), _XLSX, "lendervote-register.xlsx")


@router.get("/register/template.csv")
def get_template_csv() -> Response:
    """The empty claims file as CSV."""
    return _download(template_csv(), "text/csv; charset=utf-8", "lendervote-register.csv")


@router.post("/cases/{case_id}/register/imports")
def import_claims(
    case_id: str, file: UploadFile, visitor: Institution, registers: Registers, request: Request, dry_run: bool = False
) -> ImportOut:
    """Check and import a claims file, all or nothing; 422 with the rejects when rows are refused."""
    with TemporaryDirectory(prefix="register-") as folder:
        path = Path(folder) / "claims"
        with path.open("wb") as copy:
            shutil.copyfileobj(file.file, copy)
        if not dry_run:
            write_down(request, visitor, f"imports for case {case_id} claims_keccak=0x{keccak_of_file(path).hex()}")
        report = registers.import_file(case_id, path, file.filename or "", dry_run, visitor=visitor)
    out = ImportOut.of(report)
    if report.refused:
        facts: dict[str, Any] = out.model_dump(mode="json")
        raise ImportRefused(rows_read=facts.pop("rows"), rows=facts.pop("rejects"), **facts)
    return out


@router.get("/cases/{case_id}/register/imports/{import_id}")
def get_import(case_id: str, import_id: str, visitor: Member, registers: Registers, cases: Cases) -> ImportOut:
    """What an import found."""
    cases.require_member(case_id, visitor)
    return ImportOut.of(registers.import_report(case_id, import_id))


@router.get("/cases/{case_id}/register/imports/{import_id}/rejects.csv")
def get_rejects(case_id: str, import_id: str, visitor: Member, registers: Registers, cases: Cases) -> Response:
    """Every refused cell of an import or of a recent dry run."""
    cases.require_member(case_id, visitor)
    report = registers.import_report(case_id, import_id)
    return _download(rejects_csv(report.rejects, report.rejects_total), "text/csv; charset=utf-8", f"rejects-{import_id}.csv", private=True)


@router.get("/cases/{case_id}/register")
def get_register(case_id: str, visitor: Member, registers: Registers, cases: Cases) -> RegisterOut:
    """Where the case's register stands."""
    cases.require_member(case_id, visitor)
    return RegisterOut.of(registers.register(case_id))


@router.get("/cases/{case_id}/register/for-officials")
def list_for_officials(case_id: str, visitor: Official, response: Response, registers: Registers, cases: Cases) -> list[MarkedLenderOut]:
    """The first 500 lenders whom a person has to look after, for officials: an index leads to a ballot. The file has all of them."""
    cases.require_official(case_id, visitor)
    response.headers["Cache-Control"] = "no-store"
    return [MarkedLenderOut.model_validate(lender) for lender in islice(registers.lenders_for_officials(case_id), MARKED_SHOWN)]


@router.get("/cases/{case_id}/register/for-officials.csv")
def get_for_officials(case_id: str, visitor: Official, registers: Registers, cases: Cases) -> Response:
    """All of them, for a spreadsheet."""
    cases.require_official(case_id, visitor)
    content = work_list_csv(registers.lenders_for_officials(case_id))
    return _download(content, "text/csv; charset=utf-8", f"for-officials-{case_id}.csv", private=True)


@router.post("/cases/{case_id}/register/freeze", status_code=201)
def propose_freeze(case_id: str, visitor: Official, registers: Registers, body: FreezeIn | None = None) -> ActOut:
    """Draw up the register and lay it before the officials."""
    wanted = body or FreezeIn()
    return ActOut.of(registers.propose_freeze(case_id, visitor, with_related=wanted.with_related))


@router.get("/acts/{act_id}/claims-file", response_class=StreamingResponse)
def get_claims_file(act_id: str, visitor: Official, registers: Registers, request: Request) -> StreamingResponse:
    """The claims file behind a freeze, byte for byte as the institution handed it in, while the freeze waits for signatures."""
    original = registers.checking.claims_file(act_id, visitor)
    write_down(request, visitor, f"GET {request.url.path} claims_keccak={original.claims_keccak}")
    name = f"claims-register-{original.register_number}.{original.suffix}"
    return _stream(original.pieces, name)


@router.post("/acts/{act_id}/openings-file", response_class=StreamingResponse)
def make_openings_file(act_id: str, visitor: Official, registers: Registers) -> StreamingResponse:
    """The sealed openings of the register; their password is in the header X-Openings-Password, once, and is kept nowhere."""
    openings = registers.checking.openings(act_id, visitor)
    answer = _stream(openings.pieces, f"openings-register-{openings.register_number}.lvo")
    answer.headers["X-Openings-Password"] = openings.password
    return answer


@router.get("/acts/{act_id}/range-proofs", response_class=StreamingResponse)
def get_range_proofs(act_id: str, visitor: Official, registers: Registers) -> StreamingResponse:
    """The proofs that every leaf of the register is in range, for the officials' tool, while the freeze waits for signatures."""
    register_number, pieces = registers.checking.range_proofs(act_id, visitor)
    return _stream(pieces, f"range_proofs-register-{register_number}.bin")


def _stream(pieces: Iterator[bytes], name: str) -> StreamingResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return StreamingResponse(pieces, media_type="application/octet-stream", headers=headers)


def _download(content: bytes, media_type: str, name: str, *, private: bool = False) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if private:
        headers["Cache-Control"] = "no-store"
    return Response(content, media_type=media_type, headers=headers)
