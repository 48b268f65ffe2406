"""The file of organisations: who runs a validator, with which public key, and where. All of it is public.

chain_id = 20261127
made_at = 2026-11-27T08:00:00Z
funded = ["0x..."]            # the relay's account: it needs no money at a price of 0, but one without any looks wrong

[[organisation]]
name = "working-group"
node_key = "0x..."            # public, 64 bytes, as `python -m scripts.consortium key` prints it
host = "10.0.0.1"
port = 32323
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coincurve import PublicKey

from backend.ground.common.hashing import keccak
from scripts.consortium.errors import OrganisationsWrong

LEAST, MOST = 4, 100
_NAME, _HOST = re.compile(r"[a-z0-9][a-z0-9-]{0,30}"), re.compile(r"[A-Za-z0-9.-]{1,253}")
_KEY, _ADDRESS = re.compile(r"0x[0-9a-f]{128}"), re.compile(r"0x[0-9a-f]{40}")


@dataclass(frozen=True)
class Organisation:
    """One organisation's validator: its public key (64 bytes) and where the others reach it."""

    name: str
    node_key: bytes
    host: str
    port: int

    @property
    def address(self) -> str:
        """The validator's address, 0x lower case."""
        return "0x" + keccak(self.node_key)[12:].hex()

    @property
    def node_url(self) -> str:
        """As the others' `static-nodes.json` names it."""
        return f"kni://{self.node_key.hex()}@{self.host}:{self.port}?discport=0&ntype=cn"


@dataclass(frozen=True)
class Consortium:
    """All organisations of one chain; `made_at` is the time of its first block, `funded` accounts that have money from the beginning."""

    chain_id: int
    made_at: int
    funded: tuple[str, ...]
    organisations: tuple[Organisation, ...]

    @property
    def addresses(self) -> list[str]:
        """Of the validators, as the first block has them: in rising order."""
        return sorted(one.address for one in self.organisations)


def read(path: Path) -> Consortium:
    """A consortium from its file. Raises: OrganisationsWrong."""
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise wrong(path, f"无法读取（{error}）", f"it cannot be read ({error})") from error
    return consortium(written, path)


def consortium(written: dict[str, Any], path: Path) -> Consortium:
    """A consortium from what its file says. Raises: OrganisationsWrong."""
    chain_id, made_at = written.get("chain_id"), written.get("made_at")
    if type(chain_id) is not int or not 0 < chain_id < 2**31:
        raise wrong(path, "chain_id 应为 1 到 2147483647 的整数", "chain_id has to be a whole number from 1 to 2147483647")
    if not isinstance(made_at, datetime) or made_at.tzinfo is None:
        raise wrong(path, "made_at 应为带时区的时间，例如 2026-11-27T08:00:00Z", "made_at has to be a time, like 2026-11-27T08:00:00Z")
    funded = written.get("funded", [])
    if not isinstance(funded, list) or not all(isinstance(one, str) and _ADDRESS.fullmatch(one) for one in funded):
        raise wrong(path, "funded 应为小写地址的列表", "funded has to be a list of addresses, lower case")
    rows = written.get("organisation", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise wrong(path, "每个机构应有一个 [[organisation]] 段", "each organisation has a section [[organisation]]")
    found = tuple(_organisation(row, path) for row in rows)
    check_together(found, path)
    return Consortium(chain_id, int(made_at.astimezone(UTC).timestamp()), tuple(funded), found)


def _organisation(row: dict[str, Any], path: Path) -> Organisation:
    name, key, host, port = (row.get(field) for field in ("name", "node_key", "host", "port"))
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise wrong(
            path, f"机构名 {name!r} 只能用小写字母、数字和连字符", f"name {name!r} is made of lower case letters, digits and hyphens"
        )
    if not isinstance(key, str) or not _KEY.fullmatch(key) or not _is_point(bytes.fromhex(key[2:])):
        raise wrong(path, f"{name} 的 node_key 不是公钥", f"node_key of {name} is no public key: 0x and 128 digits")
    if not isinstance(host, str) or not _HOST.fullmatch(host) or type(port) is not int or not 0 < port < 2**16:
        raise wrong(path, f"{name} 的 host 或 port 不能用", f"host or port of {name} cannot be used")
    if unknown := sorted(row.keys() - {"name", "node_key", "host", "port"}):
        raise wrong(path, f"{name} 有未知的项 {', '.join(unknown)}", f"{name} has fields that there are not: {', '.join(unknown)}")
    return Organisation(name, bytes.fromhex(key[2:]), host, port)


def _is_point(raw: bytes) -> bool:
    try:
        PublicKey(b"\x04" + raw)
    except ValueError:
        return False
    return True


def check_together(found: Sequence[Organisation], path: Path) -> None:
    """As many as make a quorum of more than two thirds, each with a name, a key and a place of its own. Raises: OrganisationsWrong."""
    count = len(found)
    if not LEAST <= count <= MOST:
        en = f"it names {count} organisations: at least {LEAST}, so that one may fail, and at most {MOST}"
        raise wrong(path, f"有 {count} 个机构，至少 {LEAST} 个（容许一个故障），至多 {MOST} 个", en)
    if count % 3 == 0:
        # The engine makes a block by ceil(2n/3) votes, which of 6 or 9 are two thirds and not more.
        en = f"with {count} organisations a block may rest on two thirds and no more: name one more, or one fewer"
        raise wrong(path, f"{count} 个机构时出块票数只有三分之二，请增减一个", en)
    for field, value in (
        ("name", lambda one: one.name),
        ("node_key", lambda one: one.node_key),
        ("place", lambda one: (one.host, one.port)),
    ):
        taken: dict[Any, str] = {}
        for one in found:
            if value(one) in taken:
                other = taken[value(one)]
                en = f"{other} and {one.name} have the same {field}: each organisation makes a key of its own, on its own machine"
                raise wrong(path, f"{other} 与 {one.name} 的 {field} 相同，每个机构须自备密钥与机器", en)
            taken[value(one)] = one.name


def wrong(path: Path, zh: str, en: str) -> OrganisationsWrong:
    """What is wrong with the file, in both languages."""
    return OrganisationsWrong(file=path.name, what_zh=zh, what_en=en)
