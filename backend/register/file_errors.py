"""Broken rules of a claims file as a whole."""

from __future__ import annotations

from backend.common.errors import BadInput


class FileRefused(BadInput):
    """A branch: the file as a whole cannot be read as a register."""


class FileFormatUnknown(FileRefused):
    """Neither xlsx nor text."""

    zh = "无法读取此文件：请使用 .xlsx 或 .csv 格式，旧版 .xls 和加密文件请先另存为 .xlsx。"
    en = "This file cannot be read: use .xlsx or .csv; save old .xls or encrypted files as .xlsx first."


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


class TooManyRows(FileRefused):
    """More rows than one import takes."""

    zh = "数据行数超过 {limit} 行。"
    en = "There are more than {limit} rows."


class TooManyColumns(FileRefused):
    """Cells far to the right of any column that belongs here."""

    zh = "表格在 {limit} 列以后（Z 列之右）还有内容，请删除多余的列后重试。"
    en = "There is something beyond column {limit} (right of Z): delete what does not belong and try again."


class SpreadsheetError(FileRefused):
    """A cell shows an error of the spreadsheet."""

    zh = "单元格 {cell} 显示表格错误（如 #N/A、#REF!），请改正后重新导入。"
    en = "Cell {cell} shows a spreadsheet error (such as #N/A or #REF!): correct it and import again."


class ExtraSheets(FileRefused):
    """More than one sheet with content."""

    zh = "工作簿中有多个含内容的工作表（{names}）；请只保留一个。"
    en = "There is content in more than one sheet ({names}): keep one."


class ColumnsMissing(FileRefused):
    """Required columns are not in the header."""

    zh = "第 {row} 行应为表头，缺少以下列：{columns}。"
    en = "Row {row} should be the header; these columns are missing: {columns}."


class ColumnTwice(FileRefused):
    """A column stands in the header twice."""

    zh = "表头中“{column}”出现了两次（{first} 和 {second}）。"
    en = "The header has “{column}” twice (in {first} and {second})."
