"""The twelve steps of a recount, one file each, named as protocol §13 names them."""

from collections.abc import Callable

from verifier.tally.findings import StepLog
from verifier.tally.recount import Recount
from verifier.tally.steps import ballots, count, decision, node, opening, outcome, parameters, plan, receipts, register, result_file, rule

STEPS: tuple[tuple[str, Callable[[Recount, StepLog], None]], ...] = (
    ("Node", node.check),
    ("Parameters", parameters.check),
    ("Register", register.check),
    ("Plan", plan.check),
    ("Rule", rule.check),
    ("Ballots", ballots.check),
    ("Count", count.check),
    ("Opening", opening.check),
    ("Outcome", outcome.check),
    ("Decision", decision.check),
    ("Receipts", receipts.check),
    ("Result file", result_file.check),
)
