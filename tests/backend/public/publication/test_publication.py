"""The published files: each when it may be known, exactly as the protocol has them, and enough for a recount."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient

from backend.ground.chain.addresses import poll_address
from backend.ground.chain.calls import ContractEvent
from backend.ground.common.hashing import canonical_json, keccak
from backend.ground.http.services import wire
from backend.public.publication.rules import AT_ANNOUNCEMENT, FILES, OF_PROVED_REGISTERS
from backend.public.publication.transactions import EVENTS_A_LOOK, transactions_of
from backend.web.routes import install_web
from scripts.tampers.recounts import FIRST, SECOND, Said, ask
from tests.backend.vote.ballots.issuer_process import IssuerProcess
from tests.backend.vote.ballots.test_intake import cast_directly
from tests.backend.vote.ballots.world import ABSTAIN, AGAINST, FOR, LENDERS, Vote, World
from tests.vectors import reference as ref


def published(vote: Vote, name: str) -> bytes:
    answer = vote.world.browser().get(f"/api/polls/{vote.poll.id}/published/{name}")
    assert answer.status_code == 200, answer.text
    return answer.content


def refusal(vote: Vote, name: str) -> str:
    return str(vote.world.browser().get(f"/api/polls/{vote.poll.id}/published/{name}").json()["error"]["code"])


def test_before_the_opening_everything_that_is_fixed_is_there(world: World) -> None:
    vote = Vote(world, world.announce())
    poll = json.loads(published(vote, "poll.json"))
    assert canonical_json(poll) == published(vote, "poll.json")
    assert (poll["poll"], poll["chain_id"], poll["rule_name"]) == (vote.poll.address, 31337, "CN_SZ_A")
    assert (poll["protocol"], poll["rehearsal"]) == (5, True)
    assert poll["poll"] == poll_address(poll["case"], poll["poll_number"])
    proofs = published(vote, "range_proofs.bin")
    assert json.loads(published(vote, "register.json"))["range_proofs_hash"] == "0x" + keccak(proofs).hex()
    assert world.chain._node.known("eth_getCode", poll["case"], hex(poll["from_block"])) != "0x"
    assert world.chain._node.known("eth_getCode", poll["case"], hex(poll["from_block"] - 1)) == "0x"
    assert keccak(published(vote, "plan.json")) == vote.poll.plan_hash
    plan = json.loads(published(vote, "plan.json"))
    assert plan["pdf"]["keccak"] == "0x" + keccak(published(vote, "plan.pdf")).hex()
    assert refusal(vote, "receipts.jsonl") == "ReceiptsNotPublishedYet"
    assert refusal(vote, "result.json") == "ResultNotPublishedYet"
    assert refusal(vote, "secrets.json") == "FileUnknown"
    assert world.browser().get(f"/api/polls/{vote.poll.id}/published/..%2F..%2Fdb.sqlite3").status_code == 404
    assert world.browser().get("/api/polls/nothing/published/poll.json").status_code == 404


def test_pages_of_the_poll_link_the_range_proofs(world: World) -> None:
    poll, app = world.announce(), world.app()
    wire(app, world.chain, world.cases, world.polls, world.plans, world.publication)
    install_web(app, world.settings)
    link = f'href="/api/polls/{poll.id}/published/range_proofs.bin"'
    with TestClient(app) as visitor:
        for page in (f"/polls/{poll.id}", f"/polls/{poll.id}/vote"):
            assert link in visitor.get(page).text, page


def test_the_leaves_make_the_frozen_root_and_open_to_the_admitted_totals(standing_vote: Vote) -> None:
    header, *lines = published(standing_vote, "leaves.csv").decode().splitlines()
    assert header == "index,voting_class,x,y"
    rows = [line.split(",") for line in lines]
    assert [int(row[0]) for row in rows] == list(range(LENDERS))
    points = [(int(row[2], 16), int(row[3], 16)) for row in rows]
    leaves = [ref.leaf_hash(i, int(row[1]), point) for i, (row, point) in enumerate(zip(rows, points, strict=True))]
    register = json.loads(published(standing_vote, "register.json"))
    assert register["root"] == "0x" + ref.tree(leaves)[-1][0].hex()
    for number, admitted in enumerate(register["classes"]):
        own = [point for row, point in zip(rows, points, strict=True) if int(row[1]) == number]
        total = ref.INFINITY
        for point in own:
            total = ref.add(total, point)
        assert total == ref.commit(admitted["amount_fen"], int(admitted["blind"], 16))
        assert admitted["heads"] == len(own)


def test_a_stranger_recounts_from_what_is_published(issuer: IssuerProcess, vote: Vote) -> None:
    issuer.start()
    receipts = []
    for index, choice in enumerate((FOR, FOR, AGAINST, FOR, ABSTAIN, FOR, FOR, FOR, FOR)):
        vote.issue(index)
        receipts.append(vote.take(index, choice))
    vote.world.ballots.relay_once()
    vote.issue(0, 2)
    receipts.append(vote.take(0, AGAINST, 2))
    vote.world.ballots.relay_once()
    cast_directly(vote, vote.ballot(10, FOR))
    vote.close()
    vote.open_sums()
    lines = published(vote, "receipts.jsonl").decode().splitlines()
    assert len(lines) == len(receipts)
    result = json.loads(published(vote, "result.json"))
    assert (result["decision"], result["excluded"]) == (None, [])
    vote.world.anvil.move_to(vote.world.chain.poll(vote.poll.address).challenge_ends_at())
    for name in ("official 0", "official 1"):
        visitor = vote.world.members[name]
        passed = vote.world.tally.result(vote.poll.id).passed
        signer = vote.world.cases.require_official(vote.poll.case_id, visitor).signer
        vote.world.approvals.attest(vote.poll.id, visitor, signer, vote.attestation(name, approve=passed), approve=passed)
    assert json.loads(published(vote, "result.json"))["decision"] == ("approved" if passed else "refused")
    folder = recount_folder(vote)
    assert {said_of(vote, folder, tool).verdict for tool in (FIRST, SECOND)} == {"agrees"}
    for name, change, finding in TRIED:
        changed = vote.world.folder / f"changed-{vote.poll.id}"
        shutil.copytree(folder, changed)
        (changed / name).write_bytes(change((folder / name).read_bytes()))
        for tool in (FIRST, SECOND):
            assert finding in said_of(vote, changed, tool).names, (name, finding, tool)
        shutil.rmtree(changed)


def said_of(vote: Vote, folder: Path, tool: tuple[str, ...] = FIRST) -> Said:
    """What a recount says of published files."""
    return ask(tool, ["--rpc", vote.world.anvil.url, "--published", str(folder)], folder)


def _json(**changed: Any) -> Callable[[bytes], bytes]:
    return lambda content: canonical_json({**json.loads(content), **changed})


def _another_class(content: bytes) -> bytes:
    head, first, *rest = content.decode().split("\n")
    index, voting_class, x, y = first.split(",")
    return "\n".join([head, f"{index},{1 - int(voting_class)},{x},{y}", *rest]).encode()


def _fewer_heads(content: bytes) -> bytes:
    result = json.loads(content)
    result["tallies"][0]["heads_for"] -= 1
    return canonical_json(result)


def _opening_later(content: bytes) -> bytes:
    poll = json.loads(content)
    poll["parameters"]["opens_at"] += 60
    return canonical_json(poll)


#: What anyone might try with what the backend publishes: file, change, the finding.
TRIED: tuple[tuple[str, Callable[[bytes], bytes], str], ...] = (
    ("leaves.csv", _another_class, "register.root"),
    ("result.json", _fewer_heads, "result.file"),
    ("plan.pdf", lambda content: bytes([content[0] ^ 1]) + content[1:], "plan.pdf"),
    ("poll.json", _json(rule_name="CN_SZ_B"), "rule.name"),
    ("poll.json", _opening_later, "parameters.file"),
    ("receipts.jsonl", lambda content: content.split(b"\n", 1)[1], "receipts.chain"),
)


def test_a_receipted_ballot_that_the_relay_drops_is_missed(issuer: IssuerProcess, vote: Vote) -> None:
    issuer.start()
    vote.issue(0)
    vote.take(0, FOR)
    vote.world.ballots.relay_once()
    vote.issue(1)
    vote.take(1, AGAINST)
    vote.close()  # and the relay never sent the second one
    vote.open_sums()
    said = said_of(vote, recount_folder(vote))
    assert said.verdict == "differs"
    assert said.names == {"receipts.missed"}


def recount_folder(vote: Vote) -> Path:
    """Every file, out of the archive that anyone can download."""
    answer = vote.world.browser().get(f"/api/polls/{vote.poll.id}/published.zip")
    folder = vote.world.folder / f"recount-{vote.poll.id}"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert tuple(archive.namelist()) == (*AT_ANNOUNCEMENT, OF_PROVED_REGISTERS, *FILES[len(AT_ANNOUNCEMENT) :])
        archive.extractall(folder)
    return folder


def test_the_archive_of_an_open_poll_has_no_receipts(vote: Vote) -> None:
    vote.take(0)
    answer = vote.world.browser().get(f"/api/polls/{vote.poll.id}/published.zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert tuple(archive.namelist()) == (*AT_ANNOUNCEMENT, OF_PROVED_REGISTERS)


def test_nothing_published_names_a_person(vote: Vote) -> None:
    vote.take(0)
    vote.world.ballots.relay_once()
    vote.close()
    vote.open_sums()
    source = (vote.world.folder / "register.csv").read_text().splitlines()[1:]
    personal = {cell for line in source for cell in (line.split(",")[i] for i in (0, 2, 4, 5, 6))}
    for name in FILES:
        content = published(vote, name)
        assert [cell for cell in personal if cell.encode() in content] == []


def test_every_transaction_is_listed_once_with_its_ballots(vote: Vote) -> None:
    for index in range(5):
        vote.take(index)
    vote.world.ballots.relay_once()
    vote.settle()
    address = f"/api/polls/{vote.poll.id}/transactions.csv"
    early = vote.world.browser().get(address)
    assert (early.status_code, early.json()["error"]["code"]) == (409, "TransactionsNotPublishedYet"), "no count before the close"
    vote.close()
    answer = vote.world.browser().get(address)
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    recorded = vote.world.chain.events(vote.poll.address, "BallotsRecorded")
    assert [row["transaction"] for row in rows if row["ballots_recorded"] != "0"] == [event.tx_hash for event in recorded]
    assert sum(int(row["ballots_recorded"]) for row in rows) == 5
    assert len({row["transaction"] for row in rows}) == len(rows)


def test_a_transaction_that_one_look_cuts_off_is_left_for_the_next() -> None:
    def event(number: int, transaction: int) -> ContractEvent:
        return ContractEvent(number, "0x", "BallotRejected", {}, 7, "0x", f"0x{transaction}", number)

    events = [event(number, number // 300) for number in range(EVENTS_A_LOOK)]
    found = transactions_of(events)
    assert [one.rejected for one in found] == [300] * (EVENTS_A_LOOK // 300)
    assert found[-1].last_id == 300 * len(found) - 1
    assert [one.rejected for one in transactions_of(events[:650])] == [300, 300, 50]
