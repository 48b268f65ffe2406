"""The alarms tell from the chain, once each, whatever is killed or lost; contests take one tap and a code."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from scripts.rig.providers import KEY_ID, KEY_SECRET, Manners, Providers
from verifier.alarms.__main__ import _round
from verifier.alarms.book import FAILED, SENDING, SENT, WAITING, Book
from verifier.alarms.chain import TOPIC, Nodes, NodeSilent
from verifier.alarms.comparison import compared
from verifier.alarms.contacts import Contacts, ContactsNotOpened, opened, sealed
from verifier.alarms.desk import Desk
from verifier.alarms.making import canonical
from verifier.alarms.watch import Line, Watch
from verifier.gateways.aliyun import AliyunSms

POLL = "0x" + "ab" * 20
NOON = datetime(2026, 12, 1, 4, tzinfo=UTC)


class Chain:
    """A node that shows what it is told to; `silent` cuts it off."""

    def __init__(self) -> None:
        self.ballots: list[tuple[int, int]] = []
        self.silent = False
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                body = json.dumps({"jsonrpc": "2.0", "id": 1, "result": outer.answer(asked)}).encode()
                self.send_response(503 if outer.silent else 200)
                self.send_header("content-length", str(len(body) if not outer.silent else 0))
                self.end_headers()
                if not outer.silent:
                    self.wfile.write(body)

            def log_message(self, format: str, *args: Any) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"

    def answer(self, asked: dict[str, Any]) -> Any:
        if asked["method"] == "eth_getLogs":
            assert asked["params"][0]["topics"] == [TOPIC]
            packed = b"".join(index.to_bytes(4, "big") + bytes([sequence << 2 | 1]) for index, sequence in self.ballots)
            data = (32).to_bytes(32, "big") + len(packed).to_bytes(32, "big") + packed
            return [{"data": "0x" + data.hex(), "blockNumber": "0x5"}] if packed else []
        return "0x9"


@pytest.fixture
def chain() -> Iterator[Chain]:
    made = Chain()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def providers() -> Iterator[Providers]:
    made = Providers()
    made.start()
    yield made
    made.stop()


class World:
    """A watch over one node, with a clock that is moved."""

    def __init__(self, folder: Path, chain: Chain, providers: Providers) -> None:
        self.now = NOON
        providers.now = lambda: self.now
        self.book = Book(folder / "book.sqlite3")
        numbers = {index: (f"+861380000000{index}", f"+861390000000{index}") for index in range(5)} | {5: ()}
        line = Line(AliyunSms(providers.url, KEY_ID, KEY_SECRET, "专项工作组"), "ALARM")
        contacts = Contacts(POLL, 0, numbers)
        nodes = Nodes([chain.url, "http://127.0.0.1:9"], POLL)
        self.watch = Watch(nodes, self.book, contacts, {"sms": line}, "测试", "https://alarm.example", lambda: self.now)


@pytest.fixture
def world(tmp_path: Path, chain: Chain, providers: Providers) -> Iterator[World]:
    made = World(tmp_path, chain, providers)
    yield made
    made.book.close()


def test_every_ballot_is_told_of_once(world: World, chain: Chain, providers: Providers) -> None:
    chain.ballots = [(0, 1), (3, 1)]
    assert world.watch.run_once() == 2
    assert world.watch.run_once() == 0
    chain.ballots.append((3, 2))
    assert world.watch.run_once() == 1
    assert {number: len(rows) for number, rows in providers.books.by_number.items()} == {"+8613800000000": 1, "+8613800000003": 2}


def test_nothing_at_night(world: World, chain: Chain, providers: Providers) -> None:
    world.now += timedelta(hours=11)  # eleven in the evening in Beijing
    chain.ballots = [(0, 1)]
    assert world.watch.run_once() == 0
    world.now += timedelta(hours=9)
    assert world.watch.run_once() == 1


def test_a_lost_answer_is_looked_up_and_a_lost_request_sent_again(world: World, chain: Chain, providers: Providers) -> None:
    for manners, taken in ((Manners(lost_after=1.0), 1), (Manners(lost_before=1.0), 2)):
        providers.manners = manners
        chain.ballots.append((taken, 1))
        world.watch.run_once()
        assert world.book.count(SENDING) == 1
        providers.manners = Manners()
        world.now += timedelta(seconds=31)
        world.watch.run_once()
        assert (world.book.count(SENT), providers.books.taken) == (taken, taken)


def test_a_refused_number_is_followed_by_the_next_and_none_ends(world: World, chain: Chain, providers: Providers) -> None:
    chain.ballots = [(5, 1)]
    world.watch.run_once()
    assert world.book.count(FAILED) == 1


def test_a_silent_node_keeps_nobody_from_being_told(world: World, chain: Chain) -> None:
    chain.silent, chain.ballots = True, [(0, 1)]
    assert world.watch.run_once() == 0
    chain.silent = False
    assert world.watch.run_once() == 1


def test_a_throttled_alarm_waits(world: World, chain: Chain, providers: Providers) -> None:
    providers.manners = Manners(throttled=1.0)
    chain.ballots = [(0, 1)]
    world.watch.run_once()
    assert world.book.count(WAITING) == 1


def test_one_tap_contests_and_a_stranger_cannot(world: World, chain: Chain, providers: Providers) -> None:
    chain.ballots = [(0, 1), (3, 1)]
    world.watch.run_once()
    desk = Desk(world.book, b"\x01" * 32, 31337, POLL, "测试", ("127.0.0.1", 0))
    desk.start()
    (message,) = providers.books.by_number["+8613800000003"]
    path = json.loads(message.words)["link"].removeprefix("https://alarm.example")
    assert "我没有投这张票" in httpx.get(desk.address + path).text
    assert json.loads(httpx.get(f"{desk.address}/contested.json").json()["content"])["indexes"] == []
    assert httpx.post(desk.address + path).status_code == 200
    assert httpx.post(f"{desk.address}/a/{'2' * 20}").status_code == 404
    assert httpx.get(f"{desk.address}/../../etc/passwd").status_code == 404
    assert json.loads(httpx.get(f"{desk.address}/contested.json").json()["content"])["indexes"] == [3]
    desk.stop()


def test_contacts_open_for_their_key_alone(tmp_path: Path) -> None:
    ours, other = X25519PrivateKey.generate(), X25519PrivateKey.generate()
    contacts = Contacts(POLL, 2, {0: ("+8613800000000",), 1: ()})
    data = sealed(contacts, ours.public_key())
    assert opened(data, ours) == contacts
    assert b"13800000000" not in data
    for wrong, key in ((data, other), (data[:-1], ours), (b"", ours), (data[:9] + b"x" + data[10:], ours)):
        with pytest.raises(ContactsNotOpened):
            opened(wrong, key)


@pytest.mark.parametrize(
    ("text", "number"),
    [("13800000000", "+8613800000000"), ("0571-88880000", "+8657188880000"), ("+85251234567", "+85251234567"), ("无", ""), ("", "")],
)
def test_numbers_as_the_claims_file_has_them(text: str, number: str) -> None:
    assert canonical(text) == number


def test_nothing_personal_is_in_the_book(world: World, chain: Chain, tmp_path: Path) -> None:
    chain.ballots = [(0, 1)]
    world.watch.run_once()
    assert all(b"1380000000" not in file.read_bytes() for file in tmp_path.iterdir())


def test_ballots_without_a_credential_in_any_log_are_named(world: World, chain: Chain, tmp_path: Path) -> None:
    chain.ballots = [(0, 1), (3, 1)]
    world.watch.read()
    lines = [
        {"kind": "roots", "poll": POLL},
        {"kind": "credential", "poll": POLL, "index": 3},
        {"kind": "credential", "poll": POLL, "index": 4},
        {"kind": "credential", "poll": "0x" + "11" * 20, "index": 0},
    ]
    log = tmp_path / "issuer.jsonl"
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    found = compared(world.book, [log], POLL)
    assert (found.recorded, found.without_credential, found.without_ballot) == (2, [0], [4])
    log.write_text("no JSON\n")
    with pytest.raises(ValueError, match="Expecting value"):
        compared(world.book, [log], POLL)


@pytest.mark.parametrize(
    ("head", "logs"),
    [
        (None, []),
        ("zz", []),
        ("-0x5", []),
        ("0x" + "f" * 40, []),
        ("0x9", None),
        ("0x9", 5),
        ("0x9", [None]),
        ("0x9", [{"data": "0x", "blockNumber": "0x" + "f" * 40}]),
    ],
)
def test_a_node_that_lies_stops_nobody(world: World, chain: Chain, monkeypatch: pytest.MonkeyPatch, head: object, logs: object) -> None:
    chain.ballots = [(0, 1)]
    liar = Chain()
    monkeypatch.setattr(liar, "answer", lambda asked: head if asked["method"] == "eth_blockNumber" else logs)
    world.watch._nodes = Nodes([liar.url, chain.url], POLL)
    assert world.watch.run_once() == 1
    liar.server.shutdown()
    liar.server.server_close()


def test_a_head_that_was_a_lie_is_read_again(world: World, chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(chain, "answer", lambda asked: hex(2**40) if asked["method"] == "eth_blockNumber" else [])
        patch.setattr("verifier.alarms.chain.MOST_BLOCKS", 10_000)
        assert world.watch.run_once() == 0
    chain.ballots = [(0, 1)]
    assert world.watch.run_once() == 1


def test_nested_answers_and_other_chains_are_no_answers(chain: Chain, monkeypatch: pytest.MonkeyPatch) -> None:
    other = Chain()
    monkeypatch.setattr(other, "answer", lambda asked: "0x7")
    with pytest.raises(NodeSilent, match="different chains"):
        Nodes([chain.url, other.url], POLL).chain_id()
    assert Nodes([other.url, "http://127.0.0.1:9"], POLL).chain_id() == 7
    monkeypatch.setattr("verifier.alarms.chain.json.loads", lambda _: (_ for _ in ()).throw(RecursionError))
    with pytest.raises(NodeSilent):
        Nodes([chain.url], POLL).recorded(0, 0)
    other.server.shutdown()
    other.server.server_close()


def test_a_defect_in_a_round_does_not_end_the_alarms() -> None:
    class Broken:
        def run_once(self) -> None:
            raise TypeError

        hand_over = run_once

    broken: Any = Broken()
    _round(broken, broken)
