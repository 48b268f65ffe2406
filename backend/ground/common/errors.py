"""The trunk of the error tree; the leaves stand in each room's `errors.py`, named after the rule that was broken.

LenderVoteError
├── BadInput            what was sent does not follow a rule          (a person mends the input)
├── NotSignedIn         nobody is known to be here                    (sign in)
├── NotAllowed          somebody else may do this                     (ask the named role)
├── NotFound            there is no such thing
├── Conflict            the rule forbids it now                       (wait, or look at what was done already)
├── TooMany             a limit per person or device was reached      (wait the stated time)
└── Unavailable         a part that is needed does not answer         (try again, nothing was lost)

Errors know no HTTP; `backend.app` maps the trunk to status codes in one place.
"""

from __future__ import annotations

from typing import ClassVar


class LenderVoteError(Exception):
    """A broken rule, said in Chinese and English so that a person knows what to do next.

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
        return (self.zh if language.startswith("zh") else self.en).format(**self.facts)


class BadInput(LenderVoteError):
    """What was sent does not follow a rule."""

    zh = "提交的内容不符合要求。"
    en = "What was sent does not follow a rule."


class NotSignedIn(LenderVoteError):
    """Nobody is known to be here."""

    zh = "请先登录。"
    en = "Please sign in first."


class NotAllowed(LenderVoteError):
    """Somebody else may do this."""

    zh = "您的身份不能进行此项操作。"
    en = "Your role does not include this."


class NotFound(LenderVoteError):
    """There is no such thing."""

    zh = "没有找到所要的内容。"
    en = "There is nothing under this address."


class Conflict(LenderVoteError):
    """The rule forbids it now."""

    zh = "现在不能进行此项操作。"
    en = "This cannot be done now."


class TooMany(LenderVoteError):
    """A limit was reached; `retry_after_seconds` is among the facts."""

    zh = "次数过多，请在 {retry_after_seconds} 秒后再试。"
    en = "Too many attempts. Please try again in {retry_after_seconds} seconds."


class Unavailable(LenderVoteError):
    """A part that is needed does not answer."""

    zh = "系统的一个部分暂时没有响应，已提交的内容没有丢失，请稍后再试。"
    en = "A part of the system is not answering at the moment. Nothing sent was lost; please try again shortly."
