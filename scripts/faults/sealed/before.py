"""What happens to a sealed poll before its close and around it: shares that come too early, blocks around the close that are replaced."""

from __future__ import annotations

import time

from backend.case.register.crypto import leaf_hash
from backend.case.register.merkle import Tree
from backend.ground.chain import sealed_types
from backend.ground.chain.calls import ContractCall
from backend.ground.chain.signatures import sign
from backend.ground.chain.values import Leaf, SignedBallot
from backend.ground.common.voting import SealedChoices
from scripts.faults.conditions import await_blocks, no_blocks
from scripts.faults.sealed.outsider import Outsider
from scripts.faults.sealed.stage import SealedStage, require
from scripts.faults.stage import Fault, Stage
from scripts.rig.api import Refused
from verifier.shares.polynomials import secret_of

#: Blocks that are replaced: no more than are not final.
REPLACED = 2


def share_in_the_pool(stage: Stage) -> float:
    """Trustees publish before the close, through the service and past it: nothing is taken, and what was pooled is called a breach."""
    assert isinstance(stage, SealedStage)
    seats = stage.some_seats()
    require_refused(stage, seats[0])
    outsider = Outsider(stage.node)
    with no_blocks(stage):
        sent = [outsider.send(stage.contract.publish_share(seat, stage.share(seat))) for seat in seats]
        require(int(stage.node.ask("txpool_status")["pending"], 16) >= len(sent), "the shares are not in the pool")
    await_blocks(stage, 3)
    receipts = [stage.node.receipt(one) for one in sent]
    require(all(one is not None and int(one["status"], 16) == 0 for one in receipts), "a share was taken before the close")
    require(not stage.contract.shares_published() and not stage.contract.secret(), "a share stands in the contract before the close")
    secret = secret_of({seat: stage.share(seat) for seat in seats})
    digest = sealed_types.seal_breach(stage.poll["chain_id"], stage.poll["address"]).digest()
    signature = "0x" + sign(secret.to_bytes(32, "big"), digest).hex()
    stage.public.post(f"/api/polls/{stage.poll['id']}/breach", {"signature": signature})
    seal = stage.seal()
    stage.is_broken = True
    require(seal["seal_broken_at"] and seal["opened"] == 0 and seal["stage"] == "open", f"the breach is not told: {seal}")
    return time.monotonic()


def require_refused(stage: SealedStage, seat: int) -> None:
    """The service says that it is too early, and sends nothing. Raises: AssertionError."""
    path, body = f"/api/polls/{stage.poll['id']}/shares", {"seat": seat, "share": f"0x{stage.share(seat):064x}"}
    data = stage.contract.publish_share(seat, stage.share(seat)).data.hex()
    with no_blocks(stage):
        try:
            stage.public.post(path, body)
        except Refused as refused:
            require(refused.code == "PollStillOpen", f"an early share was answered {refused.code}")
        else:
            raise AssertionError("the service took a share before the close")
        pool = str(stage.node.ask("txpool_content"))
    require(data not in pool, "the service sent an early share")


def across_the_close(stage: Stage) -> float:
    """The last blocks are replaced, and a ballot comes to stand on the other side of the close: out of the poll or, by lot, into it."""
    assert isinstance(stage, SealedStage)
    stage.may_miss = True
    closes_at, comes_in = stage.closes_at, bool(stage.dice.getrandbits(1))
    index, call = _direct_ballot(stage)
    while stage.node.block().timestamp < closes_at - 4:
        time.sleep(0.05)  # blocks come by themselves
    with no_blocks(stage):
        raw = Outsider(stage.node).signed(call)
        found = []
        for time_of_ballot in (closes_at, closes_at - 1) if comes_in else (closes_at - 1, closes_at):
            _mine(stage, closes_at - 2)
            stage.node.send_raw(raw)
            _mine(stage, time_of_ballot)
            found.append(stage.contract.ballot_of(index).sequence)
            if len(found) == 1:
                time.sleep(1.5)  # the backend sees the blocks that will vanish
                stage.node.ask("anvil_rollback", REPLACED)
    require(found == ([0, 1] if comes_in else [1, 0]), f"the ballot did not move over the close: {found}")
    stage.await_close()
    return time.monotonic()


def _direct_ballot(stage: SealedStage) -> tuple[int, ContractCall]:
    """The index of a lender who has not voted yet, and the call that casts a ballot; the proof is made of published files."""
    lenders = stage.electorate.lenders
    lender = lenders.pop(next(place for place in reversed(range(len(lenders))) if not lenders[place].sequence))
    ballot = stage.electorate.ballot(lender)
    raw = {name: bytes.fromhex(ballot[name][2:]) for name in ("seal", "sealed_choice", "ballot_signature", "credential_signature")}
    sealed = SealedChoices(raw["seal"], raw["sealed_choice"])
    expires_at, key = ballot["credential_expires_at"], lender.ballot_key
    signed = SignedBallot(lender.index, 0, lender.sequence, key, raw["ballot_signature"], expires_at, raw["credential_signature"], sealed)
    rows = [line.split(",") for line in stage.public.download(f"/api/polls/{stage.poll['id']}/published/leaves.csv").decode().split()[1:]]
    leaves = [Leaf(int(row[1]), int(row[2], 16), int(row[3], 16)) for row in rows]
    points = [leaf.x.to_bytes(32, "big") + leaf.y.to_bytes(32, "big") for leaf in leaves]
    tree = Tree(b"".join(leaf_hash(place, leaf.voting_class, points[place]) for place, leaf in enumerate(leaves)))
    return lender.index, stage.contract.cast(signed, leaves[lender.index], tree.proof(lender.index))


def _mine(stage: Stage, timestamp: int) -> None:
    """A block of that time, with whatever waits."""
    stage.node.ask("evm_setNextBlockTimestamp", timestamp)
    stage.node.ask("evm_mine")


OPEN: dict[str, Fault] = {"share in the pool before the close": share_in_the_pool}
CLOSING: dict[str, Fault] = {"reorganisation across the close": across_the_close}
