"""deal, confirm, complain and their checks: from the closed roll to the key (protocol §22.3, §22.4)."""

from __future__ import annotations

import argparse
from pathlib import Path

from verifier.shares.curve import Point
from verifier.shares.hashes import hex_of, word
from verifier.trustee import key_files, papers
from verifier.trustee.commands import ground
from verifier.trustee.commands.ground import Outcome
from verifier.trustee.complaints import Complaint
from verifier.trustee.confirming import Transcript, confirmation, own_share
from verifier.trustee.dealing import dealt
from verifier.trustee.errors import BackupIsAnother, CalledWrongly, CeremonyVoid, FileExists, RollChanged
from verifier.trustee.key_errors import ComplaintUnfounded, ShareKeyNotInPoll, WordsDiffer
from verifier.trustee.key_files import KEY, OPENING, Secret
from verifier.trustee.papers import Paper
from verifier.trustee.roll import Roll
from verifier.trustee.words import are_those, twelve_words, word_numbers


def deal(given: argparse.Namespace) -> Outcome:
    """The own dealing under the closed roll; the file remembers the roll and deals under no other."""
    ceremony = ground.ceremony_of(given)
    roll, _ = ground.roll_of(given, ceremony)
    password = ground.password_of(given)
    held, own = ground.own_of(given, ceremony, password)
    roll.check_own(own)
    if held.about["dealt_roll"] not in {"", hex_of(roll.hash)}:
        raise RollChanged
    if not held.about["dealt_roll"]:
        key_files.write(given.key, held.with_fields(dealt_roll=hex_of(roll.hash)), password, anew=True)
    out = ground.folder_of(given) / ground.name_of("dealing", ceremony, own.seat)
    papers.write(out, {"dealing": dealt(own, roll).paper(), "rollHash": hex_of(roll.hash), "seat": own.seat})
    return Outcome(
        zh=f"分发写入 {out}，请交给工作组；保管文件已记下这份席位表，请重新备份。所有席位分发之后再确认（confirm）。",
        en=f"The dealing is in {out}; hand it in. The key file has noted the roll: back it up anew. Confirm when all have dealt.",
        facts={"dealing": str(out), "roll_hash": hex_of(roll.hash)},
    )


def confirm(given: argparse.Namespace) -> Outcome:
    """Check everything, show twelve words; and once they were compared, sign the key."""
    ceremony = ground.ceremony_of(given)
    roll, appointed = ground.roll_of(given, ceremony)
    password = ground.password_of(given)
    held, own = ground.own_of(given, ceremony, password)
    ground.check_dealt(held, roll)
    transcript = _transcript(given.dealings, roll)
    _check_complaints(given.complaints, transcript)
    share = own_share(own, transcript)
    words, numbers = transcript.words, word_numbers(transcript.hash)
    shown = " ".join(f"{one}({number})" for one, number in zip(words, numbers, strict=True))
    facts = {"words": words, "word_numbers": numbers, "transcript_hash": hex_of(transcript.hash), "confirmed": False}
    if given.words is None:
        return Outcome(
            zh=f"分发全部核对无误。十二个词：{shown}。请打电话逐词核对，再用 --words 输入对方念的词，用 --backup 指明备份文件。",
            en=f"All dealings are right. The twelve words: {shown}. Compare them with the others by voice; then give --words and --backup.",
            facts=facts,
        )
    if not are_those(given.words, transcript.hash):
        raise WordsDiffer
    if given.backup is None:
        raise CalledWrongly(message="--words 需要 --backup / --words needs --backup")
    _check_backup(given.backup, held, password)
    folder, identity = ground.folder_of(given), ground.identity_of(given)
    papers.write(folder / "seal.json", transcript.paper())
    out = folder / ground.name_of("confirmation", ceremony, own.seat)
    former = ground.filled_in(out, "identity", transcript.digest)
    signature = ground.signed_by_identity(identity, appointed[own.seat], transcript.digest, own.seat, former)
    signed = {"to_sign": hex_of(transcript.digest), "identity": signature, "seat": own.seat}
    papers.write(out, signed | {"share": hex_of(confirmation(share, transcript))}, anew=True)
    opening = folder / ground.name_of("opening", ceremony, own.seat)
    _keep(opening, Secret(OPENING, held.about, word(share)), password)
    return Outcome(
        zh=f"已确认：{out} 交给工作组；开启文件 {opening} 留到表决截止后使用，请另存一份。公告之后用 check-announced 核对。"
        + ("" if signature else "身份签名还没有：请用本席身份签 to_sign，填入 identity。"),
        en=f"Confirmed: hand {out} to the working group; keep the opening file {opening} for after the close, and a copy. After the"
        " announcement run check-announced." + ("" if signature else " The identity has not signed yet: sign to_sign, fill in identity."),
        facts=facts | {"confirmed": True, "confirmation": str(out), "opening": str(opening), "key": _key(transcript)},
    )


def complain(given: argparse.Namespace) -> Outcome:
    """Give up the transport key to prove a share that does not fit; the file is void after it."""
    ceremony = ground.ceremony_of(given)
    roll, _ = ground.roll_of(given, ceremony)
    password = ground.password_of(given)
    held, own = ground.own_of(given, ceremony, password)
    roll.check_own(own)
    complaint = Complaint.by(own, roll, given.dealer)
    complaint.check(_transcript(given.dealings, roll))  # an unfounded one would give the key up for nothing
    key_files.write(given.key, held.with_fields(given_up=True), password, anew=True)
    out = ground.folder_of(given) / ground.name_of("complaint", ceremony, own.seat)
    papers.write(out, complaint.paper())
    return Outcome(
        zh=f"投诉写入 {out}，请公开；本次仪式作废，这个保管文件不再使用，请开始新的仪式。",
        en=f"The accusation is in {out}; publish it. This ceremony is void, and so is this key file; begin a new ceremony.",
        facts={"complaint": str(out)},
    )


def check_complaint(given: argparse.Namespace) -> Outcome:
    """Anybody's check of a complaint."""
    ceremony = ground.ceremony_of(given)
    roll = Roll.read(papers.read(given.roll), ceremony)
    complaint = Complaint.read(papers.read(given.complaint))
    complaint.check(_transcript(given.dealings, roll))
    return Outcome(
        zh=f"投诉成立：第 {complaint.dealer} 席给第 {complaint.receiver} 席的份额不符合承诺；请开始新的仪式。",
        en=f"The accusation holds: the share of seat {complaint.dealer} for seat {complaint.receiver} does not fit; begin a new ceremony.",
        facts={"dealer": complaint.dealer, "receiver": complaint.receiver, "holds": True},
    )


def check_announced(given: argparse.Namespace) -> Outcome:
    """Whether the announced poll has this key, and the own share key at the own seat."""
    held = key_files.read(given.opening, OPENING, ground.password_of(given))
    seat, announced = held.about["seat"], papers.read(given.announced)
    keys = announced.many("shareKeys", 20)
    own = Point.of(int.from_bytes(held.secret, "big")).address
    if seat >= len(keys) or keys[seat] != own or announced.data("rollHash", 32) != bytes.fromhex(held.about["dealt_roll"][2:]):
        raise ShareKeyNotInPoll(seat=seat)
    words = _words(announced)
    return Outcome(
        zh=f"已公告的表决里，第 {seat} 席是您的份额公钥。十二个词应与确认时相同：{words}。",
        en=f"The announced poll has your share key at seat {seat}. Its twelve words must be those of your confirmation: {words}.",
        facts={"seat": seat, "words": words.split()},
    )


def _transcript(paths: list[Path], roll: Roll) -> Transcript:
    """From one seal.json or a file from each seat. Raises: what reading raises."""
    listed = [papers.read(path) for path in paths]
    if len(listed) == 1 and "dealings" in listed[0].value:
        return Transcript.read(listed[0], roll)
    return Transcript.of(roll, {seat: Paper(one.name, one.value.get("dealing")) for seat, one in ground.numbered(listed).items()})


def _check_complaints(paths: list[Path], transcript: Transcript) -> None:
    """A transport key that is out voids the ceremony, right or wrong. Raises: CeremonyVoid, ComplaintIsAnother."""
    for path in paths:
        try:
            Complaint.read(papers.read(path)).check(transcript)
        except ComplaintUnfounded as error:
            raise CeremonyVoid from error
        raise CeremonyVoid


def _check_backup(path: Path, held: Secret, password: str) -> None:
    """Raises: BackupIsAnother, and what reading raises."""
    if key_files.read(path, KEY, password).secret != held.secret:
        raise BackupIsAnother(file=path)


def _keep(path: Path, held: Secret, password: str) -> None:
    """A file that is there and holds the same is kept as it is. Raises: FileExists."""
    if not path.exists():
        key_files.write(path, held, password)
    elif key_files.read(path, held.kind, password).secret != held.secret:
        raise FileExists(file=path)


def _key(transcript: Transcript) -> dict[str, object]:
    made = transcript.seal_key
    named = {"x": ground.hex_word(made.x), "y": ground.hex_word(made.y), "threshold": made.threshold}
    hashes = {"rollHash": hex_of(made.roll_hash), "transcriptHash": hex_of(made.transcript_hash)}
    return named | hashes | {"shareKeys": [hex_of(one) for one in made.share_keys], "sealKeyHash": hex_of(made.struct_hash)}


def _words(announced: Paper) -> str:
    return " ".join(twelve_words(announced.data("transcriptHash", 32)))
