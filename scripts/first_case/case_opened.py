"""Section 6 of the guide, 1 and 2: the case, its paper, and the identity verifier that is told its fingerprint."""

from __future__ import annotations

import json
import re

from scripts.first_case.accounts_and_keys import OFFICIALS
from scripts.first_case.case_run import CaseRun
from scripts.first_case.documents import ADMINISTRATOR, GUIDE, VERIFIER, blocks
from scripts.first_case.terminal import CommandFailed

CASE_FILE = "rehearsal/rehearsal-case.json"


def open_case(run: CaseRun) -> None:
    """Opened by command in a rehearsal, by the page in a real case; then the verifier starts."""
    if run.rehearsal:
        open_by_command(run)
    else:
        open_by_page(run)
    work_the_paper_out(run)
    start_verifier(run)


def write_rehearsal(run: CaseRun) -> None:
    """Claims and case of invented people, in the shape of the real claims file."""
    with run.record.step("files of the rehearsal", GUIDE, "reads the real claims file and writes another in its shape"):
        told = json.loads(run.backend.type("lendervote rehearse CLAIMS", put={"CLAIMS": str(run.claims)}).last_line)
        run.claims = run.backend.folder / told["register"]


def open_by_command(run: CaseRun) -> None:
    """The file that `rehearse` wrote, with the addresses of key files."""
    machine = run.backend
    with run.record.step("addresses of key files in the case file", GUIDE, "change the file as you need"):
        case = json.loads((machine.folder / CASE_FILE).read_text("utf-8"))
        case["institution"]["signer"] = run.people["institution"].address
        for official, who in zip(case["officials"], OFFICIALS, strict=True):
            if run.people[who].address:
                official["signer"] = run.people[who].address
        (machine.folder / CASE_FILE).write_text(json.dumps(case, ensure_ascii=False, indent=2), "utf-8")
    with run.record.step("the case checked", GUIDE, "`check` shows what would be opened, with every signer"):
        machine.type("lendervote case sample > case.json", put={})
        machine.type("lendervote case check case.json", put={"case.json": CASE_FILE})
    with run.record.step("the case opened by command", GUIDE, "Nothing of it can be changed afterwards"):
        done = machine.type("lendervote case open case.json", [("Open the case?", "y")], put={"case.json": CASE_FILE})
        told = json.loads(done.last_line)
        if told["rehearsal"] is not True:
            raise CommandFailed(f"the case is no rehearsal: {told}")
        run.fingerprint, run.case_address, run.chain_id = told["fingerprint"], told["address"], str(told["chain_id"])


def open_by_page(run: CaseRun) -> None:
    """The administrator's form, checked, compared, opened."""
    desk, page = run.desks["admin"], run.desks["admin"].page
    with run.record.step("the case written down and checked", ADMINISTRATOR, "系统检查全部内容，列出将建立的案件"):
        desk.press("刷新")
        desk.unfold("建立案件")
        desk.fill("案件名称", "示例平台退出方案表决（虚构）")
        institution = page.get_by_role("group", name="平台机构")
        desk.fill("平台机构全称", "示例网络借贷信息中介有限公司（虚构）", institution)
        desk.fill("统一社会信用代码", "91999900MA00000006", institution)
        desk.fill("所用账户", run.people["institution"].name, institution)
        desk.fill("签名密钥文件的地址", run.people["institution"].address, institution)
        for number, who in enumerate(OFFICIALS, start=1):
            official = page.get_by_role("group", name=f"成员 {number}")
            desk.fill("姓名", f"成员{'一二三'[number - 1]}（虚构）", official)
            desk.fill("所用账户", run.people[who].name, official)
            desk.fill("签名密钥文件的地址", run.people[who].address, official)
        desk.fill("规定人数", "2")
        desk.press("核对，先不建立")
        desk.see("任何人都不能更改：成员名单")
    with run.record.step("the case opened by the page", ADMINISTRATOR, "页面显示合约地址、链编号、案件指纹"):
        desk.press("确认建立案件")
        opened = page.locator("[data-opened]")
        opened.get_by_text("已建立").first.wait_for()
        read_paper(run, opened.inner_text())


def read_paper(run: CaseRun, shown: str) -> None:
    """What goes onto the working group's paper."""
    fingerprint = re.search(r"(?:[0-9a-f]{4} ){7}[0-9a-f]{4}", shown)
    address = re.search(r"0x[0-9a-fA-F]{40}\b", shown)
    if not fingerprint or not address:
        raise CommandFailed(f"no fingerprint or address on the page: {shown}")
    run.fingerprint, run.case_address = fingerprint[0], address[0].lower()


def work_the_paper_out(run: CaseRun) -> None:
    """The fingerprint once more, by a command that asks the chain."""
    with run.record.step("the fingerprint worked out from the chain", GUIDE, "works it out from the chain at any time"):
        told = json.loads(run.backend.type("lendervote case show").last_line)
        if (told["fingerprint"], told["address"].lower()) != (run.fingerprint, run.case_address.lower()):
            raise CommandFailed(f"the chain's case is another than the paper's: {told}")


def start_verifier(run: CaseRun) -> None:
    """The operator types the fingerprint from the paper; the service starts."""
    machine, record = run.verifier, run.record
    with record.step("the fingerprint typed from the paper", VERIFIER, "案件指纹照着纸录入，不要从网页或聊天消息里复制"):
        verifier, _ = blocks(GUIDE, "ini")
        sample = "ab12 cd34 ef56 7890 ab12 cd34 ef56 7890"
        if sample not in verifier:
            raise CommandFailed("the guide's settings of the verifier have no sample of a fingerprint")
        settings = verifier.replace(sample, run.fingerprint) + f"LENDERVOTE_ISSUER_PORT={run.world.verifier_port}\n"
        machine.write("/etc/lendervote/verifier.env", settings)
    with record.step("the verifier's service", GUIDE, "That comes before the announcement"):
        record.now.follow_command("systemctl enable --now lendervote-verifier.service lendervote-verifier-backup.timer")
        machine.start("lendervote-verifier.service", f"http://127.0.0.1:{run.world.verifier_port}/healthz")
    with record.step("the verifier's settings for commands by hand", GUIDE, "Commands by hand need the file too, and the service's user"):
        machine.follow("sudo -u lendervote-verifier bash")
        machine.follow("PATH=/opt/lendervote/.venv/bin:$PATH")
        machine.load("set -a; . /etc/lendervote/verifier.env; set +a", "verifier.env")
        if json.loads(machine.type("python -m verifier.issuer log --check").last_line)["log"] != "whole":
            raise CommandFailed("the verifier's log is not whole")
