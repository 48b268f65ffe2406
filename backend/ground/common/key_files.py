"""Keys that an installation makes for itself at first start, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from backend.ground.common.errors import LenderVoteError


class KeyNotReadable(LenderVoteError):
    """A key from the settings or a key file is not 32 bytes in hex."""

    zh = "密钥 {name} 无法读取：应为 64 位十六进制字符。"
    en = "The key {name} cannot be read: it should be 64 hexadecimal digits."


def load_key(given: str, folder: Path, name: str) -> bytes:
    """The 32 bytes given in the settings, else those of `folder/name`, made if it is not there yet.

    Raises: KeyNotReadable.
    """
    text = given or _read_or_make(folder / name)
    try:
        key = bytes.fromhex(text.strip().removeprefix("0x"))
    except ValueError as error:
        raise KeyNotReadable(name=name) from error
    if len(key) != 32:
        raise KeyNotReadable(name=name)
    return key


def _read_or_make(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(handle, "w") as file:
        # Below 2^255, so it is also a valid secp256k1 key.
        text = (secrets.randbits(255) | 1).to_bytes(32, "big").hex()
        file.write(text)
    return text
