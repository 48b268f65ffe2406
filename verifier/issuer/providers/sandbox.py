"""DEMO providers for rehearsals: they ask nobody, say DEMO in every sentence, and confirm whoever enters the code they show."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from verifier.face.reasons import Reason
from verifier.issuer.providers.protocol import Begun, Finding, Person, ProviderName

CODE = "000000"
CONFIRMED = Reason(
    "SandboxConfirmed",
    "DEMO 沙箱：视为核验通过，没有核对任何真实身份。",
    "DEMO sandbox: counts as confirmed; nobody's identity was checked.",
)
DECLINED = Reason("SandboxDeclined", "DEMO 沙箱：视为核验未通过。", "DEMO sandbox: counts as not confirmed.")
_WORDS: Mapping[ProviderName, tuple[str, str]] = {
    "national_id": ("国家网络身份认证", "national identity authentication"),
    "bank_card": ("银行卡四要素核验", "bank card check of four elements"),
    "video_call": ("视频通话核验", "video call"),
    "counter": ("柜台核验", "counter"),
}
_FIELDS: Mapping[ProviderName, tuple[str, ...]] = {
    "national_id": ("name", "id_number"),
    "bank_card": ("name", "id_number", "bank_card", "mobile"),
    "video_call": ("name", "id_number"),
    "counter": ("name", "id_number"),
}


@dataclass(frozen=True)
class Sandbox:
    """Stands in for one provider."""

    name: ProviderName
    sandbox: bool = True

    @property
    def fields(self) -> tuple[str, ...]:
        """What the provider would ask for."""
        return _FIELDS[self.name]

    def begin(self, person: Person) -> Begun:
        """Show the code; nobody is asked anything."""
        zh, en = _WORDS[self.name]
        return Begun(secrets.token_urlsafe(16), f"DEMO 沙箱（{zh}）：请输入 {CODE}。", f"DEMO sandbox ({en}): enter {CODE}.")

    def finish(self, begun: Begun, answer: Mapping[str, str]) -> Finding:
        """Confirmed when the code comes back."""
        right = answer.get("code") == CODE
        return Finding(right, CONFIRMED if right else DECLINED, "DEMO-" + begun.handle)
