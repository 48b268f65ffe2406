"""What stands against an official's attestation here; the contract's own refusals pass through as they are."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict


class AttestedAlready(Conflict):
    """One official attests once."""

    zh = "您已对本次结果签署过意见，每位成员只能签署一次。"
    en = "You have already signed your decision on this result; each official signs once."


class AttestationSignatureWrong(BadInput):
    """The signature is not by this signer over this result and opinion."""

    zh = "签名与结果、意见或所选密钥不符。请刷新页面，用自己的密钥重新签名。"
    en = "The signature does not match the result, the decision or the key. Reload the page and sign again with your own key."
