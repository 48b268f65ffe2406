"""Attacks on who decides, in a history that somebody wrote: acts that no official signed, one key in two roles."""

from __future__ import annotations

from functools import partial

from scripts.attacks.bundles import bundle, forged, told_lie
from scripts.attacks.kinds import Attack, Patch
from scripts.tampers.forge.vote import ForgedVote

WHO = "whoever makes the bundle"
NODE, NODE_2 = "verifier/tally/steps/node.py", "verifier/second/steps/node.mjs"
TERMS, TERMS_2 = "verifier/tally/steps/parameters.py", "verifier/second/steps/parameters.mjs"
SIGNERS, SIGNERS_2 = "verifier/tally/signers.py", "verifier/second/math/signers.mjs"
DECISION, DECISION_2 = "verifier/tally/steps/decision.py", "verifier/second/steps/decision.mjs"
PLAN, PLAN_2 = "verifier/tally/steps/plan.py", "verifier/second/steps/plan.mjs"
EVIL = bytes.fromhex("e7" * 20)

#: Acts are taken as signed because the chain took them.
ACTS_UNCHECKED = (
    Patch(SIGNERS, '        if not log.equal(name, place, "has as many', '        if True or not log.equal(name, place, "has as many'),
    Patch(SIGNERS_2, '    if (!log.equal(name, place, "has not as many', '    if (true || !log.equal(name, place, "has not as many'),
)
#: A passkey's signature is what the contract in front of it says.
PASSKEYS_BELIEVED = (
    Patch(SIGNERS, "        return accepts(signer[PLAIN_BYTES:], digest, signature)\n", "        return True\n"),
    Patch(SIGNERS_2, "return passkeySigned(signer.subarray(PLAIN), digest, signature);", "return true;"),
)
#: One official may sign for several.
ONE_FOR_ALL = (
    Patch(
        SIGNERS,
        'log.holds(name, place, "an official signed twice", len(set(signers)) == len(signers), ',
        'log.holds(name, place, "an official signed twice", True, ',
    ),
    Patch(SIGNERS, "        good = set()\n", "        good = list()\n"),
    Patch(SIGNERS, "                good.add(signer)\n", "                good.append(signer)\n"),
    Patch(SIGNERS_2, "distinct.size === signers.length, ", "true, "),
    Patch(SIGNERS_2, "good.add(hex(signer));", "good.add(hex(signer) + i);"),
)
#: The institution may sit among those who admit its own plan.
INSIDERS = (
    Patch(NODE, 'is an official as well", institution not in officials, ', 'is an official as well", True, '),
    Patch(NODE_2, 'is an official as well", isApart, ', 'is an official as well", true, '),
)
ROLES_UNCHECKED = (
    Patch(TERMS, "    _apart(scene, recount.terms, log)\n", ""),
    Patch(TERMS_2, "  checkRoles(terms, scene, log);\n", ""),
)
ANY_THRESHOLD = (
    Patch(NODE, "    majority = count < 2 * panel.threshold <= 2 * count\n", "    majority = True\n"),
    Patch(NODE_2, "  const isMajority = 2n * threshold > BigInt(count) && threshold <= BigInt(count);\n", "  const isMajority = true;\n"),
)
VOICES_UNCHECKED = (
    Patch(DECISION, "    right = has_signed(", "    right = True or has_signed("),
    Patch(DECISION_2, "    const right = hasSigned(", "    const right = true || hasSigned("),
)
VOICES_TWICE = (
    Patch(
        DECISION, 'self.log.holds("decision.twice", event.place, "an official attested twice", signer not in self.cast, "", signer)', "pass"
    ),
    Patch(DECISION, "        self.cast[signer] = approve\n", "        self.cast[signer + bytes(len(self.cast))] = approve\n"),
    Patch(DECISION_2, '"an official attested twice", !this.heard.has(name), ', '"an official attested twice", true, '),
)
EARLY_DECISIONS = (
    Patch(DECISION, "in_time, ends_at = at >= result.challenge_ends_at, ", "in_time, ends_at = True, "),
    Patch(DECISION_2, "const isOver = at >= result.challengeEndsAt;", "const isOver = true;"),
)


def _nobody_signed(vote: ForgedVote) -> None:
    """A case whose officials are passkeys behind a contract that says yes: every act of theirs carries rubbish. Nobody attests."""
    vote.officials = [EVIL + bytes([number]) * 64 for number in (1, 2, 3)]
    vote.attesters = []

    def rubbish(*_: object, **__: object) -> tuple[list[bytes], list[bytes]]:
        return vote.officials[:2], [b"rubbish", b"rubbish"]

    vote.signatures = rubbish  # type: ignore[method-assign]


_attack = partial(told_lie, kind="signers", who=WHO)


ATTACKS = (
    Attack(
        "a contract of one's own behind the officials' passkeys, in a bundle",
        "whoever deploys the passkey verifier",
        bundle(forged("evil passkeys", "register.signatures", _nobody_signed)),
        PASSKEYS_BELIEVED,
    ),
    _attack("freeze: signed by a stranger", ACTS_UNCHECKED),
    _attack("admit: signed by a stranger", ACTS_UNCHECKED),
    _attack("announce: signed by a stranger", ACTS_UNCHECKED),
    _attack("announce: signed by one official twice", ONE_FOR_ALL, who="official"),
    _attack("an official who is the institution", INSIDERS, who="institution"),
    _attack("a relay who is an official", ROLES_UNCHECKED, who="whoever opens a case"),
    _attack("a verifier who is the institution", ROLES_UNCHECKED, who="institution"),
    _attack("a verifier who is the relay", ROLES_UNCHECKED, who="backend operator"),
    _attack("a threshold of one in three", ANY_THRESHOLD, who="official"),
    _attack("an attestation that was not signed", VOICES_UNCHECKED, kind="result"),
    _attack("an official's voice twice", VOICES_TWICE, kind="result", who="official"),
    _attack("a decision in the challenge period", EARLY_DECISIONS, kind="result", who="officials"),
)
