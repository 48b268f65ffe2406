"""Notes on a real chain: heads are anchored while receipts are given, books are closed at the close, and the sums wait for that."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext, suppress

import pytest
from sqlalchemy import delete

from backend.ground.chain import typed_data
from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.notes import NOTHING, NoteNotReadable, ReceiptNote, read_note
from backend.ground.chain.service import Chain
from backend.ground.common.clock import to_unix
from backend.ground.common.hex_text import to_hex
from backend.vote.ballots import store
from backend.vote.ballots.errors import BooksNotClosedYet, ClosingNoteMissing, PollClosed
from backend.vote.ballots.noted import Noted, read_noted
from backend.vote.ballots.service import BallotService
from backend.vote.polls.errors import RelayNotReceiptSigner
from backend.vote.tally.service import TallyService
from tests.backend.vote.ballots.places import place_of
from tests.backend.vote.ballots.test_intake import cast_directly
from tests.backend.vote.ballots.world import AGAINST, FOR, Vote, key_of


def anchored(vote: Vote, service: BallotService | None = None) -> None:
    """Rounds of the anchors until nothing is left to do, with a block and the mirror before and after each."""
    ballots = service or vote.world.ballots
    for _ in range(4):
        vote.world.anvil.mine(1)
        vote.world.chain.pump()
        ballots.anchors.run_once()
    vote.world.chain.pump()


def notes_of(vote: Vote) -> list[ReceiptNote]:
    found = []
    for event in vote.world.chain.record.notes(vote.poll.case_address, vote.world.chain.relay_address):
        with suppress(NoteNotReadable):
            found.append(read_note(event.args["data"]))
    return [note for note in found if note.poll == vote.poll.address]


def digest_of(vote: Vote, receipt: object) -> bytes:
    place = receipt.place  # type: ignore[attr-defined]
    word = receipt.ballot_digest, receipt.ballot_key, receipt.index, receipt.sequence, to_unix(receipt.received_at)  # type: ignore[attr-defined]
    return typed_data.ballot_receipt(vote.world.chain.chain_id, vote.poll.address, *word, place.book, place.number, place.previous).digest()


def another_process(vote: Vote) -> BallotService:
    world = vote.world
    return BallotService(world.sessions, world.chain, world.polls, world.register, world.issuer, world.settings)


def test_the_first_receipt_is_anchored_at_once_and_the_next_in_their_time(vote: Vote) -> None:
    first = vote.take(0)
    anchored(vote)
    [note] = notes_of(vote)
    assert (note.number, note.previous, note.closed) == (1, NOTHING, False)
    assert [(head.book, head.number, head.digest) for head in note.heads] == [(place_of(first).book, 1, digest_of(vote, first))]
    newest = [vote.take(index) for index in (1, 2)][-1]
    anchored(vote)
    assert len(notes_of(vote)) == 1, "the next one comes ten minutes later"
    vote.world.anvil.move_to(vote.world.chain.chain_time() + 600)
    anchored(vote)
    assert notes_of(vote)[1].heads[0].number == 3
    assert notes_of(vote)[1].heads[0].digest == digest_of(vote, newest)
    vote.world.anvil.move_to(vote.world.chain.chain_time() + 600)
    anchored(vote)
    assert len(notes_of(vote)) == 2, "nothing is noted twice"


def test_the_close_closes_every_book_and_no_receipt_comes_after(vote: Vote) -> None:
    killed = another_process(vote)
    lost_process = killed.take(vote.poll.id, vote.ballot(3))
    kept = [vote.take(index) for index in (0, 1)]
    vote.close()
    assert not vote.world.ballots.anchors.is_closed(vote.poll)
    anchored(vote)
    [note] = notes_of(vote)
    assert note.closed
    ends = {place_of(lost_process).book: digest_of(vote, lost_process), place_of(kept[0]).book: digest_of(vote, kept[1])}
    assert {head.book: head.digest for head in note.heads} == ends
    assert vote.world.ballots.anchors.is_closed(vote.poll)
    event = vote.world.chain.record.notes(vote.poll.case_address, vote.world.chain.relay_address)[-1]
    assert vote.world.chain.block(event.block).timestamp >= vote.poll.parameters.closes_at
    with pytest.raises(PollClosed):
        vote.take(5)
    anchored(vote)
    anchored(vote, another_process(vote))
    assert len(notes_of(vote)) == 1, "one note closes, whoever looks again"


def test_a_poll_without_receipts_is_closed_too(vote: Vote) -> None:
    vote.close()
    anchored(vote)
    assert [(note.number, note.closed, note.heads) for note in notes_of(vote)] == [(1, True, ())]


def test_killed_between_the_commit_and_the_anchor_another_process_anchors(vote: Vote) -> None:
    killed = another_process(vote)
    receipt = killed.take(vote.poll.id, vote.ballot(2))
    anchored(vote, another_process(vote))
    assert [head.digest for head in notes_of(vote)[0].heads] == [digest_of(vote, receipt)]


def test_the_sums_wait_for_the_closing_note(vote: Vote, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt = vote.take(0, FOR)
    vote.world.ballots.relay_once()
    vote.close()
    browser = vote.world.browser()
    path = f"/api/polls/{vote.poll.id}/published/receipts.jsonl"
    assert browser.get(path).json()["error"]["code"] == "BooksNotClosedYet"
    assert "receipts.jsonl" not in vote.world.publication.available(vote.poll.id)
    send = vote.world.chain.send

    def no_notes(call: object, key: str) -> str:
        if key.startswith("note/"):
            raise NodeNotAnswering(reason="test")
        return send(call, key)  # type: ignore[arg-type]

    with monkeypatch.context() as silent:
        silent.setattr(vote.world.chain, "send", no_notes)
        silent.setattr("backend.vote.ballots.anchors.CLOSE_SECONDS", 1)
        with pytest.raises(BooksNotClosedYet):
            vote.world.ballots.anchors.close(vote.poll, timeout_seconds=1)
    vote.open_sums()
    assert notes_of(vote)[-1].closed
    [line] = browser.get(path).content.decode().splitlines()
    published = json.loads(line)
    assert (published["book"], published["number"], published["previous"]) == ("0x" + place_of(receipt).book.hex(), 1, "0x" + "00" * 32)
    assert published["signature"] == receipt.signature


def test_receipts_are_published_book_after_book(vote: Vote) -> None:
    others = [another_process(vote) for _ in range(3)]
    for index, service in enumerate([vote.world.ballots, *others] * 2):
        service.take(vote.poll.id, vote.ballot(index))
    vote.close()
    anchored(vote)
    lines = [json.loads(line) for line in vote.world.publication.file(vote.poll.id, "receipts.jsonl").read_text().splitlines()]
    places = [(line["book"], line["number"]) for line in lines]
    assert places == sorted(places)
    assert [book for book, number in places if number == 2] == ["0x" + head.book.hex() for head in notes_of(vote)[-1].heads]
    assert set(lines[0]) == {
        "ballot_digest", "ballot_key", "book", "index", "number", "previous", "received_at", "sequence", "signature"
    }  # fmt: skip


def test_lost_receipts_are_not_denied_and_somebody_is_told(vote: Vote) -> None:
    receipts = [vote.take(index) for index in range(4)]
    anchored(vote)
    assert vote.world.ballots.anchors.faults() == []
    with vote.world.sessions.begin() as session:
        session.execute(delete(store.BallotRow).where(store.BallotRow.number.in_([receipt.number for receipt in receipts[2:]])))
    service = another_process(vote)
    vote.world.anvil.move_to(vote.world.chain.chain_time() + 700)
    anchored(vote, service)
    [fault] = service.anchors.faults()
    assert vote.poll.id in fault
    assert "replay the journal" in fault
    vote.close()
    anchored(vote, service)
    assert [(head.number, head.digest) for head in notes_of(vote)[-1].heads] == [(4, digest_of(vote, receipts[3]))]
    path = vote.world.publication.file(vote.poll.id, "receipts.jsonl")
    assert len(path.read_text().splitlines()) == 2
    service._book._journal.replay(vote.world.sessions)
    assert len(vote.world.publication.file(vote.poll.id, "receipts.jsonl").read_text().splitlines()) == 4


def test_anchors_that_are_late_are_a_fault(vote: Vote, monkeypatch: pytest.MonkeyPatch) -> None:
    service = another_process(vote)
    service.take(vote.poll.id, vote.ballot(0))
    monkeypatch.setattr(service.anchors, "_is_known_whole", lambda _: False)
    monkeypatch.setattr("backend.vote.ballots.anchors.LATE_SECONDS", -601)
    monkeypatch.setattr(service.anchors, "_sessions", NotMine(vote.world.sessions))
    anchored(vote, service)
    assert any("wait for their anchor" in fault for fault in service.anchors.faults())
    monkeypatch.setattr("backend.vote.ballots.anchors.LATE_SECONDS", 300)
    vote.world.anvil.move_to(vote.poll.parameters.closes_at + 301)
    anchored(vote, service)
    assert any("not closed on the chain 30" in fault for fault in service.anchors.faults())


class NotMine:
    """As if another backend on the same database anchored."""

    def __init__(self, sessions: object) -> None:
        self._real = sessions

    def alone(self, _job: str) -> object:
        return nullcontext(False)

    def __getattr__(self, name: str) -> object:
        return getattr(self._real, name)


def test_strangers_and_other_polls_write_no_notes_of_ours(vote: Vote) -> None:
    vote.take(0)
    anchored(vote)
    world, node = vote.world, vote.world.anvil.node
    stranger = node.ask("eth_accounts")[0]
    forged = Noted(count=1).note(vote.poll.address, [], closed=True)
    call = world.chain.case(vote.poll.case_address).note(b"receipts".ljust(32, b"\0"), forged.encode())
    node.ask("eth_sendTransaction", {"from": stranger, "to": call.to, "data": "0x" + call.data.hex()})
    world.chain.transact(world.chain.case(vote.poll.case_address).note(b"receipts".ljust(32, b"\0"), b"\x01\x02"), f"junk {vote.poll.id}")
    world.chain.transact(world.chain.case(vote.poll.case_address).note(b"other".ljust(32, b"\0"), forged.encode()), f"other {vote.poll.id}")
    world.chain.pump()
    assert not world.ballots.anchors.is_closed(vote.poll)
    other = world.open_poll()
    notes = world.chain.record.notes(other.poll.case_address, world.chain.relay_address)
    assert read_noted(notes, other.poll.address) == Noted()


@pytest.fixture
def rotated(vote: Vote) -> Iterator[tuple[Vote, BallotService, TallyService]]:
    """The same installation with another relay key than the one that the poll names."""
    world = vote.world
    chain = Chain(world.anvil.url, world.sessions, key_of("another relay"), confirmations=2)
    world.anvil.node.ask("anvil_setBalance", chain.relay_address, hex(10**24))
    chain.start(pump=False)
    own, world.polls._chain = world.polls._chain, chain
    ballots = BallotService(world.sessions, chain, world.polls, world.register, world.issuer, world.settings)
    yield vote, ballots, TallyService(chain, world.cases, world.register, world.polls, ballots, world.leaks)
    world.polls._chain = own


def test_another_key_than_the_polls_gives_no_receipts_and_officials_decide_whether_to_wait(
    rotated: tuple[Vote, BallotService, TallyService],
) -> None:
    vote, ballots, tally = rotated
    with pytest.raises(RelayNotReceiptSigner) as refused:
        ballots.take(vote.poll.id, vote.ballot(1, AGAINST))
    assert "热线" in refused.value.say("zh")
    with pytest.raises(RelayNotReceiptSigner):
        vote.world.credentials.issue_ticket(vote.poll.id, vote.lender(1), vote.key_address(1))
    assert ballots.own_ballots(vote.poll.id, 1).receipts == []
    cast_directly(vote, vote.ballot(1, AGAINST))
    vote.close()
    seen = to_hex(tally.leaks(vote.poll.id).hash)
    with pytest.raises(ClosingNoteMissing):
        tally.open_sums(vote.poll.id, acknowledged=seen)
    assert tally.open_sums(vote.poll.id, acknowledged=seen, without_closing_note=True).passed is False
    assert notes_of(vote) == []
