"""What stands against an official's attestation here; the contract's own refusals pass through as they are."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict


class AttestedAlready(Conflict):
    """One official attests once; `approve` is the voice that is on the chain."""

    zh = "区块链上已记录您对本次结果的意见：{voice}。每位成员只能签署一次，这次提交的没有写入，也不会改变已记录的意见。"
    en = (
        "Your {voice} of this result is on the blockchain already. Each official decides once: what you handed in now was not recorded and "
        "changes nothing."
    )

    def said(self, language: str) -> dict[str, object]:
        """With the voice in words."""
        words = {True: ("“同意”", "approval"), False: ("“不同意”", "refusal")}[bool(self.facts["approve"])]
        return {**super().said(language), "voice": words[0 if language.startswith("zh") else 1]}


class AttestationSignatureWrong(BadInput):
    """The signature is not by this signer over this result and opinion."""

    zh = "签名与结果、意见或所选密钥不符。请刷新页面，用自己的密钥重新签名。"
    en = "The signature does not match the result, the decision or the key. Reload the page and sign again with your own key."


class ContestedNotSeen(Conflict):
    """Nobody signs a result without having seen how many lenders contest the ballot that was recorded for them."""

    zh = "有 {contested} 位出借人对记录在其名下的表决票提出异议，而您提交时看到的是 {seen} 位。请刷新页面，看过异议后再签署。"
    en = (
        "{contested} lenders contest the ballot recorded for them; what you handed in says that you saw {seen}. Reload the page, look at "
        "the contests, and sign again."
    )
