"""One login per role: made for this demo, with random passwords and keys, and written where only this machine's owner reads them."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.console import Console

from scripts.rig.api import Api
from scripts.rig.keys import Key
from scripts.rig.people import Member
from scripts.rig.processes import Stack

say = Console()


def make_members(stack: Stack, officials: int) -> tuple[Member, list[Member], Member]:
    """The administrator, the officials, the institution, each with an account of its own."""
    wanted = [("demo-admin", "admin"), *((f"demo-official-{number + 1}", "official") for number in range(officials))]
    wanted.append(("demo-institution", "institution"))
    admin, *panel, institution = _made(stack, wanted)
    return admin, panel, institution


def make_member(stack: Stack, name: str, role: str) -> Member:
    """One account more."""
    [member] = _made(stack, [(name, role)])
    return member


def _made(stack: Stack, wanted: list[tuple[str, str]]) -> list[Member]:
    """Accounts made by the installation's own command, in one process: loading its libraries takes longer than the accounts."""
    accounts = [{"name": name, "role": role, "password": secrets.token_urlsafe(12)} for name, role in wanted]
    done = subprocess.run(
        [sys.executable, "-m", "scripts.rig.new_accounts"],
        env=stack.environment,
        input=json.dumps(accounts),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(f"an account was not made: {done.stderr}")
    made = [json.loads(line) for line in done.stdout.splitlines()]
    return [
        Member(told["name"], account["password"], told["totp_secret"], Key.make(), Api(stack.url))
        for account, told in zip(accounts, made, strict=True)
    ]


def write_logins(stack: Stack, members: list[Member], poll: dict[str, Any], mobiles: list[str]) -> None:
    """Print the address and the logins; put each key into a file as its owner would hold it.

    `poll` is open; `mobiles` are phones of lenders who can vote in it.
    """
    folder = stack.data_dir / "logins"
    folder.mkdir(mode=0o700, exist_ok=True)
    say.rule("DEMO")
    say.print(f"{stack.url}/            表决公示与结果 / public page")
    say.print(f"{stack.url}/polls/{poll['id']}/vote   出借人表决 / lenders")
    say.print(f"{stack.url}/officials    专项工作组 / officials")
    say.print(f"{stack.url}/institution  机构 / institution")
    for member in members:
        key_file = folder / f"{member.name}.key.json"
        write_private(key_file, json.dumps({"private_key": "0x" + member.account_key.hex()}))
        write_private(folder / f"{member.name}.totp", member.totp_secret)
        say.print(
            f"{member.name:18} 密码/password {member.password}  动态码密钥/authenticator {member.totp_secret}  密钥/key {key_file}",
            highlight=False,
            soft_wrap=True,
        )
    say.print("动态码 / one-time codes: .venv/bin/python -m scripts.demo.code demo-official-1", highlight=False)
    say.print(f"出借人手机 / lenders' phones: {', '.join(mobiles)}", highlight=False)
    say.print(f"短信验证码 / codes sent to lenders: {stack.data_dir / 'outbox' / 'sms.jsonl'}")
    say.print("Ctrl-C 结束 / ends it")


def write_private(path: Path, text: str) -> None:
    """A file that only its owner reads."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
