"""What may stand between a lender and their own credential."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict, NotAllowed, NotFound, TooMany, Unavailable


class PhoneNotReadable(BadInput):
    """Not a mobile number."""

    zh = "手机号无法读取：请填写登记时使用的 11 位手机号。"
    en = "The phone number cannot be read. Enter the 11-digit mobile number you registered with."


class CodeTooSoon(TooMany):
    """A code was asked for moments ago."""

    zh = "验证码已发送，请在{wait}后重新获取；原验证码仍然有效。"
    en = "A code was sent. You can ask for another in {wait}; the one sent still works."


class CodesPerPhone(TooMany):
    """Too many codes for one phone."""

    zh = "获取验证码次数太多。请在{wait}后再试，或拨打服务热线。"
    en = "Too many codes requested. Try again in {wait} or call the help line."


class CodesPerAddress(TooMany):
    """Too many codes or wrong codes from one network address."""

    zh = "当前网络请求次数过多。请在{wait}后再试，或换用手机流量。"
    en = "Too many requests came from this network. Try again in {wait}, or use mobile data."


class CodeWrong(BadInput):
    """The code does not fit, has run out, or was used. The answer is the same for a phone that is not in the register."""

    zh = "验证码不正确或已过期。请核对短信后重新输入，或重新获取验证码。"
    en = "The code is wrong or has expired. Check the message and enter it again, or ask for a new code."


class PhoneAbroad(BadInput):
    """A number to which no codes are sent; the answer is the same whether it is in a register or not."""

    zh = "验证码只能发送到内地手机号。境外号码、固定电话或没有手机的出借人，请拨打服务热线；工作组人员核对身份后协助登录。"
    en = (
        "Codes go to mainland mobile numbers only. If you have a number abroad, a landline or no phone, call the help line: officials "
        "check your identity and help you sign in."
    )


class DocumentEndWrong(BadInput):
    """None of the lenders of this phone has a document whose number ends so, or more than one has."""

    zh = "与该手机号登记的出借人不符。请输入您本人证件号码的后 {signs} 位；多次不符须重新获取验证码。"
    en = (
        "This does not match any lender of this phone number. Enter the last {signs} characters of your own document number; "
        "after several wrong attempts you need a new code."
    )


class EntryWrong(BadInput):
    """The entry code does not fit, has run out or was used, or the document number ends otherwise; which of them is not said."""

    zh = "登录码或证件号码不正确，或登录码已过期、已用过。请核对后重新输入，或请工作组人员重新开具。"
    en = "The entry code or document number is wrong, or the code has expired or was used. Check both, or ask officials for a new code."


class EntryNotNeeded(Conflict):
    """The lender has a mobile number in the register and signs in by it."""

    zh = "该出借人在登记表中有内地手机号，请用手机号登录；号码已停用的，请先核对身份并更新登记表。"
    en = (
        "This lender has a mainland mobile number in the register and must use it to sign in. "
        "If it is out of use, update the register first."
    )


class InvitationNotReadable(BadInput):
    """What an official answers a lender is one short line."""

    zh = "答复须为 1 至 {most} 个字的一行文字，例如视频通话时间或办公地点。"
    en = "The answer must be one line of 1 to {most} characters, such as the time of a video call or the office."


class NotThisPoll(NotAllowed):
    """The session belongs to another poll."""

    zh = "您登录的是另一次表决，请在本次表决的页面重新登录。"
    en = "You signed in for another vote. Sign in again on this vote's page."


class VoteIsOver(Conflict):
    """The poll has closed; credentials serve no purpose any more."""

    zh = "表决已截止，不再核验身份。可用回执编号查看您的票，或拨打服务热线。"
    en = "Voting has closed; identities are no longer checked. Check your vote with your receipt number, or call the help line."


class BallotKeyNotReadable(BadInput):
    """Not an address."""

    zh = "表决密钥应为 0x 开头的 40 位十六进制字符。"
    en = "A ballot key is 0x and 40 hexadecimal digits."


class MethodNotAllowed(BadInput):
    """Neither video call nor counter."""

    zh = "人工核对方式只能是视频通话或现场柜台。"
    en = "Officials check a lender by video call or at the counter."


class VoucherRequestUnknown(NotFound):
    """There is no such request, or it is another lender's."""

    zh = "没有找到这项人工核对申请。"
    en = "There is no such request for a check by officials."


class VouchedAlready(Conflict):
    """One official vouches once."""

    zh = "您已为该出借人签署过核对证明，须由另一位成员再次核对。"
    en = "You have already signed a voucher for this lender; another official must sign the second."


class VoucherSignatureWrong(BadInput):
    """The signature is not the official's over this lender, key, method and time."""

    zh = "核对证明的签名不符：请重新打开申请并再次签署。"
    en = "The voucher's signature is wrong. Open the request again and sign again."


class VouchedAtOutOfRange(BadInput):
    """The time of the check lies in the future or too far back."""

    zh = "核对时间应在最近 {hours} 小时之内。"
    en = "The time of the check must be within the last {hours} hours."


class IssuerNotAnswering(Unavailable):
    """The verifier's issuer cannot be reached."""

    zh = "身份核验机构暂时没有响应，请稍后再试。之前已有回执的票不受影响，系统会自动继续处理。"
    en = "The identity verifier is not answering. Try again later. Votes with a receipt stand; the system continues by itself."


class IssuerRefused(Conflict):
    """The issuer answered and said no; `rule` is its error's code."""

    zh = "身份核验机构没有接受这次请求（{rule}）。请稍后再试，或拨打服务热线。"
    en = "The identity verifier did not accept this request ({rule}). Try again later or call the help line."
