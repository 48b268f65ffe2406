"""`lendervote register`: template, import, freeze and sample of the claims register.

Freezing itself needs the officials' signatures, which they give in their browsers; the command lays the register before them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .ends import EndsInWords, plain_word
from .interruption import Interruption
from .sampling.commands import app as sample

if TYPE_CHECKING:
    from backend.case.register.views import ImportReport

app = typer.Typer(cls=EndsInWords, no_args_is_help=True, pretty_exceptions_enable=False)
app.add_typer(sample, name="sample", help="hold claims drawn by size against bank records: draw, findings, sign, publish")
CaseId = Annotated[str, typer.Option("--case", help="the case's id", parser=plain_word)]


@app.command()
def template(path: Annotated[Path, typer.Argument(help="a file ending in .xlsx or .csv")]) -> None:
    """Write the empty claims file."""
    from backend.case.register.template import template_csv, template_xlsx

    makers = {".xlsx": template_xlsx, ".csv": template_csv}
    if path.suffix not in makers:
        raise typer.BadParameter("the file's name ends in .xlsx or .csv")
    path.write_bytes(makers[path.suffix]())
    typer.echo(str(path))


@app.command("import")
def import_(
    path: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="the claims file")],
    case_id: CaseId,
    dry_run: Annotated[bool, typer.Option(help="check only, store nothing")] = False,
    rejects: Annotated[Path | None, typer.Option(help="where to write the list of refused rows")] = None,
) -> None:
    """Check and import a claims file, all or nothing; exit status 1 when rows are refused."""
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress

    from backend.case.register.rejects import rejects_csv

    columns = (*Progress.get_default_columns(), MofNCompleteColumn())
    from .installation import opened_rooms

    with opened_rooms() as rooms, Interruption() as interruption, Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("检查并导入 / checking and importing", total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            if done < total:  # what is complete stays
                interruption.check()

        report = rooms.register.import_file(case_id, path, path.name, dry_run, told)
    _print_totals(report)
    if report.refused:
        list_path = rejects or path.with_name(f"{path.stem}-rejects.csv")
        list_path.write_bytes(rejects_csv(report.rejects, report.rejects_total))
        typer.echo(f"{report.refused} 行未通过检查 / rows refused: {list_path}", err=True)
        raise typer.Exit(1)


@app.command()
def freeze(
    case_id: CaseId,
    with_related: Annotated[bool, typer.Option(help="let related parties vote")] = False,
) -> None:
    """Draw up the register, prove that every leaf is in range, and lay it before the officials, who sign in their browsers.

    Needs the running chain. Proofs take about 20 ms a lender on each processor; stopped, the command goes on where it was.
    """
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn

    from .installation import opened_rooms

    columns = (*Progress.get_default_columns()[:-1], MofNCompleteColumn(), TimeRemainingColumn())
    with opened_rooms() as rooms, Interruption() as interruption, Progress(*columns, console=Console(stderr=True)) as bar:
        rooms.chain.start(pump=False)
        task = bar.add_task("生成范围证明 / proving every leaf in range", total=None)

        def told(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)
            interruption.check()

        act = rooms.register.propose_freeze(case_id, None, with_related=with_related, progress=told)
    typer.echo(json.dumps({"act": act.id, "status": act.status, "needed": act.needed, "summary": dict(act.summary)}, ensure_ascii=False))


def _print_totals(report: ImportReport) -> None:
    from rich.console import Console
    from rich.table import Table

    from backend.ground.common.money import say_yuan

    table = Table(title=f"{report.file_name}  {'试导入 / dry run' if report.dry_run else report.id}")
    for name in ("", "出借人 / lenders", "待收本金(元) / yuan"):
        table.add_column(name, justify="left" if not name else "right")
    for each in report.classes:
        table.add_row(each.name, f"{each.lenders:,}", say_yuan(each.total_fen))
    table.add_row("登记表 / register", f"{report.lenders:,}", say_yuan(report.total_fen), style="bold")
    table.add_row("关联方 / related parties", f"{report.related_lenders:,}", say_yuan(report.related_fen))
    table.add_row(
        "含关联方 / with related", f"{report.lenders + report.related_lenders:,}", say_yuan(report.total_with_related_fen), style="dim"
    )
    console = Console()
    console.print(table)
    console.print(
        f"{report.rows:,} 行 / rows，合并 / merged {report.merged:,}，无余额 / nothing owed {report.lenders_without_claim:,}，"
        f"拒收 / refused {report.refused:,}"
    )
    if report.lenders_for_officials:
        console.print(f"须由工作人员跟进 / lenders who need a person {report.lenders_for_officials:,}：{dict(report.for_officials)}")
    if report.stopped_at_row:
        console.print(f"被拒的行过多，读到第 {report.stopped_at_row} 行即停止 / so many rows were refused that reading ended there")
    if report.ignored_columns:
        console.print(f"未使用的列 / columns not used: {'、'.join(report.ignored_columns)}")
