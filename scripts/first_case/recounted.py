"""What anybody does afterwards: the published files, the verifier's log, and two recounts by programs that share no code."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from scripts.first_case.browser import Desk
from scripts.first_case.case_run import CaseRun
from scripts.first_case.documents import AUDITOR, GUIDE, README, ROOT, VERIFIER
from scripts.first_case.terminal import CommandFailed

TOOLS = {
    "the first recount": "python -m verifier.tally --rpc URL --published DIR",
    "the second recount": "node verifier/second/recount.mjs --rpc URL --published DIR",
}


def recount(run: CaseRun) -> None:
    """Both tools, with the files taken after the decision; their words go into the record as they are printed."""
    with run.record.step("the published files", GUIDE, "Download the published files **after** the decision"):
        published = take_published_files(run)
    with run.record.step("the verifier's log", VERIFIER, "交给重新计票的人和工作组，由他们与链上记录核对"):
        run.record.now.sentence_of(VERIFIER, "公开文件 `poll.json` 的 `poll` 一项")
        poll = json.loads((published / "poll.json").read_text("utf-8"))["poll"]
        run.verifier.type("python -m verifier.issuer log --poll 表决地址 > log.jsonl", put={"表决地址": poll})
        log = run.verifier.folder / "log.jsonl"
    auditor = run.own_machine("auditor")
    auditor.folder = ROOT  # a checkout, as the sentence before the command says
    for name, command in TOOLS.items():
        with run.record.step(name, README, "anyone can recount"):
            auditor.follow(command)
            run.record.now.follow_command("--issuer-log log.jsonl", AUDITOR)
            put = {
                "URL": run.world.own_node,
                "DIR": str(published),
                "verifier/second/recount.mjs": "/opt/lendervote/verifier/second/recount.mjs",
            }
            put = {word: value for word, value in put.items() if word in command}
            words = [*auditor.here(command, put), "--issuer-log", str(log), "--json"]
            told = json.loads(auditor.run(words).last_line)
            if told["rehearsal"] is not run.rehearsal:
                raise CommandFailed(f"{name} says rehearsal {told['rehearsal']}, and the case was opened otherwise")
            run.record.recounts.append(told["recount"])


def take_published_files(run: CaseRun) -> Path:
    """The zip of the public page, unpacked."""
    desk = Desk.of(run.browser, run.record, AUDITOR.replace(".en", ".zh"))
    desk.open(run.poll_page, documented=False)
    file = desk.download("下载公开文件（zip）")
    folder = run.places.folder / "people" / "auditor" / "published"
    folder.mkdir(parents=True)
    file.save_as(folder.parent / "published.zip")
    with zipfile.ZipFile(folder.parent / "published.zip") as archive:
        archive.extractall(folder)
    desk.page.context.close()
    return folder
