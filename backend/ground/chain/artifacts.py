"""The compiled contracts (build/contracts in a checkout), and how their calls, errors and events are written as bytes."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_abi.exceptions import DecodingError

from backend.ground.chain import codec, former
from backend.ground.chain.errors import ContractsNotBuilt, TransactionReverted
from backend.ground.chain.signature import Signature, signature_of
from backend.ground.common.hashing import keccak

#: A wheel brings the compiled contracts beside this file; a checkout has them where they are built.
INSTALLED = Path(__file__).resolve().with_name("compiled")
FOLDER = INSTALLED if INSTALLED.is_dir() else INSTALLED.parents[3] / "build" / "contracts"
#: Codes that cases of earlier releases demand, hexadecimal: what compiled them is not here any more.
EARLIER = INSTALLED.with_name("earlier")
_ERROR_STRING = keccak(b"Error(string)")[:4]
_PANIC = keccak(b"Panic(uint256)")[:4]


@dataclass(frozen=True)
class Artifact:
    """One compiled contract."""

    name: str
    bytecode: bytes
    deployed: bytes
    """The code as it stands on a chain, where no immutable value is filled in."""
    constructor: tuple[str, ...]
    functions: dict[str, Signature]
    errors: dict[bytes, Signature]
    abi: list[dict[str, Any]]

    def encode_call(self, function: str, values: tuple[object, ...]) -> bytes:
        """Selector and arguments of a call."""
        signature = self.functions[function]
        return signature.hash[:4] + codec.encode(signature.types, values)

    def encode_creation(self, values: tuple[object, ...]) -> bytes:
        """Creation code and constructor arguments."""
        return self.bytecode + codec.encode(self.constructor, values)


@functools.cache
def load(name: str, folder: Path = FOLDER) -> Artifact:
    """The compiled contract of this name. Raises: ContractsNotBuilt."""
    try:
        document = json.loads((folder / f"{name}.json").read_text())
    except (FileNotFoundError, json.JSONDecodeError) as error:
        raise ContractsNotBuilt(name=name) from error
    entries = document["abi"]
    functions, errors, constructors = (
        [signature_of(entry) for entry in entries if entry["type"] == kind] for kind in ("function", "error", "constructor")
    )
    return Artifact(
        name=name,
        bytecode=bytes.fromhex(document["bytecode"].removeprefix("0x")),
        deployed=bytes.fromhex(document["deployedBytecode"].removeprefix("0x")),
        constructor=tuple(constructors[0].types) if constructors else (),
        functions={signature.name: signature for signature in functions},
        errors={signature.hash[:4]: signature for signature in errors},
        abi=entries,
    )


@functools.cache
def sealed_poll_code(protocol: int) -> bytes:
    """The creation code of a sealed poll that a case of this protocol takes, and no other: it was created with the hash.

    Raises: ContractsNotBuilt.
    """
    kept = EARLIER / f"SealedPoll-{protocol}.txt"
    return bytes.fromhex(kept.read_text("ascii")) if kept.is_file() else load("SealedPoll").bytecode


def decode_revert(data: bytes) -> TransactionReverted:
    """The contract's own error behind revert data, of any protocol; the rule `Unknown` when it is none of ours."""
    known = {**former.ERRORS, **load("Case").errors, **load("Poll").errors, **load("SealedPoll").errors}
    try:
        if data[:4] in known:
            signature = known[data[:4]]
            return TransactionReverted(signature.name, {name: _plain(value) for name, value in signature.read_input(data[4:]).items()})
        if data[:4] == _PANIC:
            return TransactionReverted("Panic", {"panicCode": codec.decode(["uint256"], data[4:])[0]})
        if data[:4] == _ERROR_STRING:
            return TransactionReverted("Unknown", {"said": codec.decode(["string"], data[4:])[0]})
    except DecodingError:
        pass
    return TransactionReverted("Unknown", {"data": "0x" + data.hex()})


def _plain(value: object) -> object:
    return "0x" + value.hex() if isinstance(value, bytes) else value
