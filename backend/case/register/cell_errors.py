"""Broken rules of cells that spreadsheets spoil, and of documents that stand for each other."""

from __future__ import annotations

from backend.case.register.errors import CellRefused


class OrganisationCodeCheckDigitWrong(CellRefused):
    """The last character does not match the others (GB 11714)."""

    zh = "组织机构代码的校验位不符，请核对。"
    en = "The organisation code's check character does not match: please check it."


class NumberOfAnotherDocument(CellRefused):
    """A number that is valid as another kind of document: taken as it stands, it could make two lenders of one."""

    zh = "此号码是{document_zh}的号码，与所填证件类型不符；请按原件改正证件类型或号码。"
    en = "This number is that of a {document_en}, which the kind of document does not say: correct the kind or the number."


class IssuingCountryNeeded(CellRefused):
    """A passport number that could as well be another document's, without the country that gave it out."""

    zh = "此护照号码与{document}的格式相同。请在“证件签发国家或地区”列填写签发国；若不是护照，请改正证件类型。"
    en = (
        "This passport number has the form of {document}: write the issuing country into its column, "
        "or correct the kind of document if it is no passport."
    )


class CountryUnknown(CellRefused):
    """Neither a country's code nor its Chinese name."""

    zh = "无法识别国家或地区“{text}”：请填写中文名称或国际代码，如 美国、USA、US。"
    en = "The country or region “{text}” is not known: write its Chinese name or international code, such as USA or US."


class FormulaWithoutValue(CellRefused):
    """A formula that was never computed."""

    zh = "单元格 {cell} 是公式，但没有计算结果。请用表格软件打开并保存一次，或改填数值后重试。"
    en = "Cell {cell} holds a formula without a computed value: open and save the file with a spreadsheet program, or enter the value."


class SpreadsheetError(CellRefused):
    """A cell shows an error of the spreadsheet."""

    zh = "单元格 {cell} 显示表格错误（如 #N/A、#REF!），请改正后重新导入。"
    en = "Cell {cell} shows a spreadsheet error (such as #N/A or #REF!): correct it and import again."


class AmountShownOtherwise(CellRefused):
    """A value under a format that is none of the plain ones (protocol §18.2): what is shown may be another amount than is held."""

    zh = (
        "单元格 {cell} 显示的金额与其实际数值不同（单元格格式含百分号、外币符号、“万”“千”等缩放，或以其他方式未照实显示数值）。"
        "请改为普通数字格式并核对。"
    )
    en = (
        "Cell {cell} shows another amount than it holds (its format has a percent sign, a foreign currency, scales the number, or does "
        "not show it plainly otherwise): give it a plain number format and check it."
    )


class CellsMerged(CellRefused):
    """Merged cells: only the first has the value, the others look as if they had."""

    zh = "{cells} 是合并单元格，只有左上角的一格有内容。请取消合并，逐行逐列填写。"
    en = "{cells} are merged cells, and only the upper left one has the content: unmerge them and fill in every row."
