"""The issuer's rules, each named; the same shape as the rest of the house has, and none of its code.

IssuerError
├── BadInput        422 (BodyTooLarge 413)
├── NotSignedIn     401
├── NotAllowed      403
├── NotFound        404
├── Conflict        409
├── TooMany         429
└── Unavailable     503
"""

from __future__ import annotations

from typing import ClassVar

MOST_SECONDS_SAID = 120
"""Longer waits are given in minutes."""


class IssuerError(Exception):
    """A broken rule in both languages; `zh` and `en` are format strings over the facts."""

    status: ClassVar[int] = 422
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
        """The sentence in `zh` or `en`."""
        facts = dict(self.facts)
        if "retry_after_seconds" in facts:
            facts["wait"] = _say_wait(int(str(facts["retry_after_seconds"])), language)
        return (self.zh if language.startswith("zh") else self.en).format(**facts)


def _say_wait(seconds: int, language: str) -> str:
    count, zh, en = (seconds, "秒", "second") if seconds <= MOST_SECONDS_SAID else (-(-seconds // 60), "分钟", "minute")
    return f"{count} {zh}" if language.startswith("zh") else f"{count} {en}{'' if count == 1 else 's'}"


class BadInput(IssuerError):
    """The input breaks a rule."""

    zh = "提交的内容不符合要求。"
    en = "The input does not meet the requirements."


class NotSignedIn(IssuerError):
    """The operator's token is missing or wrong."""

    status = 401


class NotAllowed(IssuerError):
    """This caller may not do it."""

    status = 403


class NotFound(IssuerError):
    """There is no such thing."""

    status = 404


class Conflict(IssuerError):
    """The rule forbids it now."""

    status = 409


class TooMany(IssuerError):
    """Asked too often; `retry_after_seconds` says when to come again."""

    status = 429


class Unavailable(IssuerError):
    """A part that is needed does not answer."""

    status = 503
    zh = "系统的一个部分暂时没有响应，请稍后再试。"
    en = "A part of the system is not answering. Try again later."


class FieldsNotReadable(BadInput):
    """The request's fields do not have the form that the documentation gives."""

    zh = "提交的字段不完整或格式不对：{fields}。"
    en = "Fields are missing or in the wrong form: {fields}."


class BodyTooLarge(BadInput):
    """More bytes than this call takes."""

    status = 413
    zh = "提交的内容过大，上限为 {limit_bytes} 字节。"
    en = "What was sent is too large; the limit is {limit_bytes} bytes."


class BodyTooSlow(BadInput):
    """The body did not arrive in time."""

    status = 408
    zh = "上传超过 {seconds} 秒没有完成，请检查网络后重试。"
    en = "The upload was not complete after {seconds} seconds. Please check the connection and try again."


class AddressUnknown(NotFound):
    """No call has this address and method."""

    zh = "没有这个地址，或不支持这种请求方式。"
    en = "There is no such address, or it does not accept this kind of request."


class PollUnknown(NotFound):
    """No poll contract stands at this address."""

    zh = "区块链上没有这次表决：{poll}。"
    en = "There is no such vote on the blockchain: {poll}."


class PollOfAnotherVerifier(NotAllowed):
    """The poll does not name this issuer among its verifiers."""

    zh = "这次表决没有指定本核验机构。"
    en = "This vote does not name this identity verifier."


class PollClosed(Conflict):
    """The poll's window is over."""

    zh = "表决已截止。"
    en = "Voting has closed."


class IndexNotInRegister(BadInput):
    """The index is not below the register's leaf count."""

    zh = "序号 {index} 不在登记表内。"
    en = "The index {index} is not in the register."


class TicketNotByRelay(NotAllowed):
    """The ticket is not signed by the poll's receipt signer for this index and ballot key."""

    zh = "登录凭据不正确，请重新获取短信验证码。"
    en = "Your sign-in was not recognised. Ask for a new text code."


class TicketExpired(NotAllowed):
    """The ticket's time is over by the chain's clock."""

    zh = "登录已过期，请重新获取短信验证码。"
    en = "Your sign-in has expired. Ask for a new text code."


class ProbeMissing(BadInput):
    """One to three photos are needed."""

    zh = "请提交 1 至 {most} 张照片。"
    en = "Please send 1 to {most} photos."


class VouchersTooFew(BadInput):
    """Two different officials are needed."""

    zh = "需要 {needed} 名不同的工作组人员核对，目前只有 {found} 名。"
    en = "{needed} different officials are needed; there are {found}."


class VoucherRefused(BadInput):
    """A voucher is not what it should be; `rows` says which and why."""

    zh = "第 {row} 份核对证明不能使用：{why_zh}。"
    en = "Voucher {row} cannot be used: {why_en}."


class EntriesNotAscending(BadInput):
    """Entries are strictly ascending by index."""

    zh = "条目须按序号严格递增（第 {row} 条）。"
    en = "Entries must be in strictly ascending order of index (entry {row})."


class NeverIssued(NotFound):
    """A pair was never given a credential here; `rows` says which."""

    zh = "有 {count} 条从未在此签发过核验凭证。"
    en = "No credential was ever issued here for {count} entries."


class CredentialExpired(Conflict):
    """A pair's credential is over; `rows` says which."""

    zh = "有 {count} 条的核验凭证已过期。"
    en = "The credentials of {count} entries have expired."


class OperatorTokenWrong(NotSignedIn):
    """Only the issuer's operator may do this."""

    zh = "只有核验机构的操作员可以进行此项操作。"
    en = "Only the verifier's operator may do this."


class RelayNotProved(NotSignedIn):
    """Neither the signature of the poll's relay nor the operator's token came with the question."""

    zh = "只有这次表决的收票服务或核验机构的操作员可以进行此项操作。"
    en = "Only the relay of this poll or the verifier's operator may do this."


class RequestTooOld(NotSignedIn):
    """The question was signed too long ago, or for a time to come, by the issuer's clock."""

    zh = "请求的签署时间与核验机构的时钟相差超过 {seconds} 秒，请校准时钟后重新签署。"
    en = "The request's time differs from the verifier's clock by more than {seconds} seconds. Set the clock and sign again."


class TooOften(TooMany):
    """More questions a minute than are answered."""

    zh = "请求过于频繁，请在 {wait}后再试。"
    en = "Too many requests. Please try again in {wait}."


class PictureNotUsable(BadInput):
    """The reference photo cannot be used; carries the face room's reason."""

    zh = "{reason_zh}"
    en = "{reason_en}"


class TooFewReferences(Conflict):
    """Faces of at least two lenders are compared."""

    zh = "这次表决留存照片的出借人不足两名，无从比较。"
    en = "Fewer than two lenders of this poll have a photo on file; there is nothing to compare."


class TooManyReferences(Conflict):
    """A lender has as many references as are kept."""

    zh = "该出借人已有 {most} 张留存照片，达到上限。"
    en = "This lender already has {most} photos on file, the most that are kept."


class ChainSilent(Unavailable):
    """The node does not answer."""

    zh = "区块链节点暂时没有响应，请稍后再试。"
    en = "The blockchain node is not answering. Try again later."


class FacesBusy(Unavailable):
    """The face room is full; `retry_after_seconds` says when to come again."""

    zh = "当前核验人数较多，请在 {wait}后重试。"
    en = "Many people are being checked now. Please try again in {wait}."


class FacesUnavailable(Unavailable):
    """The face library is not installed here; two officials can check instead."""

    zh = "本机暂不能进行人脸核验，请改由两名工作组人员核对，您的投票权不受影响。"
    en = "The face check is not available now. Two officials can check instead; you keep your right to vote."


class PollModelFrozen(Conflict):
    """Faces of this poll were compared already: its model stays to the close."""

    zh = "投票 {poll} 已有人脸比对记录，所用模型在投票截止前不能更换。"
    en = "Faces of the poll {poll} were compared already; its model stays as it is until the close."


class ReferenceNotOpened(Unavailable):
    """A sealed reference does not open: the reference key differs, or it was changed or moved."""

    zh = "留存照片的模板无法解开，请改由两名工作组人员核对，您的投票权不受影响。"
    en = "The photo on file cannot be opened. Two officials can check instead; you keep your right to vote."


class LivenessRequired(Conflict):
    """Photos alone are not enough here: a session in front of the camera comes first."""

    zh = "需要先在镜头前按提示完成动作，再进行人脸核验；也可以改由两名工作组人员核对。"
    en = "First move in front of the camera as asked. Or let two officials check instead."


class SessionUnknown(NotFound):
    """No session has this id and nonce."""

    zh = "没有找到这次核验，可能已超时，请重新开始。"
    en = "This check was not found; it may have timed out. Please start again."


class SessionNotReady(Conflict):
    """Not every step was seen, or the session was decided already."""

    zh = "动作尚未全部完成，或本次核验已经结束。"
    en = "Not all steps are complete, or this check has ended."


class FramesMissing(BadInput):
    """A batch holds a bounded number of frames."""

    zh = "每次请提交 1 至 {most} 帧画面。"
    en = "Please send 1 to {most} frames at a time."


class Unexpected(Unavailable):
    """A defect of ours; the process's log has it."""

    status = 500
    zh = "系统出现意外情况，已记录。请稍后再试，或拨打服务热线。"
    en = "Something unexpected happened and was recorded. Try again later or call the help line."
