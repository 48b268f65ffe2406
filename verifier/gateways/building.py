"""Gateways by name, as a file of gateways describes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from verifier.gateways.aliyun import AliyunSms, AliyunVoice
from verifier.gateways.answers import Gateway
from verifier.gateways.tencent import TencentSms

DEFAULT_URLS = {
    "aliyun": "https://dysmsapi.aliyuncs.com/",
    "aliyun_voice": "https://dyvmsapi.aliyuncs.com/",
    "tencent": "https://sms.tencentcloudapi.com/",
}


class ProviderUnknown(ValueError):
    """No provider has that name."""


def gateway_of(entry: Mapping[str, Any]) -> Gateway:
    """Raises: ProviderUnknown; KeyError where the entry lacks what its provider needs."""
    provider = entry["provider"]
    url = entry.get("url") or DEFAULT_URLS.get(provider, "")
    countries = tuple(entry.get("countries", ("86",)))
    if provider == "aliyun":
        return AliyunSms(url, entry["key_id"], entry["key_secret"], entry["sign_name"], countries)
    if provider == "aliyun_voice":
        return AliyunVoice(url, entry["key_id"], entry["key_secret"], entry["shown_number"], countries)
    if provider == "tencent":
        return TencentSms(url, entry["key_id"], entry["key_secret"], entry["app_id"], entry["sign_name"], countries)
    raise ProviderUnknown(str(provider)[:20])
