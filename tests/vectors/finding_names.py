"""findings.json: the names of everything that a recount can find wrong, with the step it belongs to (protocol §13.1)."""

from __future__ import annotations

from typing import Any

STEPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Bundle",
        (
            "bundle.unreadable", "bundle.name", "bundle.file", "bundle.head",
            "proof.header", "proof.order", "proof.link", "proof.trie", "proof.transaction", "proof.receipt",
            "proof.finality",
        ),
    ),
    (
        "Node",
        (
            "node.answer", "node.chain", "node.header", "node.transaction", "node.log", "node.finality",
            "case.address", "case.creation", "case.code", "case.officials", "case.roles", "case.succession",
            "poll.file", "poll.address", "poll.code", "proof.code",
        ),
    ),
    ("Parameters", ("parameters.file", "parameters.announced", "parameters.signatures", "parameters.range", "parameters.roles")),
    (
        "Register",
        (
            "register.leaves", "register.order", "register.curve", "register.class", "register.count", "register.root", "register.totals",
            "register.frozen", "register.signatures", "register.names", "register.file", "register.excluded",
        ),
    ),
    ("Plan", ("plan.hash", "plan.form", "plan.pdf", "plan.submitted", "plan.admitted", "plan.signatures")),
    ("Rule", ("rule.range", "rule.file", "rule.name")),
    (
        "Ballots",
        (
            "ballots.call", "ballots.window", "ballots.credential", "ballots.expired", "ballots.order", "ballots.proof", "ballots.leaf",
            "ballots.recorded", "ballots.rejected", "ballots.box",
        ),
    ),
    ("Count", ("count.class", "count.sums", "count.secret", "count.box", "count.opened")),
    ("Opening", ("opening.missing", "opening.early", "opening.amounts", "opening.wrong", "opening.range", "opening.admitted")),
    ("Outcome", ("outcome.heads", "outcome.rule", "outcome.hash", "outcome.challenge")),
    (
        "Decision",
        (
            "decision.early", "decision.official", "decision.signature", "decision.twice", "decision.after", "decision.not-passed",
            "decision.event",
        ),
    ),
    (
        "Receipts",
        (
            "receipts.form", "receipts.signature", "receipts.chain", "receipts.fork", "receipts.short", "receipts.unanchored",
            "receipts.notes", "receipts.missed", "receipts.withheld",
        ),
    ),
    ("Result file", ("result.file",)),
    ("Log", ("log.form", "log.chain", "log.roots", "log.credential", "log.vouchers", "log.identity", "log.model")),
    ("State", ("state.view", "state.proof", "state.changed")),
    (
        "Seal",
        (
            "seal.trustees", "seal.key", "seal.confirmed", "seal.used", "seal.file", "seal.transcript", "seal.dealing", "seal.share",
            "seal.breach", "seal.abandoned", "seal.escrow",
        ),
    ),
    ("Ranges", ("ranges.missing", "ranges.file", "ranges.proof")),
    ("Sample", ("sample.file", "sample.seed", "sample.draw", "sample.findings", "sample.bound", "sample.signatures")),
    ("Conditions", ("conditions.file", "conditions.group", "conditions.proof")),
    (
        "Stamps",
        (
            "stamps.file", "stamps.token", "stamps.signature", "stamps.digest", "stamps.authority", "stamps.time", "stamps.chain",
        ),
    ),
    ("Witnesses", ("witness.chain",)),
)  # fmt: skip

#: Of any step: what it needs could not be established, or the tool itself failed.
ANY = ("step.blocked", "step.failed")
#: What makes a paper void; it says nothing against the poll.
VOID = ("void.receipt", "void.log", "void.result", "void.witness", "void.stamps")


def findings_file() -> dict[str, Any]:
    steps = [{"step": number, "name": name, "findings": list(names)} for number, (name, names) in enumerate(STEPS)]
    return {"steps": steps, "any": list(ANY), "void": list(VOID)}
