"""`lendervote case`: a case written down in a file, checked, opened by the same rules as the administrator's page, and shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from backend.ground.common.errors import BadInput

from .ends import EndsInWords

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

    from backend.app import Rooms
    from backend.case.cases.rules import NewCase
    from backend.case.cases.schemas import CaseIn
    from backend.case.cases.views import CaseView

M = TypeVar("M", bound="BaseModel")
app = typer.Typer(cls=EndsInWords, no_args_is_help=True, pretty_exceptions_enable=False)
CaseFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="a case as JSON, see `lendervote case sample`")]
MOST_BYTES = 1_000_000
#: Keys that begin so are notes to whoever fills the file in.
NOTE = "//"
_ZH = {"missing": "没有填写", "extra_forbidden": "没有这一项"}

SAMPLE: dict[str, Any] = {
    "// 1": "以“//”开头的各行是说明，系统不读取。/ Lines that begin with // are notes; the system does not read them.",
    "// 2": "DEMO：以下均为虚构，请逐项改为真实内容。/ DEMO: all of this is invented; put the real thing in its place.",
    "// 3": "建立之后只能由成员共同签署接任名单更换成员、规定人数和机构；是否演练不能更改。"
    " / Afterwards officials, threshold and institution change by a succession that officials sign; the mark never does.",
    "// rehearsal": "演练写 true：表决没有效力，公告期和异议期可以很短 / true: votes have no effect, and their periods may be short",
    "rehearsal": False,
    "name": "DEMO 演示案件",
    "institution": {
        "// credit_code": "统一社会信用代码，18 位，按营业执照填写 / 18 characters, as on the business licence",
        "name": "DEMO 演示网络借贷平台",
        "credit_code": "91999900MA00000006",
        "// signer": "平台机构用签名密钥文件的：在此加一项 signer，写其地址 / who signs by key file: add signer with its address here",
    },
    "// institution_account_name": "平台机构的账户；不写 signer 的，用该账户的通行密钥 / without a signer, this account's passkey signs",
    "institution_account_name": "demo-institution",
    "officials": [
        {"// 4": "用通行密钥的成员：不写 signer / who signs by passkey: no signer", "name": "DEMO 张三", "account_name": "demo-official-1"},
        {
            "// 5": "用签名密钥文件的成员：写 lendervote key make 打印的地址 / by key file: the address that lendervote key make printed",
            "name": "DEMO 李四",
            "account_name": "demo-official-2",
            "signer": "0xa7ba79263d1abd7b62e52a65a6816a2f8b222f1d",
        },
        {"name": "DEMO 王五", "account_name": "demo-official-3", "signer": "0xa089ab3a6896acc22e90bdf5af67043361cc7fa7"},
    ],
    "// threshold": "规定人数：超过成员的一半 / how many must sign: more than half",
    "threshold": 2,
}


_COMPARE = (
    "以下按区块链上的内容重新计算。fingerprint 须与专项工作组的书面文件一致；creation 是建立案件的区块。\n"
    "Worked out from what the chain has. `fingerprint` has to be the one on the working group's paper; `creation` is the block that "
    "created the case."
)
_REHEARSAL = "演练：这个案件的表决没有任何效力。 / Rehearsal: votes of this case have no effect."
_REAL = "不是演练：这个案件的表决有效力。 / No rehearsal: votes of this case count."


class CaseFileUnreadable(BadInput):
    """The file is no JSON in UTF-8, or far too large."""

    zh = "案件文件“{file}”不是 JSON（UTF-8）：{what}。可用 lendervote case sample 得到样例。"
    en = "The case file “{file}” is no JSON in UTF-8: {what}. `lendervote case sample` prints a sample."


class CaseFileWrong(BadInput):
    """Fields are missing, unknown, or not what they have to be."""

    zh = "案件文件“{file}”有误：{lines_zh}"
    en = "The case file “{file}” has mistakes: {lines_en}"


@app.command()
def sample() -> None:
    """Print a case file to fill in."""
    typer.echo(json.dumps(SAMPLE, ensure_ascii=False, indent=2))


@app.command()
def check(file: CaseFile) -> None:
    """Say whether the case could be opened, and print what would be; nothing is sent or kept. Needs the running chain."""
    with rooms_beside() as rooms:
        draft = _draft(rooms, file)
        typer.echo(_as_json(rooms, draft))


@app.command("open")
def open_(
    file: CaseFile,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask once more")] = False,
) -> None:
    """Open the case for good; prints its id, address, chain and fingerprint for the working group's paper."""
    with rooms_beside() as rooms:
        draft = _draft(rooms, file)
        typer.echo(_as_json(rooms, draft), err=True)
        typer.echo(
            "一经建立，成员、规定人数和平台机构只能由规定人数的成员签署接任名单更换（公告 7 天后生效）；是否为演练不能更改。\n"
            "Once it is open, officials, how many must sign and the institution change only by a succession that as many officials sign, "
            "7 days after its announcement; the mark never changes.\n" + (_REHEARSAL if draft.rehearsal else _REAL),
            err=True,
        )
        if not yes:
            typer.confirm("建立案件？ / Open the case?", abort=True, err=True)
        rooms.audit.record(None, "command", f"lendervote case open: {draft.name}")
        case = rooms.cases.open_case(draft)
        told = {name: getattr(case, name) for name in ("id", "name", "address", "chain_id", "rehearsal", "fingerprint")}
        typer.echo(json.dumps(told, ensure_ascii=False))


@app.command()
def show(case_id: Annotated[str, typer.Argument(metavar="[CASE]", help="a case's id; every case when left out")] = "") -> None:
    """Print open cases, a line of JSON each, with fingerprint and block of creation worked out from the chain."""
    from backend.case.cases.paper import paper_of

    with rooms_beside() as rooms:
        cases = [rooms.cases.get_case(case_id)] if case_id else rooms.cases.all_cases()
        typer.echo(_COMPARE, err=True)
        for case in cases:
            paper = paper_of(rooms.chain, case)
            told = {name: getattr(case, name) for name in ("id", "name", "address", "chain_id", "rehearsal")}
            block = {"block": paper.creation.number, "hash": paper.creation.hash}
            told |= {"fingerprint": paper.fingerprint, "creation": block, "generation": _in_office(case)}
            typer.echo(json.dumps(told, ensure_ascii=False))


def _in_office(case: CaseView) -> dict[str, Any]:
    """Who is in office now, and who comes after them; the fingerprint stays that of the first."""
    present, waiting = case.of_generation(case.generation), case.waiting
    told: dict[str, Any] = {"number": present.number, "since": present.ended_at.isoformat() if present.ended_at else None}
    told |= {"officials": [official.name for official in present.officials], "threshold": present.threshold}
    told |= {"institution": present.institution.name}
    return told | ({"succession": {"number": waiting.number, "holds_from": waiting.holds_from.isoformat()}} if waiting else {})


@contextmanager
def rooms_beside() -> Iterator[Rooms]:
    """The rooms of the installation, with its running chain; none is started here."""
    from .installation import opened_rooms

    with opened_rooms() as rooms:
        rooms.chain.start(pump=False)
        yield rooms


def _draft(rooms: Rooms, file: Path) -> NewCase:
    """The case of the file, fit to be opened. Raises: CaseFileUnreadable, CaseFileWrong, and what opening it would raise."""
    from backend.case.cases.drafts import new_case
    from backend.case.cases.schemas import CaseIn

    draft = new_case(read_input(file, CaseIn), rooms.accounts, rooms.passkeys)
    rooms.cases.check_openable(draft)
    return draft


def _as_json(rooms: Rooms, draft: NewCase) -> str:
    from backend.case.cases.schemas import CaseDraftOut

    return CaseDraftOut.of(draft, rooms.chain.chain_id).model_dump_json(indent=2)


def read_case(file: Path) -> CaseIn:
    """The file without its notes, as the API reads a case. Raises: CaseFileUnreadable, CaseFileWrong."""
    from backend.case.cases.schemas import CaseIn

    return read_input(file, CaseIn)


def read_input(file: Path, kind: type[M]) -> M:
    """The file without its notes, as the API reads such a body. Raises: CaseFileUnreadable, CaseFileWrong."""
    from pydantic import ValidationError

    try:
        with file.open("rb") as opened:
            text = opened.read(MOST_BYTES + 1).decode("utf-8-sig")
        if len(text) > MOST_BYTES:
            raise ValueError(f"> {MOST_BYTES} bytes")  # noqa: TRY301  # one sentence for all of them
        content = _without_notes(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise CaseFileUnreadable(file=file.name, what=str(error)[:200] or type(error).__name__) from error
    try:
        return kind.model_validate(content)
    except ValidationError as error:
        raise CaseFileWrong(file=file.name, **_lines(error)) from error


def _lines(error: ValidationError) -> dict[str, str]:
    """Which fields are wrong, in both languages."""
    zh, en = [], []
    for each in error.errors(include_url=False):
        place = ".".join(map(str, each["loc"])) or "JSON"
        zh.append(f"{place} {each.get('ctx', {}).get('zh') or _ZH.get(each['type'], '格式不对')}")
        en.append(f"{place}: {each['msg']}")
    return {"lines_zh": "；".join(zh), "lines_en": "; ".join(en)}


def _without_notes(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_notes(item) for key, item in value.items() if not key.startswith(NOTE)}
    return [_without_notes(item) for item in value] if isinstance(value, list) else value
