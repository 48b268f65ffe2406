"""Step 14: the contracts' state, where somebody tells it, is what was recounted; the chain is still the one that was read."""

from verifier.tally import curve
from verifier.tally.chain.sealed_state import SealedFacts
from verifier.tally.chain.views import Counted
from verifier.tally.findings import StepLog
from verifier.tally.recount import Recount, Scene, need


def check(recount: Recount, log: StepLog) -> None:
    """Compares heads, sums, result and voices."""
    scene, sight = need(recount.scene, 1), need(recount.sight, 1)
    count = need(recount.count, 7)
    result = None if scene.is_abandoned else need(recount.result, 8)
    classes = len(need(recount.register, 3).classes)
    excluded = [
        (len(out), sum(out) % curve.N)
        for number in range(classes)
        for out in [[one.amount for one in recount.excluded if one.voting_class == number]]
    ]
    attested = [event.values[1] for event in scene.of_poll("OfficialAttested")]
    counted = Counted(
        heads=count.heads,
        sums=count.sums,
        result_hash=result.result_hash if result else bytes(32),
        passed=int(result.passed) if result else 0,
        challenge_ends_at=result.challenge_ends_at if result else 0,
        approvals=sum(attested),
        refusals=len(attested) - sum(attested),
        excluded=excluded,
        sealed=_sealed(recount, scene, classes) if scene.sealed else None,
    )
    states = sight.states(scene.case, scene.poll, scene.protocol)
    for state in states:
        state.check(counted, log)
    if not states:
        log.note("nobody tells the contracts' state; it follows from the transactions")
    elif log.clean:
        log.note("heads, sums, result and attestations are what was recounted")
    sight.check_unchanged(log)


def _sealed(recount: Recount, scene: Scene, classes: int) -> SealedFacts:
    """What a sealed poll's state has more, by its events; step 15 holds those against their transactions."""
    count, boxes = need(recount.count, 7), need(recount.ballots, 6).boxes
    broken, abandoned = scene.of_poll("SealBroken"), scene.of_poll("PollAbandoned")
    return SealedFacts(
        classes=classes,
        invalid=count.invalid,
        box=boxes[count.left],
        shares_published=sum({1 << event.values[0] for event in scene.of_poll("SharePublished") if event.values[0] < 256}),
        secret=count.secret,
        broken_at=broken[0].values[0] if broken else 0,
        abandoned_for=abandoned[0].values[0] if abandoned else bytes(32),
    )
