"""What may stand between a lender and the own credential."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict, NotAllowed, NotFound, TooMany, Unavailable


class PhoneNotReadable(BadInput):
    """Not a mobile number."""

    zh = "手机号无法读取：请填写登记时使用的 11 位手机号。"
    en = "The phone number cannot be read: write the 11-digit mobile number you registered with."


class CodeTooSoon(TooMany):
    """A code was asked for moments ago."""

    zh = "验证码已发送，请在 {retry_after_seconds} 秒后再重新获取；原验证码仍然有效。"
    en = "A code is on its way. You can ask for another in {retry_after_seconds} seconds; the one sent stays usable."


class CodesPerPhone(TooMany):
    """Too many codes for one phone."""

    zh = "该手机号获取验证码次数过多，请在 {retry_after_seconds} 秒后再试，或拨打服务热线。"
    en = "Too many codes were asked for this phone. Try again in {retry_after_seconds} seconds, or call the help line."


class CodesPerAddress(TooMany):
    """Too many codes or wrong codes from one network address."""

    zh = "当前网络请求次数过多，请在 {retry_after_seconds} 秒后再试，或换用手机流量。"
    en = "Too many requests came from this network. Try again in {retry_after_seconds} seconds, or use mobile data."


class CodeWrong(BadInput):
    """The code does not fit, has run out, or was used. The answer is the same for a phone that is not in the register."""

    zh = "验证码不正确或已过期。请核对短信后重新输入，或重新获取验证码。"
    en = "The code is wrong or has run out. Check the message and enter it again, or ask for a new code."


class PhoneAbroad(BadInput):
    """A number to which no codes are sent; the answer is the same whether it stands in a register or not."""

    zh = "验证码只能发送到内地手机号。境外号码、固定电话或没有手机的出借人，请拨打服务热线，由工作人员核对身份后协助登录。"
    en = (
        "Codes can be sent to mainland mobile numbers only. Lenders with a number abroad, a landline or no phone: please call the help "
        "line, and staff will check who you are and let you in."
    )


class DocumentEndWrong(BadInput):
    """None of the lenders of this phone has a document whose number ends so, or more than one has."""

    zh = "与该手机号登记的出借人不符。请输入您本人证件号码的后 {signs} 位；多次不符须重新获取验证码。"
    en = (
        "This is not the number of a lender registered with this phone. Enter the last {signs} signs of your own document number; "
        "after several wrong tries a new code is needed."
    )


class EntryWrong(BadInput):
    """The entry code does not fit, has run out or was used, or the document number ends otherwise; which of them is not said."""

    zh = "登录码或证件号码不正确，或登录码已过期、已用过。请核对后重新输入，或请工作人员重新开具。"
    en = "The entry code or the document number is wrong, or the code has run out or was used. Check both, or ask staff for a new code."


class EntryNotNeeded(Conflict):
    """The lender has a mobile number in the register and signs in by it."""

    zh = "该出借人在登记表中有内地手机号，请用手机号登录；号码已停用的，请先核对身份并更新登记表。"
    en = "This lender has a mainland mobile number in the register and signs in by it; if it is out of use, the register has to be updated."


class InvitationNotReadable(BadInput):
    """What an official answers a lender is one short line."""

    zh = "答复须为 1 至 {most} 个字的一行文字，例如视频通话时间或办公地点。"
    en = "The answer is one line of 1 to {most} characters: when to call, or where to come."


class NotThisPoll(NotAllowed):
    """The session belongs to another poll."""

    zh = "您登录的是另一场表决，请在本场表决页面重新验证手机号。"
    en = "You signed in for another vote. Please verify your phone on this vote's page."


class VoteIsOver(Conflict):
    """The poll has closed; credentials serve no purpose any more."""

    zh = "表决已截止，不再受理身份核验。"
    en = "The vote has closed; identities are no longer checked."


class BallotKeyNotReadable(BadInput):
    """Not an address."""

    zh = "选票密钥应为 0x 开头的 40 位十六进制字符。"
    en = "A ballot key is 0x and 40 hexadecimal digits."


class MethodNotAllowed(BadInput):
    """Neither video call nor counter."""

    zh = "人工核验方式只能是 1（视频）或 2（现场）。"
    en = "An official sees a lender by 1 (video call) or 2 (at the counter)."


class VoucherRequestUnknown(NotFound):
    """There is no such request, or it is another lender's."""

    zh = "没有找到这项人工核验申请。"
    en = "There is no such request to be seen by officials."


class VouchedAlready(Conflict):
    """One official vouches once."""

    zh = "您已为该出借人签署过核验证明，须由另一位成员再次核验。"
    en = "You have vouched for this lender already; another official has to be the second."


class VoucherSignatureWrong(BadInput):
    """The signature is not the official's over this lender, key, method and time."""

    zh = "核验证明的签名不符：请重新打开申请并再次签署。"
    en = "The voucher's signature does not fit: open the request again and sign anew."


class VouchedAtOutOfRange(BadInput):
    """The time of the check lies in the future or too far back."""

    zh = "核验时间应在最近 {hours} 小时之内。"
    en = "The time of the check must lie within the last {hours} hours."


class IssuerNotAnswering(Unavailable):
    """The verifier's issuer cannot be reached."""

    zh = "身份核验服务暂时没有响应；已提交的选票没有丢失，系统会自动继续处理。"
    en = "The identity verifier is not answering at the moment. Nothing sent was lost; the system goes on by itself."


class IssuerRefused(Conflict):
    """The issuer answered and said no; `rule` is its error's code."""

    zh = "身份核验服务拒绝了请求：{rule}。"
    en = "The identity verifier refused the request: {rule}."
