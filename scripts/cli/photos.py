"""`lendervote photos`: reference photos by claim number, from a folder to the officials' signature and to the identity verifier.

`prepare` runs where the register is, `send` where the operator's token is; the folder of photos and what `prepare` wrote go from one to
the other. Both go on where they ended.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backend.ground.common.errors import NotFound

from .ends import PRIVATE, EndsInWords, plain_word
from .interruption import Interruption

if TYPE_CHECKING:
    from .photo_checks import Checker

app = typer.Typer(cls=EndsInWords, no_args_is_help=True, pretty_exceptions_enable=False)
Folder = Annotated[Path, typer.Argument(exists=True, file_okay=False, help="photos named by claim number: C0001.jpg, C0001~2.jpg")]
Told = Callable[[int, int], None]


class NothingPrepared(NotFound):
    """There is no list of checked photos."""

    zh = "{folder} 中没有 references.jsonl。请先执行 lendervote photos prepare。"
    en = "There is no references.jsonl in {folder}. First run lendervote photos prepare."


@app.command()
def prepare(
    folder: Folder,
    case_id: Annotated[str, typer.Option("--case", help="the case's id", parser=plain_word)],
    out: Annotated[Path, typer.Option(help="folder for the identity file, the list of photos and the rejects")],
    register_number: Annotated[int, typer.Option("--register", min=0, help="number of the frozen register")] = 0,
) -> None:
    """Find each photo's lender, check each photo, write the identity file for the officials; exit status 1 when photos are refused."""
    from .installation import opened_rooms
    from .photo_checks import FaceChecker

    os.umask(PRIVATE)
    with opened_rooms() as rooms:
        places = rooms.register.claim_places.of_register(case_id, register_number)
        leaf_count = rooms.register.frozen(case_id, register_number).leaf_count
    out.mkdir(parents=True, exist_ok=True)
    with closing(FaceChecker()) as checker, _progress("检查照片 / checking photos") as told:
        figures = prepared(folder, out, dict(places), leaf_count, checker, told)
    typer.echo(json.dumps(figures))
    if figures["references"]:
        typer.echo(
            f"下一步：在工作台“绑定照片和人员”中提交 {out / 'identities.jsonl'}，由成员签名。\n"
            f"Next: hand in {out / 'identities.jsonl'} at the desk under “Bind photos and persons”; officials sign it.",
            err=True,
        )
    raise typer.Exit(1 if figures["rejects"] else 0)


def prepared(folder: Path, out: Path, places: dict[str, int], leaf_count: int, checker: Checker, told: Told) -> dict[str, int]:
    """What `prepare` does once it knows the register; its figures. Raises: FaceCheckMissing."""
    from . import photo_folder as files
    from .photo_checks import CHECKED, Checks

    named, rejects = files.named_photos(folder, places)
    photos = len(named) + len(rejects)
    checks = Checks(out / CHECKED, checker)
    usable, refused = checks.run(folder, named, told)
    references, left_over = files.chosen(usable)
    rejects += refused + left_over
    identities = out / files.IDENTITIES
    former = identities.read_bytes() if identities.exists() else b""
    files.write_whole(out / files.REFERENCES, files.references_jsonl(references))
    if references:
        files.write_whole(identities, files.identity_file(references, former, leaf_count))
    else:
        identities.unlink(missing_ok=True)  # nobody must sign one of an earlier run
    files.write_whole(out / files.REJECTS, files.rejects_csv(rejects))
    lenders = len({one.index for one in references})
    return {
        "photos": photos,
        "checked_before": checks.remembered,
        "references": len(references),
        "lenders": lenders,
        "lenders_without_photo": leaf_count - lenders,
        "rejects": len(rejects),
    }


@app.command()
def send(
    folder: Folder,
    out: Annotated[Path, typer.Option(exists=True, file_okay=False, help="the folder that `prepare` wrote")],
    poll: Annotated[str, typer.Option(help="the poll's address")],
    issuer: Annotated[str, typer.Option(help="the identity verifier's address, https://…")],
    token: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="file with the token of the verifier's operator")],
    again: Annotated[
        bool, typer.Option("--again", help="also what the verifier's log has already, say after a change of its model")
    ] = False,
) -> None:
    """Hand checked photos to the identity verifier once officials have signed the identity file; exit status 1 when some were refused."""
    from . import photo_folder as files
    from .photo_sending import Sender, operators_client

    os.umask(PRIVATE)
    path = out / files.REFERENCES
    if not path.is_file():
        raise NothingPrepared(folder=str(out))
    references = list(files.read_references(path))
    figures = {"references": len(references), "stored_before": 0, "stored": 0, "rejects": 0}
    with operators_client(issuer, token.read_text().strip()) as client:
        sender = Sender(client, poll.strip().lower())
        try:
            known = set() if again else sender.stored()
            left = [one for one in references if (one.index, "0x" + one.photo.hex()) not in known]
            figures["stored_before"] = len(references) - len(left)
            with _progress("送交照片 / handing in") as told:
                rejects = sender.send(folder, left, told)
            figures["rejects"] = len(rejects)
            files.write_whole(out / files.NOT_STORED, files.rejects_csv(rejects))
        finally:
            figures["stored"] = sender.sent
            typer.echo(json.dumps(figures))
    raise typer.Exit(1 if rejects else 0)


@contextmanager
def _progress(words: str) -> Iterator[Told]:
    """A bar on standard error; Ctrl-C ends between two photos, and what is done stays."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    with Interruption() as interruption, Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(words, total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            if done < total:
                interruption.check()

        yield told
