"""Who takes part: a name, a password, an authenticator, a way to sign; and what each has to do before the case is opened."""

from __future__ import annotations

import re
import secrets
import time
from dataclasses import dataclass, field
from pathlib import Path

import pyotp

from scripts.first_case.browser import Desk

STEP_SECONDS = 30


@dataclass
class Authenticator:
    """An application on a telephone. The service takes each code once, and that of the next half minute as well: nobody waits for most."""

    secret: str
    _last: int = 0

    def code(self) -> str:
        """The next code that has not been used."""
        step = max(int(time.time()) // STEP_SECONDS, self._last + 1)
        while step > int(time.time()) // STEP_SECONDS + 1:
            time.sleep(0.5)  # the clock tells nobody
        self._last = step
        return str(pyotp.TOTP(self.secret).at(step * STEP_SECONDS))


@dataclass
class Person:
    """Somebody with an account. `key_file` is empty for whoever signs by passkey."""

    name: str
    password: str
    authenticator: Authenticator
    key_file: Path | None = None
    key_password: str = field(default_factory=lambda: secrets.token_urlsafe(15))
    address: str = ""

    def sign_in(self, desk: Desk, path: str) -> None:
        """Name, password and code."""
        desk.open(path)
        desk.fill("用户名", self.name)
        desk.page.get_by_label("密码", exact=True).fill(self.password)
        desk.fill("动态码", self.authenticator.code())
        desk.press("登录")

    def renew(self, desk: Desk) -> None:
        """Both secrets that somebody else has seen are changed for own ones."""
        desk.see("请先更换由他人交给您的密码和验证器密钥")
        factor = desk.page.locator("[data-own='second_factor']")
        self._prove(desk, factor)
        desk.press("取得新的验证器密钥", factor)
        desk.page.get_by_role("img", name="验证器密钥的二维码").wait_for()
        self.authenticator = Authenticator(factor.locator("dd").first.inner_text().strip())
        desk.fill("新密钥的动态码", self.authenticator.code())
        desk.press("确认，启用新的密钥")
        factor.wait_for(state="detached")
        own = desk.page.locator("[data-own='password']")
        fresh = secrets.token_urlsafe(15)
        desk.fill("新密码（至少 12 个字符）", fresh, own)
        desk.fill("再输入一次新密码", fresh, own)
        self._prove(desk, own)
        desk.press("更换密码", own)
        self.password = fresh
        desk.see("已登录：")

    def _prove(self, desk: Desk, part: object) -> None:
        desk.fill("现在的密码", self.password, part)  # type: ignore[arg-type]
        desk.fill("现在的动态码", self.authenticator.code(), part)  # type: ignore[arg-type]

    def register_passkey(self, desk: Desk) -> None:
        """A passkey of the device, tried once."""
        desk.press("登记通行密钥")
        desk.page.get_by_text(re.compile("已登记通行密钥")).first.wait_for()

    def load_key(self, desk: Desk) -> None:
        """Choose the key file and open it with its password."""
        assert self.key_file is not None
        desk.page.get_by_label("签名密钥文件").first.set_input_files(self.key_file)
        desk.page.get_by_label("签名密钥的密码").fill(self.key_password)
        desk.press("打开签名密钥文件")
        desk.see("已载入密钥")
