"""Times that outsiders stamped (RFC 3161), read strictly (protocol §26).

The library that checks tokens, and the one that reads certificates, are loaded where somebody brings an authority's root: whoever recounts
without one needs neither.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from verifier.tally import curve, typed_data
from verifier.tally.findings import Wrong
from verifier.tally.published import ENOUGH, FINDINGS, Record, bounded, parse
from verifier.tally.signed_form import form_of

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

NAME = "stamps.jsonl"
FORM = FINDINGS[NAME]
SUBJECTS = ("register", "head", "close", "result")
KEYS = "block block_hash response signature subject value"
MOST_BYTES, MOST_LINE_BYTES, MOST_ROOT_BYTES = 2**26, 2**16, 2**20
SHA256 = "2.16.840.1.101.3.4.2.1"
GRANTED = 0
#: What OpenSSL says when no path leads from the signer to a root that was brought.
NO_PATH = "certificate verify error"


@dataclass(frozen=True)
class Stamp:
    """One line: what was stamped, and the authority's answer."""

    place: str
    subject: str
    block: int
    block_hash: bytes
    value: bytes
    signature: bytes
    response: bytes

    def digest(self, case_separator: bytes, poll_separator: bytes) -> bytes:
        """What the relay signed."""
        separator = case_separator if self.subject == "register" else poll_separator
        return typed_data.stamp(separator, self.subject.encode(), self.block, self.block_hash, self.value)

    def imprint(self, digest: bytes) -> bytes:
        """What the authority stamped."""
        return hashlib.sha256(digest + self.signature).digest()

    def is_signed_by(self, signer: bytes, digest: bytes) -> bool:
        """Whether the receipt signer of the poll asked for it."""
        try:
            return curve.recover_65(digest, self.signature) == signer
        except curve.SignatureWrong:
            return False


def read(path: Path, name: str) -> Iterator[Stamp | Wrong]:
    """The stamps of a file, and what is wrong with lines that are none. Raises Wrong for what is no file of lines."""
    content = bounded(path, FORM, MOST_BYTES)
    if content and not content.endswith(b"\n"):
        raise Wrong(FORM, name, "is cut off: its last line does not end", "LF at the end", content[-40:])
    faults = 0
    for number, line in enumerate(BytesIO(content), start=1):  # one by one: of lines that are none there may be many millions
        try:
            yield _stamp(line.removesuffix(b"\n"), f"{name} line {number}")
        except Wrong as wrong:
            yield wrong
            faults += 1
            if faults == ENOUGH:
                yield Wrong(FORM, name, "has more such lines, which were not read")
                return


def _stamp(line: bytes, place: str) -> Stamp:
    if len(line) >= MOST_LINE_BYTES:
        raise Wrong(FORM, place, "is too long", f"less than {MOST_LINE_BYTES} bytes", len(line))
    row = Record.of(parse(line, place, FORM), place, KEYS, FORM)
    subject = row.text("subject")
    if subject not in SUBJECTS:
        raise Wrong(FORM, f"{place}: subject", "is none that there is", ", ".join(SUBJECTS), subject)
    return Stamp(
        place=place,
        subject=subject,
        block=row.whole("block", 2**63),
        block_hash=row.raw("block_hash", 32),
        value=row.raw("value", 32),
        signature=row.raw("signature", 65),
        response=row.any_bytes("response"),
    )


@dataclass(frozen=True)
class Stamped:
    """When, by the clock of which authority."""

    at: int
    authority: str


class Roots:
    """The root certificates of the authorities whose stamps count."""

    def __init__(self, certificates: Sequence[Certificate]) -> None:
        self._certificates = list(certificates)

    @classmethod
    def of(cls, paths: Sequence[Path]) -> Roots:
        """From PEM files. Raises Wrong."""
        from cryptography import x509

        found: list[Certificate] = []
        for path in paths:
            try:
                read_from = x509.load_pem_x509_certificates(bounded(path, "authority", MOST_ROOT_BYTES))
            except ValueError as error:
                raise Wrong("authority", path.name, "holds no certificate", "PEM", error) from error
            for one in read_from:
                if not _is_self_signed(one):
                    raise Wrong("authority", path.name, "is no root: bring the certificate at the top", "signed by itself", one.subject)
                found.append(one)
        return cls(found)

    def stamped(self, stamp: Stamp, imprint: bytes) -> Stamped:
        """When an authority saw the imprint. Raises Wrong of the rule that does not hold (protocol §26, 1 to 3)."""
        from cryptography.x509 import DuplicateExtension
        from rfc3161_client import decode_timestamp_response
        from rfc3161_client.errors import VerificationError

        try:
            answer = decode_timestamp_response(stamp.response)
            status, info = answer.status, answer.tst_info if answer.status == GRANTED else None
            seen = (info.message_imprint.hash_algorithm.dotted_string, info.message_imprint.message) if info else ("", b"")
            right = info is None or (info.version == 1 and form_of(stamp.response).is_allowed)
        except ValueError as error:
            raise Wrong("stamps.token", stamp.place, "is no answer of an authority", "TimeStampResp in DER", error) from error
        if info is None:
            raise Wrong("stamps.token", stamp.place, "the authority did not stamp it", GRANTED, status)
        if seen != (SHA256, imprint):
            raise Wrong("stamps.digest", stamp.place, "the stamp is over something else", imprint, seen[1])
        if not right:
            what = "is of another version, is signed otherwise, or carries too many certificates"
            raise Wrong("stamps.token", stamp.place, what, "RSA or ECDSA over SHA-256, -384 or -512", "")
        unknown: Exception | None = None
        for root in self._certificates:
            try:
                _verify(answer, root, imprint)
                _check_purpose(answer)
            except (VerificationError, ValueError, DuplicateExtension) as error:
                unknown = error
                if NO_PATH in str(error):
                    continue
                name = "stamps.authority" if "EKU" in str(error) else "stamps.token"
                raise Wrong(name, stamp.place, "its signature or signer does not hold", "", error) from error
            return Stamped(int(info.gen_time.timestamp()), root.subject.rfc4514_string())
        what = "no path leads from its signer to an authority's root that was brought"
        raise Wrong("stamps.authority", stamp.place, what, ", ".join(one.subject.rfc4514_string() for one in self._certificates), unknown)


def _is_self_signed(one: Certificate) -> bool:
    from cryptography.exceptions import InvalidSignature

    try:
        one.verify_directly_issued_by(one)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _verify(answer: TimeStampResponse, root: Certificate, imprint: bytes) -> None:
    from rfc3161_client import VerifierBuilder

    VerifierBuilder(roots=[root]).build().verify(answer, imprint)


def _check_purpose(answer: TimeStampResponse) -> None:
    """The library takes a signer's certificate that is for stamping among other things. Raises: VerificationError."""
    from cryptography import x509
    from rfc3161_client.errors import VerificationError

    (signer,) = answer.signed_data.signer_infos
    for raw in answer.signed_data.certificates:
        one = x509.load_der_x509_certificate(raw)
        if (one.issuer, one.serial_number) == (signer.issuer, signer.serial_number):
            usage = one.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
            if list(usage) != [x509.oid.ExtendedKeyUsageOID.TIME_STAMPING]:
                raise VerificationError("The EKU extension has more than id-kp-timeStamping.")
