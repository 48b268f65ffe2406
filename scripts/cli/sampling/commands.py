"""The commands, in the order in which they are used: draw, findings, sign, publish."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..ends import PRIVATE, EndsInWords, known_password, plain_word

if TYPE_CHECKING:
    from .drawing import Drawn, Opened, Told

app = typer.Typer(cls=EndsInWords, no_args_is_help=True, pretty_exceptions_enable=False)
Folder = Annotated[Path, typer.Argument(file_okay=False, help="the folder of the sample")]
_BARS = {
    "open": "打开明细文件 / opening the openings",
    "work": "重算登记表 / working out the register",
    "prove": "生成抽样证明 / proving the draw",
}
#: How many points are drawn where nobody says otherwise: 5 % overstated escape with less than 1 %.
USUAL = 90


@app.command()
def draw(
    folder: Folder,
    openings: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="the openings file of the register (.lvo)")],
    rpc: Annotated[str, typer.Option(help="JSON-RPC address of a node")],
    case: Annotated[str, typer.Option(help="the case contract's address", parser=plain_word)],
    register: Annotated[int, typer.Option(min=0, help="the register's number")] = 0,
    draws: Annotated[int, typer.Option(help="90, or 459, or 0 to look at every lender")] = USUAL,
    claims: Annotated[Path | None, typer.Option(exists=True, dir_okay=False, help="the claims file, for names on the sheets")] = None,
    confirmations: Annotated[int, typer.Option(min=0, help="blocks on top of the one that counts as final")] = 2,
    from_block: Annotated[int, typer.Option(min=0, help="where to begin to look for the freeze")] = 0,
    password: Annotated[
        str, typer.Option(callback=known_password, envvar="LENDERVOTE_OPENINGS_PASSWORD", help="of the openings file")
    ] = "",
) -> None:
    """Draw lenders by size, prove the draw, and write work sheets for two officials. Needs the openings file, and no server."""
    from verifier.register.openings import Openings
    from verifier.sampling.draw import SIZES, WHOLE

    from . import drawing, sheets
    from .chain import frozen_there

    if draws not in (WHOLE, *SIZES):
        raise typer.BadParameter(f"--draws: {WHOLE}, {', '.join(map(str, SIZES))}")
    address = _address(case)
    there = frozen_there(rpc, address, register, confirmations, from_block)
    os.umask(PRIVATE)
    folder.mkdir(parents=True, exist_ok=True)
    with _bars() as told:
        opened = drawing.open_register(openings, password, there, address, register, told)
        names = _names(claims, opened, Openings(openings, password).lines())
        drawn = drawing.draw_from(opened, there, draws, told)
    drawing.keep(drawn, opened, folder)
    lines = sheets.lines_of(drawn, opened, names)
    (folder / sheets.CSV_NAME).write_bytes(sheets.as_csv(lines))
    (folder / sheets.PAGE_NAME).write_bytes(sheets.as_page(lines, drawn))
    _show_draw(drawn, opened)
    _end({"draws": draws, "lenders": len(lines), "block": there.block_number, "folder": str(folder)})


@app.command()
def findings(
    folder: Folder,
    first: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="one official's work sheet, filled in (.csv)")],
    second: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="the other official's")],
) -> None:
    """Take two officials' findings, and work out how much is overstated at most. Where the two differ nothing is written."""
    from verifier.sampling import paper

    from . import drawing, sheets
    from .errors import FindingsDiffer, SameSheet

    if first.samefile(second):
        raise SameSheet
    kept = drawing.kept(folder)
    one, other = (sheets.read_findings(path, set(kept.leaves)) for path in (first, second))
    differing = [index for index in sorted(one) if one[index] != other[index]]
    if differing:
        raise FindingsDiffer(indexes="、".join(map(str, differing[:20])))
    content = paper.content_of(kept.draw, one, kept.total_fen)
    _write(folder, content, [])
    _show_bound(content, paper.wrong_among(kept.draw.indexes, one), len(one))
    _end({key: content[key] for key in ("draws", "bound_millionths", "bound_fen")})


@app.command()
def sign(
    folder: Folder,
    key: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="an official's locked key file")],
    generation: Annotated[str, typer.Option(help="of officials who came by a succession: their generation's hash")] = "",
    password: Annotated[str, typer.Option(callback=known_password, envvar="LENDERVOTE_KEY_PASSWORD", help="of the key file")] = "",
) -> None:
    """Sign the sample and its findings as an official. Two have to."""
    from backend.ground.chain.signatures import address_of, sign
    from verifier.ranges.group import keccak
    from verifier.sampling import paper
    from verifier.tally.typed_data import domain_separator, salted_separator

    from ..keys import open_key_file
    from . import drawing

    kept, (content, signatures) = drawing.kept(folder), _read(folder)
    separator = domain_separator(kept.chain_id, kept.case)
    if generation:
        separator = salted_separator(kept.chain_id, kept.case, bytes.fromhex(generation.removeprefix("0x")))
    digest = paper.digest_of(separator, kept.draw.register_number, kept.draw.root, keccak(paper.written(content)))
    secret = open_key_file(key, password)
    signer, signature = address_of(secret), "0x" + sign(secret, digest).hex()
    others = [one for one in signatures if one["signer"] != signer]
    _write(folder, content, sorted([*others, {"signature": signature, "signer": signer}], key=lambda one: one["signer"]))
    _end({"signer": signer, "signatures": len(others) + 1, "needed": paper.SIGNERS})


@app.command()
def publish(
    folder: Folder,
    case_id: Annotated[str, typer.Option("--case", help="the case's id", parser=plain_word)],
) -> None:
    """Put the signed sample beside the register's published files. A signed sample may be replaced by a larger one only."""
    from verifier.sampling import intervals, paper

    from ..installation import opened_rooms
    from . import drawing

    kept, (_, signatures) = drawing.kept(folder), _read(folder)
    proofs = (folder / intervals.NAME).read_bytes() if kept.draw.indexes else b""
    with opened_rooms() as rooms:
        rooms.register.samples.keep(case_id, kept.draw.register_number, (folder / paper.NAME).read_bytes(), proofs)
    _end({"published": paper.NAME, "signatures": len(signatures)})


def _address(text: str) -> bytes:
    if not re.fullmatch("0x[0-9a-fA-F]{40}", text):
        raise typer.BadParameter("--case: 0x and 40 hex digits / 0x 加 40 位十六进制数字")
    return bytes.fromhex(text[2:])


@contextmanager
def _bars() -> Iterator[Told]:
    """One bar for each piece of work, on stderr."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    from ..interruption import Interruption

    columns = (*Progress.get_default_columns()[:-1], MofNCompleteColumn(), TimeRemainingColumn())
    with Interruption() as interruption, Progress(*columns, console=Console(stderr=True)) as bar:
        tasks: dict[str, Any] = {}

        def told(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bar.add_task(_BARS[name], total=total)
            if name == "open":
                bar.advance(tasks[name], done)
            else:
                bar.update(tasks[name], completed=done)
            interruption.check()

        yield told


def _names(claims: Path | None, opened: Opened, lines: Iterator[bytes]) -> dict[int, str]:
    """Names by the first row of each lender; none without the claims file, and then somebody has to hear what the rows rest on."""
    from .people import names_in

    if claims is not None:
        return names_in(claims, opened, lines)
    typer.echo(
        "没有登记表原件（--claims）：底稿上没有姓名，行号只以明细文件的制作者为准。\n"
        "Without the claims file (--claims) the sheets have no names, and their row numbers rest on whoever made the openings file.",
        err=True,
    )
    return {}


def _write(folder: Path, content: dict[str, Any], signatures: list[dict[str, str]]) -> None:
    from verifier.sampling import paper

    (folder / paper.NAME).write_bytes(paper.written(content | {"signatures": signatures}))


def _read(folder: Path) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """The sample's content, and who signed it. Raises: SampleUnreadable."""
    from verifier.sampling import paper

    from .errors import SampleUnreadable

    try:
        content = json.loads((folder / paper.NAME).read_bytes())
        return content, content.pop("signatures")
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise SampleUnreadable(folder=folder, name=paper.NAME) from error


def _show_draw(drawn: Drawn, opened: Opened) -> None:
    from rich.console import Console

    from backend.ground.common.money import say_yuan
    from verifier.sampling.draw import bounds_told

    amounts = opened.leaves.amounts
    looked = sum(amounts[index] for index in drawn.hits)
    draws = len(drawn.draw.indexes)
    console = Console(stderr=True)
    console.print(
        f"抽取 {draws} 次，命中 {len(drawn.hits)} 名出借人，合计 {say_yuan(looked)} 元，登记总额 {say_yuan(opened.total_fen)} 元。\n"
        f"{draws} draws hit {len(drawn.hits)} lenders with {say_yuan(looked)} of {say_yuan(opened.total_fen)} yuan."
    )
    if draws:
        index, (least, most) = min(
            bounds_told(drawn.points, drawn.draw.indexes, opened.total_fen).items(),
            key=lambda one: Fraction(one[1][1] - one[1][0], one[1][1]),
        )
        console.print(
            f"公布抽样证明会让人知道被抽中的编号，以及其金额的上下限；最窄的是编号 {index}：{say_yuan(least)} 至 {say_yuan(most)} 元。\n"
            f"The published proofs tell which indexes were hit, and bounds of what they hold; the narrowest are those of index {index}: "
            f"{say_yuan(least)} to {say_yuan(most)} yuan."
        )


def _show_bound(content: dict[str, Any], wrong: int, looked: int) -> None:
    from rich.console import Console

    from backend.ground.common.money import say_yuan

    whole, part = divmod(content["bound_millionths"], 10_000)
    bound, share = say_yuan(content["bound_fen"]), f"{whole}.{part:04d} %"
    Console(stderr=True).print(
        f"核对 {looked} 人；不相符的抽取次数 {wrong}。以 99% 的把握，多记金额不超过 {bound} 元（{share}）。\n"
        f"{looked} lenders looked at, {wrong} draws do not agree. At 99 % at most {bound} yuan ({share}) are overstated."
    )


def _end(figures: dict[str, Any]) -> None:
    typer.echo(json.dumps(figures, ensure_ascii=False))
