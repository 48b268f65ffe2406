"""Whether the service lives, whether it is ready, and why not: for the machines that watch it."""

from __future__ import annotations

import shutil

from fastapi import APIRouter, Request, Response
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.service import Chain
from backend.ground.common.rounds import AllRounds
from backend.ground.common.settings import Settings
from backend.ground.http.services import service_of
from backend.shell.looks import Look, Looks
from backend.shell.losses import Losses
from backend.vote.ballots.service import BallotService
from backend.vote.polls.service import PollService

#: Seconds after which a pump that completed no round is stuck.
ROUND_SECONDS = 60
#: Seconds for which nodes may tell different things: between two blocks they do.
DISAGREEMENT_SECONDS = 10
#: For all that is looked at: who watches gives up after 5 s, however many nodes there are and however slow each of them is.
LOOK_SECONDS = 4.0
LEAST_FREE_BYTES = 200 * 2**20

router = APIRouter(tags=["health"])


@router.get("/healthz")
@router.get("/api/healthz")
def health(request: Request) -> dict[str, object]:
    """Whether database and chain answer, each within seconds. Raises: NodeNotAnswering, also when it takes longer."""
    chain, engine = service_of(request, Chain), service_of(request, Engine)
    try:
        (chain_time,) = service_of(request, Looks).one("answers", lambda: _chain_time(engine, chain), LOOK_SECONDS)
    except TimeoutError as error:
        raise NodeNotAnswering(reason=f"no answer within {LOOK_SECONDS:g} s") from error
    return {"status": "ok", "chain_time": int(chain_time)}


@router.get("/readyz")
@router.get("/api/readyz")
def ready(request: Request, response: Response) -> dict[str, object]:
    """200 when every part that a lender needs works; otherwise 503 and what is wrong, in words for the runbook.

    `notes` are what works with less than it should; no lender is sent away for them.
    """
    chain, engine, settings = service_of(request, Chain), service_of(request, Engine), service_of(request, Settings)
    polls, ballots = service_of(request, PollService), service_of(request, BallotService)
    looks: dict[str, Look] = {
        "database": lambda: database_faults(engine),
        "chain": lambda: chain_faults(chain),
        "chain's purse": lambda: purse_faults(chain),
        "receipts": lambda: receipt_faults(polls, ballots),
        "disk": lambda: disk_faults(settings),
    }
    faults = service_of(request, Looks).within(LOOK_SECONDS, looks)
    response.headers["Cache-Control"] = "no-store"
    response.status_code = 503 if faults else 200
    notes = [*chain_notes(chain), *service_of(request, Losses).found, *service_of(request, AllRounds).faults()]
    return {"ready": not faults, "faults": faults, "notes": notes}


def _chain_time(engine: Engine, chain: Chain) -> list[str]:
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    return [str(chain.chain_time())]


def database_faults(engine: Engine) -> list[str]:
    """What is wrong with the database."""
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except SQLAlchemyError as error:
        return [f"database: {type(error).__name__}"]
    return []


def chain_faults(chain: Chain) -> list[str]:
    """What is wrong between us and the chain."""
    try:
        chain.chain_time()
    except NodeNotAnswering:
        return ["chain: no node answers"]
    try:
        standing = chain.standing()
    except SQLAlchemyError:
        return []
    # One node of several may be out; that is for the metrics to say, not a reason to send lenders away.
    if standing.halted_at is not None:
        return [f"chain: rewritten below finality at block {standing.halted_at}"]
    if standing.stands_still:
        return [f"chain: halted, no block for {standing.still_seconds:.0f} s, {standing.waiting} transactions wait; no receipts are given"]
    if standing.disagreement and standing.round_age_seconds > DISAGREEMENT_SECONDS:
        return [f"chain: the organisations' nodes tell different things ({standing.disagreement})"]
    return ["chain: sending and mirroring stand still"] if standing.round_age_seconds > ROUND_SECONDS else []


def purse_faults(chain: Chain) -> list[str]:
    """Whether the relay's account can pay for what is to be sent; the embedded chain's always can."""
    if chain.embedded:
        return []
    try:
        purse = chain.purse()
    except NodeNotAnswering:
        return []  # said by those who look at the chain
    words = f"chain: the relay's account {purse.address} cannot pay, it holds {purse.balance_wei} wei: send funds to it"
    return [words] if purse.is_short else []


def receipt_faults(polls: PollService, ballots: BallotService) -> list[str]:
    """What keeps receipts from being given, or from being anchored on the chain."""
    try:
        foreign = [poll.id for poll in polls.running_polls() if not polls.signs_receipts(poll)]
    except (NodeNotAnswering, SQLAlchemyError):
        return []  # said by those who look at chain and database
    words = "receipts: poll {} names another key than this relay's for its receipts, so none are given"
    return [*(words.format(poll_id) for poll_id in foreign), *ballots.anchors.faults()]


def chain_notes(chain: Chain) -> list[str]:
    """What the chain's nodes lack without stopping anybody."""
    try:
        standing = chain.standing()
    except SQLAlchemyError:
        return []
    notes = [f"chain: node {name} is left out: {fault}" for name, fault in standing.nodes if fault]
    if len(standing.organisations) == 1:
        notes.append(f"chain: one organisation's word, {standing.organisations[0]}")
    if standing.finality_waits:
        notes.append(f"chain: nothing becomes final, {standing.finality_waits}")
    return notes


def disk_faults(settings: Settings) -> list[str]:
    """Whether there is room to write."""
    free = shutil.disk_usage(settings.data_dir).free
    return [f"disk: {free // 2**20} MiB free"] if free < LEAST_FREE_BYTES else []
