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


def _f(text: str, attributes: str = "") -> str:
    return f"<f{' ' if attributes else ''}{attributes}>{text}</f>"


#: The formula of the first claim's amount, and whether its saved value is taken.
FORMULAS: tuple[tuple[str, bool], ...] = (
    (_f("900+100"), True),
    (_f("SUM(N2:P2)"), True),
    (_f("N2-O2"), True),
    (_f("N2*10000"), True),
    (_f("$N$2*(1+5%)"), True),
    (_f("VLOOKUP(A2,$N:$O,2,FALSE)"), True),
    (_f("VLOOKUP(A2,N2:O999,2,0)"), True),
    (_f("ROUND(N2/O2,2)"), True),
    (_f("IFERROR(INDEX(N2:N9,MATCH(A2,O2:O9,0)),0)"), True),
    (_f("IF(N2&gt;=O2,N2,O2)"), True),
    (_f("IF(N2=&quot;NOW()&quot;,1,2)"), True),
    (_f("IF(N2=&quot;a&quot;&quot;NOW()&quot;,1,2)"), True),
    (_f("CONCATENATE(N2,&quot;甲!#[1]&quot;)"), True),
    (_f("1.5E+3-.5E2"), True),
    (_f(" N2 \r\n + 1 "), True),
    (_f("SUM(ZZ999999)"), True),
    (_f("TRUE()+TRUE"), True),
    (_f("N2", 'ca="0" aca="false"'), True),
    (_f("N2", 't="normal"'), True),
    (_f("N2*2", 't="shared" ref="H2:H3" si="0"'), True),
    (_f("1" + "+1" * 999), True),
    (_f("1" + "+1" * 1000), False),
    (_f("900", 'ca="1"'), False),
    (_f("900", 'ca=" true "'), False),
    (_f("900", 'ca="on"'), False),
    (_f("900", 'aca="1"'), False),
    (_f("900", 't="array" ref="H2"'), False),
    (_f("900000+NOW()*0", 't="array" ref="H2" aca="1"'), False),
    (_f("", 't="dataTable" ref="H2:H3" dt2D="0" dtr="0" r1="A1"'), False),
    (_f("900", 't="demo"'), False),
    (_f(""), False),
    (_f(" "), False),
    (_f("", 't="shared" si="0"'), False),
    (_f("N2", 't="shared" ref="H2:H3"'), False),
    (_f("N2", 't="shared" ref="H2:H3" si="-1"'), False),
    (_f("NOW()"), False),
    (_f("IF(NOW()&gt;0,900000,1)"), False),
    (_f("TODAY()-N2"), False),
    (_f("RAND()"), False),
    (_f("RANDBETWEEN(1,9)"), False),
    (_f("OFFSET(N2,0,0)"), False),
    (_f("INDIRECT(&quot;N2&quot;)"), False),
    (_f("CELL(&quot;row&quot;)"), False),
    (_f("INFO(&quot;release&quot;)"), False),
    (_f("SUMIF(N2,1,O2:O9)"), False),
    (_f("SUBTOTAL(9,N2:N9)"), False),
    (_f("_xlfn.XLOOKUP(A2,N2:N9,O2:O9)"), False),
    (_f("HYPERLINK(&quot;x&quot;)"), False),
    (_f("DEMO(1)"), False),
    (_f("now()"), False),
    (_f("sum(N2)"), False),
    (_f("SUM (N2)"), False),
    (_f("SUM(N2):O2"), False),
    (_f("N2:INDEX(N2:N9,2)"), False),
    (_f("amounts"), False),
    (_f("Amounts*2"), False),
    (_f("TAX2024"), False),
    (_f("N2O2"), False),
    (_f("AAA1"), False),
    (_f("N1000000"), False),
    (_f("N0"), False),
    (_f("R1C1"), False),
    (_f("金额"), False),
    (_f("N2\u00a0+1"), False),
    (_f("other!N2"), False),
    (_f("'other'!N2"), False),
    (_f("[1]other!N2"), False),
    (_f("Table1[[#This Row],[a]]"), False),
    (_f("#REF!+1"), False),
    (_f("N2#"), False),
    (_f("@N2"), False),
    (_f("{1,2}"), False),
    (_f("cmd|x!A0"), False),
    (_f("&quot;900"), False),
    (_f("of:=N2"), False),
)

FUNCTIONS = (
    *("ABS", "AND", "AVERAGE", "CEILING", "CLEAN", "CONCATENATE", "COUNT", "COUNTA", "COUNTIF", "COUNTIFS", "EXACT", "FALSE", "FIND"),
    *("FLOOR", "HLOOKUP", "IF", "IFERROR", "INDEX", "INT", "ISBLANK", "ISERROR", "ISNA", "ISNUMBER", "ISTEXT", "LEFT", "LEN", "LOOKUP"),
    *("LOWER", "MATCH", "MAX", "MID", "MIN", "MOD", "NOT", "OR", "PRODUCT", "PROPER", "REPLACE", "REPT", "RIGHT", "ROUND", "ROUNDDOWN"),
    *("ROUNDUP", "SEARCH", "SUBSTITUTE", "SUM", "SUMIFS", "SUMPRODUCT", "TEXT", "TRIM", "TRUE", "TRUNC", "UPPER", "VALUE", "VLOOKUP"),
)

_ZERO = 'defaultRowHeight="15" zeroHeight="1"'
#: What the sheet says of its rows, what the third row says of itself, and whether that is hidden.
ROWS: tuple[tuple[str, str, bool], ...] = (
    *(("", f'hidden="{written}"', True) for written in ("1", "true", " 1 ", "true ", "on", "TRUE", "", "2")),
    *(("", f'hidden="{written}"', False) for written in ("0", "false", " 0 ", "\tfalse")),
    *(("", f'ht="{size}" customHeight="1"', True) for size in ("0", "0.0", ".0", "0e0", "0E9", " 0 ", "0.99", "1e-9", "-0", "-5", "+0")),
    *(
        ("", f'ht="{size}" customHeight="1"', True)
        for size in ("", "x", "NaN", "INF", "1_5", "\uff11\uff15", "1,5", "15 pt", "0x10", "9" * 41)
    ),
    *(("", f'ht="{size}"', False) for size in ("1", "15", "13.5", " 15 ", "1.5E1", "+15", "15.", "1e0")),
    *(
        (written, "", True)
        for written in (_ZERO, 'zeroHeight=" true "', 'defaultRowHeight="0"', 'defaultRowHeight=".0"', 'defaultRowHeight="x"')
    ),
    *((written, "", False) for written in ('defaultRowHeight="15"', 'zeroHeight="0"', 'defaultRowHeight="13.5" zeroHeight="false"', "")),
    (_ZERO, 'ht="15"', False),
    (_ZERO, 'hidden="0"', True),
    (_ZERO, 'ht="15" hidden="1"', True),
)
#: What the sheet says of its columns, the columns that speak of themselves, and which letters are hidden.
COLUMNS: tuple[tuple[str, str, str], ...] = (
    ("", '<col min="8" max="9" width="9" hidden="1"/>', "HI"),
    ("", '<col min="8" max="8" width="9" hidden=" true "/>', "H"),
    ("", '<col min="8" max="8" width="0e0" customWidth="1"/>', "H"),
    ("", '<col min="8" max="8" width=".0"/>', "H"),
    ("", '<col min="8" max="8" width="x"/>', "H"),
    ("", '<col min="8" max="8" width="0.5"/>', "H"),
    ("", '<col min="8" max="8"/>', ""),
    ("", '<col min="8" max="8" width="1" hidden="false"/>', ""),
    ('defaultColWidth="0"', '<col min="1" max="25" width="9"/>', "Z"),
    ('defaultColWidth="0"', '<col min="1" max="16384" width="9"/>', ""),
    ('defaultColWidth="0"', '<col min="2" max="26" width="9"/><col min="1" max="1"/>', "A"),
    ('defaultColWidth="x"', '<col min="3" max="26" width="9"/><col min="2" max="3" width="9" hidden="1"/>', "BCA"),
    ('baseColWidth="0"', '<col min="1" max="25" width="9"/>', "Z"),
    ('baseColWidth="0" defaultColWidth="9"', "", ""),
    ('baseColWidth="10"', "", ""),
)


def workbooks_file() -> dict[str, Any]:
    return {
        "elements": [{"name": name, "part": part, "xml": xml, "read": read} for name, part, xml, read in ELEMENTS],
        "functions": list(FUNCTIONS),
        "formulas": [{"xml": xml, "plain": plain} for xml, plain in FORMULAS],
        "rows": [{"sheet": sheet, "row": row, "hidden": hidden} for sheet, row, hidden in ROWS],
        "columns": [{"sheet": sheet, "columns": columns, "hidden": list(letters)} for sheet, columns, letters in COLUMNS],
    }
