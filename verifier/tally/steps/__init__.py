"""The steps of a recount, one file each, numbered and named as protocol §13 does."""

from collections.abc import Callable

from verifier.tally.findings import StepLog
from verifier.tally.recount import Recount
from verifier.tally.steps import (
    ballots,
    conditions,
    count,
    decision,
    issuer_log,
    node,
    opening,
    outcome,
    parameters,
    plan,
    ranges,
    receipts,
    register,
    result_file,
    rule,
    sample,
    seal,
    stamps,
    state,
    witnesses,
)

STEPS: tuple[tuple[int, str, Callable[[Recount, StepLog], None]], ...] = (
    (1, "Node", node.check),
    (2, "Parameters", parameters.check),
    (3, "Register", register.check),
    (4, "Plan", plan.check),
    (5, "Rule", rule.check),
    (6, "Ballots", ballots.check),
    (7, "Count", count.check),
    (8, "Opening", opening.check),
    (9, "Outcome", outcome.check),
    (10, "Decision", decision.check),
    (11, "Receipts", receipts.check),
    (12, "Result file", result_file.check),
    (13, "Log", issuer_log.check),
    (14, "State", state.check),
    (15, "Seal", seal.check),
    (16, "Ranges", ranges.check),
    (17, "Sample", sample.check),
    (18, "Conditions", conditions.check),
    (19, "Stamps", stamps.check),
    (20, "Witnesses", witnesses.check),
)
