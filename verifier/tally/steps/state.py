"""Step 14: the contracts' state, where somebody tells it, is what was recounted; the chain is still the one that was read."""

from verifier.tally import curve
from verifier.tally.chain.views import Counted
from verifier.tally.findings import StepLog
from verifier.tally.recount import Recount, need


def check(recount: Recount, log: StepLog) -> None:
    """Compares heads, sums, result and voices."""
    scene, sight = need(recount.scene, 1), need(recount.sight, 1)
    count, result = need(recount.count, 7), need(recount.result, 8)
    excluded = [
        (len(out), sum(out) % curve.N)
        for number in range(len(count.heads))
        for out in [[one.amount for one in recount.excluded if one.voting_class == number]]
    ]
    attested = [event.values[1] for event in scene.of_poll("OfficialAttested")]
    counted = Counted(
        heads=count.heads,
        sums=count.sums,
        result_hash=result.result_hash,
        passed=result.passed,
        challenge_ends_at=result.challenge_ends_at,
        approvals=sum(attested),
        refusals=len(attested) - sum(attested),
        excluded=excluded,
    )
    states = sight.states(scene.case, scene.poll, scene.protocol)
    for state in states:
        state.check(counted, log)
    if not states:
        log.note("nobody tells the contracts' state; it follows from the transactions")
    elif log.clean:
        log.note("heads, sums, result and attestations are what was recounted")
    sight.check_unchanged(log)
