"""What the contracts of earlier releases have otherwise (protocol §17): their cases go on, and what they say stays readable."""

from __future__ import annotations

from typing import Any

from backend.ground.chain import codec
from backend.ground.chain.signature import Signature

_CLASSES = "(uint256,uint256,uint256)[]"
_FREEZE_REGISTER = Signature(
    name="freezeRegister",
    inputs=(("root", "bytes32"), ("leafCount", "uint256"), ("classes", _CLASSES), ("signers", "bytes[]"), ("signatures", "bytes[]")),
)
_ERRORS = tuple(Signature(name=name, inputs=(("signer", "bytes"),)) for name in ("Case_SignerTooShort", "Approval_SubmitterMayNotDecide"))

#: By the first 4 bytes of revert data.
ERRORS = {error.hash[:4]: error for error in _ERRORS}


def _event(name: str, *inputs: dict[str, Any]) -> dict[str, Any]:
    """An event as a contract's interface names it."""
    return {"type": "event", "name": name, "anonymous": False, "inputs": [{"indexed": False, **one} for one in inputs]}


EVENTS: list[dict[str, Any]] = [
    _event(
        "RegisterFrozen",
        {"name": "registerNumber", "type": "uint256", "indexed": True},
        {"name": "root", "type": "bytes32"},
        {"name": "leafCount", "type": "uint256"},
        {"name": "classes", "type": "tuple[]", "components": [{"name": name, "type": "uint256"} for name in ("heads", "amount", "blind")]},
    ),
    # Of protocols 1 and 2, which know no rehearsals.
    _event(
        "CaseOpened",
        {"name": "officials", "type": "bytes[]"},
        {"name": "threshold", "type": "uint256"},
        {"name": "institution", "type": "bytes"},
    ),
]


def freeze_register(values: tuple[object, ...]) -> bytes:
    """The call `freezeRegister(root, leafCount, classes, signers, signatures)` of a case of protocol 1."""
    return _FREEZE_REGISTER.hash[:4] + codec.encode(_FREEZE_REGISTER.types, values)
