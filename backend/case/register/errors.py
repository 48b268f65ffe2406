"""Broken rules of the register: of one cell, of one lender, of the file, of the freeze.

Sentences never repeat an identity number, phone or name: the reject file travels, and the row and cell are enough to find it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from backend.ground.common.errors import BadInput, Conflict, NotFound

if TYPE_CHECKING:
    from backend.case.register.rejects import Reject


class CellRefused(BadInput):
    """A branch: one cell does not follow the rule of its column."""


class CellMissing(CellRefused):
    """A required cell is empty."""

    zh = "此项必须填写。"
    en = "This must be filled in."


class CellTooLong(CellRefused):
    """More characters than the column takes."""

    zh = "内容过长：有 {length} 个字符，最多 {limit} 个。"
    en = "Too long: {length} characters, at most {limit} are taken."


class CellUnprintable(CellRefused):
    """Control characters, or the mark that decoding leaves where a character was lost."""

    zh = "含有控制字符或乱码（{character}），请重新录入。"
    en = "There are control characters or characters lost in conversion ({character}): please enter it again."


class CellFormula(CellRefused):
    """Text that a spreadsheet would run as a formula."""

    zh = "内容以“{start}”开头，会被表格软件当作公式；请只填写文字。"
    en = "This begins with “{start}”, which a spreadsheet runs as a formula: write plain text only."


class CellNotText(CellRefused):
    """A number, date or truth value where text belongs."""

    zh = "单元格 {cell} 是数字、日期或逻辑值而不是文本；请将此列设为“文本”格式后重新录入。"
    en = "Cell {cell} holds a number, date or truth value, not text: format the column as text and enter it again."


class NumberCutBySpreadsheet(CellRefused):
    """An identity number or phone that a spreadsheet took for a number: its last digits may be lost."""

    zh = "单元格 {cell} 的号码被表格软件当作数字，末尾数字可能已丢失；请将此列设为“文本”格式，按原件重新录入。"
    en = (
        "The spreadsheet turned the number in cell {cell} into a quantity and its last digits may be lost: "
        "format the column as text and enter it again from the original."
    )


class ValueUnknown(CellRefused):
    """Not one of the words the column takes."""

    zh = "“{text}”不在可填内容之中：{allowed}。"
    en = "“{text}” is not among what may be written here: {allowed}."


class AmountNotExact(CellRefused):
    """A number cell with more than two decimals, or too large for a spreadsheet to hold to the fen."""

    zh = "单元格 {cell} 的金额不能精确到分：请填写最多两位小数；一万亿元以上请用文本填写。"
    en = "The amount in cell {cell} is not exact to the fen: use at most two decimals, and text for CNY 1 trillion or more."


class ResidentIdMalformed(CellRefused):
    """Not 18 digits (the last may be X) and not 15 digits."""

    zh = "居民身份证号码应为 18 位（末位可为 X）或 15 位数字，此处为 {length} 位，或含有其他字符。"
    en = "A resident identity number has 18 digits (X may be the last) or 15 digits; this has {length} characters or others among them."


class ResidentIdBirthDateWrong(CellRefused):
    """The digits for the date of birth are no date."""

    zh = "身份证号码中的出生日期不存在，请核对。"
    en = "The date of birth within the identity number does not exist: please check it."


class ResidentIdCheckDigitWrong(CellRefused):
    """The last digit does not match the others (GB 11643)."""

    zh = "身份证号码的校验位不符，说明有数字录错或被截断，请按原件核对。"
    en = "The identity number's check digit does not match: a digit is wrong or cut off. Please check the original."


class CreditCodeMalformed(CellRefused):
    """Not 18 characters of the alphabet of GB 32100."""

    zh = "统一社会信用代码应为 18 位数字或大写字母（不含 I、O、S、V、Z）。"
    en = "A unified social credit code has 18 digits or capital letters (without I, O, S, V, Z)."


class CreditCodeCheckDigitWrong(CellRefused):
    """The last character does not match the others (GB 32100)."""

    zh = "统一社会信用代码的校验位不符，请核对。"
    en = "The unified social credit code's check character does not match: please check it."


class TravelDocumentMalformed(CellRefused):
    """Not the form of a passport, travel permit or foreigner's card."""

    zh = "{document}号码的格式应为：{form}。"
    en = "A number of {document} has this form: {form}."


class SummaryRow(CellRefused):
    """A row of totals among the claims."""

    zh = "第 {row} 行像是合计行；请删除，合计由系统计算。"
    en = "Row {row} looks like a row of totals: delete it, the system adds up."


class MobileMalformed(CellRefused):
    """Not 11 digits beginning with 1, with or without +86."""

    zh = "手机号应为以 1 开头的 11 位数字，可带 +86。"
    en = "A mobile number has 11 digits beginning with 1, with or without +86."


class NameUnreadable(CellRefused):
    """A question mark or box where a rare character was lost, or a star where one was masked."""

    zh = "姓名中有“{character}”，可能是生僻字在转换编码时丢失，或姓名被遮盖，请补录原字。"
    en = "The name has “{character}” in it, perhaps where a rare character was lost or masked: please enter the character."


class DocumentNotForLenderType(CellRefused):
    """A company with a person's document, or the reverse."""

    zh = "出借人类型与证件类型不符：企业使用统一社会信用代码，个人使用个人证件。"
    en = "Lender type and document type do not match: companies have a unified social credit code, persons a personal document."


class RowRefused(BadInput):
    """A row with one or more refused cells; `rejects` has each; the claim number is empty when it cannot be read."""

    zh = "第 {row} 行未通过检查。"
    en = "Row {row} does not follow the rules."

    def __init__(self, rejects: Sequence[Reject], row: int, claim_no: str = "") -> None:
        self.rejects = rejects
        self.claim_no = claim_no
        super().__init__(row=row)


class LenderRefused(BadInput):
    """A branch: rows that are each in order, but not together."""


class ClaimNumberTwice(LenderRefused):
    """Two rows with the same claim number; width, case, blanks and invisible marks do not make two."""

    zh = "债权编号与第 {first_row} 行（{first_cell}）重复；全角半角、大小写、空格和不可见字符不作区分。"
    en = "The claim number is in row {first_row} ({first_cell}) already; width, case, blanks and invisible marks make no difference."


class IdentityNamesDiffer(LenderRefused):
    """One identity under two clearly different names."""

    zh = "同一证件号码在第 {first_row} 行和第 {row} 行的姓名不同，请核对后统一。"
    en = "The same identity number has different names in rows {first_row} and {row}: please check and make them one."


class NumberUnderAnotherDocument(LenderRefused):
    """One number as two kinds of document: one person must not get two heads."""

    zh = "此证件号码在第 {first_row} 行已作为另一种证件出现。若为同一人，请统一证件类型；若为不同的人，请核对号码，护照须填写签发国家。"
    en = (
        "Row {first_row} has this number as another kind of document. If it is the same person, make the kinds one; "
        "if not, check the numbers, and give the issuing country of a passport."
    )


class PassportCountryNeeded(LenderRefused):
    """One passport number for two names, or with and without its country."""

    zh = "第 {first_row} 行和第 {row} 行的证件号码相同，但姓名或签发国家不一致。请在“证件签发国家或地区”列为这些行填写签发国，并核对姓名。"
    en = (
        "Rows {first_row} and {row} have the same document number, but not the same name or issuing country: "
        "fill in the issuing country of both and check the names."
    )


class LenderInTwoClasses(LenderRefused):
    """One lender's claims in two voting classes."""

    zh = "同一出借人的债权在第 {first_row} 行和第 {row} 行属于不同表决组；一名出借人只能在一个表决组。"
    en = "The same lender's claims are in different voting classes in rows {first_row} and {row}; a lender votes in one class."


class RelatedMarksDiffer(LenderRefused):
    """One lender marked as related party in one row and not in another."""

    zh = "同一出借人在第 {first_row} 行和第 {row} 行的“关联方”填写不一致，请核对后统一。"
    en = "The same lender is marked as a related party in one of rows {first_row} and {row} only: please check and make them one."


class AccountOfTwoLenders(LenderRefused):
    """One platform account under two identities."""

    zh = "平台账号与第 {first_row} 行（{first_cell}）相同，但证件号码不同；一个账号只能属于一名出借人。"
    en = "The platform account is that of row {first_row} ({first_cell}), but the identity differs; an account belongs to one lender."


class MergedAmountTooLarge(LenderRefused):
    """A lender's claims add up to 2^63 fen or more."""

    zh = "该出借人各笔债权合计过大：不能达到 92,233,720,368,547,758.08 元。"
    en = "The lender's claims add up to too much: the sum must stay below CNY 92,233,720,368,547,758.08."


class TotalTooLarge(BadInput):
    """A register adds up to 2^63 fen or more."""

    zh = "登记表合计金额过大：不能达到 92,233,720,368,547,758.08 元。"
    en = "The register adds up to too much: the sum must stay below CNY 92,233,720,368,547,758.08."


class TooManyClasses(BadInput):
    """More voting classes than the protocol has numbers."""

    zh = "表决组有 {count} 个，最多 {limit} 个。"
    en = "There are {count} voting classes, at most {limit} are possible."


class ImportRefused(BadInput):
    """Rows are refused, so nothing was imported; the report is among the facts."""

    zh = "共 {refused} 行未通过检查，没有导入任何数据。请按未通过行清单改正后重新导入。"
    en = "{refused} rows do not follow the rules, and nothing was imported. Correct them after the reject list and import again."


class ImportUnknown(NotFound):
    """No import has this number in this case."""

    zh = "没有找到这次导入，或试导入的清单已过期，请重新导入。"
    en = "There is no such import, or the list of a dry run has expired: please import again."


class RegisterEmpty(Conflict):
    """Nothing was imported yet, or no claim above zero."""

    zh = "尚未导入登记表，或表中没有金额大于 0 的债权，不能冻结。"
    en = "No register was imported yet, or no claim in it is above 0; there is nothing to freeze."


class RegisterFrozenAlready(Conflict):
    """The newest import is frozen; a change needs a new import under the next number."""

    zh = "最新导入的登记表已冻结（第 {register_number} 号）。如需更改，请重新导入，形成下一号登记表。"
    en = "The newest import is frozen already (register {register_number}). A change needs a new import, which gets the next number."


class RangeProofsTakeLong(Conflict):
    """Proving this many leaves takes longer than a request may wait."""

    zh = (
        "登记表有 {total} 份债权，其中 {left} 份的范围证明尚未生成，耗时较长，不能在网页上等待。"
        "请运维人员在服务器上运行 lendervote register freeze（有进度条，中断后可继续），完成后再在此发起冻结。"
    )
    en = (
        "The register has {total} claims, and for {left} of them the range proofs are not made yet, which takes longer than a page waits. "
        "Ask whoever runs the server for lendervote register freeze (it shows how far it is, and goes on after a stop), then come back."
    )


class RangeProofsMissing(Conflict):
    """An act that was proposed before registers were proved; what k officials signed has no proofs (protocol §4.2)."""

    zh = "此次冻结是在系统升级之前发起的，登记表没有范围证明，不能写入区块链。请重新发起冻结。"
    en = "This freeze was proposed before the system was upgraded and its register has no range proofs: please propose it again."


class NoRangeProofs(NotFound):
    """The register has no file of range proofs."""

    zh = "第 {register_number} 号登记表没有范围证明：它由旧版本冻结。"
    en = "Register {register_number} has no range proofs: it was frozen by an earlier version."


class OriginalGone(NotFound):
    """The claims file is kept from its import to the freeze only, and was not kept by earlier versions."""

    zh = "系统中没有保存这份登记表的原件（冻结后即删除，旧版本导入的没有保存）。请机构重新导入。"
    en = "The claims file is not here: it is deleted at the freeze, and earlier versions kept none. Ask the institution to import it again."


class NotFreezeAct(Conflict):
    """Not an act that freezes a register, or one that no longer waits for signatures."""

    zh = "此事项不是等待签署的登记表冻结，没有可供核对的文件。"
    en = "This is no freeze of a register that waits for signatures; there are no files to check."


class RegisterReplaced(Conflict):
    """A newer import or freeze took this one's place before it was complete."""

    zh = "在签名齐备之前已有新的导入或冻结，此次冻结作废，请重新发起。"
    en = "A newer import or freeze came before the signatures were complete: this freeze has lapsed, please propose it again."


class RegisterNotFrozen(NotFound):
    """There is no frozen register of this number."""

    zh = "没有第 {register_number} 号已冻结的登记表。"
    en = "There is no frozen register of number {register_number}."


class LeafUnknown(NotFound):
    """An index at or beyond the leaf count."""

    zh = "登记表中没有序号 {index}。"
    en = "There is no index {index} in the register."
