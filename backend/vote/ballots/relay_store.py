"""SQL of ballots on their way to the chain: in which batch, with which outcome."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.ground.chain.casts import CastBallot
from backend.ground.common.voting import Choice
from backend.vote.ballots.rules import WAITING, BallotStatus
from backend.vote.ballots.store import BallotRow, BatchRow, BatchStatus


def polls_with(session: Session, statuses: Collection[str]) -> Sequence[str]:
    """Polls that have ballots in one of the states."""
    return session.scalars(select(BallotRow.poll_id).where(BallotRow.status.in_(statuses)).distinct()).all()


def queued(session: Session, poll_id: str, limit: int) -> Sequence[BallotRow]:
    """Ballots that no batch has taken yet, lowest sequence first so that nobody's second comes before the first."""
    query = select(BallotRow).where(BallotRow.poll_id == poll_id, BallotRow.status == BallotStatus.SUBMITTED, BallotRow.batch_id.is_(None))
    return session.scalars(query.order_by(BallotRow.sequence, BallotRow.lender_index).limit(limit)).all()


def oldest_queued(session: Session, poll_id: str) -> tuple[datetime | None, int]:
    """When the longest-waiting ballot was received, and how many wait."""
    query = select(func.min(BallotRow.received_at), func.count()).where(
        BallotRow.poll_id == poll_id, BallotRow.status == BallotStatus.SUBMITTED, BallotRow.batch_id.is_(None)
    )
    oldest, count = session.execute(query).one()
    return oldest, count


def indexes_on_the_way(session: Session, poll_id: str) -> set[int]:
    """Lenders with a ballot in a batch that has no outcome yet; their next ballot waits for it."""
    query = select(BallotRow.lender_index).where(
        BallotRow.poll_id == poll_id, BallotRow.status.in_(WAITING), BallotRow.batch_id.is_not(None)
    )
    return set(session.scalars(query))


def batches(session: Session, statuses: Collection[str]) -> Sequence[BatchRow]:
    """Batches in one of the states, oldest first."""
    return session.scalars(select(BatchRow).where(BatchRow.status.in_(statuses)).order_by(BatchRow.formed_at, BatchRow.id)).all()


def ballots_in(session: Session, batch_id: str) -> list[BallotRow]:
    """A batch's ballots ascending by index."""
    return list(session.scalars(select(BallotRow).where(BallotRow.batch_id == batch_id).order_by(BallotRow.lender_index)))


def assign(session: Session, batch: BatchRow, ballot_ids: Sequence[int]) -> None:
    """Put ballots into a batch."""
    session.add(batch)
    session.flush()
    session.execute(update(BallotRow).where(BallotRow.id.in_(ballot_ids)).values(batch_id=batch.id, status=BallotStatus.SUBMITTED))


def keep_list(session: Session, batch_id: str, expires_at: int, signature: bytes) -> BatchRow:
    """Keep the verifier's list for a batch."""
    batch = session.get_one(BatchRow, batch_id)
    batch.list_expires_at, batch.list_signature = expires_at, signature
    return batch


def count_attempt(session: Session, batch_id: str) -> int:
    """One more round in which the node did not answer for the batch; how many now."""
    batch = session.get_one(BatchRow, batch_id)
    batch.attempts += 1
    return batch.attempts


def mark_sent(session: Session, batch_id: str, tx_id: str) -> None:
    """The chain room has the batch's call in its outbox."""
    batch = session.get_one(BatchRow, batch_id)
    batch.status, batch.tx_id = BatchStatus.SENT, tx_id
    session.execute(update(BallotRow).where(BallotRow.batch_id == batch_id).values(status=BallotStatus.SENT))


def mark_split(session: Session, batch_id: str, refusal: str) -> None:
    """The batch hands its ballots over to others."""
    batch = session.get_one(BatchRow, batch_id)
    batch.status, batch.refusal = BatchStatus.SPLIT, refusal[:200]


def requeue(session: Session, batch_id: str, refusal: str) -> None:
    """The batch's ballots wait for a new batch."""
    mark_split(session, batch_id, refusal)
    session.execute(update(BallotRow).where(BallotRow.batch_id == batch_id).values(status=BallotStatus.SUBMITTED, batch_id=None))


class Noted(Protocol):
    """What became of a ballot."""

    @property
    def status(self) -> str: ...
    @property
    def reason(self) -> int: ...
    @property
    def tx_hash(self) -> str | None: ...
    @property
    def block(self) -> int | None: ...


def note_outcomes(session: Session, batch_id: str, found: Mapping[int, Noted], refusal: str | None) -> None:
    """Write each ballot's outcome and close the batch. A ballot confirmed meanwhile stays so."""
    batch = session.get_one(BatchRow, batch_id)
    batch.status, batch.refusal = BatchStatus.DONE, refusal
    for row in ballots_in(session, batch_id):
        outcome = found.get(row.id)
        if outcome is not None and row.status != BallotStatus.CONFIRMED:
            row.status, row.reason = outcome.status, outcome.reason
            row.tx_hash, row.block = outcome.tx_hash, outcome.block


def is_settled(session: Session, poll_id: str, recorded: Sequence[tuple[int, Choice, int]], tx_hash: str) -> bool:
    """Whether all (index, choice, sequence) of a final transaction are known to be ours and confirmed by it, with no missed one before."""
    wanted = {index: (int(choice), sequence) for index, choice, sequence in recorded}
    indexes, confirmed = sorted(wanted), 0
    for at in range(0, len(indexes), 500):
        query = select(BallotRow.lender_index, BallotRow.choice, BallotRow.sequence, BallotRow.status, BallotRow.tx_hash)
        rows = session.execute(query.where(BallotRow.poll_id == poll_id, BallotRow.lender_index.in_(indexes[at : at + 500])))
        for index, choice, sequence, status, row_hash in rows:
            if status == BallotStatus.MISSED and sequence <= wanted[index][1]:
                return False
            confirmed += (status, row_hash, (choice, sequence)) == (BallotStatus.CONFIRMED, tx_hash, wanted[index])
    return confirmed == len(wanted)


def confirm(session: Session, poll_id: str, recorded: Mapping[int, CastBallot], tx_hash: str, block: int) -> None:
    """Ballots that are in a final block, by index: whoever's they are, the ones of ours are confirmed, missed ones before superseded."""
    indexes = sorted(recorded)
    for at in range(0, len(indexes), 500):
        query = select(BallotRow).where(BallotRow.poll_id == poll_id, BallotRow.lender_index.in_(indexes[at : at + 500]))
        for row in session.scalars(query.where(BallotRow.status != BallotStatus.CONFIRMED)):
            cast = recorded[row.lender_index]
            if (cast.choice, cast.sequence, cast.ballot_key, cast.sealed) == (row.choice, row.sequence, row.ballot_key, row.packed):
                row.status, row.reason, row.tx_hash, row.block = BallotStatus.CONFIRMED, 0, tx_hash, block
            elif row.status == BallotStatus.MISSED and row.sequence <= cast.sequence:
                row.status = BallotStatus.SUPERSEDED


def doubt_batches(session: Session, poll_id: str, up_to_block: int) -> int:
    """Batches whose ballots were recorded by a block but are not confirmed count as sent again; how many."""
    recorded = select(BallotRow.batch_id).where(
        BallotRow.poll_id == poll_id, BallotRow.status == BallotStatus.RECORDED, BallotRow.block <= up_to_block
    )
    recorded = recorded.where(BallotRow.batch_id.is_not(None))
    ids = list(session.scalars(recorded.distinct()))
    for batch_id in ids:
        session.get_one(BatchRow, batch_id).status = BatchStatus.SENT
    return len(ids)
