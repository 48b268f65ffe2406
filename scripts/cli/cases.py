"""`lendervote case`: a case written down in a file, checked, opened by the same rules as the administrator's page, and shown."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend.ground.common.errors import BadInput

from .ends import EndsInWords

if TYPE_CHECKING:
    from pydantic import ValidationError

    from backend.app import Rooms
    from backend.case.cases.rules import NewCase
    from backend.case.cases.schemas import CaseIn

app = typer.Typer(cls=EndsInWords, no_args_is_help=True, pretty_exceptions_enable=False)
CaseFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="a case as JSON, see `lendervote case sample`")]
MOST_BYTES = 1_000_000
#: Keys that begin so are notes to whoever fills the file in.
NOTE = "//"
_ZH = {"missing": "没有填写", "extra_forbidden": "没有这一项"}

SAMPLE: dict[str, Any] = {
    "// 1": "以“//”开头的各行是说明，系统不读取。/ Lines that begin with // are notes; the system does not read them.",
    "// 2": "DEMO：以下均为虚构，请逐项改为真实内容。/ DEMO: all of this is invented; put the real thing in its place.",
    "// 3": "建立之后不能更改：成员、各人的签名密钥、规定人数、平台机构的密钥、是否演练。/ For good: officials, keys, threshold, mark.",
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
    with _rooms() as rooms:
        draft = _draft(rooms, file)
        typer.echo(_as_json(rooms, draft))


@app.command("open")
def open_(
    file: CaseFile,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask once more")] = False,
) -> None:
    """Open the case for good; prints its id, address, chain and fingerprint for the working group's paper."""
    with _rooms() as rooms:
        draft = _draft(rooms, file)
        typer.echo(_as_json(rooms, draft), err=True)
        typer.echo(
            "一经建立，任何人都不能更改：成员、各人的签名密钥、规定人数、平台机构的签名密钥，以及是否为演练。\n"
            "Once it is open, nobody can change the officials, their keys, how many must sign, the institution's key or the mark.\n"
            + (_REHEARSAL if draft.rehearsal else _REAL),
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

    with _rooms() as rooms:
        cases = [rooms.cases.get_case(case_id)] if case_id else rooms.cases.all_cases()
        typer.echo(_COMPARE, err=True)
        for case in cases:
            paper = paper_of(rooms.chain, case)
            told = {name: getattr(case, name) for name in ("id", "name", "address", "chain_id", "rehearsal")}
            block = {"block": paper.creation.number, "hash": paper.creation.hash}
            typer.echo(json.dumps({**told, "fingerprint": paper.fingerprint, "creation": block}, ensure_ascii=False))


@contextmanager
def _rooms() -> Iterator[Rooms]:
    """The rooms of the installation, with its running chain; none is started here."""
    from .installation import opened_rooms

    with opened_rooms() as rooms:
        rooms.chain.start(pump=False)
        yield rooms


def _draft(rooms: Rooms, file: Path) -> NewCase:
    """The case of the file, fit to be opened. Raises: CaseFileUnreadable, CaseFileWrong, and what opening it would raise."""
    from backend.case.cases.drafts import new_case

    draft = new_case(read_case(file), rooms.accounts, rooms.passkeys)
    rooms.cases.check_openable(draft)
    return draft


def _as_json(rooms: Rooms, draft: NewCase) -> str:
    from backend.case.cases.schemas import CaseDraftOut

    return CaseDraftOut.of(draft, rooms.chain.chain_id).model_dump_json(indent=2)


def read_case(file: Path) -> CaseIn:
    """The file without its notes, as the API reads a case. Raises: CaseFileUnreadable, CaseFileWrong."""
    from pydantic import ValidationError

    from backend.case.cases.schemas import CaseIn

    try:
        with file.open("rb") as opened:
            text = opened.read(MOST_BYTES + 1).decode("utf-8-sig")
        if len(text) > MOST_BYTES:
            raise ValueError(f"> {MOST_BYTES} bytes")  # noqa: TRY301  # one sentence for all of them
        content = _without_notes(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise CaseFileUnreadable(file=file.name, what=str(error)[:200] or type(error).__name__) from error
    try:
        return CaseIn.model_validate(content)
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
