"""The sums are opened after the close, by true openings only, and the result is the contract's."""

from __future__ import annotations

import pytest

from backend.ground.chain.errors import TransactionReverted
from backend.vote.tally.errors import NotTalliedYet, PollStillOpen
from tests.backend.vote.ballots.test_intake import cast_directly
from tests.backend.vote.ballots.world import ABSTAIN, AGAINST, FOR, LENDERS, Vote


def cast(vote: Vote, choices: dict[int, int]) -> None:
    for index, choice in choices.items():
        vote.take(index, choice)
    vote.world.ballots.relay_once()


def amounts(vote: Vote) -> dict[int, int]:
    poll = vote.poll
    return {i: vote.world.register.leaf(poll.case_id, poll.register_number, i).amount_fen for i in range(LENDERS)}


def test_nothing_is_opened_before_the_close(vote: Vote) -> None:
    cast(vote, {0: FOR})
    with pytest.raises(PollStillOpen):
        vote.open_sums()
    with pytest.raises(NotTalliedYet):
        vote.world.tally.result(vote.poll.id)
    vote.close()
    with pytest.raises(NotTalliedYet):
        vote.world.tally.result(vote.poll.id)


def test_the_result_adds_up_to_the_fen_and_shows_the_absent(vote: Vote) -> None:
    choices = {0: FOR, 1: FOR, 2: AGAINST, 3: FOR, 5: ABSTAIN, 7: FOR, 8: FOR, 9: FOR, 10: FOR}
    cast(vote, choices)
    vote.take(2, FOR, 2)
    vote.world.ballots.relay_once()
    cast_directly(vote, vote.ballot(11, AGAINST, 1))
    choices |= {2: FOR, 11: AGAINST}
    vote.close()
    result = vote.open_sums()
    claims = amounts(vote)
    for name, wanted in (("for", FOR), ("against", AGAINST), ("abstain", ABSTAIN)):
        chosen = [index for index, choice in choices.items() if choice == wanted]
        assert sum(getattr(outcome.count, f"heads_{name}") for outcome in result.classes) == len(chosen)
        assert sum(getattr(outcome.count, f"fen_{name}") for outcome in result.classes) == sum(claims[i] for i in chosen)
    absent = set(claims) - set(choices)
    assert sum(outcome.absent_heads for outcome in result.classes) == len(absent)
    assert sum(outcome.absent_fen for outcome in result.classes) == sum(claims[i] for i in absent)
    assert result.passed == all(outcome.carries for outcome in result.classes)
    assert result.decision is None
    again = vote.open_sums()
    assert again.result_hash == result.result_hash


def test_lenders_who_swapped_their_choices_at_the_last_moment_are_not_missed(vote: Vote) -> None:
    cast(vote, {0: FOR, 1: AGAINST})
    vote.settle()
    vote.take(0, AGAINST, 2)
    vote.take(1, FOR, 2)
    vote.world.ballots.relay_once()
    vote.close()
    vote.open_sums()
    claims = amounts(vote)
    tallies = vote.world.tally.result(vote.poll.id).tallies
    assert sum(tally.fen_for for tally in tallies) == claims[1]


def test_a_poll_in_which_nobody_voted_is_counted_and_does_not_pass(vote: Vote) -> None:
    vote.close()
    result = vote.open_sums()
    assert not result.passed
    assert sum(outcome.absent_heads for outcome in result.classes) == LENDERS


def test_openings_that_are_off_by_one_fen_are_refused_by_the_contract(vote: Vote) -> None:
    cast(vote, {0: FOR, 1: FOR})
    vote.close()
    register = vote.world.register
    sum_openings = register.sum_openings

    def one_fen_more(*arguments: object) -> list[object]:
        from dataclasses import replace

        openings = sum_openings(*arguments)  # type: ignore[arg-type]
        fuller = next(place for place, opening in enumerate(openings) if opening.fen_for)
        openings[fuller] = replace(openings[fuller], fen_for=openings[fuller].fen_for + 1)
        return list(openings)

    register.sum_openings = one_fen_more  # type: ignore[method-assign, assignment]
    try:
        with pytest.raises(TransactionReverted) as caught:
            vote.open_sums()
    finally:
        register.sum_openings = sum_openings  # type: ignore[method-assign]
    assert caught.value.code == "Poll_OpeningWrong"
    assert vote.open_sums().result_hash != bytes(32)


def test_the_result_over_http_says_both_sides_of_every_condition(vote: Vote) -> None:
    cast(vote, dict.fromkeys(range(10), FOR) | {10: AGAINST})
    vote.close()
    path = f"/api/polls/{vote.poll.id}"
    assert vote.world.browser().post(f"{path}/tally").status_code == 401
    assert vote.world.browser().sign_in("stranger").post(f"{path}/tally").json()["error"]["code"] == "NotOfficialOfCase"
    assert vote.world.browser().get(f"{path}/result").json()["error"]["code"] == "NotTalliedYet"
    official = vote.world.browser().sign_in("official 1")
    opened = official.post(f"{path}/tally", {"acknowledged": official.get(f"{path}/leaks").json()["report_hash"]})
    assert opened.status_code == 200
    result = vote.world.browser().get(f"{path}/result").json()
    assert result == opened.json()
    for outcome in result["classes"]:
        assert len(outcome["conditions"]) == 2
        for condition in outcome["conditions"]:
            left = condition["numerator_value"] * condition["den"]
            right = condition["denominator_value"] * condition["num"]
            assert (condition["left"], condition["right"]) == (left, right)
            assert condition["holds"] == (left > right if condition["strict"] else left >= right)
            assert condition["words_zh"]
            assert condition["words_en"]
        assert outcome["carries"] == all(condition["holds"] for condition in outcome["conditions"])


def test_an_opening_that_was_broken_off_is_finished_by_itself(vote: Vote, monkeypatch: pytest.MonkeyPatch) -> None:
    cast(vote, {0: FOR, 1: AGAINST})
    vote.close()
    tally, intents = vote.world.tally, vote.world.chain.intents
    send = tally._send

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(tally, "_send", killed)
    with pytest.raises(KeyboardInterrupt):
        vote.open_sums()
    with pytest.raises(NotTalliedYet):
        tally.result(vote.poll.id)
    monkeypatch.setattr(tally, "_send", send)
    assert intents.resume() == 1
    assert tally.result(vote.poll.id).result_hash != bytes(32)
    assert intents.resume() == 0
