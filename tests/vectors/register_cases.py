"""What a claims file means (protocol §18), written down by hand: cells and files as they come in, and the lenders or refusals they make.

Nobody here is real: region 999, phones 120. Check digits were worked out by the rules of GB 11643, GB 32100 and GB 11714.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.vectors.register_files import FILES, HEADER

UNITS = {"元": 100, "分": 1, "角": 10, "百元": 10**4, "千元": 10**5, "万元": 10**6, "百万元": 10**8, "亿元": 10**10}

# One header cell in the place of the template's, and what becomes of the file: a unit, or a refusal by cell.
HEADERS: tuple[tuple[str, str, str], ...] = (
    ("待收本金(元)", "待收本金(元)", "元"),
    ("待收本金(元)", "待收本金", "元"),
    ("待收本金(元)", "principal_yuan", "元"),
    ("待收本金(元)", " 待 收 本 金 （ 元 ） ", "元"),
    ("待收本金(元)", "*待收本金(元)(必填)", "元"),
    ("待收本金(元)", "待收本金(人民币元)", "元"),
    ("待收本金(元)", "待收本金(RMB)", "元"),
    ("待收本金(元)", "待收本金（￥）", "元"),
    ("待收本金(元)", "待收本金(万元)", "万元"),
    ("待收本金(元)", "待收本金（万元）", "万元"),
    ("待收本金(元)", "待收本金【单位：万元】", "万元"),
    ("待收本金(元)", "待收本金(人民币万元)", "万元"),
    ("待收本金(元)", "待收本金(千元)", "千元"),
    ("待收本金(元)", "待收本金(仟元)", "千元"),
    ("待收本金(元)", "待收本金(百元)", "百元"),
    ("待收本金(元)", "待收本金(百万元)", "百万元"),
    ("待收本金(元)", "待收本金(亿元)", "亿元"),
    ("待收本金(元)", "待收本金(角)", "角"),
    ("待收本金(元)", "待收本金(分)", "分"),
    ("待收本金(元)", "待收本金(USD)", "HeaderNotKnown H1"),
    ("待收本金(元)", "待收本金(美元)", "HeaderNotKnown H1"),
    ("待收本金(元)", "待收本金(万港元)", "HeaderNotKnown H1"),
    ("待收本金(元)", "待收本金(元)(含利息)", "HeaderNotKnown H1"),
    ("待收本金(元)", "待收本金(元)(万元)", "HeaderNotKnown H1"),
    ("待收本金(元)", "待收本金:万元", "HeaderNotKnown H1"),
    ("待收本金(元)", "待收本金万元", "HeaderNotKnown H1"),
    ("待收本金(元)", "待收本金(万元", "HeaderNotKnown H1"),
    ("手机号", "手机号(紧急联系人)", "HeaderNotKnown F1"),
    ("手机号", "手机号(必填)", "元"),
    ("证件号码", "证件号码(配偶)", "HeaderNotKnown E1"),
    ("姓名或名称", "姓名或名称(代持人)", "HeaderNotKnown C1"),
    ("表决组", "表决组(建议)", "HeaderNotKnown I1"),
    ("表决组", "表决组别", "HeaderNotKnown I1"),
    ("表决组", "类别", "元"),
    ("关联方(是/否)", "关联方", "元"),
    ("关联方(是/否)", "关联方(否/是)", "HeaderNotKnown J1"),
    ("备注", "备注(内部)", "元"),
    ("证件号码", "身份号", "ColumnsMissing"),
    ("备注", "手机号", "ColumnTwice"),
)

# unit, cell (text, or a number as a spreadsheet holds it), fen or rule
AMOUNTS: tuple[tuple[str, str | float, str], ...] = (
    ("元", "12345.60", "1234560"),
    ("元", "￥１２，３４５．６０元", "1234560"),
    ("元", "0", "0"),
    ("元", "92233720368547758.07", "9223372036854775807"),
    ("元", "92233720368547758.08", "AmountTooLarge"),
    ("元", "90071992547409.93", "9007199254740993"),
    ("元", 0.30000000000000004, "30"),
    ("元", 1234.5600000000001, "123456"),
    ("元", 33.333, "AmountNotExact"),
    ("元", 1e12, "AmountNotExact"),
    ("元", "1.234", "AmountNotReadable"),
    ("元", "1,23", "AmountNotReadable"),
    ("元", "1.5E+05", "AmountNotReadable"),
    ("元", "3万", "AmountNotReadable"),
    ("元", "12.5%", "AmountNotReadable"),
    ("元", "$5", "AmountNotReadable"),
    ("元", "-1.00", "AmountNegative"),
    ("元", "−1", "AmountNegative"),
    ("元", "(1,000.00)", "AmountNegative"),
    ("元", "￥-5", "AmountNegative"),
    ("元", -0.5, "AmountNegative"),
    ("元", "-", "AmountNotReadable"),
    ("万元", "12.50", "12500000"),
    ("万元", "12.50万元", "12500000"),
    ("万元", 12.5, "12500000"),
    ("万元", 3, "3000000"),
    ("万元", "0.000001", "1"),
    ("万元", "0.0000001", "AmountNotReadable"),
    ("万元", 0.0000001, "AmountNotExact"),
    ("万元", "12.50元", "AmountNotReadable"),
    ("千元", "1,234.56789", "123456789"),
    ("亿元", "1.23456789", "12345678900"),
    ("亿元", "922337203.6854775807", "9223372036854775807"),
    ("分", "5", "5"),
    ("分", "5.5", "AmountNotReadable"),
    ("分", 5.5, "AmountNotExact"),
    ("角", "5.5", "55"),
)

# A number format by its code, or by its number in the standard; the rule by which it refuses 1000 as an amount in yuan, and in 万元;
# the rule by which it refuses the text 1000.00 as an amount.
_ODD = "AmountShownOtherwise"
_TAKEN, _NOT_TAKEN = ("", "", ""), (_ODD, _ODD, "")
_DISGUISED, _HIDDEN, _A_DATE = ("", "", _ODD), (_ODD, _ODD, _ODD), ("CellNotText", "CellNotText", "")
_IN_YUAN = ("", _ODD, "")
NUMBER_FORMATS: tuple[tuple[str | int, tuple[str, str, str]], ...] = (
    *(
        (code, _TAKEN)
        for code in ("General", "general", "G/通用格式", "0", "0.0", "0.00", "#,##0", "#,##0.00", "#,###.##", "#", "00000", "@", "0;@")
    ),
    *((code, _TAKEN) for code in ("0.00_ ", "0_);(0)", "#,##0.00_);[Red]\\(#,##0.00\\)", "0_ ;[Red]\\-0\\ ", "#,##0.00;[RED]-#,##0.00")),
    *(
        (code, _TAKEN)
        for code in ('"¥"#,##0.00', "¥#,##0.00;¥\\-#,##0.00", "￥#,##0.00;[Red]￥-#,##0.00", "\\¥#,##0", '"RMB "0.00', "#,##0.00\\ [$CNY]")
    ),
    *((code, _TAKEN) for code in ("[$¥-804]#,##0.00", "[$￥-zh-CN]#,##0.00", "[$-804]0.00", "[$￥-804]#,##0.00;[RED]-[$￥-804]#,##0.00")),
    ('_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', _TAKEN),
    ('_ "¥"* #,##0.00_ ;_ "¥"* \\-#,##0.00_ ;_ "¥"* "-"??_ ;_ @_ ', _TAKEN),
    *((code, _TAKEN) for code in ("0.00;-0.00;;@", "0.00;;;@", "0;", "_-* #,##0.00_-", "General;[Red]-General", "[Blue]0.00")),
    *((code, _IN_YUAN) for code in ('#,##0.00"元"', "0.00元", '0.00\\元_ ;[Red]\\-0.00"元"')),
    *(
        (code, _NOT_TAKEN)
        for code in ("", '"10.00"', '[=0]0;"10.00"', '0"."00', "#\\.00", "#!.00", '0"0"', '"1"0', "1", '"¥1"0', "0.00\\0")
    ),
    *(
        (code, _NOT_TAKEN)
        for code in ("0_.00", "0*00", "*00", "[White]0.00", "[Color2]0", "[>100]0.00", "0;[<5000]5", '0;"5"', '0;0;"5"', "0;0;5")
    ),
    *(
        (code, _NOT_TAKEN)
        for code in ("0.00E+00", "# ?/?", "0 0", "0.", "-0", "(0)", "+0", '0"万元"', '0.00" 元"', '0""', '"0', "[DBNum2][$-804]General")
    ),
    *(
        (code, _NOT_TAKEN)
        for code in ("0%", "$0", "[$$-409]0.00", "[$¥-411]0", '0"美元"', '0.00"万"', "0,", "0.0,,", '0!.0,"万"', "0.00USD")
    ),
    *((code, _DISGUISED) for code in ('0.00;-0.00;0;"5"', "0;0;0;", '0;0;0;"5"@', "0;0;0;@@")),
    *((code, _HIDDEN) for code in ("0" * 256, ";;;", ";;;;", '"5"@', "0;0;0;@;@", '0;"5"@', ";;;0")),
    *((code, _NOT_TAKEN) for code in (";", ";;", ";;;@", "[@]0", "[;@]0")),
    *((code, _A_DATE) for code in ("yyyy-mm-dd", "yyyy/m/d;@", "yyyy年m月", "[h]:mm")),
    *((number, _TAKEN) for number in (0, 1, 2, 3, 4, 5, 8, 37, 40, 44, 49)),
    *((number, _NOT_TAKEN) for number in (9, 10, 11, 12, 13, 23, 48, 59, 81, 163)),
    *((number, _A_DATE) for number in (14, 22, 31, 47, 57)),
    *((number, _HIDDEN) for number in (164, 999)),
)

# kind of document as the file says it, number, issuing country, key of the identity or rule
IDENTITIES: tuple[tuple[str, str, str, str], ...] = (
    ("居民身份证", "99900119500307001X", "", "gb11643:99900119500307001X"),
    ("身份证", "９９９００１１９５００３０７００１ｘ", "", "gb11643:99900119500307001X"),
    ("居民身份证", "999001500307001", "", "gb11643:99900119500307001X"),
    ("居民身份证", "999001 19500307 001-X", "", "gb11643:99900119500307001X"),
    ("港澳台居民居住证", "99900119500307001X", "", "gb11643:99900119500307001X"),
    ("外国人永久居留身份证", "99900119500307001X", "", "gb11643:99900119500307001X"),
    ("户口簿", "99900119500307001X", "", "gb11643:99900119500307001X"),
    ("居民身份证", "999001195003070011", "", "ResidentIdCheckDigitWrong"),
    ("居民身份证", "999001195002300010", "", "ResidentIdBirthDateWrong"),
    ("居民身份证", "9990011950030700", "", "ResidentIdMalformed"),
    ("护照", "99900119500307001X", "", "NumberOfAnotherDocument"),
    ("其他", "99900119500307001X", "", "NumberOfAnotherDocument"),
    ("军官证", "99900119500307001X", "", "NumberOfAnotherDocument"),
    ("统一社会信用代码", "99900119500307001X", "", "NumberOfAnotherDocument"),
    ("护照", "E12345678", "", "passport:E12345678"),
    ("护照", "e1234 5678", "美国", "passport:USA:E12345678"),
    ("护照", "E12345678", "us", "passport:USA:E12345678"),
    ("中国护照", "E12345678", "", "passport:CHN:E12345678"),
    ("护照", "E12345678", "火星", "CountryUnknown"),
    ("护照", "999001950030700", "", "TravelDocumentMalformed"),
    ("护照", "ABCDEFGH", "", "TravelDocumentMalformed"),
    ("护照", "H12345678", "", "IssuingCountryNeeded"),
    ("护照", "H12345678", "香港", "passport:HKG:H12345678"),
    ("护照", "12345678", "", "IssuingCountryNeeded"),
    ("护照", "12345678", "DEU", "passport:DEU:12345678"),
    ("港澳居民来往内地通行证", "H12345678", "", "hk_macao_permit:H12345678"),
    ("回乡证", "h1234567801", "", "hk_macao_permit:H12345678"),
    ("港澳通行证", "A12345678", "", "TravelDocumentMalformed"),
    ("台胞证", "12345678", "", "taiwan_permit:12345678"),
    ("台湾居民来往大陆通行证", "1234567802（A）", "", "taiwan_permit:12345678"),
    ("外国人永久居留证", "usa123456789012", "", "foreigner_card:USA123456789012"),
    ("军官证", "军字第12345678号", "", "military_id:军字12345678"),
    ("军官证", "军字 12345678", "", "military_id:军字12345678"),
    ("军官证", "12345678", "", "TravelDocumentMalformed"),
    ("香港身份证", "A123456(3)", "", "other:A1234563"),
    ("其他证件", "H12345678", "", "NumberOfAnotherDocument"),
    ("其他证件", "USA123456789012", "", "NumberOfAnotherDocument"),
    ("统一社会信用代码", "91350100m000100y43", "", "gb11714:M000100Y4"),
    ("营业执照", "9144030071526726XG", "", "gb11714:71526726X"),
    ("统一社会信用代码", "91350100M000100Y44", "", "CreditCodeCheckDigitWrong"),
    ("统一社会信用代码", "91350100M000100Y4", "", "CreditCodeMalformed"),
    ("其他", "91350100M000100Y43", "", "NumberOfAnotherDocument"),
    ("组织机构代码", "71526726-X", "", "gb11714:71526726X"),
    ("组织机构代码", "71526726-1", "", "OrganisationCodeCheckDigitWrong"),
    ("营业执照", "110000000000000", "", "registration_number:110000000000000"),
    ("工商注册号", "1100000000000", "", "registration_number:1100000000000"),
    ("境外公司注册号", "No.1234567", "香港", "foreign_company:HKG:NO.1234567"),
    ("商业登记证", "12345678", "", "foreign_company:12345678"),
    ("学生证", "12345678", "", "ValueUnknown"),
)

PHONES: tuple[tuple[str, str, str], ...] = (
    ("12000000001", "mobile", "12000000001"),
    ("+86 120 0000 0001", "mobile", "12000000001"),
    ("\u2068120 0000 0003\u2069", "mobile", "12000000003"),
    ("０１２０", "", "MobileMalformed"),
    ("", "none", ""),
    ("无", "none", ""),
    ("—", "none", ""),
    ("N/A", "none", ""),
    ("+852 5000 0000", "abroad", "+85250000000"),
    ("00852-5000-0000", "abroad", "+85250000000"),
    ("852 5000 0000", "abroad", "+85250000000"),
    ("+1 (415) 555-0100", "abroad", "+14155550100"),
    ("0755-23456789", "landline", "075523456789"),
    ("(010)62345678", "landline", "01062345678"),
    ("1200000000", "", "MobileMalformed"),
    ("50000000", "", "MobileMalformed"),
    ("12000000001/12000000002", "", "MobileMalformed"),
)

SAME_NAMES = (
    ("阿依古丽·买买提", "阿依古丽•买买提", "阿依古丽．买买提", "阿依古丽买买提"),
    ("张 三", "张三"),
    ("JOHN SMITH", "John  Smith", "Ｊｏｈｎ Ｓｍｉｔｈ"),
    ("示例（北京）公司", "示例(北京)公司"),
    ("葛\U000e0100城", "葛城"),
)
OTHER_NAMES = (("张三", "张叁"), ("李四", "李四海"), ("𠮷田", "吉田"))
NAMES_REFUSED = (
    ("·", "CellMissing"),
    ("张?", "NameUnreadable"),
    ("张**", "NameUnreadable"),
    ("□明", "NameUnreadable"),
    ("\ue000明", "CellUnprintable"),
)

TOTALS = (
    *(
        "合计",
        "合计：",
        "总合计",
        "总 计",
        "小计(元)",
        "共计",
        "共 12 户",
        "累计",
        "本页合计",
        "汇总",
        "Total",
        "ＴＯＴＡＬ",
        "Grand Total",
        "Sub-total:",
        "合計",
        "【合计】",
    ),
)
NO_TOTALS = ("共享科技", "和计", "summer", "C00001", "")


def register_import_file() -> dict[str, Any]:
    return {
        "header": list(HEADER),
        "units": [{"word": word, "fen": str(fen)} for word, fen in UNITS.items()],
        "headers": [_header(before, after, answer) for before, after, answer in HEADERS],
        "amounts": [_answer({"unit": unit, "cell": cell}, "fen", answer) for unit, cell, answer in AMOUNTS],
        "number_formats": [
            {"format": which, "yuan": in_yuan, "wan": in_wan, "text": text} for which, (in_yuan, in_wan, text) in NUMBER_FORMATS
        ],
        "identities": [
            _answer({"id_type": kind, "number": number, "issuing_country": country}, "key", answer)
            for kind, number, country, answer in IDENTITIES
        ],
        "phones": [
            {"text": text, "kind": kind, "number": answer} if kind else {"text": text, "refused": answer} for text, kind, answer in PHONES
        ],
        "same_names": [list(group) for group in SAME_NAMES],
        "other_names": [list(pair) for pair in OTHER_NAMES],
        "names_refused": [{"text": text, "refused": rule} for text, rule in NAMES_REFUSED],
        "totals": list(TOTALS),
        "no_totals": list(NO_TOTALS),
        "files": FILES,
    }


def countries_file() -> dict[str, Any]:
    lines = [line.split() for line in Path(__file__).with_name("countries.txt").read_text(encoding="utf-8").splitlines()]
    return {"countries": [{"code": words[0], "names": words[1:]} for words in lines]}


def _header(before: str, after: str, answer: str) -> dict[str, Any]:
    cells = [after if cell == before else cell for cell in HEADER]
    rule, _, cell = answer.partition(" ")
    if rule.isascii():
        return {"cells": cells, "refused": rule, **({"cell": cell} if cell else {})}
    return {"cells": cells, "unit": answer}


def _answer(asked: dict[str, Any], key: str, answer: str) -> dict[str, Any]:
    refused = answer.isalpha() and answer.isascii()
    return {**asked, "refused": answer} if refused else {**asked, key: answer}
