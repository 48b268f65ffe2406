"""A vote, step by step. Every step goes through the HTTP API, the contract or a person's own key."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from rich.console import Console

from scripts.generate.claims import generate
from scripts.rig.api import Api, Refused
from scripts.rig.chain_access import ChainAccess
from scripts.rig.documents import make_pdf, plan_of
from scripts.rig.paper import pin
from scripts.rig.vote import Vote
from scripts.rig.voting import cast_all
from scripts.tampers.recounts import FIRST, SECOND

OFFICIALS, THRESHOLD = 3, 2
RULE = "CN_SZ_A"
TOOLS = (FIRST, SECOND)
BY_THE_COMMAND_LENDERS = 2_000
"""A register of more is proved and proposed by the installation's own command: a request does not wait for so many."""
PUBLISHED = (
    *("poll.json", "leaves.csv", "range_proofs.bin", "register.json"),
    *("plan.json", "plan.pdf", "receipts.jsonl", "result.json"),
)

say = Console(stderr=True)


def step(vote: Vote, words: str) -> None:
    """Tell what comes next."""
    vote.told += 1
    _tell(vote.told, words)


def _tell(number: int, words: str) -> None:
    say.print(f"[bold]{number}[/bold]  {words}")


def make_register(data_dir: Path, lenders: int, seed: int) -> tuple[Path, list[str]]:
    """A claims register file of invented people; the file and the phones in it."""
    _tell(1, "写出债权登记表（虚构数据） / writing a claims register of invented lenders")
    return generate(lenders=lenders, seed=seed, out=data_dir / "files")


def open_case(vote: Vote) -> None:
    """The administrator registers institution and officials; the case contract is created; the verifier is told its fingerprint."""
    step(vote, "登记机构与专项工作组 / registering the institution and the officials")
    vote.admin.sign_in()
    vote.case = vote.admin.api.post(
        "/api/cases",
        {
            "name": "DEMO 演示案件",
            "institution": {"name": "DEMO 演示网络借贷平台", "credit_code": "91999900MA00000006", "signer": vote.institution.key.address},
            "officials": [{"name": m.name, "signer": m.key.address, "account_name": m.name} for m in vote.officials],
            "institution_account_name": vote.institution.name,
            "threshold": THRESHOLD,
            "rehearsal": True,
        },
    )
    for member in [*vote.officials, vote.institution]:
        member.sign_in()
    pin(vote.stack, vote.case)


def import_and_freeze(vote: Vote, register_file: Path) -> None:
    """Dry run, import, then two officials freeze the register."""
    if import_register(vote, register_file) > BY_THE_COMMAND_LENDERS:
        command = [sys.executable, "-m", "scripts.cli", "register", "freeze", "--case", vote.case["id"]]
        subprocess.run(command, env=vote.stack.environment, check=True, stdout=subprocess.DEVNULL)
    sign_together(vote, propose_freeze(vote))


def import_register(vote: Vote, register_file: Path) -> int:
    """Dry run, then import; gives the number of lenders."""
    step(vote, "导入、合并账户、冻结登记表 / importing, merging accounts, freezing the register")
    path = f"/api/cases/{vote.case['id']}/register/imports"
    for dry_run in ("true", "false"):
        with register_file.open("rb") as file:
            report = vote.institution.api.post(f"{path}?dry_run={dry_run}", files={"file": (register_file.name, file)})
    say.print(f"   {report['rows']} rows, {report['lenders']} lenders, {report['merged']} accounts merged, {report['total_fen']} fen")
    return int(report["lenders"])


def propose_freeze(vote: Vote) -> dict[str, Any]:
    """The act that freezes the register, laid before the officials."""
    act: dict[str, Any] = vote.officials[0].api.post(f"/api/cases/{vote.case['id']}/register/freeze")
    return act


def submit_and_admit_plan(vote: Vote) -> None:
    """The first version is returned with reasons, the second is admitted."""
    step(vote, "提交退出方案、退回、再次提交、准予表决 / plan submitted, returned, submitted again, admitted")
    first = submit_plan(vote, version=1)
    vote.officials[0].api.post(f"/api/plans/{first['id']}/return", {"reasons": "请补充第二期兑付的资金来源。"})
    second = submit_plan(vote, version=2)
    sign_together(vote, vote.officials[1].api.post(f"/api/plans/{second['id']}/admission"))
    vote.plan = second


def submit_plan(vote: Vote, version: int) -> dict[str, Any]:
    """Draft, sign, submit."""
    pdf = make_pdf(f"DEMO settlement plan, version {version}")
    draft = vote.institution.api.post(
        f"/api/cases/{vote.case['id']}/plans",
        data={"plan": json.dumps(plan_of(version), ensure_ascii=False)},
        files={"pdf": ("plan.pdf", pdf, "application/pdf")},
    )
    body = {"signature": vote.institution.key.sign(draft["typed_data"])}
    submitted: dict[str, Any] = vote.institution.api.post(f"/api/plans/{draft['id']}/submission", body)
    return submitted


def announce_poll(vote: Vote, ceremony_id: str = "") -> None:
    """Two officials fix plan, rule, window and verifier, of a sealed poll also the key that was made in a ceremony; the chain's clock opens
    the poll. Without a ceremony it is an open one."""
    step(vote, "公告密封表决 / announcing a sealed poll" if ceremony_id else "公告公开表决 / announcing an open poll")
    chain = ChainAccess(vote.stack.rpc_url)
    opens_at = chain.time() + vote.periods.notice
    vote.stack.await_issuer()
    issuer = Api(vote.stack.issuer_url).get("/v1/identity")["address"]
    terms = {
        "plan_id": vote.plan["id"],
        "rule": RULE,
        "opens_at": rfc3339(opens_at),
        "closes_at": rfc3339(opens_at + vote.periods.window),
        "challenge_seconds": vote.periods.challenge,
        "verifiers": [issuer],
    }
    path = f"/api/cases/{vote.case['id']}/polls"
    official = vote.officials[0].api
    act = official.post(f"{path}/sealed", terms | {"ceremony_id": ceremony_id}) if ceremony_id else official.post(path, terms)
    sign_together(vote, act)
    come_to_the_opening(vote)


def come_to_the_opening(vote: Vote) -> None:
    """The newest poll opens, by the chain's clock."""
    poll = Api(vote.stack.url).get("/api/polls")[0]
    ChainAccess(vote.stack.rpc_url).move_to(unix(poll["opens_at"]) + 1)
    vote.poll = Api(vote.stack.url).get(f"/api/polls/{poll['id']}")


def rfc3339(seconds: int) -> str:
    """A time as the API takes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def sign_together(vote: Vote, act: dict[str, Any]) -> dict[str, Any]:
    """As many officials as are needed sign one act; it must reach the chain."""
    for official in vote.officials[:THRESHOLD]:
        act = official.sign_act(act)
    if act["status"] != "done":
        raise RuntimeError(f"the act {act['kind']} did not reach the chain: {act}")
    return act


def cast_ballots(vote: Vote) -> None:
    """Lenders come by face or by two officials; some change their ballot; one goes past the relay."""
    step(vote, "出借人表决 / lenders vote")
    cast_all(vote)


def close_and_open_sums(vote: Vote) -> None:
    """The window ends by the chain's clock; the sums are opened and checked by the contract."""
    closing = ("", "") if vote.is_sealed else ("截止、", "closing, ")  # a sealed one was closed before it was unsealed
    step(vote, f"{closing[0]}公开合计、按规则计算 / {closing[1]}opening the sums, applying the rule")
    ChainAccess(vote.stack.rpc_url).move_to(unix(vote.poll["closes_at"]) + 1)
    open_sums(vote.officials[0].api, vote.poll["id"])


def open_sums(official: Api, poll_id: str) -> None:
    """An official looks at what the sums tell about single lenders, acknowledges it and has them opened."""
    seen = official.get(f"/api/polls/{poll_id}/leaks")
    official.post(f"/api/polls/{poll_id}/tally", {"acknowledged": seen["report_hash"]})


def unix(text: str) -> int:
    """Seconds since 1970 of a time in the API's form."""
    from datetime import datetime

    return int(datetime.fromisoformat(text).timestamp())


def decide(vote: Vote) -> None:
    """After the challenge period k officials approve what passed, or refuse what did not."""
    step(vote, "异议期满，专项工作组作出决定 / challenge period over, the officials decide")
    result = Api(vote.stack.url).get(f"/api/polls/{vote.poll['id']}/result")
    ChainAccess(vote.stack.rpc_url).move_to(unix(result["challenge_ends_at"]) + 1)
    approve = bool(result["passed"])
    for official in vote.officials[:THRESHOLD]:
        typed = official.api.get(f"/api/polls/{vote.poll['id']}/attestation?approve={'true' if approve else 'false'}")["typed_data"]
        body = {"signer": official.key.address, "approve": approve, "signature": official.key.sign(typed)}
        official.api.post(f"/api/polls/{vote.poll['id']}/attestations", body)


def recount(vote: Vote) -> tuple[bool, str]:
    """Both independent tools, each a process of its own, with a node's address, the published files and the verifier's log only."""
    step(vote, "独立复核 / independent recount")
    folder = vote.stack.data_dir / "recount"
    folder.mkdir()
    public = Api(vote.stack.url)
    for name in (*PUBLISHED, "seal.json") if vote.is_sealed else PUBLISHED:
        (folder / name).write_bytes(public.download(f"/api/polls/{vote.poll['id']}/published/{name}"))
    with contextlib.suppress(Refused):  # where nothing was stamped there is no such file
        (folder / "stamps.jsonl").write_bytes(public.download(f"/api/polls/{vote.poll['id']}/published/stamps.jsonl"))
    log = vote.stack.data_dir / "issuer-log.jsonl"
    log.write_bytes(log_of_verifier(vote))
    brought = ["--rpc", vote.stack.rpc_url, "--published", str(folder), "--issuer-log", str(log)]
    brought += [word for root in vote.stack.roots for word in ("--authority", str(root))]
    agrees, said = True, ""
    with ThreadPoolExecutor(2) as pool:
        both = pool.map(lambda tool: subprocess.run([*tool, *brought], capture_output=True, text=True, check=False, timeout=600), TOOLS)
    for tool, done in zip(TOOLS, both, strict=True):
        if tool is FIRST:
            say.print(done.stdout, highlight=False)
        agrees = agrees and done.returncode == 0
        said += done.stdout + done.stderr
    say.print("两套工具都复核一致 / both tools agree" if agrees else "复核不一致 / the recounts do not agree")
    return agrees, said


def log_of_verifier(vote: Vote) -> bytes:
    """What the identity verifier's operator writes out about the poll, entry by entry, with a signed statement."""
    command = [sys.executable, "-m", "verifier.issuer", "log", "--poll", vote.poll["address"]]
    return subprocess.run(command, env=vote.stack.environment, capture_output=True, check=True, timeout=120).stdout
