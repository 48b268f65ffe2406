"""What stands against a notice, a report or a question about one."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict, LenderVoteError, NotAllowed, NotFound, TooMany


class NoticeKindUnknown(BadInput):
    """No template of that kind was approved."""

    zh = "没有已审定的“{kind}”类通知模板。通知只能使用审定的模板。"
    en = "No template of the kind “{kind}” was approved. Notices use approved templates only."


class TemplateFieldsWrong(BadInput):
    """A template with a field that nobody approved, or without one that it has."""

    zh = "通知模板“{kind}”的内容项与审定的不一致：多出 {extra}，缺少 {missing}。没有发出任何通知。"
    en = "The fields of the notice “{kind}” are not the approved ones: {extra} too many, {missing} missing. Nothing was sent."


class FieldTooLong(BadInput):
    """A field is longer than providers take, or of several lines."""

    zh = "通知内容项“{field}”过长或含有换行，最多 {limit} 个字。没有发出任何通知。"
    en = "The field “{field}” of a notice is too long or has line breaks; it has {limit} characters at most. Nothing was sent."


class GatewayFileWrong(LenderVoteError):
    """The file of gateways cannot be used."""

    zh = "通知通道的设置文件 {path} 不能使用：{reason}。"
    en = "The file of gateways {path} cannot be used: {reason}."


class ReportAddressWrong(NotAllowed):
    """A report came to an address that is no provider's."""

    zh = "这不是任何通道的回报地址。回报没有采用。"
    en = "This is no provider's address for reports. The report was not taken."


class ReportsNotReadable(BadInput):
    """What came is no list of reports as the provider documents it."""

    zh = "回报的格式与通道文档不符，没有采用：{reason}。"
    en = "The reports do not follow the provider's documents and were not taken: {reason}."


class NotOurMessage(NotFound):
    """Nothing of what was pasted is a message of ours."""

    zh = "这不是本系统发出的消息，或者网址、核对码有一处不同。请不要点开其中的链接，不要提供任何信息，可拨打求助电话核实。"
    en = "This is no message of ours, or it differs in some place. Open no link in it, tell nobody anything, and call the help line."


class ChecksMany(TooMany):
    """Too many codes were tried from one network address."""


class NumberNotReadable(BadInput):
    """A number that is none."""

    zh = "号码无法识别。请写国家或地区代码和号码，例如 +86 138 0000 0000、+852 5123 4567；座机写区号。"
    en = "The number cannot be read. Write country code and number, as +86 138 0000 0000 or +852 5123 4567; a landline with its area code."


class NoticeUnknown(NotFound):
    """There is no such notice."""

    zh = "没有这条通知。"
    en = "There is no such notice."


class NothingToPost(Conflict):
    """No letter of the mailing waits for the post."""

    zh = "没有等待邮寄的信件。"
    en = "No letter waits for the post."


class NumberServedByNobody(BadInput):
    """No gateway of this installation reaches numbers of that country."""

    zh = "本系统的短信和语音通道都不能送达这个国家或地区的号码。请登记另一个号码，或请工作组人员当面办理。"
    en = "No gateway of this installation reaches numbers of that country. Register another one, or see the lender in person."


class LetterNotWaiting(NotFound):
    """No letter of that number waits for the post in this notice."""

    zh = "这批通知中没有这个编号的待寄信件。请填写已寄出的最后一封信页脚上的编号，或表格最后一行的编号。"
    en = "No letter with this number waits here. Give the number at the foot of the last letter that was posted, or of the last row."


class ChangeUnderway(Conflict):
    """A change of this lender's number waits already."""

    zh = "这位出借人已有一项更换号码的申请，请先办结或撤回。"
    en = "A change of this lender's number is under way; finish or withdraw it first."


class ChangeNotOpen(Conflict):
    """The change was confirmed, withdrawn or came into effect."""

    zh = "这项更换号码的申请已经办结，不能再次办理。"
    en = "This change of a number is over already."


class ChangeByOneOfficial(NotAllowed):
    """The second official is another one than the first."""

    zh = "更换号码须由两名成员分别看过证件；您已作为第一名成员提交，请由另一名成员确认。"
    en = "Two officials have to see the document, each alone. You were the first; another one has to confirm."


class WordNotUsable(BadInput):
    """The word would help nobody to know our messages."""

    zh = "口令请用 2 至 10 个汉字或字母，不要用姓名、电话或网址。"
    en = "Choose a word of 2 to 10 letters; not a name, a number or a link."
