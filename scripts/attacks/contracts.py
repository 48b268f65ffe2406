"""Attacks on the contracts themselves, on a chain of their own: what the code refuses, and would take without one of its checks."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from scripts.attacks.creeping import WHOLE_PIECES, creeping
from scripts.attacks.kinds import Attack, Patch, Run, Told, passed, stopped
from scripts.build.contracts import ROOT, compile_folder
from tests.contracts.ballot_box import FOR, Lender, N, Register, make_register, opening, secret, sign, signer_of
from tests.contracts.chain import Chain, Refused, anvil
from tests.contracts.world import PLAN_HASH, OpenPoll, World

SIGNERS, OFFICIALS = "contracts/approval/Signers.sol", "contracts/approval/Officials.sol"
ANNOUNCEMENTS, EXCLUSION = "contracts/poll/Announcements.sol", "contracts/poll/Exclusion.sol"
RUBBISH = b"rubbish"
DAY = 86_400
Deed = Callable[[Chain], None]

ANY_VERIFIER = (Patch(SIGNERS, " && address(bytes20(signer)).codehash == PASSKEY_VERIFIER_CODE;", ";"),)
#: A plain key's address is asked for its code's opinion.
CODE_ASKED = (
    Patch(
        SIGNERS,
        'import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";',
        'import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";',
    ),
    Patch(SIGNERS, "            (address found,,) = ECDSA.tryRecoverCalldata(digest, signature);\n", ""),
    Patch(
        SIGNERS,
        "return found != address(0) && found == first;",
        "return SignatureChecker.isValidSignatureNow(first, digest, signature);",
    ),
)
ANY_CALLER = (Patch("contracts/libraries/Caller.sol", "return msg.sender == tx.origin && msg.sender.code.length == 0;", "return true;"),)
INSIDERS = (Patch(OFFICIALS, "if (named.placeOf[institutionHash] != 0) revert", "if (institutionHash == 0) revert"),)
ROLES = (
    Patch(
        OFFICIALS,
        "if (_roles[keccak256(abi.encodePacked(key))] != Role.None) revert Poll_RoleHeldTwice(key);",
        "if (key == address(0)) revert Poll_RoleHeldTwice(key);",
    ),
)
RELAY_VERIFIES = (Patch(ANNOUNCEMENTS, "            if (verifier == relay) revert Poll_RoleHeldTwice(relay);\n", ""),)
SIGNED_TWICE = (Patch(OFFICIALS, "            if (seen >> place & 1 == 1) revert Officials_SignedTwice(signer);\n", ""),)
NO_EXCLUSION = (
    Patch(
        EXCLUSION, "if (!_holdsNoClaim(leaf.x, leaf.y, amount, blind)) revert", "if (_holdsNoClaim(leaf.x, leaf.y, amount, blind)) revert"
    ),
)
ANY_EXCLUSION = (Patch(EXCLUSION, "return amount >= Commitment.AMOUNT_LIMIT && amount < Secp256k1.N", "return amount < Secp256k1.N"),)
ANY_POINT = (Patch("contracts/poll/Admission.sol", "        if (!isLeaf) _refuseLeaf(index, votingClass);\n", ""),)
NO_PERIODS = (Patch(ANNOUNCEMENTS, "        if (rehearsal()) return;\n", "        return;\n"),)
OTHER_MARK = (
    Patch(
        ANNOUNCEMENTS,
        "TypedData.pollAnnouncement(pollNumber, parametersHash, rehearsal())",
        "TypedData.pollAnnouncement(pollNumber, parametersHash, true)",
    ),
)
ANY_TOTAL = (Patch("contracts/register/Registers.sol", "if (classes[i].amountFen >= Commitment.AMOUNT_LIMIT) {", "if (false) {"),)


#: The contracts take a minute to compile: all their mends are off in one copy, and each attack needs one of them.
ALL_OFF = (
    *ANY_VERIFIER,
    *CODE_ASKED,
    *ANY_CALLER,
    *INSIDERS,
    *ROLES,
    *RELAY_VERIFIES,
    *SIGNED_TWICE,
    *ANY_EXCLUSION,
    *ANY_POINT,
    *ANY_TOTAL,
    *WHOLE_PIECES,
    *NO_PERIODS,
    *OTHER_MARK,
)


def deed(do: Deed) -> Run:
    """On a chain of its own; a revert is what stops it."""

    def run(folder: Path) -> Told:
        del folder
        with anvil() as address:
            try:
                do(Chain(address))
            except Refused as refused:
                return stopped("contract", refused.name)
        return passed("contract")

    return run


def harness(chain: Chain, name: str) -> str:
    """One of the contracts that exist for trials alone."""
    folder = compile_folder(ROOT / "tests" / "contracts" / "harness", ROOT / "build" / "test-contracts")
    return str(chain.deploy(name, folder=folder).address)


def _evil_passkeys(chain: Chain) -> None:
    """The case's officials are passkeys behind a contract that finds every signature right: nobody signs its register."""
    verifier = bytes.fromhex(harness(chain, "YesSayer")[2:])
    officials = [verifier + bytes([number]) * 64 for number in (1, 2, 3)]
    case = chain.open_case(officials, 2, signer_of(secret("institution")))
    register = make_register(8)
    frozen = (register.root, 8, register.classes, register.class_names_hash, bytes(32))
    chain.send(case.functions.freezeRegister(*frozen, officials[:2], [RUBBISH, RUBBISH]))


def _contract_signs(chain: Chain) -> None:
    """An official's address holds a contract that finds rubbish right (ERC-1271)."""
    wallet = bytes.fromhex(harness(chain, "YesSayer")[2:])
    world = World(chain)
    honest = signer_of(world.official_keys[0])
    world.case = chain.open_case([honest, wallet], 2, signer_of(world.institution_key))
    _admit_with_rubbish(world, wallet)


def _delegate_signs(chain: Chain) -> None:
    """An official's account delegates to such a contract (EIP-7702)."""
    world = World(chain)
    official = signer_of(world.official_keys[1])
    chain.set_code("0x" + official.hex(), "0xef0100" + harness(chain, "YesSayer")[2:])
    _admit_with_rubbish(world, official)


def _admit_with_rubbish(world: World, signer: bytes) -> None:
    world.domain = replace(world.domain, contract=world.case.address)
    world.submit()
    names, signatures = world.signed("PlanAdmission", 0, PLAN_HASH, keys=world.official_keys[:1])
    world.chain.send(world.case.functions.admitPlan(0, [*names, signer], [*signatures, RUBBISH]))


def _in_a_hurry(chain: Chain) -> None:
    """A poll that counts opens in minutes and can be objected to for an hour."""
    world = _real(chain)
    # What is signed says the mark that the copy without its checks asks for; the product's refuses the period before it looks at that.
    terms = world.terms()
    proofs = world.signed("PollAnnouncement", 0, terms.hash, True)
    chain.send(world.case.functions.announcePoll(terms.values, *proofs))


def _rehearsal_as_vote(chain: Chain) -> None:
    """Officials signed for a rehearsal, and their signatures announce a poll that counts."""
    world = _real(chain)
    opens_at = chain.now + 1_000 + 15 * DAY
    terms = replace(world.terms(), opens_at=opens_at, closes_at=opens_at + 1, challenge_seconds=15 * DAY)
    proofs = world.signed("PollAnnouncement", 0, terms.hash, True)
    chain.send(world.case.functions.announcePoll(terms.values, *proofs))


def _real(chain: Chain) -> World:
    """A case that is no rehearsal, ready for its first poll."""
    world = World(chain, rehearsal=False)
    world.freeze(make_register(8))
    world.admit(world.submit())
    return world


def _delegate_attests(chain: Chain) -> None:
    """The same official decides by rubbish."""
    poll = _tallied(chain)
    official = poll.world.official_keys[1]
    chain.set_code("0x" + signer_of(official).hex(), "0xef0100" + harness(chain, "YesSayer")[2:])
    poll.attest(official, True, at=chain.now + poll.terms.challenge_seconds, signature=RUBBISH)


def _tallied(chain: Chain) -> OpenPoll:
    poll = _open(chain, make_register(8))
    poll.cast_batch([poll.vote(index, FOR) for index in range(8)])
    chain.send(poll.calls.openSums(opening(poll.register, dict.fromkeys(range(8), FOR))), at=poll.terms.closes_at)
    return poll


def _open(chain: Chain, register: Register, classes: list[tuple[int, int, int]] | None = None) -> OpenPoll:
    world = World(chain)
    world.admit(world.submit())
    return OpenPoll.of(world, register, classes)


def _through_contract(chain: Chain) -> None:
    """A ballot goes through a contract, so that no transaction to the poll shows it."""
    poll = _open(chain, make_register(8))
    data = poll.calls.cast(*poll.papers.ballot(poll.vote(1, FOR)))._encode_transaction_data()
    w3: Any = chain.w3
    forwarder = w3.eth.contract(harness(chain, "Forwarder"), abi=_abi("Forwarder"))
    chain.send(forwarder.functions.forward(poll.contract.address, data))


def _abi(name: str) -> list[dict[str, object]]:
    from scripts.build.contracts import load

    found: list[dict[str, object]] = load(name, ROOT / "build" / "test-contracts")["abi"]
    return found


def _institution_is_official(chain: Chain) -> None:
    World(chain, institution_key=secret("official", 0))


def _with_roles(**roles: bytes) -> Deed:
    """A poll is announced with keys in these roles."""

    def do(chain: Chain) -> None:
        from tests.contracts.ballot_box import address_of

        world = World(chain)
        world.freeze(make_register(8))
        world.admit(world.submit())
        terms = world.terms()
        relay = address_of(roles["relay"]) if "relay" in roles else terms.receipt_signer
        verifiers = [address_of(roles["verifier"])] if "verifier" in roles else terms.verifiers
        world.announce(replace(terms, receipt_signer=relay, verifiers=verifiers))

    return do


def _signs_twice(chain: Chain) -> None:
    world = World(chain)
    world.submit()
    proofs = world.signed("PlanAdmission", 0, PLAN_HASH, keys=world.official_keys[:1] * 2)
    chain.send(world.case.functions.admitPlan(0, *proofs))


def _veto(folder: Path) -> Told:
    """A leaf of a negative amount abstains: do the sums stay shut for ever?"""
    del folder
    with anvil() as address:
        chain = Chain(address)
        lenders = list(make_register(8).lenders)
        poison = replace(lenders[6], amount_fen=N - 50_000)
        honest = Register(lenders)
        poll = _open(chain, Register([*lenders[:6], poison, lenders[7]]), honest.classes)
        poll.cast_batch([poll.vote(index, FOR) for index in range(7)])
        with contextlib.suppress(Refused):
            poll.exclude(6, at=poll.terms.closes_at)
        try:
            chain.send(poll.calls.openSums(opening(poll.register, dict.fromkeys(range(6), FOR))), at=poll.terms.closes_at + 10)
        except Refused:
            return passed("contract")
        return stopped("contract", "excludeLeaf")


def _takes_claim_out(chain: Chain) -> None:
    poll = _open(chain, make_register(8))
    poll.cast(poll.vote(3, FOR))
    poll.exclude(3, at=poll.terms.closes_at)


def _no_point(chain: Chain) -> None:
    """A leaf whose commitment is (0, 0) votes."""
    lenders = list(make_register(8).lenders)
    nothing = Lender.at(5, (0, 0), lenders[5].voting_class)
    poll = _open(chain, Register([*lenders[:5], nothing, *lenders[6:]]), Register(lenders).classes)
    poll.cast(poll.vote(5, FOR))


def _huge_total(chain: Chain) -> None:
    """What is admitted in a class is stated as a negative amount."""
    register = make_register(8)
    (heads, _, blind), *rest = register.classes
    World(chain).freeze(register, [(heads, N - 1, blind), *rest])


def _attest_by(key: bytes) -> Deed:
    def do(chain: Chain) -> None:
        poll = _tallied(chain)
        digest = poll.papers.domain.digest("Attestation", poll.calls.resultHash().call(), True)
        call = poll.calls.attest(signer_of(key), True, sign(key, digest))
        chain.send(call, at=chain.now + poll.terms.challenge_seconds)

    return do


ATTACKS = (
    Attack(
        "a contract of one's own behind the officials' passkeys",
        "whoever deploys the passkey verifier",
        deed(_evil_passkeys),
        ALL_OFF,
    ),
    Attack("a contract at an official's address signs with rubbish", "official", deed(_contract_signs), ALL_OFF),
    Attack("an official who delegates to code signs with rubbish", "official", deed(_delegate_signs), ALL_OFF),
    Attack("an official who delegates to code attests with rubbish", "official", deed(_delegate_attests), ALL_OFF),
    Attack("a ballot through a wrapping contract", "stranger", deed(_through_contract), ALL_OFF),
    Attack("a poll that counts without notice or challenge period", "officials", deed(_in_a_hurry), ALL_OFF),
    Attack("signatures for a rehearsal announce a poll that counts", "whoever sends the announcement", deed(_rehearsal_as_vote), ALL_OFF),
    Attack("the institution sits among the officials", "institution", deed(_institution_is_official), ALL_OFF),
    Attack("the relay is an official", "whoever opens a case", deed(_with_roles(relay=secret("official", 1))), ALL_OFF),
    Attack("the verifier is the institution", "institution", deed(_with_roles(verifier=secret("institution"))), ALL_OFF),
    Attack("the relay is the verifier", "backend operator", deed(_with_roles(relay=secret("verifier"))), ALL_OFF),
    Attack("one official signs for two", "official", deed(_signs_twice), ALL_OFF),
    Attack("a negative claim keeps the sums shut for ever", "whoever draws up the register", _veto, NO_EXCLUSION),
    Attack("a lender's claim is taken out by its opening", "whoever has a leaf's opening", deed(_takes_claim_out), ALL_OFF),
    Attack("a leaf at (0, 0) votes", "whoever draws up the register", deed(_no_point), ALL_OFF),
    Attack("a count that creeps, overtaken by one ballot each time", "stranger", creeping, ALL_OFF),
    Attack("a class total that is negative", "whoever draws up the register", deed(_huge_total), ALL_OFF),
)
