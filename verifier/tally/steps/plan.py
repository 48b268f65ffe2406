"""Step 4: what was voted on is the published plan, submitted by the institution and admitted by the officials."""

from itertools import pairwise

from verifier.tally.findings import StepLog
from verifier.tally.keccak import keccak
from verifier.tally.published import FINDINGS, Record, is_blank, is_canonical, parse
from verifier.tally.recount import Recount, Scene, Terms, need
from verifier.tally.signers import has_signed, short
from verifier.tally.steps.acts import call_of, only_event
from verifier.tally.typed_data import plan_admission, plan_submission

NAME = "plan.json"
FORM = FINDINGS[NAME]
KEYS = "case ladder parts pdf title version"
PARTS = "settlement liquidation_period existing_business dispute_resolution"
FULL_BPS = 10_000


def check(recount: Recount, log: StepLog) -> None:
    """Establishes the plan's hash."""
    scene, terms = need(recount.scene, 1), need(recount.terms, 2)
    plan_hash = _submitted(recount, scene, terms, log)
    recount.plan_hash = plan_hash
    _admitted(recount, scene, terms, plan_hash, log)
    content = recount.published.bytes_of(NAME)
    if log.equal("plan.hash", NAME, "does not have the poll's plan hash", plan_hash, keccak(content)):
        log.note(f"plan hash 0x{plan_hash.hex()}")
    plan = parse(content, NAME, FORM)
    log.holds(FORM, NAME, "is not canonical JSON", is_canonical(content, plan))
    by_motions = isinstance(plan, dict) and "motions" in plan
    record = Record.of(plan, NAME, f"{KEYS} motions" if by_motions else KEYS, FORM)
    _check_motions(record, terms, log)
    _check_plan(recount, scene, record, log)


def _submitted(recount: Recount, scene: Scene, terms: Terms, log: StepLog) -> bytes:
    """The hash that the institution signed."""
    event = only_event(scene.of_case("PlanSubmitted", terms.plan_number), "plan.submitted", "PlanSubmitted", terms.plan_number)
    transaction, (plan_hash, signature) = call_of(recount, scene, event, "submitPlan", scene.case, "plan.submitted")
    said, then = list(event.values[1:]), scene.in_office(event)
    log.equal("plan.submitted", event.place, "says another plan or submitter", [plan_hash, then.institution], said)
    digest = plan_submission(then.separator, terms.plan_number, plan_hash)
    place, right = f"submission in {transaction.place}", has_signed(then.institution, digest, signature)
    if log.holds("plan.signatures", place, "signature is not the institution's", right, short(then.institution), signature):
        log.note(f"{place}: signed by the institution")
    return bytes(plan_hash)


def _admitted(recount: Recount, scene: Scene, terms: Terms, plan_hash: bytes, log: StepLog) -> None:
    event = only_event(scene.of_case("PlanAdmitted", terms.plan_number), "plan.admitted", "PlanAdmitted", terms.plan_number)
    log.equal("plan.admitted", event.place, "admits another plan", plan_hash, event.values[1])
    before = event.log.order < terms.announced.log.order
    log.holds("plan.admitted", event.place, "was admitted after the poll was announced", before, terms.announced.log.place)
    transaction, inputs = call_of(recount, scene, event, "admitPlan", scene.case, "plan.admitted")
    plan_number, signers, signatures = inputs
    log.equal("plan.admitted", transaction.place, "admits a plan of another number", terms.plan_number, plan_number)
    deciding = scene.in_office(event)
    digest = plan_admission(deciding.separator, terms.plan_number, plan_hash)
    deciding.panel.signed("plan.signatures", digest, signers, signatures, log, f"admission in {transaction.place}")


def _check_motions(plan: Record, terms: Terms, log: StepLog) -> None:
    """A title for each motion, where there are several (protocol §7)."""
    titles = [one.text("motions") for one in plan.each("motions")] if "motions" in plan.fields else []
    log.equal(FORM, "plan.json: motions", "are another number than the poll's motions", terms.motions, len(titles) or 1)
    if "motions" in plan.fields:
        different = len(titles) > 1 and len(set(titles)) == len(titles)
        log.holds(FORM, "plan.json: motions", "are not 2 or more different titles", different)
    for title in titles:
        log.holds(FORM, "plan.json: motions", "a title is empty", not is_blank(title))


def _check_plan(recount: Recount, scene: Scene, plan: Record, log: StepLog) -> None:
    log.equal(FORM, "plan.json: case", "is a plan of another case", scene.case, plan.raw("case", 20))
    plan.whole("version", 2**63)
    parts = plan.inner("parts", "plan.json parts", PARTS)
    for key in PARTS.split():
        log.holds(FORM, f"plan.json: {key}", "this part of the plan is empty", not is_blank(parts.text(key)))
    log.holds(FORM, "plan.json: title", "is empty", not is_blank(plan.text("title")))
    _check_ladder(plan, log)
    pdf = plan.inner("pdf", "plan.json pdf", "bytes keccak")
    length, expected = pdf.whole("bytes", 2**63), pdf.raw("keccak", 32)
    content = recount.published.pdf()
    log.equal("plan.pdf", "plan.pdf", "has another length than the plan says", length, len(content))
    if log.equal("plan.pdf", "plan.pdf", "is not the file that the plan names", expected, keccak(content)):
        log.note(f"plan.pdf is the file of {length} bytes that the plan names; the four parts are there")


def _check_ladder(plan: Record, log: StepLog) -> None:
    steps = [Record.of(row, f"plan.json ladder {i}", "months ratio_bps", FORM) for i, row in enumerate(plan.rows("ladder"))]
    months = [step.whole("months", 2**31) for step in steps]
    ratios = [step.whole("ratio_bps", FULL_BPS + 1) for step in steps]
    rising = all(a < b for a, b in pairwise(months))
    log.holds(FORM, "plan.json: ladder", "months do not rise strictly", rising, "rising", months)
    log.holds(FORM, "plan.json: ladder", "promises more than everything", sum(ratios) <= FULL_BPS, f"at most {FULL_BPS}", sum(ratios))
