"""Says what is wrong: a line of JSON on standard output, and a command or an address to be called."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
import threading
from dataclasses import dataclass, field
from typing import TextIO

import httpx

from verifier.tally.witness_file import HALTED, MISSING, REWRITTEN, SILENT, Entry

CALL_SECONDS = 20
#: Name, Chinese and English of each kind of alarm.
WORDS = {
    REWRITTEN: (
        "rewritten",
        "见证人签过的区块 {block} 现在是另一个区块：链被改写。保存见证文件，通知专项工作组，停止相信这些节点。",
        "Block {block}, which this witness signed, is another one now: the chain was rewritten. Keep the file, tell the working group, and "
        "believe these nodes no more.",
    ),
    HALTED: ("halted", "区块 {block} 之后没有新区块：链停止了。", "There is no new block after {block}: the chain stands still."),
    MISSING: (
        "missing",
        "一张有回执的表决票没有及时写入区块链（截至区块 {block}，回执摘要 {hash}）。请告知专项工作组和出借人。",
        "A ballot with a receipt is not on the chain in time (up to block {block}, digest of the receipt {hash}). Tell the working group "
        "and the lender.",
    ),
    SILENT: ("silent", "没有节点回应，最后见到区块 {block}。", "No node answers; the last block seen is {block}."),
}


@dataclass
class Alarms:
    """Whom to tell, and how."""

    command: str = ""
    webhook: str = ""
    out: TextIO = field(default_factory=lambda: sys.stdout)
    told: int = 0

    def tell(self, entry: Entry, by: str = "") -> None:
        """One alarm; it waits for nobody who is called."""
        name, zh, en = WORDS[entry.kind]
        facts = {"block": entry.block, "hash": "0x" + entry.hash.hex()}
        said = {"alarm": name, **facts, "seen_at": entry.seen_at, "by": by, "zh": zh.format(**facts), "en": en.format(**facts)}
        line = json.dumps(said, ensure_ascii=False)
        print(line, file=self.out, flush=True)
        self.told += 1
        for call in (self._run, self._post):
            threading.Thread(target=call, args=(line,), daemon=False).start()

    def _run(self, line: str) -> None:
        if not self.command:
            return
        try:
            subprocess.run([*shlex.split(self.command), line], check=True, timeout=CALL_SECONDS, stdin=subprocess.DEVNULL)  # noqa: S603 - the operator's own
        except (OSError, ValueError, subprocess.SubprocessError) as error:
            print(f"witness: the alarm's command failed: {error}", file=sys.stderr)

    def _post(self, line: str) -> None:
        if not self.webhook:
            return
        try:
            httpx.post(self.webhook, content=line.encode(), headers={"Content-Type": "application/json"}, timeout=CALL_SECONDS)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            print(f"witness: the alarm's address does not answer: {type(error).__name__}", file=sys.stderr)
