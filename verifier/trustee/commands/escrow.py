"""escrow-…: a trustee's part in openings that survive (protocol §23)."""

from __future__ import annotations

import argparse
import re
import secrets
from pathlib import Path
from typing import Any

from verifier.shares.curve import Point
from verifier.shares.hashes import hex_of
from verifier.signing.secp256k1 import SigningKey
from verifier.trustee import key_files, papers
from verifier.trustee.commands import ground
from verifier.trustee.commands.ground import Outcome
from verifier.trustee.errors import CalledWrongly, PaperUnreadable
from verifier.trustee.escrow import contents, drill, order, resharing
from verifier.trustee.escrow.errors import EscrowNotSigned, OpeningsDiffer
from verifier.trustee.escrow.sharing import Escrow, Officials, OwnSeat, Sharing, about, check_about, keccak_of_file
from verifier.trustee.key_files import ESCROW, SECRET_BYTES, Secret
from verifier.trustee.papers import Paper


def take(given: argparse.Namespace) -> Outcome:
    """A fresh file for one register's openings, and its transport key."""
    if not re.fullmatch("0x[0-9a-f]{40}", given.case.lower()):
        raise CalledWrongly(message="--case: 0x + 40 hex")
    case = bytes.fromhex(given.case.lower()[2:])
    held = Secret(ESCROW, about(case, given.chain_id, given.register_number, given.seat), secrets.token_bytes(SECRET_BYTES))
    folder = ground.folder_of(given)
    path = folder / f"escrow-key-{hex_of(case)[:10]}-{given.register_number}-{given.seat}.json"
    key_files.write(path, held, ground.password_of(given, anew=True))
    out = path.with_name(path.name.replace("escrow-key", "escrow-join"))
    papers.write(out, {"seat": given.seat, "transport": hex_of(Point.of(OwnSeat.of(held).transport).compressed)})
    return Outcome(
        zh=f"托管保管文件 {path} 已写好并读回核对；请复制一份备份。把 {out} 交给工作组。",
        en=f"The escrow key file {path} was written and read back; make a backup of it. Hand {out} to the working group.",
        facts={"key_file": str(path), "join": str(out)},
    )


def check(given: argparse.Namespace) -> Outcome:
    """What a trustee checks before signing: officials, own box, own copy of the file."""
    escrow, sharing = _escrow(given)
    Officials.read(papers.read(given.officials), escrow).check(escrow.digest, escrow.signatures, EscrowNotSigned)
    seat, _ = _own(given, escrow, sharing)
    escrow.check_file(given.file)
    out = ground.folder_of(given) / f"escrow-signature-{seat}.json"
    former = ground.filled_in(out, "signature", escrow.digest)
    signature = ground.signed_by_identity(ground.identity_of(given), None, escrow.digest, seat, former)
    papers.write(out, {"to_sign": hex_of(escrow.digest), "seat": seat, "signature": signature}, anew=True)
    return Outcome(
        zh=f"工作组人员签名、您的份额和数据副本都对；{out} 交给工作组"
        + ("。" if signature else "，其中 signature 请用本席身份签 to_sign 填入。"),
        en=f"The officials' signatures, your share and your copy are right; hand {out} to the working group"
        + ("." if signature else ", with the identity's signature of to_sign in signature."),
        facts={"seat": seat, "to_sign": hex_of(escrow.digest), "signed": bool(signature)},
    )


def answer_drill(given: argparse.Namespace) -> Outcome:
    """Show that share and copy are there."""
    escrow, sharing = _escrow(given)
    seat, share = _own(given, escrow, sharing)
    challenge = _challenge(given)
    signature = drill.answer(seat, share, sharing, challenge, keccak_of_file(given.file))
    out = ground.folder_of(given) / f"escrow-drill-{seat}.json"
    papers.write(out, {"challenge": hex_of(challenge), "seat": seat, "signature": hex_of(signature)}, anew=True)
    return Outcome(zh=f"演练签名写入 {out}，请交给工作组。", en=f"The drill's answer is in {out}; hand it in.", facts={"seat": seat})


def check_drill(given: argparse.Namespace) -> Outcome:
    """Whether a trustee passed it."""
    escrow, sharing = _escrow(given)
    answers = ground.numbered([papers.read(path) for path in given.answers])
    for seat, paper in answers.items():
        drill.check(seat, paper.data("signature", 65), sharing, _challenge(given), escrow.file_digest)
    missing = [seat for seat in range(len(sharing.transports)) if seat not in answers]
    return Outcome(
        zh=f"{len(answers)} 席通过演练；没有答复的席位：{missing or '无'}。",
        en=f"{len(answers)} seats passed the drill; seats without an answer: {missing or 'none'}.",
        facts={"passed": sorted(answers), "missing": missing},
    )


def hand(given: argparse.Namespace) -> Outcome:
    """The share for an order's recipient alone."""
    escrow, sharing = _escrow(given)
    ordered = order.Order.read(papers.read(given.order))
    ordered.check(escrow, Officials.read(papers.read(given.officials), escrow))
    seat, share = _own(given, escrow, sharing)
    out = ground.folder_of(given) / f"escrow-handing-{seat}.json"
    papers.write(out, {"box": hex_of(order.handing(seat, share, ordered, escrow)), "seat": seat})
    return Outcome(
        zh=f"份额已加密给开启令的接收人，写入 {out}，请交给接收人；其他人打不开。",
        en=f"The share, for the order's recipient alone, is in {out}; hand it to the recipient.",
        facts={"seat": seat, "handing": str(out)},
    )


def open_openings(given: argparse.Namespace) -> Outcome:
    """By the recipient: the sums that are asked for, after everything was checked."""
    escrow, sharing = _escrow(given)
    ordered = order.Order.read(papers.read(given.order))
    listed = ground.numbered([papers.read(path) for path in given.handings])
    handings = {seat: paper.data("box", 81) for seat, paper in listed.items()}
    z = order.received(handings, _recipient(given.recipient_key), ordered, escrow, sharing)
    leaves = contents.openings(given.file, z, escrow)
    contents.check(leaves, contents.classes_in(given.leaves), escrow)
    found = {
        name: {"amount_fen": str(amount), "blind": ground.hex_word(blind)}
        for name, (amount, blind) in contents.sums(leaves, _groups(given.groups)).items()
    }
    papers.write(given.out, {"sums": found})
    return Outcome(
        zh=f"明细与登记表一致；各组合计写入 {given.out}，用于公开表决合计。",
        en=f"The openings are those of the register; the totals asked for are in {given.out}, to open the poll's totals with.",
        facts={"leaves": len(leaves), "groups": sorted(found), "sums": str(given.out)},
    )


def reshare(given: argparse.Namespace) -> Outcome:
    """An old trustee's part of sharing anew."""
    escrow, sharing = _escrow(given)
    plan = resharing.Plan.read(papers.read(given.plan), sharing)
    seat, share = _own(given, escrow, sharing)
    out = ground.folder_of(given) / f"escrow-given-{seat}.json"
    papers.write(out, resharing.Given.by(seat, share, plan).paper())
    return Outcome(
        zh=f"重新分发写入 {out}，请交给工作组。新席位都收到之后，请销毁旧文件：旧份额凑够仍能打开。",
        en=f"Your part is in {out}; hand it in. Once all new seats have their shares, destroy your old file: old shares go on opening.",
        facts={"seat": seat, "given": str(out)},
    )


def join(given: argparse.Namespace) -> Outcome:
    """All parts of sharing anew in one public file."""
    _, sharing = _escrow(given)
    plan = resharing.Plan.read(papers.read(given.plan), sharing)
    parts = {part.seat: part for part in (resharing.Given.read(papers.read(path)) for path in given.parts)}
    resharing.joined(plan, parts)
    papers.write(given.out, {"given": [parts[seat].paper() for seat in plan.givers], "plan": plan.paper()})
    return Outcome(
        zh=f"重新分发完整，写入 {given.out}；请新保管人用 --reshared 核对（escrow-check 或 escrow-drill），旧保管人销毁旧文件。",
        en=f"The new sharing is complete, in {given.out}; new trustees try it with --reshared, and old ones destroy their files.",
        facts={"context": hex_of(plan.context)},
    )


def _escrow(given: argparse.Namespace) -> tuple[Escrow, Sharing]:
    """The escrow and who holds its key now. Raises: what reading raises."""
    escrow = Escrow.read(papers.read(given.escrow))
    last = _last(given, escrow)
    return escrow, escrow.sharing if last is None else resharing.joined(*last)


def _last(given: argparse.Namespace, escrow: Escrow) -> tuple[resharing.Plan, dict[int, resharing.Given]] | None:
    sharing, last = escrow.sharing, None
    for path in given.reshared:
        paper = papers.read(path)
        plan = resharing.Plan.read(Paper(paper.name, paper.value.get("plan")), sharing)
        parts = {part.seat: part for part in (resharing.Given.read(one) for one in paper.papers("given"))}
        sharing, last = resharing.joined(plan, parts), (plan, parts)
    return last


def _own(given: argparse.Namespace, escrow: Escrow, sharing: Sharing) -> tuple[int, int]:
    """The own seat and share. Raises: what reading and opening raise."""
    held = key_files.read(given.key, ESCROW, ground.password_of(given))
    check_about(held, escrow, given.key.name)
    own, last = OwnSeat.of(held), _last(given, escrow)
    if last is not None:
        return own.seat, resharing.own_share(own, *last)
    if given.boxes is None:
        raise CalledWrongly(message="缺 --boxes / --boxes is missing")
    boxes = papers.read(given.boxes).many("boxes", 81)
    own.check_at(sharing)
    if len(boxes) != len(sharing.transports):
        raise PaperUnreadable(file=given.boxes.name, field="boxes")
    return own.seat, own.share(sharing, boxes[own.seat])


def _challenge(given: argparse.Namespace) -> bytes:
    if not re.fullmatch("0x[0-9a-f]{64}", given.challenge):
        raise CalledWrongly(message="--challenge: 0x + 64 hex")
    return bytes.fromhex(given.challenge[2:])


def _recipient(path: Path) -> int:
    text = papers.first_bytes(path, 200).decode("utf-8", "replace").strip().removeprefix("0x")
    try:
        SigningKey(bytes.fromhex(text))
    except ValueError as error:
        raise PaperUnreadable(file=path.name, field="private key") from error
    return int(text, 16)


def _groups(path: Path) -> dict[str, list[int]]:
    found: dict[str, Any] = papers.read(path).value
    for name, indexes in found.items():
        if not isinstance(indexes, list) or any(not isinstance(one, int) or isinstance(one, bool) for one in indexes):
            raise OpeningsDiffer(what=name)
    return found
