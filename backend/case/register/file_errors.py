"""Broken rules of a claims file as a whole."""

from __future__ import annotations

from backend.ground.common.errors import BadInput


class FileRefused(BadInput):
    """A branch: the file as a whole cannot be read as a register."""


class FileFormatUnknown(FileRefused):
    """Neither xlsx nor text; `kind` is what it seems to be."""

    zh = "无法读取此文件（{kind}）：请用表格软件打开，另存为 .xlsx 或 .csv 后重试；旧版 .xls、.ods、网页表格和加密文件也须先另存。"
    en = (
        "This file cannot be read ({kind}): open it with a spreadsheet program and save it as .xlsx or .csv; "
        "so, too, old .xls, .ods, tables of web pages and encrypted files."
    )


class EncodingUnknown(FileRefused):
    """Text that is neither UTF-8 nor GB18030."""

    zh = "无法识别文件的文字编码：请另存为 UTF-8 或 GB18030（GBK）编码的 CSV。"
    en = "The text's encoding is not recognised: save it as CSV in UTF-8 or GB18030 (GBK)."


class CsvMalformed(FileRefused):
    """Quotes or separators that do not add up."""

    zh = "第 {row} 行之后的引号或分隔符不完整，无法继续读取。"
    en = "After row {row} quotes or separators do not add up; reading cannot go on."


class FileEmpty(FileRefused):
    """No header, or no row under it."""

    zh = "文件中没有债权数据。"
    en = "There are no claims in the file."


class FileTooLarge(FileRefused):
    """Larger, packed or unpacked, than one import takes."""

    zh = "文件过大：解压后不能超过 {limit_mb} MB。"
    en = "The file is too large: unpacked it must stay below {limit_mb} MB."


class EmptyCellsMany(FileRefused):
    """Rows, cells, formats or texts without content or use, more than any table has."""

    zh = "文件中有大量空白的行、单元格或格式，无法读取。请把有内容的部分复制到新工作簿后重试。"
    en = "The file has far too many rows, cells or formats with nothing in them: copy what it holds into a new workbook."


class FormulasWorkedOutAgain(FileRefused):
    """The file asks programs to work out its formulas when they open it, so others may see other values than are saved."""

    zh = "该工作簿要求打开时重新计算公式，他人看到的数值可能与文件中保存的不同。请用表格软件打开并保存，或把公式粘贴为数值后重试。"
    en = (
        "The workbook asks programs to work out its formulas when they open it, so others may see other values than it holds: "
        "open and save it with a spreadsheet program, or paste the values in place of the formulas."
    )


class FormulaNotPlain(FileRefused):
    """A formula on the sheet of claims whose value programs may work out anew when they open the file; others may depend on it."""

    zh = (
        "单元格 {cell} 的公式可能在打开文件时重新计算（如 NOW、OFFSET 等函数、数组公式，或引用了其他工作表、文件、名称），"
        "他人看到的数值可能与文件中保存的不同。请把工作表中的公式复制并“粘贴为数值”后重试。"
    )
    en = (
        "The formula in cell {cell} may be worked out again when the file is opened (by a function such as NOW or OFFSET, as an array "
        "formula, or from another sheet, file or name), so others may see other values than it holds: copy the sheet's formulas, paste "
        "them as values, and try again."
    )


class WorkbookTooDemanding(FileRefused):
    """Reading it takes more time or memory than a workbook of its size may."""

    zh = "读取此工作簿所需的时间或内存超过限度。请把有内容的部分复制到新工作簿，或另存为 CSV 后重试。"
    en = "Reading this workbook takes more time or memory than it may: copy what it holds into a new workbook, or save it as CSV."


class SheetsHidden(FileRefused):
    """Nothing but hidden sheets has content."""

    zh = "只有隐藏的工作表（{names}）中有内容。请取消隐藏，核对内容后重新导入。"
    en = "Only hidden sheets ({names}) have content: unhide them, check what they hold, and import again."


class TooManyRows(FileRefused):
    """More rows than one import takes."""

    zh = "数据行数超过 {limit} 行。"
    en = "There are more than {limit} rows."


class TooManyColumns(FileRefused):
    """Cells far to the right of any column that belongs here."""

    zh = "表格在 {limit} 列以后（Z 列之右）还有内容，请删除多余的列后重试。"
    en = "There is something beyond column {limit} (right of Z): delete what does not belong and try again."


class ExtraSheets(FileRefused):
    """More than one sheet with content."""

    zh = "工作簿中有多个含债权内容的工作表（{names}）；请只保留一个，隐藏的工作表也要处理。"
    en = "There is content in more than one sheet ({names}): keep one, and mind the hidden ones."


class ColumnsMissing(FileRefused):
    """Required columns are not in the header."""

    zh = "第 {row} 行应为表头，缺少以下列：{columns}。"
    en = "Row {row} should be the header; these columns are missing: {columns}."


class ColumnTwice(FileRefused):
    """A column is in the header twice."""

    zh = "表头中“{column}”出现了两次（{first} 和 {second}）。"
    en = "The header has “{column}” twice (in {first} and {second})."


class HeaderNotKnown(FileRefused):
    """A header that begins as one of ours and goes on otherwise; what is in brackets may change what a column holds."""

    zh = "表头单元格 {cell}“{header}”无法识别：括号或附加文字可能改变该列的含义。请改为模板中的“{known}”，或删除该列。"
    en = (
        "Cell {cell} of the header, “{header}”, is not known: brackets or added words may change what the column holds. "
        "Write “{known}” as in the template, or delete the column."
    )
