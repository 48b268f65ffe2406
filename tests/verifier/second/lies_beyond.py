"""Lies beyond the catalogue: what only the second recount looks at, or what no other lie of the catalogue comes to."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from eth_abi.abi import encode

from scripts.tampers.forge.abi import SIGNERS, call, word
from scripts.tampers.forge.bundle import Files
from scripts.tampers.forge.chain import Sending
from scripts.tampers.forge.vote import ForgedVote
from scripts.tampers.lies.codes import ASKED
from scripts.tampers.lies.counts import _lender, _more
from scripts.tampers.lies.kinds import Lie, in_file, logs, sending, setting
from scripts.tampers.lies.registers import _poisoned, off_curve
from scripts.tampers.lies.states import honest
from tests.contracts.ballot_box import AGAINST, FOR, Lender, Register, Vote, make_register
from verifier.tally.contracts import CHECKPOINT

KIND = "beyond the catalogue"
Change = Callable[[ForgedVote], None]


def _split(vote: ForgedVote, found: list[Any]) -> list[Any]:
    """One batch's records in two events, which no contract of ours writes."""
    first = vote.recorded([Vote(vote.register.lenders[1], FOR)])
    address, topics, data = found[0]
    rest = data[64 + 5 : 64 + int.from_bytes(data[32:64], "big")]
    return [*first, (address, topics, encode(["bytes"], [rest]))]


def _other_choice_taken_off(vote: ForgedVote) -> None:
    """The leaf that is taken out is said to have chosen what its lender did not."""
    one = vote.acts["exclude 11"].sendings[0]
    address, topics, data = one.logs[0]
    one.logs = [(address, topics, data[:-32] + word(AGAINST))]


def _odd_note(vote: ForgedVote) -> None:
    """A closing note with something behind it: the same words in another writing."""
    one = vote.acts["close"].sendings[0]
    address, topics, data = one.logs[0]
    content = data[64 : 64 + int.from_bytes(data[32:64], "big")]
    one.logs = [(address, topics, encode(["bytes"], [content + bytes(32)]))]


def _other_head_number(found: Files) -> Files:
    def changed(content: bytes) -> bytes:
        manifest = json.loads(content)
        manifest["head"]["number"] += 1
        return json.dumps(manifest).encode()

    return [(name, changed(content) if name == "manifest.json" else content) for name, content in found]


LEAVES = b"index,voting_class,x,y\n" + b"x\n" * 300


def _put(key: str, to: str) -> Callable[[dict[str, Any]], None]:
    return lambda one: one.update({key: to})


def _state(change: Callable[[dict[str, Any]], None]) -> Change:
    def after(vote: ForgedVote) -> None:
        honest(vote)
        answer = json.loads(vote.state)
        change(answer)
        vote.state = json.dumps(answer).encode() + b"\n"

    return after


def _gone(answer: dict[str, Any]) -> None:
    del answer["storageProof"][-1]


def _beyond(vote: ForgedVote) -> None:
    """A ballot of an index that there is not."""
    one = Vote(Lender(12, 0, 5, 6), FOR)
    ballot, leaf, _ = replace(vote.papers, register=Register([*vote.register.lenders, one.lender])).ballot(one)
    kinds = ["(uint256,uint8,uint8,address,(bytes32,bytes32),uint64,(bytes32,bytes32))", "(uint8,uint256,uint256)", "bytes32[]"]
    data = call("cast", kinds, [ballot, leaf, [bytes(32)] * 8])
    vote.act("more", vote.opens_at + 50, vote.poll, data, *vote.recorded([one]))


def _unfrozen_class(vote: ForgedVote) -> None:
    """A ballot is recorded for a leaf of a class that was not frozen."""
    lenders = [replace(one, voting_class=2) if one.index == 11 else one for one in vote.register.lenders]
    totals = [(heads - (number == 1), fen, blind) for number, (heads, fen, blind) in enumerate(vote.register.classes)]
    vote.register, vote.totals, vote.class_names = Register(lenders), totals, ["第1组", "第2组"]
    _more(lambda held: held.cast("more", _lender(held, 11), held.opens_at + 50))(vote)


def _no_point(vote: ForgedVote) -> None:
    """A ballot is recorded whose commitment is no point; nobody could add it up."""
    off_curve(vote)
    recorded = _more(lambda held: held.cast("more", _lender(held, 11), held.opens_at + 50))
    recorded(vote)
    close = vote._close

    def without() -> None:
        choice = vote.newest.pop(11)
        close()
        vote.newest[11] = choice

    vote._close = without  # type: ignore[method-assign]


def _acts(name: str, kinds: Sequence[str], values: Callable[[ForgedVote], list[Any]], to: Callable[[list[Any]], list[Any]]) -> Change:
    """The inputs of an act, signed as ever, changed before they are encoded."""

    def after(vote: ForgedVote) -> None:
        one = vote.acts[{"admitPlan": "admit"}[name]].sendings[0]
        one.data = call(name, kinds, to(values(vote)))

    return after


def _admitted(vote: ForgedVote) -> list[Any]:
    return [0, *vote.signatures("admit", "PlanAdmission", [0, vote.plan_hash])]


def _institution_attests(vote: ForgedVote) -> None:
    """The institution is an official, and has a voice."""
    vote.institution_key, vote.attesters = vote.official_keys[2], [0, 2]


def _opened_elsewhere(vote: ForgedVote) -> None:
    """Another transaction says how the case was opened."""
    moved = vote.acts["create"].sendings[0].logs
    vote.acts["create"].sendings[0].logs = []
    vote.acts["create"].sendings.append(Sending(vote.case, b"", moved))


def _opened_otherwise(vote: ForgedVote) -> None:
    one = vote.acts["create"].sendings[0]
    (address, topics, data), *_ = one.logs
    one.logs = [(address, topics, data[:63] + b"\x03" + data[64:])]  # a threshold of three


class _Empty(list[Any]):
    """Nothing at all, where an empty list means the usual."""

    def __bool__(self) -> bool:
        return True


def _no_class(vote: ForgedVote) -> None:
    vote.totals, vote.class_names, vote.openings = _Empty(), _Empty(), _Empty()


def _many_classes(vote: ForgedVote) -> None:
    lenders = [replace(one, voting_class=one.index) for one in make_register(17).lenders]
    vote.register = Register(lenders)


def _early_checkpoint(vote: ForgedVote) -> None:
    """A checkpoint of the case names another hash of a block that is there."""
    named = vote.chain.blocks[4]
    data = encode(["bytes"], [named.number.to_bytes(8, "big") + b"\x01" * 32])
    vote.chain.blocks[8].sendings.append(Sending(vote.case, ASKED, [(vote.case, (CHECKPOINT,), data)]))


def _odd_checkpoint(vote: ForgedVote) -> None:
    vote.chain.blocks[8].sendings.append(Sending(vote.case, ASKED, [(vote.case, (CHECKPOINT,), b"\x01")]))


def _unknown_event(vote: ForgedVote) -> None:
    one = vote.acts["open"].sendings[0]
    one.logs.append((vote.poll, (b"\x07" * 32,), b""))


def _topics(vote: ForgedVote, found: list[Any]) -> list[Any]:
    address, topics, data = found[0]
    return [(address, (*topics, bytes(32)), data)]


def _cut(_: ForgedVote, one: Sending) -> None:
    one.data = one.data[:200]


def _renamed(found: Files) -> Files:
    return [(name if name != "blocks.jsonl" else "blocks.json", content) for name, content in found]


def _emptied(found: Files) -> Files:
    return [(name, b"" if name == "blocks.jsonl" else content) for name, content in found]


def _row_twice(found: Files) -> Files:
    def changed(content: bytes) -> bytes:
        manifest = json.loads(content)
        manifest["files"].append(manifest["files"][0])
        return json.dumps(manifest).encode()

    return [(name, changed(content) if name == "manifest.json" else content) for name, content in found]


def _twice(lines: list[dict[str, Any]]) -> None:
    one = next(line for line in lines if line["transactions"])
    one["transactions"].append(one["transactions"][0])


def _no_hex(lines: list[dict[str, Any]]) -> None:
    lines[2]["header"] = "0xzz"


def _no_header(lines: list[dict[str, Any]]) -> None:
    lines[0]["header"] = "0xc101"


def _a_number(lines: list[dict[str, Any]]) -> None:
    lines[0]["header"] = "0x07"


def _fewer_signatures(vote: ForgedVote) -> list[Any]:
    number, signers, signatures = _admitted(vote)
    return [number, signers, signatures[:1]]


def _crowd(vote: ForgedVote) -> list[Any]:
    number, signers, signatures = _admitted(vote)
    return [number, signers * 2, signatures * 2]


ADMIT = ["uint256", *SIGNERS]
LIES = (
    Lie(KIND, "records in two events", "ballots.recorded", after=logs("batch", _split)),
    Lie(KIND, "another choice taken off", "register.excluded", before=_poisoned, after=_other_choice_taken_off),
    Lie(KIND, "a relay of zeros", "parameters.range", before=setting(receipt_signer="0x" + "00" * 20)),
    Lie(KIND, "a note in another writing", "receipts.notes", after=_odd_note),
    Lie(KIND, "a head of another number", "bundle.head", archive=_other_head_number),
    Lie(KIND, "a state of another address", "state.proof", after=_state(lambda one: one.update(address="0x" + "ab" * 20))),
    Lie(KIND, "a value that is not proved", "state.proof", after=_state(lambda one: one["storageProof"][0].update(value="0x7"))),
    *(
        Lie(KIND, f"a {key} that is not proved", "state.proof", after=_state(_put(key, to)))
        for key, to in (("storageHash", "0x" + "ab" * 32), ("codeHash", "0x" + "ab" * 32), ("nonce", "0x9"), ("balance", "0x9"))
    ),
    Lie(KIND, "a slot that is not proved", "state.proof", after=_state(_gone)),
    Lie(KIND, "a slot without a number", "state.proof", after=_state(lambda one: one["storageProof"][0].update(key="seven"))),
    Lie(KIND, "a proof that is no list", "state.proof", after=_state(lambda one: one.update(accountProof="0x"))),
    Lie(KIND, "a ballot of an index that there is not", "ballots.leaf", before=_more(_beyond)),
    Lie(KIND, "a ballot of a class that was not frozen", "count.class", before=_unfrozen_class),
    Lie(KIND, "a ballot whose commitment is no point", "count.sums", before=_no_point),
    Lie(KIND, "an institution that attests", "decision.official", before=_institution_attests),
    Lie(KIND, "an opening of the case by another transaction", "case.creation", after=_opened_elsewhere),
    Lie(KIND, "an opening of the case by another threshold", "case.creation", after=_opened_otherwise),
    Lie(KIND, "an admission of another number", "plan.admitted", after=_acts("admitPlan", ADMIT, _admitted, lambda one: [1, *one[1:]])),
    Lie(KIND, "fewer signatures than signers", "plan.signatures", after=_acts("admitPlan", ADMIT, _fewer_signatures, list)),
    Lie(KIND, "more signers than officials", "plan.signatures", after=_acts("admitPlan", ADMIT, _crowd, list)),
    Lie(KIND, "a register of no class", "register.frozen", before=_no_class),
    Lie(KIND, "a register of 17 classes", "register.frozen", before=_many_classes),
    Lie(KIND, "a class without a name", "register.file", before=setting(class_names=["第1组", " "])),
    Lie(KIND, "leaves.csv: empty", "register.leaves", after=lambda vote: vote.published.update({"leaves.csv": b""})),
    Lie(KIND, "leaves.csv: nothing but rubbish", "register.leaves", after=lambda vote: vote.published.update({"leaves.csv": LEAVES})),
    Lie(KIND, "poll.json: a protocol that names itself 1", "poll.file", after=in_file("poll.json", "protocol", to=1)),
    Lie(KIND, "poll.json: beyond the head", "proof.link", after=in_file("poll.json", "from_block", to=99)),
    Lie(KIND, "an event that the contracts do not have", "node.log", after=_unknown_event),
    Lie(KIND, "an event with a topic more", "node.log", after=logs("attest 0", _topics)),
    Lie(KIND, "an opening whose input is cut", "opening.missing", after=sending("open", _cut)),
    Lie(KIND, "a checkpoint of another hash of a block that is there", "proof.link", after=_early_checkpoint),
    Lie(KIND, "a checkpoint that is none", "proof.link", after=_odd_checkpoint),
    Lie(KIND, "no blocks", "proof.header", files=_renamed),
    Lie(KIND, "an empty file of blocks", "proof.header", files=_emptied),
    Lie(KIND, "a row of the manifest twice", "bundle.file", archive=_row_twice),
    Lie(KIND, "an item twice", "proof.trie", lines=_twice),
    Lie(KIND, "a header that is no hex", "proof.header", lines=_no_hex),
    Lie(KIND, "a header of one field", "proof.header", lines=_no_header),
    Lie(KIND, "a header that is no list", "proof.header", lines=_a_number),
)
