"""Whether a call is signed as Aliyun and Tencent Cloud document it: written here once more, apart from the gateways."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from datetime import UTC, datetime

KEY_ID, KEY_SECRET = "rig-key-id", "rig-key-secret"  # of the rig's program alone


def aliyun_signed(headers: Mapping[str, str], body: bytes) -> bool:
    """ACS3-HMAC-SHA256."""
    scheme, _, rest = headers.get("authorization", "").partition(" ")
    parts = dict(part.split("=", 1) for part in rest.split(",") if "=" in part)
    names = parts.get("SignedHeaders", "").split(";")
    needed = {"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version"}
    if scheme != "ACS3-HMAC-SHA256" or parts.get("Credential") != KEY_ID or not needed <= set(names):
        return False
    hashed = hashlib.sha256(body).hexdigest()
    if headers["x-acs-content-sha256"] != hashed or names != sorted(names):
        return False
    lines = "".join(f"{name}:{headers.get(name, '').strip()}\n" for name in names)
    canonical = f"POST\n/\n\n{lines}\n{';'.join(names)}\n{hashed}"
    word = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
    right = hmac.new(KEY_SECRET.encode(), word.encode(), hashlib.sha256).hexdigest()
    return hmac.compare_digest(parts.get("Signature", ""), right)


def tencent_signed(headers: Mapping[str, str], body: bytes) -> bool:
    """TC3-HMAC-SHA256, at most 300 s old."""
    scheme, _, rest = headers.get("authorization", "").partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(",") if "=" in part)
    seconds = headers.get("x-tc-timestamp", "")
    if scheme != "TC3-HMAC-SHA256" or not seconds.isdigit() or abs(int(seconds) - time.time()) > 300:
        return False
    date = datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%d")
    scope, names = f"{date}/sms/tc3_request", parts.get("SignedHeaders", "").split(";")
    if parts.get("Credential") != f"{KEY_ID}/{scope}" or not {"content-type", "host"} <= set(names):
        return False
    lines = "".join(f"{name}:{headers[name].lower() if name == 'x-tc-action' else headers[name]}\n" for name in names)
    canonical = f"POST\n/\n\n{lines}\n{';'.join(names)}\n{hashlib.sha256(body).hexdigest()}"
    word = f"TC3-HMAC-SHA256\n{seconds}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"TC3{KEY_SECRET}".encode()
    for part in (date, "sms", "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return hmac.compare_digest(parts.get("Signature", ""), hmac.new(key, word.encode(), hashlib.sha256).hexdigest())
