"""A credential by two officials who saw the lender, by video call or at the counter: the way beside the face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from verifier.issuer.desk import Desk
from verifier.issuer.errors import VoucherRefused, VouchersTooFew
from verifier.issuer.polls import PollFacts
from verifier.issuer.schemas import VouchedRequest, Voucher
from verifier.issuer.store import Credential
from verifier.signing.signers import is_signed

VOUCHERS_NEEDED = 2
MOST_AGE_SECONDS = 24 * 3600
#: An official's clock may be this far ahead of the newest block.
CLOCK_AHEAD_SECONDS = 300


@dataclass(frozen=True)
class VouchedWay:
    """Checks vouchers (protocol §6: two distinct officials)."""

    desk: Desk

    def issue(self, request: VouchedRequest) -> Credential:
        """The credential. Raises: what Desk.admit does, VouchersTooFew, VoucherRefused with the row and why."""
        facts = self.desk.admit(request)
        known = self.desk.issued(facts, request)
        if known is not None:
            return known
        signers = {voucher.signer.lower() for voucher in request.vouchers}
        if len(signers) < VOUCHERS_NEEDED:
            raise VouchersTooFew(needed=VOUCHERS_NEEDED, found=len(signers))
        vouchers = [self._check(facts, request, row) for row in range(len(request.vouchers))]
        return self.desk.issue(facts, request, {"way": "vouched", "reasons": ["Vouched"], "vouchers": vouchers})

    def _check(self, facts: PollFacts, request: VouchedRequest, row: int) -> dict[str, Any]:
        """What the log says of a voucher: all that anybody needs to check the official's signature again."""
        voucher = request.vouchers[row]
        signer = bytes.fromhex(voucher.signer[2:])
        if signer not in facts.roots.case.officials:
            raise _refused(row, "签名人不是专项工作组成员", "the signer is not an official of this case")
        if voucher.signer.lower() in _signers_before(request.vouchers, row):
            raise _refused(row, "同一工作组人员重复签署", "the same official vouched twice")
        if voucher.vouched_at > facts.now + CLOCK_AHEAD_SECONDS:
            raise _refused(row, "核对时间晚于当前时间", "it is dated in the future")
        if voucher.vouched_at < facts.now - MOST_AGE_SECONDS:
            raise _refused(row, "核对已超过 24 小时", "it is older than 24 hours")
        digest = facts.domain.voucher(request.index, request.ballot_key, voucher.method, voucher.vouched_at)
        if not is_signed(signer, digest, bytes.fromhex(voucher.signature[2:])):
            raise _refused(row, "签名不符", "the signature is not this official's over this lender and ballot key")
        said = {"method": voucher.method, "vouched_at": voucher.vouched_at}
        return {"signer": "0x" + signer.hex(), **said, "signature": voucher.signature.lower()}


def _signers_before(vouchers: Sequence[Voucher], row: int) -> set[str]:
    return {voucher.signer.lower() for voucher in vouchers[:row]}


def _refused(row: int, why_zh: str, why_en: str) -> VoucherRefused:
    detail = {"row": row + 1, "field": "vouchers", "rule": "VoucherRefused", "message_zh": why_zh, "message_en": why_en}
    return VoucherRefused(row=row + 1, why_zh=why_zh, why_en=why_en, rows=[detail])
