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
#: The events as a contract's interface names them.
EVENTS: list[dict[str, Any]] = [
    {
        "type": "event",
        "name": "RegisterFrozen",
        "anonymous": False,
        "inputs": [
            {"name": "registerNumber", "type": "uint256", "indexed": True},
            {"name": "root", "type": "bytes32", "indexed": False},
            {"name": "leafCount", "type": "uint256", "indexed": False},
            {
                "name": "classes",
                "type": "tuple[]",
                "indexed": False,
                "components": [{"name": name, "type": "uint256"} for name in ("heads", "amount", "blind")],
            },
        ],
    },
    # Of protocols 1 and 2, which know no rehearsals.
    {
        "type": "event",
        "name": "CaseOpened",
        "anonymous": False,
        "inputs": [
            {"name": "officials", "type": "bytes[]", "indexed": False},
            {"name": "threshold", "type": "uint256", "indexed": False},
            {"name": "institution", "type": "bytes", "indexed": False},
        ],
    },
]


def freeze_register(values: tuple[object, ...]) -> bytes:
    """The call `freezeRegister(root, leafCount, classes, signers, signatures)` of a case of protocol 1."""
    return _FREEZE_REGISTER.hash[:4] + codec.encode(_FREEZE_REGISTER.types, values)
