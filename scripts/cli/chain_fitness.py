"""`lendervote doctor --chain URL`: what our contracts and the relay rely on, tried on a node of any engine; fit or unfit, with the reason.

Nothing is believed that can be run: opcodes and precompiles are executed by calls, order of nonces and length of computations by
transactions, where they cost nothing or the chain is one for trials. Nothing of the installation is needed or changed.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

from coincurve import PrivateKey

from backend.ground.chain.certificates import QUESTION
from backend.ground.chain.errors import NodeNotAnswering
from backend.ground.chain.gas import TRANSACTION_GAS_CAP
from backend.ground.chain.node import Node, NodeRefused
from backend.ground.common.hashing import keccak

from .doctor import Finding, print_findings
from .engine_trials import (
    CHAIN_ID,
    LONG_CODE,
    LONGEST_CODE,
    MCOPY,
    PUSH0,
    TIMESTAMP,
    NotTried,
    Unfit,
    await_receipt,
    call,
    many_signatures,
    run,
    send,
    sender,
    word,
)

ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G_X = 0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798
#: A time in milliseconds is beyond the year 5000 in seconds.
LATEST_SECONDS = 10**11
LOG_BLOCKS, WATCHED_SECONDS, APART_SECONDS = 5_000, 8.0, 60
#: Signatures in one transaction: more than a batch of ballots has, whatever else an engine counts of it.
SIGNATURES, SIGNATURES_GAS = 1_400, 6_000_000
PLAIN_GAS = 30_000


@dataclass(frozen=True)
class Trial:
    """One thing to try; it answers what was found. Optional ones make no chain unfit."""

    name: str
    work: Callable[[Node], str]
    optional: bool = False


def examine(url: str) -> int:
    """Print what was found and one line of JSON; 0 when the chain is fit."""
    node = Node(url, timeout_seconds=20)
    findings = [_tried(trial, node) for trial in TRIALS]
    print_findings(f"LenderVote doctor --chain {node.name}", findings)
    unfit = [finding.name for finding in findings if not finding.good and not finding.optional]
    print("适用 / fit" if not unfit else f"不适用 / unfit: {', '.join(unfit)}")
    print(json.dumps({"fit": not unfit, "checks": len(findings), "unfit": unfit}))
    return 1 if unfit else 0


def _tried(trial: Trial, node: Node) -> Finding:
    try:
        return Finding(trial.name, True, trial.work(node))
    except Unfit as unfit:
        return Finding(trial.name, False, unfit.found, unfit.mend, trial.optional)
    except NotTried as reason:
        return Finding(trial.name, False, "not tried", str(reason), optional=True)
    except (NodeNotAnswering, NodeRefused) as error:
        return Finding(trial.name, False, str(error)[:120], "look at the node's log", trial.optional)


# --- what calls show ------------------------------------------------------------------------------------------------------------------


def _chain(node: Node) -> str:
    found, seen = node.chain_id(), int.from_bytes(run(node, CHAIN_ID), "big")
    if found != seen:
        raise Unfit(f"eth_chainId {found}, CHAINID {seen}", "signatures name the chain: the node has to tell the same as the contracts see")
    return f"chain {found}"


def _opcode(code: str, expected: int, fork: str) -> Callable[[Node], str]:
    def work(node: Node) -> str:
        try:
            found = run(node, code)
        except NodeRefused as error:
            raise Unfit(str(error)[:80], f"switch on the {fork} rules: the contracts are compiled for them") from error
        if int.from_bytes(found, "big") != expected:
            raise Unfit("0x" + found.hex(), f"switch on the {fork} rules: the contracts are compiled for them")
        return "works"

    return work


def _address_of(point: bytes) -> bytes:
    return keccak(point[1:])[12:]


def _recovery_of_0(node: Node) -> str:
    """Sealed ballots are opened by it: with hash 0 and s = r, R's own address comes out."""
    wrong = Unfit(
        "another address", "sealed polls cannot be counted on this engine: their contracts multiply points by ecrecover with hash 0"
    )
    point = PrivateKey(word(1)).public_key.format(compressed=False)
    if call(node, 1, word(0) + word(27) + word(G_X) + word(G_X))[-20:] != _address_of(point):
        raise wrong
    negative = PrivateKey(word(ORDER - 1)).public_key.format(compressed=False)
    if call(node, 1, word(0) + word(27) + word(G_X) + word(ORDER - G_X))[-20:] != _address_of(negative):
        raise wrong
    return "right, also with a high s"


def _hashes(node: Node) -> str:
    if call(node, 2, b"lender") != hashlib.sha256(b"lender").digest():
        raise Unfit("another digest", "passkeys need SHA-256 (precompiled contract 2)")
    exponent = word(32) * 3 + word(3) + word(5) + word(7)
    if int.from_bytes(call(node, 5, exponent), "big") != pow(3, 5, 7):
        raise Unfit("another power", "passkeys need modular powers (precompiled contract 5)")
    return "sha256, modexp"


def _p256(node: Node) -> str:
    """Where it is not there the passkey verifier computes in Solidity; what must not be is another answer."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
    from cryptography.hazmat.primitives.hashes import SHA256

    key, digest = ec.generate_private_key(ec.SECP256R1()), keccak(b"doctor")
    r, s = decode_dss_signature(key.sign(digest, ec.ECDSA(Prehashed(SHA256()))))
    numbers = key.public_key().public_numbers()
    found = call(node, 0x100, digest + b"".join(map(word, (r, s, numbers.x, numbers.y))))
    if found == b"":
        return "not there: passkeys are checked in Solidity, about 330,000 gas each"
    if found != word(1):
        raise Unfit("0x" + found.hex(), "address 0x100 answers what is neither RIP-7212 nor nothing: passkeys would be judged wrongly")
    return "there (RIP-7212)"


def _seconds(node: Node) -> str:
    seen, told = int.from_bytes(run(node, TIMESTAMP), "big"), node.block().timestamp
    if seen > LATEST_SECONDS or told > LATEST_SECONDS:
        raise Unfit(f"TIMESTAMP {seen}", "milliseconds: windows of polls are in seconds (FISCO BCOS: feature_evm_timestamp)")
    if abs(seen - told) > APART_SECONDS:
        raise Unfit(f"TIMESTAMP {seen}, newest block {told}", "calls see another time than blocks have")
    return f"seconds; the newest block is {time.time() - told:.0f} s old"


def _code_size(node: Node) -> str:
    try:
        found = len(run(node, LONG_CODE))
    except NodeRefused as error:
        raise Unfit(str(error)[:80], f"the factory of polls needs code of up to {LONGEST_CODE} bytes") from error
    if found != LONGEST_CODE:
        raise Unfit(f"{found} bytes", f"the factory of polls needs code of up to {LONGEST_CODE} bytes")
    return f"{LONGEST_CODE} bytes"


def _block_gas(node: Node) -> str:
    limit = node.block().gas_limit
    if limit is not None and limit < TRANSACTION_GAS_CAP:
        raise Unfit(f"{limit}", f"blocks have to take {TRANSACTION_GAS_CAP} gas: raise the limit, better to 30,000,000 or more")
    return "not said" if limit is None else f"{limit} a block"


def _log_ranges(node: Node) -> str:
    """Refused ranges are asked for in parts; a range cut off in silence would lose events."""
    head, blocks = node.block().number, LOG_BLOCKS
    while blocks:
        try:
            node.logs(["0x" + "00" * 19 + "fe"], max(0, head - blocks), head)
        except NodeRefused:
            blocks //= 2
        else:
            break
    if not blocks:
        raise Unfit("refused", "the node gives no events: allow eth_getLogs")
    try:
        node.logs(["0x" + "00" * 19 + "fe"], head, head + 100)
        beyond = "answered"
    except NodeRefused:
        beyond = "refused"
    return f"{blocks} blocks at once; beyond the newest block: {beyond}"


def _fees(node: Node) -> str:
    price = int(str(node.known("eth_gasPrice")), 16)
    return "none: the relay needs no money" if price == 0 else f"{price} wei: the relay has to be funded"


def _blocks(node: Node) -> str:
    began, first = time.monotonic(), node.block()
    while (seconds := time.monotonic() - began) < WATCHED_SECONDS:
        time.sleep(0.2)  # a node tells nobody when a block comes
    made = node.block().number - first.number
    if made == 0:
        return f"none in {seconds:.0f} s without a transaction: set LENDERVOTE_EMPTY_BLOCKS=false and LENDERVOTE_CONFIRMATIONS=0"
    pause = seconds / made
    return f"one in {pause:.1f} s" + ("" if pause < 4 else ": raise LENDERVOTE_HALT_SECONDS above five pauses")


def _certificates(node: Node) -> str:
    try:
        node.ask(QUESTION, "latest", False)
    except NodeRefused:
        return "none: blocks become final by confirmations and the word of several organisations' nodes"
    return "blocks carry validators' seals: name them in LENDERVOTE_VALIDATORS, recount with --chain kaia --validators"


def _method(method: str, *params: object, without: str) -> Callable[[Node], str]:
    def work(node: Node) -> str:
        try:
            node.ask(method, *params)
        except NodeRefused as error:
            if error.code == -32601 or "not available" in error.message or "does not exist/" in error.message:
                raise Unfit("not there", without) from error
        return "there"

    return work


# --- what transactions show -----------------------------------------------------------------------------------------------------------


def _nonces(node: Node) -> str:
    """The relay hands in the next ones before the first has its block, and the same bytes again when in doubt."""
    account = sender(node)
    try:
        second = send(node, account, 1, PLAIN_GAS)
    except NodeRefused as error:
        raise Unfit(str(error)[:80], "the pool has to keep transactions whose nonces come later: raise its limits") from error
    first = send(node, account, 0, PLAIN_GAS)
    began = time.monotonic()
    for one in (first, second):
        if await_receipt(node, one)["status"] != "0x1":
            raise Unfit("a plain transfer failed", "look at the node")
    try:
        send(node, account, 0, PLAIN_GAS)
    except NodeRefused as error:
        if not error.was_sent:
            raise Unfit(f"a used nonce: {error.message[:60]}", "the relay does not know these words: report them to us") from error
    return f"kept and taken in order, in blocks within {time.monotonic() - began:.1f} s"


def _long_computation(node: Node) -> str:
    """Some engines bound what a transaction computes beside its gas, and do not where they only call."""
    account = sender(node)
    tx_hash = send(node, account, 0, SIGNATURES_GAS, many_signatures(SIGNATURES), creates=True)
    if await_receipt(node, tx_hash)["status"] != "0x1":
        raise Unfit(
            f"a transaction with {SIGNATURES} signatures failed",
            "raise the engine's limit of computation (Kaia: --opcode-computation-cost-limit) on every node",
        )
    return f"{SIGNATURES} signatures in one transaction"


TRIALS = (
    Trial("chain id", _chain),
    Trial("PUSH0 (Shanghai)", _opcode(PUSH0, 7, "Shanghai")),
    Trial("MCOPY (Cancun)", _opcode(MCOPY, 9, "Cancun")),
    Trial("ecrecover with hash 0", _recovery_of_0),
    Trial("precompiled contracts", _hashes),
    Trial("P-256 at 0x100", _p256),
    Trial("size of code", _code_size),
    Trial("gas of blocks", _block_gas),
    Trial("fees", _fees),
    Trial("ranges of events", _log_ranges),
    Trial("nonces", _nonces),
    Trial("long computations", _long_computation),
    Trial("timestamps", _seconds),
    Trial("blocks", _blocks),
    Trial("certificates of finality", _certificates),
    Trial(
        "eth_getProof",
        _method("eth_getProof", "0x" + "00" * 19 + "01", [], "latest", without="evidence bundles will prove no state and no code"),
        optional=True,
    ),
    Trial(
        "eth_getBlockReceipts",
        _method("eth_getBlockReceipts", "latest", without="recounts ask for receipts one by one, and take longer"),
        optional=True,
    ),
)
