"""Step 4: what was voted on is the published plan, submitted by the institution and admitted by the officials."""

from itertools import pairwise

from verifier.tally.contracts import decode_call
from verifier.tally.findings import StepLog
from verifier.tally.keccak import keccak
from verifier.tally.published import Record, canonical, parse
from verifier.tally.recount import Recount, Scene, Terms, need
from verifier.tally.steps.acts import carrying, only_event
from verifier.tally.typed_data import plan_admission, plan_submission

NAME = "plan.json"
KEYS = "case ladder parts pdf title version"
PARTS = "settlement liquidation_period existing_business dispute_resolution"
FULL_BPS = 10_000


def check(recount: Recount, log: StepLog) -> None:
    """Establishes the plan's submitter."""
    scene, terms = need(recount.scene, 1), need(recount.terms, 2)
    plan_hash, submitter, admitted = scene.case.plan(terms.plan_number)
    place = f"case.plan({terms.plan_number})"
    log.equal(place, "is not the poll's plan", terms.plan_hash, plan_hash)
    log.equal("poll.planSubmitter()", "is not the plan's submitter", submitter, scene.poll.single("planSubmitter", "bytes"))
    log.equal(place, "was not submitted by the institution", scene.institution, submitter)
    log.holds(place, "was not admitted", admitted)
    recount.plan_submitter = submitter
    _submitted(scene, terms, log)
    _admitted(scene, terms, log)
    content = recount.published.bytes_of(NAME)
    if log.equal(NAME, "does not have the poll's plan hash", terms.plan_hash, keccak(content)):
        log.note(f"plan hash 0x{terms.plan_hash.hex()}")
    plan = parse(content, NAME)
    log.holds(NAME, "is not canonical JSON", content == canonical(plan))
    _check_plan(recount, scene, Record.of(plan, NAME, KEYS), log)


def _submitted(scene: Scene, terms: Terms, log: StepLog) -> None:
    event = only_event(scene.of_case("PlanSubmitted", terms.plan_number), "PlanSubmitted", terms.plan_number)
    log.equal(event.place, "submits another plan", [terms.plan_hash, scene.institution], list(event.values[1:]))
    transaction = carrying(event, scene, log)
    plan_hash, signature = decode_call("submitPlan", transaction, scene.case.address)
    log.equal(transaction.place, "carries another plan", terms.plan_hash, plan_hash)
    digest = plan_submission(scene.case_separator, terms.plan_number, terms.plan_hash)
    if scene.judge.signed(scene.institution, digest, signature, log, f"submission in {transaction.place}"):
        log.note(f"submission in {transaction.place}: signed by the institution")


def _admitted(scene: Scene, terms: Terms, log: StepLog) -> None:
    event = only_event(scene.of_case("PlanAdmitted", terms.plan_number), "PlanAdmitted", terms.plan_number)
    log.equal(event.place, "admits another plan", terms.plan_hash, event.values[1])
    before = event.log.block_number <= terms.announced.number
    log.holds(event.place, "was admitted after the poll was announced", before, f"block {terms.announced.number} or before")
    transaction = carrying(event, scene, log)
    plan_number, signers, signatures = decode_call("admitPlan", transaction, scene.case.address)
    log.equal(transaction.place, "admits a plan of another number", terms.plan_number, plan_number)
    digest = plan_admission(scene.case_separator, terms.plan_number, terms.plan_hash)
    scene.judge.officials_signed(digest, signers, signatures, scene.officials, scene.threshold, log, f"admission in {transaction.place}")


def _check_plan(recount: Recount, scene: Scene, plan: Record, log: StepLog) -> None:
    log.equal("plan.json: case", "is a plan of another case", scene.case.address, plan.raw("case", 20))
    plan.whole("version", 2**63)
    parts = Record.of(plan.fields["parts"], "plan.json parts", PARTS)
    texts = {key: parts.text(key) for key in PARTS.split()}
    for key, text in texts.items():
        log.holds(f"plan.json: {key}", "this part of the plan is empty", bool(text.strip()))
    log.holds("plan.json: title", "is empty", bool(plan.text("title").strip()))
    _check_ladder(plan, log)
    pdf = Record.of(plan.fields["pdf"], "plan.json pdf", "bytes keccak")
    length, expected = pdf.whole("bytes", 2**63), pdf.raw("keccak", 32)
    content = recount.published.pdf()
    log.equal("plan.pdf", "has another length than the plan says", length, len(content))
    if log.equal("plan.pdf", "is not the file that the plan names", expected, keccak(content)):
        log.note(f"plan.pdf is the file of {length} bytes that the plan names; the four parts are there")


def _check_ladder(plan: Record, log: StepLog) -> None:
    steps = [Record.of(row, f"plan.json ladder {i}", "months ratio_bps") for i, row in enumerate(plan.rows("ladder"))]
    months = [step.whole("months", 2**31) for step in steps]
    ratios = [step.whole("ratio_bps", FULL_BPS + 1) for step in steps]
    rising = all(a < b for a, b in pairwise(months))
    log.holds("plan.json: ladder", "months do not rise strictly", rising, "rising", months)
    log.holds("plan.json: ladder", "promises more than everything", sum(ratios) <= FULL_BPS, f"at most {FULL_BPS}", sum(ratios))
