"""open, unseal, check-share, check-seal: after the close, and on a second device (protocol §22.5)."""

from __future__ import annotations

import argparse

from verifier.shares.curve import NotAPoint, Point
from verifier.shares.hashes import hex_of
from verifier.trustee import key_files, papers
from verifier.trustee import opening as rules
from verifier.trustee.commands import ground
from verifier.trustee.commands.ground import Outcome
from verifier.trustee.confirming import Transcript
from verifier.trustee.key_errors import PollNotClosed, TranscriptIsAnother
from verifier.trustee.key_files import OPENING
from verifier.trustee.papers import Paper
from verifier.trustee.roll import Roll
from verifier.trustee.seals import Seal


def open_poll(given: argparse.Namespace) -> Outcome:
    """The own share for the chain, once the close is final."""
    if given.final_block_time <= given.closes_at:
        raise PollNotClosed
    transcript = _sealed(given)
    held = key_files.read(given.opening, OPENING, ground.password_of(given))
    seat, share = held.about["seat"], int.from_bytes(held.secret, "big")
    if held.about["dealt_roll"] != hex_of(transcript.roll.hash):
        raise TranscriptIsAnother
    rules.check_share(seat, share, transcript.seal_key.share_keys)
    out = ground.folder_of(given) / ground.name_of("share", transcript.roll.ceremony, seat)
    papers.write(out, {"seat": seat, "share": ground.hex_word(share)})
    needed = transcript.roll.ceremony.threshold
    return Outcome(
        zh=f"第 {seat} 席的份额写入 {out}，请交给任何人写入区块链；份额自己证明自己，共需 {needed} 份。",
        en=f"The share of seat {seat} is in {out}; anybody may send it, it proves itself. {needed} of them open the poll.",
        facts={"seat": seat, "share_file": str(out)},
    )


def unseal(given: argparse.Namespace) -> Outcome:
    """The poll's secret from any t shares."""
    transcript = _sealed(given)
    listed = ground.numbered([papers.read(path) for path in given.shares])
    shares = {seat: int.from_bytes(paper.data("share", 32), "big") for seat, paper in listed.items()}
    made = transcript.seal_key
    x = rules.secret(shares, made.threshold, transcript.key, made.share_keys)
    papers.write(given.out, {"secret": ground.hex_word(x), "x": ground.hex_word(made.x), "y": ground.hex_word(made.y)})
    return Outcome(
        zh=f"表决密钥写入 {given.out}；可由任何人交给表决合约（unseal）。",
        en=f"The poll's secret is in {given.out}; anybody hands it to the poll's contract (unseal).",
        facts={"seats": sorted(shares), "secret_file": str(given.out)},
    )


def check_share(given: argparse.Namespace) -> Outcome:
    """Whether a share is its seat's."""
    keys, paper = _share_keys(papers.read(given.announced)), papers.read(given.share)
    seat = paper.whole("seat", most=31)
    rules.check_share(seat, int.from_bytes(paper.data("share", 32), "big"), keys)
    return Outcome(zh=f"份额是第 {seat} 席的。", en=f"The share is that of seat {seat}.", facts={"seat": seat, "right": True})


def check_seal(given: argparse.Namespace) -> Outcome:
    """What a second device says of a ballot that was shown, not sent."""
    paper = papers.read(given.ballot)
    numbers = paper.whole("index", most=2**32 - 1), paper.whole("sequence", most=63)
    seal = int.from_bytes(paper.data("seal", 32), "big"), int.from_bytes(paper.data("sealed_choice", 8), "big")
    key = _point(Paper(paper.name, paper.value.get("key")))
    plain = int.from_bytes(paper.data("plain", 8), "big")
    Seal(paper.data("separator", 32), *numbers, *seal).check(int.from_bytes(paper.data("k", 32), "big"), plain, key)
    choices = [plain >> 2 * place & 3 for place in range(max(1, (plain.bit_length() + 1) // 2))]
    return Outcome(
        zh=f"封条里正是所示的选择：{choices}（1 赞成，2 反对，3 弃权）。这张封条的 k 已显示过，不要发送；设备会另做一张。",
        en=f"The seal holds the choice shown: {choices} (1 for, 2 against, 3 abstain). Its k was shown: do not send it; a new one is made.",
        facts={"choices": choices, "right": True},
    )


def _sealed(given: argparse.Namespace) -> Transcript:
    """The transcript of seal.json under its roll, checked as anybody can. Raises: what reading and checking raise."""
    ceremony = ground.ceremony_of(given)
    transcript = Transcript.read(papers.read(given.seal), Roll.read(papers.read(given.roll), ceremony))
    transcript.check()
    return transcript


def _share_keys(announced: Paper) -> list[bytes]:
    return announced.many("shareKeys", 20)


def _point(paper: Paper) -> Point:
    """Raises: PaperUnreadable."""
    data = paper.data("x", 32), paper.data("y", 32)
    try:
        point = Point.read(bytes([2 + data[1][-1] % 2]) + data[0])
    except NotAPoint as error:
        raise paper.wrong("x") from error
    if point.xy != tuple(int.from_bytes(one, "big") for one in data):
        raise paper.wrong("y")
    return point
