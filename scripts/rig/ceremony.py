"""Trustees of a case: appointed, a key made by all of them, and shares published after the close. All through the API."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from scripts.rig.api import Api
from scripts.rig.chain_access import ChainAccess
from scripts.rig.seats import Seats
from scripts.rig.steps import say, sign_together, step, unix
from scripts.rig.vote import Vote

SEATS, NEEDED = 6, 3
#: Seats that nobody hears of after the close; whoever comes is enough.
AWAY = (2, 5)
COUNT_SECONDS = 120


def appoint_trustees(vote: Vote) -> None:
    """Officials appoint the holders of the poll's key; in a rehearsal they serve at once."""
    step(vote, f"任命 {SEATS} 名密钥保管人，{NEEDED} 名即可解封 / appointing {SEATS} trustees, {NEEDED} of whom unseal")
    seats = Seats(SEATS)
    body = {"signers": [trustee.signer for trustee in seats.seats], "names": seats.names}
    sign_together(vote, vote.officials[0].api.post(f"/api/cases/{vote.case['id']}/trustees", body))
    vote.seats = seats


def hold_ceremony(vote: Vote) -> str:
    """Every seat joins, deals and confirms, each from a file of its own; the id of the complete ceremony."""
    step(vote, "密钥仪式：加入、分发、确认 / key ceremony: joining, dealing, confirming")
    seats, official, public = seats_of(vote), vote.officials[0].api, Api(vote.stack.url)
    seats.take_anew()
    names = {"threshold": NEEDED, "names": seats.names}
    begun = official.post(f"/api/cases/{vote.case['id']}/ceremonies", names)
    path = f"/api/ceremonies/{begun['id']}"

    def hand_in(kind: str, papers: Sequence[dict[str, Any]]) -> None:
        for seat, paper in enumerate(papers):
            public.post(f"{path}/seats/{seat}/{kind}", paper)

    everybody = range(SEATS)
    hand_in("entry", [seats.entry(begun, seat) for seat in everybody])
    official.post(f"{path}/roll")
    rolled = public.get(path)
    hand_in("dealing", [seats.dealing(rolled, seat) for seat in everybody])
    dealt = public.get(path)
    hand_in("confirmation", [seats.confirmation(dealt, seat) for seat in everybody])
    vote.ceremony = public.get(path)
    words = " ".join(seats.transcript(vote.ceremony).words)
    say.print(f"   十二个词，各席相同 / the twelve words, the same at every seat: {words}", highlight=False)
    return str(begun["id"])


def close_and_unseal(vote: Vote) -> None:
    """The window ends by the chain's clock; trustees who come publish their shares, and the contract counts what is in the box.

    Raises: RuntimeError when the count does not end, or finds other invalid ballots than were cast.
    """
    step(vote, f"截止，密钥保管人公布份额；{len(AWAY)} 名没有来 / closed, trustees publish shares; {len(AWAY)} of them stay away")
    ChainAccess(vote.stack.rpc_url).move_to(unix(vote.poll["closes_at"]) + 1)
    seats = seats_of(vote)
    publish_shares(vote, [seat for seat in range(SEATS) if seat not in AWAY])
    away = ", ".join(seats.names[seat] for seat in AWAY)
    say.print(f"   公布 {vote.shares} 份；没有来：{away} / {vote.shares} shares; not there: {away}", highlight=False)
    step(vote, "合约逐票解封、计票 / the contract opens every ballot and counts")
    show_invalid(vote, await_count(vote))


def publish_shares(vote: Vote, seats: Sequence[int]) -> None:
    """Anybody may hand a share in; with the last one needed the vote is unsealed."""
    public = Api(vote.stack.url)
    for seat in seats:
        share = seats_of(vote).share(vote.ceremony, seat)
        public.post(f"/api/polls/{vote.poll['id']}/shares", {"seat": seat, "share": f"0x{share:064x}"})
        vote.shares += 1


def await_count(vote: Vote) -> dict[str, Any]:
    """Until the box is empty and everybody is shown so; the seal as it is then. Raises: RuntimeError."""
    public, deadline = Api(vote.stack.url), time.monotonic() + COUNT_SECONDS
    while time.monotonic() < deadline:
        seal: dict[str, Any] = public.get(f"/api/polls/{vote.poll['id']}/seal")
        if seal["stage"] == "counted" and seal["progress"]["counted"] == seal["progress"]["lenders"]:
            return seal
        time.sleep(0.5)  # counting tells by the poll's stage only
    raise RuntimeError(f"the poll is not counted after {COUNT_SECONDS} s")


def show_invalid(vote: Vote, seal: dict[str, Any]) -> None:
    """Whose ballot opened to nothing. Raises: RuntimeError where that is somebody else."""
    invalid = seal["progress"]["invalid"]
    if invalid != vote.nonsense:
        raise RuntimeError(f"invalid ballots of {invalid}, cast by {vote.nonsense}")
    for index in invalid:
        say.print(
            f"   第 {index} 号出借人的票解封后不是任何选择：无效，不计入"
            f" / the ballot of lender {index} opens to no choice: invalid, it does not count",
            highlight=False,
        )


def seats_of(vote: Vote) -> Seats:
    """The case's trustees. Raises: RuntimeError."""
    if vote.seats is None:
        raise RuntimeError("the case has no trustees")
    return vote.seats
