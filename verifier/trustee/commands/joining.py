"""begin, take, recover, roll: until the roll is closed (protocol §22.1, §22.2)."""

from __future__ import annotations

import argparse
import re
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from verifier.shares.hashes import hex_of, keccak
from verifier.trustee import key_files, papers
from verifier.trustee.commands import ground
from verifier.trustee.commands.ground import Outcome
from verifier.trustee.errors import CalledWrongly, CeremonyRepeated, FileExists, FileNotRead, JoinNotSigned, PaperNotRead, PaperUnreadable
from verifier.trustee.key_files import KEY, SECRET_BYTES, Secret
from verifier.trustee.roll import Ceremony, Entry, OwnKeys, Roll, appointed_from

_CHECK_DIGITS = 8


def begin(given: argparse.Namespace) -> Outcome:
    """A new ceremony, by an official."""
    if not re.fullmatch("0x[0-9a-f]{40}", given.case.lower()):
        raise CalledWrongly(message="--case: 0x + 40 hex")
    case = bytes.fromhex(given.case.lower()[2:])
    ceremony = Ceremony.begun(case, given.chain_id, given.number, given.seats, given.threshold)
    papers.write(given.out, ceremony.paper())
    warned = given.seats < 2 * given.threshold
    return Outcome(
        zh=f"新的密钥仪式写入 {given.out}；请交给每位密钥保管人。"
        + ("注意：席位少于门限的两倍，能提前看票的人也能拒绝解封；建议 6 席中 3 席。" if warned else ""),
        en=f"A new ceremony is in {given.out}; give it to every trustee."
        + (
            " Note: fewer seats than twice the threshold: who could read early could also refuse to open. 3 of 6 is better."
            if warned
            else ""
        ),
        facts={"ceremony": hex_of(ceremony.id), "blocking_readers": warned},
    )


def take(given: argparse.Namespace) -> Outcome:
    """A fresh key file, read back; then what the seat joins with."""
    ceremony, folder = ground.ceremony_of(given), ground.folder_of(given)
    ceremony.check_seat(given.seat)
    _check_first(folder, ceremony)
    if given.paper is not None and given.paper.exists():
        raise FileExists(file=given.paper)
    held = Secret(KEY, ceremony.about(given.seat), secrets.token_bytes(SECRET_BYTES))
    password = ground.password_of(given, anew=True)
    path = folder / ground.name_of("key", ceremony, given.seat)
    key_files.write(path, held, password)
    if given.paper is not None:
        papers.write(given.paper, _envelope(held).encode())
    return _joined(given, ceremony, held, path)


def recover(given: argparse.Namespace) -> Outcome:
    """The key file anew, from the paper in the envelope; joining and dealing give the same again."""
    ceremony, folder = ground.ceremony_of(given), ground.folder_of(given)
    ceremony.check_seat(given.seat)
    text = papers.first_bytes(given.paper, 10_000).decode("utf-8", "replace")
    held = Secret(KEY, ceremony.about(given.seat), _seed_on(text, ceremony, given.seat))
    path = folder / ground.name_of("key", ceremony, given.seat)
    key_files.write(path, held, ground.password_of(given, anew=True))
    return _joined(given, ceremony, held, path)


def join(given: argparse.Namespace) -> Outcome:
    """Once more what the seat joins with, from the key file."""
    ceremony = ground.ceremony_of(given)
    held, _ = ground.own_of(given, ceremony, ground.password_of(given))
    return _joined(given, ceremony, held, given.key)


def roll(given: argparse.Namespace) -> Outcome:
    """Close the roll, by an official: all seats have joined, each with its identity's signature."""
    ceremony = ground.ceremony_of(given)
    listed = ground.numbered([papers.read(path) for path in given.joins])
    for seat, paper in listed.items():
        if not paper.value.get("signature"):
            raise JoinNotSigned(seat=seat)
    joins = {seat: (Entry.read(paper), paper.data("signature")) for seat, paper in listed.items()}
    closed = Roll.closed(ceremony, joins)
    if given.appointed is not None:
        closed.check_identities(appointed_from(papers.read(given.appointed), ceremony))
    papers.write(given.out, closed.paper())
    return Outcome(
        zh=f"席位表已关闭，写入 {given.out}；数字指纹 {hex_of(closed.hash)}，请写入会议记录。之后不能再加入。",
        en=f"The roll is closed, in {given.out}; its hash {hex_of(closed.hash)} goes into the minutes. Nobody joins after this.",
        facts={"roll_hash": hex_of(closed.hash)},
    )


def _joined(given: argparse.Namespace, ceremony: Ceremony, held: Secret, path: Path) -> Outcome:
    entry = OwnKeys.of(held).entry()
    digest = entry.digest(ceremony)
    out = path.with_name(ground.name_of("join", ceremony, entry.seat))
    former = ground.filled_in(out, "signature", digest)
    signature = ground.signed_by_identity(ground.identity_of(given), None, digest, entry.seat, former)
    papers.write(out, entry.paper() | {"ceremony": hex_of(ceremony.id), "to_sign": hex_of(digest), "signature": signature}, anew=True)
    unsigned = not signature
    return Outcome(
        zh=f"保管文件 {path} 已写好并读回核对；请复制一份备份。把 {out} 交给工作组。"
        + (f"文件中还没有身份签名：请用第 {entry.seat} 席的身份签 to_sign，填入 signature。" if unsigned else ""),
        en=f"The key file {path} was written and read back; make a backup of it. Hand {out} to the working group."
        + (f" It is not signed yet: have the identity of seat {entry.seat} sign to_sign, and put that into signature." if unsigned else ""),
        facts={"key_file": str(path), "join": str(out), "to_sign": hex_of(digest), "signed": not unsigned},
    )


def _check_first(folder: Path, ceremony: Ceremony) -> None:
    """Raises: CeremonyRepeated where the folder has a file of this ceremony."""
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        try:
            found = papers.read(path)
        except (PaperUnreadable, FileNotRead):
            continue
        if found.value.get("format") == KEY and found.value.get("ceremony") == hex_of(ceremony.id):
            raise CeremonyRepeated(file=path)


def _envelope(held: Secret) -> str:
    """The text for the envelope: the seed in groups of four digits, and a check against a slip of the pen."""
    digits = held.secret.hex()
    groups = [digits[at : at + 4] for at in range(0, len(digits), 4)]
    lines = [f"seed: {' '.join(groups[at : at + 8])}" for at in (0, 8)]
    about = [f"{name}: {held.about[name]}" for name in ("case", "ceremony", "seat")]
    return "\n".join(["LenderVote trustee / 密钥保管人", *about, *lines, f"check: {_check_of(held.secret, held.about)}"]) + "\n"


def _seed_on(text: str, ceremony: Ceremony, seat: int) -> bytes:
    """Raises: PaperNotRead."""
    digits = "".join(re.findall(r"^seed:([0-9a-fA-F\s]*?)$", text, re.MULTILINE))
    check = re.findall(r"^check:\s*([0-9a-fA-F]+)\s*$", text, re.MULTILINE)
    joined = "".join(digits.split()).lower()
    if len(joined) != 2 * SECRET_BYTES or len(check) != 1:
        raise PaperNotRead
    seed = bytes.fromhex(joined)
    if check[0].lower() != _check_of(seed, ceremony.about(seat)):
        raise PaperNotRead
    return seed


def _check_of(seed: bytes, about: Mapping[str, Any]) -> str:
    return keccak(seed + f"{about['ceremony']} {about['seat']}".encode()).hex()[:_CHECK_DIGITS]
