"""What the contracts of earlier releases have otherwise (protocol §17): their cases go on, and what they say stays readable."""

from __future__ import annotations

from eth_abi.abi import encode

from backend.ground.chain.signature import Signature

_CLASSES = "(uint256,uint256,uint256)[]"
_FREEZE_REGISTER = Signature(
    name="freezeRegister",
    inputs=(("root", "bytes32"), ("leafCount", "uint256"), ("classes", _CLASSES), ("signers", "bytes[]"), ("signatures", "bytes[]")),
    indexed=(False,) * 5,
    outputs=("uint256",),
)
_REGISTER_FROZEN = Signature(
    name="RegisterFrozen",
    inputs=(("registerNumber", "uint256"), ("root", "bytes32"), ("leafCount", "uint256"), ("classes", _CLASSES)),
    indexed=(True, False, False, False),
    outputs=(),
)
#: Of protocols 1 and 2, which know no rehearsals.
_CASE_OPENED = Signature(
    name="CaseOpened",
    inputs=(("officials", "bytes[]"), ("threshold", "uint256"), ("institution", "bytes")),
    indexed=(False,) * 3,
    outputs=(),
)
_ERRORS = tuple(
    Signature(name=name, inputs=(("signer", "bytes"),), indexed=(False,), outputs=())
    for name in ("Case_SignerTooShort", "Approval_SubmitterMayNotDecide")
)

#: By topic, and by the first 4 bytes of revert data.
EVENTS = {event.hash: event for event in (_REGISTER_FROZEN, _CASE_OPENED)}
ERRORS = {error.hash[:4]: error for error in _ERRORS}


def freeze_register(values: tuple[object, ...]) -> bytes:
    """The call `freezeRegister(root, leafCount, classes, signers, signatures)` of a case of protocol 1."""
    return _FREEZE_REGISTER.hash[:4] + encode([kind for _, kind in _FREEZE_REGISTER.inputs], values)
