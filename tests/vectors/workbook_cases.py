"""Workbooks that show people something else than a reader of cells takes (protocol §18.2), written down by hand."""

from __future__ import annotations

from typing import Any

SHEET, BOOK, STYLES, STRINGS = "xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"
_MC = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_X15AC = "http://schemas.microsoft.com/office/spreadsheetml/2010/11/ac"
_XM = "http://schemas.microsoft.com/office/excel/2006/main"
_XDR = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
_LOEXT = "http://schemas.libreoffice.org/"


def _choice(inside: str) -> str:
    return f'<mc:AlternateContent xmlns:mc="{_MC}"><mc:Choice Requires="x14">{inside}</mc:Choice></mc:AlternateContent>'


def _fallback(inside: str) -> str:
    return f'<mc:AlternateContent xmlns:mc="{_MC}"><mc:Fallback>{inside}</mc:Fallback></mc:AlternateContent>'


def _ext(inside: str) -> str:
    return f'<extLst><ext uri="{{78C0D931-6437-407d-A8EE-F0AAD7539E65}}" xmlns:x14="{_X14}">{inside}</ext></extLst>'


_ANCHOR = (
    f'<anchor xmlns:xdr="{_XDR}"><from><xdr:col>1</xdr:col><xdr:row>2</xdr:row></from>'
    "<to><xdr:col>3</xdr:col><xdr:row>4</xdr:row></to></anchor>"
)
_BUTTON = f'<control shapeId="1" name="B"><controlPr>{_ANCHOR}</controlPr></control>'
_OBJECT = f'<oleObject shapeId="1"><objectPr>{_ANCHOR}</objectPr></oleObject>'
_LOOK = (
    '<font><b/><i/><strike/><color rgb="FF9C0006"/></font><fill><patternFill><fgColor indexed="64"/><bgColor rgb="FFFFC7CE"/></patternFill>'
    '</fill><border><left style="thin"><color auto="1"/></left><right/><top/><bottom/><vertical/><horizontal/></border>'
)
#: Name, part, what stands at the end of the part's root, and whether the workbook is read.
ELEMENTS: tuple[tuple[str, str, str, bool], ...] = (
    ("a formula", SHEET, _fallback('<f ca="1">900000+NOW()*0</f>'), False),
    ("a value", SHEET, _fallback("<v>900000</v>"), False),
    ("a text", SHEET, _choice("<is><t>900000</t></is>"), False),
    ("a row", SHEET, _choice('<row r="9"><c r="A9"><v>1</v></c></row>'), False),
    ("columns", SHEET, _fallback('<cols><col min="8" max="8" width="10" hidden="1"/></cols>'), False),
    ("a hidden column alone", SHEET, _fallback('<col min="8" max="8" width="10" hidden="1"/>'), False),
    ("how rows are high", SHEET, _fallback('<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/>'), False),
    ("merged cells", SHEET, _choice('<mergeCells><mergeCell ref="A2:A3"/></mergeCells>'), False),
    ("a row right in an extension", SHEET, '<extLst><ext uri="x"><row r="9"><c r="A9"><v>1</v></c></row></ext></extLst>', False),
    ("an element that nobody knows", SHEET, _choice("<demo/>"), False),
    ("a row in a button", SHEET, _choice('<controls><row r="9"><c r="A9"><v>1</v></c></row></controls>'), False),
    ("a row of the other form of the standard", SHEET, '<row xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main" r="9"/>', False),
    ("a row of the links' vocabulary", SHEET, '<row xmlns="http://schemas.openxmlformats.org/package/2006/relationships" r="9"/>', False),
    ("formulas worked out when the book is opened", BOOK, _fallback('<calcPr fullCalcOnLoad="1"/>'), False),
    ("a name", BOOK, _fallback('<definedNames><definedName name="x">1</definedName></definedNames>'), False),
    ("a cell's format", STYLES, _fallback('<xf numFmtId="10"/>'), False),
    ("a number format", STYLES, _fallback('<numFmt numFmtId="170" formatCode="0.00,,"/>'), False),
    ("a number format of a conditional one", SHEET, _ext('<x14:dxf><numFmt numFmtId="170" formatCode="0.00,,"/></x14:dxf>'), False),
    ("nothing of the standard", SHEET, '<x:a xmlns:x="urn:demo"><x:row><x:c><x:v>1</x:v></x:c></x:row></x:a>', True),
    ("where the book was saved", BOOK, _choice(f'<x15ac:absPath xmlns:x15ac="{_X15AC}" url="C:\\"/>'), True),
    ("how formulas are written", BOOK, _ext(f'<loext:extCalcPr xmlns:loext="{_LOEXT}" stringRefSyntax="CalcA1"/>'), True),
    ("a table's source", BOOK, _ext('<x14:pivotCaches><pivotCache cacheId="0"/></x14:pivotCaches>'), True),
    (
        "a conditional format",
        SHEET,
        _ext(
            f'<x14:conditionalFormattings><x14:conditionalFormatting xmlns:xm="{_XM}"><x14:cfRule type="expression" priority="1">'
            f"<xm:f>H2&gt;1</xm:f><x14:dxf>{_LOOK}</x14:dxf></x14:cfRule><xm:sqref>H2</xm:sqref></x14:conditionalFormatting>"
            "</x14:conditionalFormattings>"
        ),
        True,
    ),
    ("a list to choose from", SHEET, _ext(f'<x14:dataValidation xmlns:xm="{_XM}"><x14:formula1><xm:f>B!A1</xm:f></x14:formula1>'
     "</x14:dataValidation>"), True),
    ("looks of buttons that sift", STYLES, _ext(f"<x14:dxfs><dxf>{_LOOK}</dxf></x14:dxfs>"), True),
    ("a button", SHEET, _choice(f"<controls>{_choice(_BUTTON)}</controls>"), True),
    ("an object", SHEET, f"<oleObjects>{_choice(_OBJECT)}{_fallback('<oleObject/>')}</oleObjects>", True),
)  # fmt: skip


def workbooks_file() -> dict[str, Any]:
    return {
        "elements": [{"name": name, "part": part, "xml": xml, "read": read} for name, part, xml, read in ELEMENTS],
    }
