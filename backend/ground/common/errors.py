"""The trunk of the error tree. The leaves are in each room's `errors.py`, named after the broken rule.

LenderVoteError
├── BadInput            what was sent does not follow a rule          (correct the input)
├── NotSignedIn         nobody is signed in                           (sign in)
├── NotAllowed          this account may not do it                    (use another account)
├── NotFound            there is no such thing
├── Conflict            the rule forbids it now                       (wait, or see what was done already)
├── TooMany             a limit per person or device was reached      (wait the stated time)
└── Unavailable         a required part does not answer               (try again)

Errors know no HTTP; `backend.app` maps the trunk to status codes in one place.
"""

from __future__ import annotations

from typing import ClassVar

MOST_SECONDS_SAID = 120
"""Longer waits are given in minutes."""


def say_wait(seconds: int, language: str) -> str:
    """A wait as people read it, rounded up in favour of whoever waits as told."""
    count, zh, en = (seconds, "秒", "second") if seconds <= MOST_SECONDS_SAID else (-(-seconds // 60), "分钟", "minute")
    return f"{count} {zh}" if language.startswith("zh") else f"{count} {en}{'' if count == 1 else 's'}"


class LenderVoteError(Exception):
    """A broken rule, explained in Chinese and English so that a person knows what to do next.

    `zh` and `en` are format strings over the keyword arguments; `code` is the class name and never changes.
    """

    zh: ClassVar[str] = "操作没有完成。"
    en: ClassVar[str] = "This could not be done."

    def __init__(self, **facts: object) -> None:
        self.facts = facts
        super().__init__(self.say("en"))

    @property
    def code(self) -> str:
        """The rule's name, stable for programs."""
        return type(self).__name__

    def say(self, language: str) -> str:
        """The sentence in `zh` or `en` with the facts filled in."""
        return (self.zh if language.startswith("zh") else self.en).format(**self.said(language))

    def said(self, language: str) -> dict[str, object]:
        """The facts as they are in the sentence; `wait` is `retry_after_seconds` in words."""
        seconds = self.facts.get("retry_after_seconds")
        return self.facts if seconds is None else {**self.facts, "wait": say_wait(int(str(seconds)), language)}


class BadInput(LenderVoteError):
    """The input breaks a rule."""

    zh = "提交的内容不符合要求。"
    en = "The input does not meet the requirements."


class NotSignedIn(LenderVoteError):
    """Nobody is signed in."""

    zh = "请先登录。"
    en = "Please sign in first."


class NotAllowed(LenderVoteError):
    """This account may not do it."""

    zh = "当前账户不能办理这一项。请换用有权限的账户，或联系管理员。"
    en = "This account cannot do this. Use another account or ask the administrator."


class NotFound(LenderVoteError):
    """There is no such thing."""

    zh = "没有找到所要的内容。"
    en = "Nothing was found here."


class Conflict(LenderVoteError):
    """The rule forbids it now."""

    zh = "现在不能进行此项操作。"
    en = "This cannot be done now."


class TooMany(LenderVoteError):
    """A limit was reached; `retry_after_seconds` is among the facts."""

    zh = "次数过多，请在 {wait}后再试。"
    en = "Too many attempts. Please try again in {wait}."


class Unavailable(LenderVoteError):
    """A required part does not answer."""

    zh = "系统的一个部分暂时没有响应，请稍后再试。之前已有回执的票不受影响。"
    en = "A part of the system is not answering. Try again later. Votes with a receipt stand."
