"""Signatures of officials and institutions (protocol §1, §5.1, §6). Nobody else is asked whether they are right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from verifier.tally import curve
from verifier.tally.findings import StepLog
from verifier.tally.passkeys import accepts

PLAIN_BYTES, PASSKEY_BYTES = 20, 84


def is_allowed(signer: bytes) -> bool:
    """Whether bytes can be a signer: a plain key other than zero, or a passkey."""
    return (len(signer) == PLAIN_BYTES and any(signer)) or len(signer) == PASSKEY_BYTES


def verifiers_behind(signers: Iterable[bytes]) -> list[bytes]:
    """The contracts that judge the passkeys among these signers, each once, in rising order."""
    return sorted({signer[:PLAIN_BYTES] for signer in signers if len(signer) > PLAIN_BYTES})


def has_signed(signer: bytes, digest: bytes, signature: bytes) -> bool:
    """Whether the signer signed the digest. Whose code stands behind a passkey's first 20 bytes is checked where the case is looked at."""
    if len(signer) == PASSKEY_BYTES:
        return accepts(signer[PLAIN_BYTES:], digest, signature)
    try:
        return len(signer) == PLAIN_BYTES and curve.recover_65(digest, signature) == signer
    except curve.SignatureWrong:
        return False


@dataclass(frozen=True)
class Panel:
    """The officials of a case, of whom `threshold` decide."""

    officials: tuple[bytes, ...]
    threshold: int

    def signed(self, name: str, digest: bytes, signers: Sequence[bytes], signatures: Sequence[bytes], log: StepLog, place: str) -> None:
        """k or more distinct officials signed the digest; findings of that name for whoever did not."""
        if not log.equal(name, place, "has as many signatures as signers", len(signers), len(signatures)):
            return
        log.holds(name, place, "an official signed twice", len(set(signers)) == len(signers), "distinct signers", len(signers))
        good = set()
        for signer, signature in zip(signers, signatures, strict=True):
            known = log.holds(name, place, "signer is no official", signer in self.officials, "an official", signer)
            right = has_signed(signer, digest, signature)
            if known and log.holds(name, place, "signature is not that of its signer", right, short(signer), signature):
                good.add(signer)
        if log.holds(name, place, "too few officials signed", len(good) >= self.threshold, f"{self.threshold} or more", len(good)):
            log.note(f"{place}: signed by {len(good)} of {len(self.officials)} officials; {self.threshold} are required")


def short(signer: bytes) -> str:
    """A signer for people: a plain key whole, a passkey by the beginning of its own key."""
    return "0x" + signer.hex() if len(signer) == PLAIN_BYTES else f"passkey 0x{signer[PLAIN_BYTES:][:8].hex()}..."
