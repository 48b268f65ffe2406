"""`lendervote succession`: who comes after a case's officials, written in a file, signed elsewhere, handed in, brought into office."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backend.ground.common.errors import BadInput

from .cases import read_input, rooms_beside
from .ends import EndsInWords, known_password, plain_word
from .keys import open_key_file

if TYPE_CHECKING:
    from backend.case.cases.views import ActView

app = typer.Typer(cls=EndsInWords, no_args_is_help=True, pretty_exceptions_enable=False)
CaseId = Annotated[str, typer.Option("--case", help="the case's id", parser=plain_word)]
ActId = Annotated[str, typer.Option("--act", help="the act's id, as `propose` prints it", parser=plain_word)]
SIGNABLE = ("Succession", "SuccessionWithdrawal")

SAMPLE: dict[str, Any] = {
    "// 1": "以“//”开头的各行是说明，系统不读取。/ Lines that begin with // are notes; the system does not read them.",
    "// 2": "接任后的全体成员，包括留任的人；account_name 是其账户，用签名密钥文件的加 signer。"
    " / Everybody in office afterwards, also who stays; account_name is their account, who signs by key file adds signer.",
    "officials": [
        {"name": "DEMO 张三", "account_name": "demo-official-1"},
        {"name": "DEMO 李四", "account_name": "demo-official-2", "signer": "0xa7ba79263d1abd7b62e52a65a6816a2f8b222f1d"},
        {"name": "DEMO 赵六", "account_name": "demo-official-4"},
    ],
    "// threshold": "规定人数：超过成员的一半 / how many must sign: more than half",
    "threshold": 2,
    "// institution": "机构由他人接任时加 institution（name、credit_code、signer）和 institution_account_name，不写则不变"
    " / where the institution is succeeded, too: institution and institution_account_name",
    "// notice_seconds": "公告期，至少 604800 秒（7 天），演练可为 0 / at least 7 days, in a rehearsal any",
    "notice_seconds": 604_800,
    "// reason": "原因，所有人可见 / everybody can read it",
    "reason": "DEMO 换届",
}


class NothingToSign(BadInput):
    """The file holds no succession as `propose` or the desk writes it."""

    zh = "文件“{file}”中没有可签署的接任名单或撤回：请使用 lendervote succession propose 打印的内容。"
    en = "There is no succession to sign in “{file}”: use what `lendervote succession propose` prints."


class SignatureFileWrong(BadInput):
    """The file holds no signature as `sign` writes it."""

    zh = "文件“{file}”不是 lendervote succession sign 生成的签名。"
    en = "“{file}” is no signature that `lendervote succession sign` wrote."


@app.command()
def sample() -> None:
    """Print a list of successors to fill in."""
    typer.echo(json.dumps(SAMPLE, ensure_ascii=False, indent=2))


@app.command()
def show(case_id: CaseId) -> None:
    """Print every generation of a case, a line of JSON each: who is, was and will be in office."""
    from backend.case.cases.schemas import GenerationOut

    with rooms_beside() as rooms:
        case = rooms.cases.get_case(case_id)
        for one in case.generations:
            typer.echo(GenerationOut.of(case, one).model_dump_json())


@app.command()
def propose(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="see `lendervote succession sample`")],
            case_id: CaseId) -> None:  # fmt: skip
    """Lay successors before the officials in office; prints the act with what they sign. Needs the running chain."""
    from backend.case.successions.drafts import Drafts
    from backend.case.successions.schemas import SuccessionIn

    with rooms_beside() as rooms:
        body = read_input(file, SuccessionIn)
        people = Drafts(rooms.cases.get_case(case_id), rooms.accounts, rooms.passkeys).people(body)
        rooms.audit.record(None, "command", f"lendervote succession propose: {case_id}")
        _print(rooms.successions.propose(case_id, people, body.notice_seconds, body.reason, None))


@app.command()
def withdraw(case_id: CaseId) -> None:
    """Lay before the officials in office that the succession which waits is taken back; prints the act. Needs the running chain."""
    with rooms_beside() as rooms:
        rooms.audit.record(None, "command", f"lendervote succession withdraw: {case_id}")
        _print(rooms.successions.propose_withdrawal(case_id, None))


@app.command()
def sign(
    act: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="the act as `propose` printed it")],
    key: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="the official's locked key file")],
    password: Annotated[str, typer.Option(callback=known_password, envvar="LENDERVOTE_KEY_PASSWORD", help="asked for when left out")] = "",
) -> None:
    """Sign on the signer's own machine: asks no server; prints signer and signature. Read the list first: it is printed, too."""
    from backend.ground.chain.signatures import address_of, sign
    from backend.ground.chain.typed_data import from_json

    try:
        told = json.loads(act.read_text(encoding="utf-8"))
        typed = from_json(told["typed_data"])
        if typed.primary_type not in SIGNABLE:
            raise ValueError(typed.primary_type)  # noqa: TRY301  # one sentence for all of them
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise NothingToSign(file=act.name) from error
    opened = open_key_file(key, password)
    typer.echo(json.dumps(told.get("summary"), ensure_ascii=False, indent=2), err=True)
    typer.echo(json.dumps({"signer": address_of(opened).lower(), "signature": "0x" + sign(opened, typed.digest()).hex()}))


@app.command("hand-in")
def hand_in(signature: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="as `sign` printed it")], act_id: ActId) -> None:
    """Hand a signature in; with the last one needed the act goes to the chain. Needs the running chain."""
    try:
        told = json.loads(signature.read_text(encoding="utf-8"))
        signer, given = (bytes.fromhex(told[name].removeprefix("0x")) for name in ("signer", "signature"))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise SignatureFileWrong(file=signature.name) from error
    with rooms_beside() as rooms:
        rooms.audit.record(None, "command", f"lendervote succession hand-in: {act_id}")
        _print(rooms.cases.sign_act(act_id, signer, given, None))


@app.command()
def complete(case_id: CaseId) -> None:
    """Bring the succession whose notice is over into office; the service does so by itself while it runs. Needs the running chain."""
    with rooms_beside() as rooms:
        rooms.audit.record(None, "command", f"lendervote succession complete: {case_id}")
        case = rooms.successions.bring_into_office(case_id)
        typer.echo(json.dumps({"case": case.id, "generation": case.generation, "hash": "0x" + case.salt.hex()}))


def _print(act: ActView) -> None:
    failure = None if act.failure is None else {"zh": act.failure.message_zh, "en": act.failure.message_en}
    told = {"act": act.id, "status": act.status, "signed": len(act.signatures), "needed": act.needed, "failure": failure}
    typer.echo(json.dumps({**told, "summary": dict(act.summary), "typed_data": dict(act.typed_data)}, ensure_ascii=False))
