"""Step 5: the rule that the poll's file tells people is the announced one."""

from verifier.tally.contracts import rule_hash
from verifier.tally.findings import StepLog
from verifier.tally.recount import Recount, need
from verifier.tally.rules import MOST_CONDITIONS, PRESETS, is_allowed, sentence
from verifier.tally.steps import poll_file


def check(recount: Recount, log: StepLog) -> None:
    """Compares conditions, and the conditions with the preset that the file names."""
    terms = need(recount.terms, 2)
    count = len(terms.conditions)
    log.holds("rule.range", "parameters", "conditions are not 1 to 8", 1 <= count <= MOST_CONDITIONS, "1 to 8", count)
    for number, condition in enumerate(terms.conditions):
        if log.holds("rule.range", f"condition {number}", "is none that the protocol knows", is_allowed(condition), "", condition):
            log.note(f"condition {number}: {sentence(condition)}")
    written = poll_file.conditions(poll_file.parameters(recount.published), log)
    if log.equal("rule.file", "poll.json: conditions", "are another number than announced", count, len(written)):
        for number, (of_chain, of_file) in enumerate(zip(terms.conditions, written, strict=True)):
            log.equal("rule.file", f"poll.json condition {number}", "is not the announced one", of_chain, of_file)
    name = poll_file.read(recount.published).text("rule_name")
    known_as = next((preset for preset, conditions in PRESETS.items() if conditions == tuple(terms.conditions)), "")
    if known_as or name in PRESETS:
        log.equal("rule.name", "poll.json: rule_name", "is not the name of the announced conditions", known_as, name)
    else:
        log.note(f"{name} is no preset of the protocol; its conditions are those above")
    log.note(f"{name}, rule hash 0x{rule_hash(terms.conditions).hex()}")
