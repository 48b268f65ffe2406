"""What a real poll needs of the settings: `lendervote doctor --real` lists it, and a start with PRODUCTION refuses without it."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from backend.ground.chain.members import read_addresses
from backend.ground.common.errors import LenderVoteError
from backend.ground.common.settings import Settings

LEAST_NOTICE_SECONDS = 15 * 86_400


class NotForProduction(LenderVoteError):
    """PRODUCTION is set, and settings are as they are for trying out."""

    zh = "已设置 LENDERVOTE_PRODUCTION，但以下设置不适用于正式表决，服务没有启动：{names}。说明见 lendervote doctor --real。"
    en = (
        "LENDERVOTE_PRODUCTION is set, and these settings are not fit for a real poll, so the service did not start: {names}. "
        "Change each, or see `lendervote doctor --real`."
    )


@dataclass(frozen=True)
class Requirement:
    """One thing that a real poll needs; `setting` is the name that mends it."""

    name: str
    setting: str
    met: bool
    found: str
    mend: str


def requirements(settings: Settings) -> list[Requirement]:
    """All that the settings alone tell."""
    organisations = sorted({organisation for organisation, _ in read_addresses(settings.rpc_url)})
    host = urlsplit(settings.public_url).hostname or ""
    domain = settings.passkey_domain
    return [
        Requirement(
            "nodes of two organisations", "LENDERVOTE_RPC_URL", len(organisations) > 1, ", ".join(organisations) or "the local chain",
            "name nodes of two organisations, better of three: court=https://...,bank=https://...",
        ),
        Requirement(
            "notice", "LENDERVOTE_MINIMUM_NOTICE_SECONDS", settings.minimum_notice_seconds >= LEAST_NOTICE_SECONDS,
            f"{settings.minimum_notice_seconds} s", f"at least {LEAST_NOTICE_SECONDS} (15 days); leave the setting out",
        ),
        Requirement(
            "public address", "LENDERVOTE_PUBLIC_URL", is_public(settings.public_url), settings.public_url or "none",
            "the address that lenders open: https:// and a name",
        ),
        Requirement(
            "verifier's public address", "LENDERVOTE_PUBLIC_VERIFIER_URL", is_public(settings.public_verifier_url),
            settings.public_verifier_url or "none", "the verifier's address for phones: https:// and a name",
        ),
        Requirement(
            "secure cookies", "LENDERVOTE_SECURE_COOKIES", settings.secure_cookies, str(settings.secure_cookies).lower(), "set it to true",
        ),
        Requirement(
            "passkeys' name", "LENDERVOTE_PASSKEY_DOMAIN", bool(domain) and (host == domain or host.endswith("." + domain)),
            domain or "none", "the public address's name or a suffix of it; it cannot be changed later",
        ),
        Requirement(
            "help line", "LENDERVOTE_HOTLINE", bool(settings.hotline.strip()) and "DEMO" not in settings.hotline, settings.hotline,
            "the telephone number that lenders call",
        ),
    ]  # fmt: skip


def check_production(settings: Settings) -> None:
    """Hold the settings to what a real poll needs, where PRODUCTION is set. Raises: NotForProduction."""
    lacking = [one.setting for one in requirements(settings) if not one.met]
    if settings.production and lacking:
        raise NotForProduction(names=", ".join(lacking))


def is_public(url: str) -> bool:
    """Whether an address is https with a name that others can reach."""
    parts = urlsplit(url)
    name = parts.hostname or ""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return parts.scheme == "https" and "." in name
    return False
