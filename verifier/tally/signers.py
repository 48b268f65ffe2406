"""Signatures of officials and institutions: ERC-7913 signers (protocol §1, §6)."""

from collections.abc import Sequence
from dataclasses import dataclass

from verifier.tally import abi, curve
from verifier.tally.findings import StepLog, Wrong
from verifier.tally.rpc import Block, Node

ERC_7913 = bytes.fromhex("024ad318")  # verify(bytes key, bytes32 hash, bytes signature)
ERC_1271 = bytes.fromhex("1626ba7e")  # isValidSignature(bytes32 hash, bytes signature)


@dataclass(frozen=True)
class Judge:
    """Checks signatures of plain keys itself and asks the verifying contract about all others."""

    node: Node
    at: Block

    def signed(self, signer: bytes, digest: bytes, signature: bytes, step: StepLog, place: str) -> bool:
        """Whether the signer signed the digest; a finding when not."""
        try:
            if len(signer) == 20:
                true = self._plain_key(signer, digest, signature, step)
            elif len(signer) > 20:
                step.note(f"{place}: signature of {short(signer)} was checked by its verifying contract, not by this tool")
                true = self._asked(signer[:20], "verify", "(bytes,bytes32,bytes)", ERC_7913, signer[20:], digest, signature)
            else:
                true = False
        except Wrong as wrong:
            step.wrong(wrong.place, wrong.what, wrong.expected, wrong.found)
            true = False
        return step.holds(place, "signature is not that of its signer", true, signer, signature)

    def _plain_key(self, signer: bytes, digest: bytes, signature: bytes, step: StepLog) -> bool:
        try:
            if curve.recover_65(digest, signature) == signer:
                return True
        except curve.SignatureWrong:
            pass
        if not self.node.code(signer, self.at):
            return False
        step.note(f"{short(signer)} is a contract; it was asked about its signature (ERC-1271)")
        return self._asked(signer, "isValidSignature", "(bytes32,bytes)", ERC_1271, digest, signature)

    def _asked(self, contract: bytes, function: str, inputs: str, magic: bytes, *values: bytes) -> bool:
        call = abi.selector(function, inputs) + abi.encode(inputs, *values)
        answer = self.node.call(contract, call, self.at, f"0x{contract.hex()}.{function}")
        return len(answer) >= 32 and answer[:4] == magic and not any(answer[4:32])

    def officials_signed(
        self,
        digest: bytes,
        signers: Sequence[bytes],
        signatures: Sequence[bytes],
        officials: Sequence[bytes],
        threshold: int,
        step: StepLog,
        place: str,
    ) -> None:
        """k or more distinct officials signed the digest; findings for whoever did not."""
        if not step.equal(place, "as many signatures as signers", len(signers), len(signatures)):
            return
        step.holds(place, "an official stands twice", len(set(signers)) == len(signers), "distinct signers", len(signers))
        good = set()
        for signer, signature in zip(signers, signatures, strict=True):
            known = step.holds(place, "signer is no official", signer in officials, "an official", signer)
            if known and self.signed(signer, digest, signature, step, place):
                good.add(signer)
        if step.holds(place, "too few officials signed", len(good) >= threshold, f"{threshold} or more", len(good)):
            step.note(f"{place}: signed by {len(good)} of {len(officials)} officials; {threshold} are asked for")


def short(signer: bytes) -> str:
    """A signer for people: its first 20 bytes, and how much follows."""
    return f"0x{signer[:20].hex()}" + (f" + {len(signer) - 20} bytes" if len(signer) > 20 else "")
