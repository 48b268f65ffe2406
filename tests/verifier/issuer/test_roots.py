"""What the issuer believes: nodes that lie about everything they are asked, and what becomes of each lie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from fastapi.testclient import TestClient

from tests.contracts.ballot_box import PARAMETERS_ABI, address_of, make_register, secret, sign, signer_of
from tests.contracts.world import OpenPoll
from tests.vectors import reference as ref
from tests.verifier.issuer.asking import code_of, whole_log
from tests.verifier.issuer.case_world import CaseWorld, fingerprint_of
from tests.verifier.issuer.conftest import With
from tests.verifier.issuer.papers import IssuerPapers
from tests.verifier.tally.proxy import Lie, lying
from verifier.issuer.settings import IssuerSettings

VOUCHED = "/v1/credentials/vouched"
THIEVES = [secret("thief", place) for place in range(3)]
STRANGER = "0x" + "57" * 20


def selector(name: str) -> str:
    return "0x" + keccak(text=name)[:4].hex()


def view(name: str, kinds: list[str], *values: Any, to: str = "") -> Lie:
    """A lie about what a view answers."""

    def lie(method: str, params: list[Any], result: Any) -> Any:
        asked = method == "eth_call" and params[0]["data"].startswith(selector(name)) and params[0]["to"].lower().startswith(to.lower())
        return "0x" + encode(kinds, list(values)).hex() if asked else result

    return lie


def transactions(change: Callable[[bytes], bytes]) -> Lie:
    """A lie about the inputs of transactions."""

    def lie(method: str, params: list[Any], result: Any) -> Any:
        if method != "eth_getTransactionByHash" or not result:
            return result
        return {**result, "input": "0x" + change(bytes.fromhex(result["input"][2:])).hex()}

    return lie


def announcing(papers: IssuerPapers, keys: list[bytes], *, rehearsal: bool | None = True, **changes: Any) -> Lie:
    """Another announcement of the poll, signed by these keys with this mark or with none; every other transaction is the true one."""
    terms = type(papers.poll.terms)(**{**papers.poll.terms.__dict__, **changes})
    world, message = world_of(papers), {"pollNumber": 0, "parametersHash": terms.hash}
    separator = ref.domain_separator(world.chain.chain_id, bytes.fromhex(world.case.address[2:]))
    if rehearsal is None:
        digest = ref.typed_digest("PollAnnouncement", message, separator, ref.TYPES_OF_PROTOCOL_2)
    else:
        digest = ref.typed_digest("PollAnnouncement", message | {"rehearsal": rehearsal}, separator)
    said = [terms.values, [signer_of(key) for key in keys], [sign(key, digest) for key in keys]]
    name = f"announcePoll({PARAMETERS_ABI},bytes[],bytes[])"
    data = keccak(text=name)[:4] + encode([PARAMETERS_ABI, "bytes[]", "bytes[]"], said)
    return transactions(lambda true: data if true[:4] == data[:4] else true)


def world_of(papers: IssuerPapers) -> CaseWorld:
    world = papers.poll.world
    assert isinstance(world, CaseWorld)
    return world


def more_leaves(true: bytes) -> bytes:
    """Another leaf count, the second word of freezeRegister."""
    name = "freezeRegister(bytes32,uint256,(uint256,uint256,uint256)[],bytes32,bytes32,bytes[],bytes[])"
    return true[:36] + (2**20).to_bytes(32, "big") + true[68:] if true[:4] == keccak(text=name)[:4] else true


def blocks(seconds: int) -> Lie:
    """A lie about the time."""

    def lie(method: str, params: list[Any], result: Any) -> Any:
        if method == "eth_getBlockByNumber":
            return {**result, "timestamp": hex(int(result["timestamp"], 16) + seconds)}
        return result

    return lie


def people(papers: IssuerPapers, **changes: Any) -> Lie:
    """A lie about who opened the case; `changes` replaces officials, threshold or institution."""
    views = world_of(papers).case.functions
    true = {"officials": views.officials().call(), "threshold": views.threshold().call(), "institution": views.institution().call()}
    encoded = encode(["bytes32", "(bytes[],uint256,bytes)"], [bytes(32), tuple((true | changes).values())])
    return view("people(uint256)", ["bytes"], encoded)


def foreign_case(papers: IssuerPapers) -> str:
    """A true case of the same chain, whose officials are thieves."""
    world = CaseWorld(papers.poll.chain, official_keys=THIEVES)
    return str(world.case.address)


#: By name: the lie, and the rule that names it when a single node is believed.
LIES: dict[str, tuple[Callable[[IssuerPapers], Lie], str]] = {
    "officials": (lambda p: people(p, officials=[signer_of(key) for key in THIEVES]), "CaseNotPinned"),
    "officials in another order": (
        lambda p: people(p, officials=[signer_of(key) for key in reversed(p.poll.world.official_keys)]),
        "CaseNotPinned",
    ),
    "threshold": (lambda p: people(p, threshold=1), "CaseNotPinned"),
    "institution": (lambda p: people(p, institution=signer_of(THIEVES[0])), "CaseNotPinned"),
    "mark": (lambda p: view("rehearsal()", ["bool"], False), "CaseNotPinned"),
    "announcement signed as of a vote that counts": (
        lambda p: announcing(p, p.poll.world.official_keys[:2], rehearsal=False),
        "AnnouncementNotSigned",
    ),
    "announcement signed without the mark": (
        lambda p: announcing(p, p.poll.world.official_keys[:2], rehearsal=None),
        "AnnouncementNotSigned",
    ),
    "another case": (lambda p: view("caseContract()", ["address"], foreign_case(p)), "CaseNotPinned"),
    "chain id": (lambda p: lambda method, params, result: "0x1" if method == "eth_chainId" else result, "CaseNotPinned"),
    "announcement signed by thieves": (lambda p: announcing(p, THIEVES[:2], receipt_signer=STRANGER), "AnnouncementNotSigned"),
    "announcement signed by one official": (
        lambda p: announcing(p, p.poll.world.official_keys[:1], receipt_signer=STRANGER),
        "AnnouncementNotSigned",
    ),
    "announcement signed by one official twice": (
        lambda p: announcing(p, p.poll.world.official_keys[:1] * 2, receipt_signer=STRANGER),
        "AnnouncementNotSigned",
    ),
    "announcement signed by two officials and a thief": (
        lambda p: announcing(p, [*p.poll.world.official_keys[:2], THIEVES[0]]),
        "AnnouncementNotSigned",
    ),
    "announcement that is no call": (lambda p: transactions(lambda true: true[:4] + b"\xff" * 64), "AnnouncementNotSigned"),
    "announcement in a transaction to somebody else": (
        lambda p: lambda method, params, result: {**result, "to": STRANGER} if method == "eth_getTransactionByHash" else result,
        "AnnouncementNotSigned",
    ),
    "no announcement": (lambda p: lambda method, params, result: [] if method == "eth_getLogs" else result, "PollAddressWrong"),
    "no transaction": (
        lambda p: lambda method, params, result: None if method == "eth_getTransactionByHash" else result,
        "AnnouncementNotSigned",
    ),
    "leaf count": (lambda p: transactions(more_leaves), "RegisterNotSigned"),
}


def blamed(answer: Any) -> str:
    return str(answer.json()["error"]["details"].get("organisations"))


@pytest.mark.parametrize("name", LIES)
def test_of_two_nodes_the_one_that_lies_is_named_and_nothing_is_signed(
    with_nodes: With, papers: IssuerPapers, rpc_url: str, name: str
) -> None:
    lie, rule = LIES[name]
    with lying(rpc_url, lie(papers)) as liar:
        for nodes in ({"Court": rpc_url, "Exchange": liar}, {"Exchange": liar, "Court": rpc_url}):
            with with_nodes(**nodes) as client:
                answer = client.post(VOUCHED, json=papers.vouched(3))
                assert (answer.status_code, code_of(answer), blamed(answer)) == (503, "NodeLies", "Exchange")
                assert rule in answer.json()["error"]["message"]
                assert whole_log(client)["entries"] == []


@pytest.mark.parametrize("name", LIES)
def test_a_single_node_makes_no_voters_either(with_nodes: With, papers: IssuerPapers, rpc_url: str, name: str) -> None:
    lie, rule = LIES[name]
    with lying(rpc_url, lie(papers)) as liar, with_nodes({"one_node": True}, Exchange=liar) as client:
        answer = client.post(VOUCHED, json=papers.vouched(3))
        assert (answer.status_code, code_of(answer)) == (403, rule)
        assert whole_log(client)["entries"] == []


def test_thieves_get_no_credential_by_a_node_that_calls_them_officials(with_nodes: With, papers: IssuerPapers, rpc_url: str) -> None:
    """The attack as it worked: officials, relay and their signatures are the thieves' own."""
    vouchers = [papers.voucher(3, 0, signer=key) for key in THIEVES[:2]]
    ticket = papers.ticket(3, signer=THIEVES[2])
    officials = people(papers, officials=[signer_of(key) for key in THIEVES])
    announced = announcing(papers, THIEVES[:2], receipt_signer=address_of(THIEVES[2]))

    def both(method: str, params: list[Any], result: Any) -> Any:
        return announced(method, params, officials(method, params, result))

    for lie in (officials, announced, both):
        with lying(rpc_url, lie) as liar, with_nodes({"one_node": True}, Exchange=liar) as client:
            answer = client.post(VOUCHED, json=papers.vouched(3, vouchers=vouchers, ticket=ticket))
            assert code_of(answer) in {"CaseNotPinned", "AnnouncementNotSigned"}


def test_what_the_poll_contract_says_of_itself_is_not_asked(with_nodes: With, papers: IssuerPapers, rpc_url: str) -> None:
    values = type(papers.poll.terms)(**{**papers.poll.terms.__dict__, "receipt_signer": address_of(THIEVES[0])}).values
    parameters, leaves = view("parameters()", [PARAMETERS_ABI], values), view("leafCount()", ["uint256"], 2**20)

    def lie(method: str, params: list[Any], result: Any) -> Any:
        return leaves(method, params, parameters(method, params, result))

    with lying(rpc_url, lie) as liar, with_nodes({"one_node": True}, Exchange=liar) as client:
        assert code_of(client.post(VOUCHED, json=papers.vouched(3, ticket=papers.ticket(3, signer=THIEVES[0])))) == "TicketNotByRelay"
        assert code_of(client.post(VOUCHED, json=papers.vouched(3) | {"index": 24})) == "IndexNotInRegister"
        assert client.post(VOUCHED, json=papers.vouched(3)).status_code == 200


def test_a_poll_at_another_address_is_refused_though_its_announcement_is_signed(
    with_nodes: With, papers: IssuerPapers, rpc_url: str
) -> None:
    """Everything is true but the place: what is signed for that place would be worth something elsewhere."""
    case = papers.poll.world.case.address
    named = view("caseContract()", ["address"], case, to=STRANGER)

    def lie(method: str, params: list[Any], result: Any) -> Any:
        if method == "eth_getLogs" and result:
            return [{**log, "data": "0x" + STRANGER[2:].rjust(64, "0") + log["data"][66:]} for log in result]
        return named(method, params, result)

    with lying(rpc_url, lie) as liar, with_nodes({"one_node": True}, Exchange=liar) as client:
        answer = client.post(VOUCHED, json=papers.vouched(3, poll=STRANGER))
        assert (answer.status_code, code_of(answer)) == (403, "PollAddressWrong")


def test_a_node_that_swaps_two_pinned_cases_is_refused(with_nodes: With, papers: IssuerPapers, rpc_url: str) -> None:
    """The other case is a true one, pinned like the first, and thieves decide there: a poll stays its own case's."""
    other = CaseWorld(papers.poll.chain, official_keys=THIEVES)
    register = make_register(24)
    other.freeze(register)
    other.admit(other.submit())
    OpenPoll.announce(other, register, other.terms())
    pinned = {"cases": f"{fingerprint_of(papers.poll.world)}, {fingerprint_of(other)}"}
    with lying(rpc_url, view("caseContract()", ["address"], other.case.address)) as liar:
        with with_nodes(pinned | {"one_node": True}, Exchange=liar) as client:
            assert code_of(client.post(VOUCHED, json=papers.vouched(3))) == "PollAddressWrong"
        with with_nodes(pinned, Court=rpc_url, Exchange=liar) as client:
            answer = client.post(VOUCHED, json=papers.vouched(3))
            assert (code_of(answer), blamed(answer)) == ("NodeLies", "Exchange")


@pytest.mark.parametrize("seconds", [-86_400, -121, 121, 86_400])
def test_nodes_that_differ_about_the_time_stop_everything(with_nodes: With, papers: IssuerPapers, rpc_url: str, seconds: int) -> None:
    with lying(rpc_url, blocks(seconds)) as liar, with_nodes(Court=rpc_url, Exchange=liar) as client:
        answer = client.post(VOUCHED, json=papers.vouched(3))
        assert (answer.status_code, code_of(answer), blamed(answer)) == (503, "NodesDisagree", "Court, Exchange")
        assert "时间" in answer.json()["error"]["message_zh"]
        assert [entry["kind"] for entry in whole_log(client)["entries"]] == ["roots", "face_model"], "what the poll is they agreed about"


def test_of_two_times_that_hardly_differ_the_earlier_counts(with_nodes: With, papers: IssuerPapers, rpc_url: str) -> None:
    with lying(rpc_url, blocks(100)) as ahead, with_nodes({"credential_ttl_seconds": 600}, Court=rpc_url, Exchange=ahead) as client:
        answer = client.post(VOUCHED, json=papers.vouched(3))
        assert answer.json()["credential"]["expires_at"] == papers.now + 600


def test_a_node_alone_cannot_close_a_poll_and_have_faces_erased(with_nodes: With, papers: IssuerPapers, rpc_url: str) -> None:
    with lying(rpc_url, blocks(10**6)) as liar, with_nodes(Court=rpc_url, Exchange=liar) as client:
        client.post(VOUCHED, json=papers.vouched(3))
        done = client.app.state.issuer.retention.round()  # type: ignore[attr-defined]
        assert done["certificates"] == []


def test_a_node_of_another_chain_is_named(with_nodes: With, papers: IssuerPapers, rpc_url: str) -> None:
    answers = iter(["true"] * 6)

    def lie(method: str, params: list[Any], result: Any) -> Any:
        return result if method != "eth_chainId" or next(answers, None) else "0x1"

    with lying(rpc_url, lie) as liar, with_nodes(Court=rpc_url, Exchange=liar) as client:
        for _ in range(8):
            answer = client.post(VOUCHED, json=papers.vouched(3))
            if answer.status_code != 200:
                break
        assert (answer.status_code, code_of(answer), blamed(answer)) == (503, "NodeLies", "Exchange")
        assert "NodeOfAnotherChain" in answer.json()["error"]["message"]


def test_one_of_three_that_lies_is_left_out_and_named(with_nodes: With, papers: IssuerPapers, rpc_url: str) -> None:
    lie = LIES["officials"][0](papers)
    local = rpc_url.replace("127.0.0.1", "localhost")
    with lying(rpc_url, lie) as liar, with_nodes(Court=rpc_url, Exchange=liar, Association=local) as client:
        assert client.post(VOUCHED, json=papers.vouched(3)).status_code == 200
        entry, *_ = whole_log(client)["entries"]
        assert entry["organisations"] == ["Association", "Court"]


def test_two_of_three_that_lie_alike_do_not_win(with_nodes: With, papers: IssuerPapers, rpc_url: str) -> None:
    lie = LIES["announcement signed by thieves"][0](papers)
    with lying(rpc_url, lie) as one, lying(rpc_url, lie) as two, with_nodes(Court=rpc_url, Exchange=one, Fund=two) as client:
        answer = client.post(VOUCHED, json=papers.vouched(3))
        assert (answer.status_code, code_of(answer), blamed(answer)) == (503, "NodeLies", "Exchange, Fund")
        assert whole_log(client)["entries"] == []


def test_a_silent_node_is_missed_and_one_alone_needs_its_setting(with_nodes: With, papers: IssuerPapers, rpc_url: str) -> None:
    silent = "http://127.0.0.1:1"
    with with_nodes(Court=rpc_url, Exchange=silent) as client:
        answer = client.post(VOUCHED, json=papers.vouched(3))
        assert (answer.status_code, code_of(answer)) == (503, "NodesTooFew")
        assert answer.json()["error"]["details"] == {"needed": 2, "answered": 1, "silent": "Exchange"}
    with with_nodes(Court=rpc_url) as client:
        assert code_of(client.post(VOUCHED, json=papers.vouched(3))) == "NodesTooFew"
    with with_nodes(Court=silent, Exchange="http://127.0.0.1:2") as client:
        assert code_of(client.post(VOUCHED, json=papers.vouched(3))) == "ChainSilent"
    with with_nodes({"one_node": True}, Court=rpc_url, Exchange=silent) as client:
        assert client.post(VOUCHED, json=papers.vouched(3)).status_code == 200
        assert whole_log(client)["entries"][0]["one_node"] is True, "every recount names it"
    with with_nodes(Court=rpc_url, Exchange=silent) as client:
        assert code_of(client.post(VOUCHED, json=papers.vouched(3))) == "NodesTooFew", "what one node said is not kept for stricter days"
    with with_nodes(Court=rpc_url, Exchange=rpc_url.replace("127.0.0.1", "localhost")) as client:
        assert client.post(VOUCHED, json=papers.vouched(4)).status_code == 200
        assert [entry.get("one_node") for entry in whole_log(client)["entries"] if entry["kind"] == "roots"] == [True, False]


def test_a_case_that_is_not_pinned_gets_nothing(with_nodes: With, papers: IssuerPapers, settings: IssuerSettings, rpc_url: str) -> None:
    assert settings.cases
    nodes = {"Court": rpc_url, "Exchange": rpc_url.replace("127.0.0.1", "localhost")}
    with with_nodes({"cases": ""}, **nodes) as client:
        answer = client.post(VOUCHED, json=papers.vouched(3))
        assert (answer.status_code, code_of(answer)) == (403, "NoCasePinned")
    with with_nodes({"cases": "0123 " * 8}, **nodes) as client:
        assert code_of(client.post(VOUCHED, json=papers.vouched(3))) == "CaseNotPinned"
    with with_nodes(**nodes) as client:
        assert client.post(VOUCHED, json=papers.vouched(3)).status_code == 200
    with with_nodes({"cases": "0123 " * 8}, **nodes) as client:
        assert code_of(client.post(VOUCHED, json=papers.vouched(3))) == "CaseNotPinned", "taken out of the settings"


def test_what_was_found_out_is_kept_and_nodes_are_asked_for_the_time_only(with_nodes: With, papers: IssuerPapers, rpc_url: str) -> None:
    asked: list[str] = []

    def hear(method: str, params: list[Any], result: Any) -> Any:
        asked.append(method)
        return result

    with lying(rpc_url, hear) as node, with_nodes(Court=node, Exchange=rpc_url) as client:
        client.post(VOUCHED, json=papers.vouched(3))
        asked.clear()
        assert client.post(VOUCHED, json=papers.vouched(4)).status_code == 200
        assert asked == ["eth_chainId", "eth_getBlockByNumber"]
    with lying(rpc_url, LIES["officials"][0](papers)) as liar, with_nodes(Court=liar, Exchange=rpc_url) as client:
        assert client.post(VOUCHED, json=papers.vouched(5)).status_code == 200, "what officials signed does not change"


def test_the_log_says_what_is_believed_and_why(client: TestClient, papers: IssuerPapers) -> None:
    client.post(VOUCHED, json=papers.vouched(3))
    entry = whole_log(client)["entries"][0]
    assert set(entry) == {
        *("seq", "prev_hash", "poll_seq", "poll_prev", "hash", "time", "kind", "chain_id", "poll"),
        *("case", "poll_number", "fingerprint", "announced", "organisations", "one_node"),
    }
    world = papers.poll.world
    said = {"kind": "roots", "case": world.case.address.lower(), "poll_number": 0, "fingerprint": fingerprint_of(world)}
    assert entry | said | {"organisations": ["Association", "Court"], "one_node": False} == entry
    (log,) = world.case.events.PollAnnounced().get_logs(from_block=0)
    assert entry["announced"] == "0x" + bytes(log["transactionHash"]).hex()
