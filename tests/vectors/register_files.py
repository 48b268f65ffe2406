"""Whole claims files (protocol §18): rows under the template's header, and the lenders or refusals they make."""

from __future__ import annotations

from typing import Any

HEADER = (
    *(
        "债权编号",
        "出借人类型(个人/企业)",
        "姓名或名称",
        "证件类型",
        "证件号码",
        "手机号",
        "平台账号",
        "待收本金(元)",
        "表决组",
        "关联方(是/否)",
        "备注",
    ),
    "证件签发国家或地区",
)
A, B, C, D, E = ("99900119500307001X", "999001195003070028", "999001195003070036", "999001195003070044", "999001195003070052")
COMPANY = "91350100M000100Y43"


def row(number: int, id_no: str, **changes: str) -> list[str]:
    cells = {
        **{"claim_no": f"C{number:05d}", "lender_type": "个人", "name": "测试甲", "id_type": "居民身份证", "id_no": id_no},
        **{"mobile": f"120{number:08d}", "account": f"acc{number}", "principal": "1000.00", "voting_class": "", "related": "否"},
        **{"note": "", "country": ""},
    }
    return list((cells | changes).values())


def lender(
    key: str, amount_fen: int, *, name: str = "测试甲", voting_class: str = "普通组", related: bool = False, marks: str = ""
) -> dict[str, Any]:
    return {
        **{"identity": key, "name": name, "voting_class": voting_class, "related": related},
        **{"amount_fen": str(amount_fen), "marks": marks.split() if marks else []},
    }


def taken(name: str, rows: list[list[str]], *lenders: dict[str, Any], header: tuple[str, ...] = HEADER) -> dict[str, Any]:
    return {"name": name, "header": list(header), "rows": rows, "lenders": list(lenders), "refused": []}


def refused(name: str, rows: list[list[str]], *rejects: tuple[int, str, str]) -> dict[str, Any]:
    places = [{"row": row, "cell": cell, "rule": rule} for row, cell, rule in rejects]
    return {"name": name, "header": list(HEADER), "rows": rows, "lenders": [], "refused": places}


def _wan(header: tuple[str, ...]) -> tuple[str, ...]:
    return tuple("待收本金(万元)" if cell == "待收本金(元)" else cell for cell in header)


PASSPORT = {"id_type": "护照"}
FIRM = {"lender_type": "企业", "id_type": "统一社会信用代码", "name": "示例（北京）公司"}
K = "gb11643:"

FILES: list[dict[str, Any]] = [
    taken(
        "amounts under a header in ten thousands",
        [row(1, A, principal="12.50"), row(2, B, principal="3")],
        lender(K + A, 12_500_000),
        lender(K + B, 3_000_000),
        header=_wan(HEADER),
    ),
    refused(
        "one claim number in four writings",
        [row(1, A), row(2, A, claim_no="Ｃ００００１", account="acc1"), row(3, A, claim_no="c00001"), row(4, A, claim_no="C00001\u2066")],
        *((3, "A3", "ClaimNumberTwice"), (4, "A4", "ClaimNumberTwice"), (5, "A5", "ClaimNumberTwice")),
    ),
    taken(
        "one class in five writings",
        [
            row(n, who, voting_class=text)
            for n, (who, text) in enumerate(zip((A, B, C, D, E), ("A组", "Ａ组", "a组", "A 组", "A组\u2066"), strict=True), 1)
        ],
        *(lender(K + who, 100_000, voting_class="A组") for who in (A, B, C, D, E)),
    ),
    taken(
        "an empty class is the common one, however that is written",
        [row(1, A), row(2, B, voting_class="普 通 组")],
        lender(K + A, 100_000),
        lender(K + B, 100_000),
    ),
    refused(
        "a class without a name",
        [row(1, A, voting_class="/"), row(2, B, voting_class="无")],
        (2, "I2", "ValueUnknown"),
        (3, "I3", "ValueUnknown"),
    ),
    refused(
        "one account in two writings under two identities",
        [row(1, A, account="User-1"), row(2, B, account="ｕｓｅｒ－１")],
        (3, "G3", "AccountOfTwoLenders"),
    ),
    taken(
        "marks in names and phones",
        [row(1, A, name="测\u2066试\u2069"), row(2, B, name="测试\u3164"), row(3, C, mobile="\u2068120 0000 0003\u2069")],
        lender(K + A, 100_000, name="测试"),
        lender(K + B, 100_000, name="测试"),
        lender(K + C, 100_000),
    ),
    refused("a name of marks alone", [row(1, A, name="\u2066\u2069·")], (2, "C2", "CellMissing")),
    taken("a private sign of GBK", [row(1, A, name="测\ue81e")], lender(K + A, 100_000, name="测\u9fb4")),
    taken(
        "one person in four writings of one number",
        [
            row(1, A, principal="100.01"),
            row(2, "９９９００１１９５００３０７００１ｘ", principal="￥1,000", name=" 测 试 甲"),
            row(3, "999001500307001", principal="0.02", mobile="+86 12000000001"),
            row(4, A, id_type="港澳台居民居住证", principal="0.01"),
        ],
        lender(K + A, 110_004),
    ),
    refused("a resident number as a passport", [row(1, A), row(2, A, **PASSPORT)], (3, "E3", "NumberOfAnotherDocument")),
    refused("a resident number as another paper", [row(1, A), row(2, A, id_type="其他")], (3, "E3", "NumberOfAnotherDocument")),
    refused(
        "an old resident number as another paper, after and before",
        [row(1, A), row(2, "999001500307001", id_type="其他"), row(3, "999001500307002", id_type="其他"), row(4, B)],
        *((3, "E3", "NumberUnderAnotherDocument"), (5, "E5", "NumberUnderAnotherDocument")),
    ),
    refused(
        "a company's code as a person's paper",
        [row(1, COMPANY, **FIRM), row(2, COMPANY, id_type="其他")],
        (3, "E3", "NumberOfAnotherDocument"),
    ),
    taken(
        "a company by its new code and by its old one",
        [row(1, COMPANY, **FIRM), row(2, "M000100Y-4", **FIRM | {"id_type": "组织机构代码", "name": "示例(北京)公司"})],
        lender("gb11714:M000100Y4", 200_000, name="示例（北京）公司"),
    ),
    refused(
        "two passports of one number without their countries",
        [row(1, "P1234567", **PASSPORT, name="JOHN DEMO"), row(2, "P1234567", **PASSPORT, name="MARIA DEMO")],
        (3, "E3", "PassportCountryNeeded"),
    ),
    taken(
        "two passports of one number from two countries",
        [
            row(1, "P1234567", **PASSPORT, name="JOHN DEMO", country="美国"),
            row(2, "P1234567", **PASSPORT, name="MARIA DEMO", country="PHL"),
            row(3, "p1234567", **PASSPORT, name="John Demo", country="USA"),
        ],
        lender("passport:USA:P1234567", 200_000, name="JOHN DEMO"),
        lender("passport:PHL:P1234567", 100_000, name="MARIA DEMO"),
    ),
    refused(
        "one name, one passport number, two countries, or one of them left out",
        [
            row(1, "P1234567", **PASSPORT, name="JOHN DEMO", country="美国"),
            row(2, "P1234567", **PASSPORT, name="JOHN DEMO", country="英国"),
            row(3, "P1234567", **PASSPORT, name="JOHN DEMO"),
        ],
        *((3, "E3", "PassportCountryNeeded"), (4, "E4", "PassportCountryNeeded")),
    ),
    refused(
        "one number as permit and as passport",
        [
            row(1, "H12345678", id_type="回乡证"),
            row(2, "H12345678", **PASSPORT, country="HKG"),
            row(3, "12345678", id_type="台胞证"),
            row(4, "12345678", id_type="其他"),
        ],
        *((3, "E3", "NumberUnderAnotherDocument"), (5, "E5", "NumberUnderAnotherDocument")),
    ),
    taken(
        "one number as permit and as passport of a named country, for two names",
        [row(1, "H12345678", id_type="回乡证"), row(2, "H12345678", **PASSPORT, name="测试乙", country="HKG")],
        lender("hk_macao_permit:H12345678", 100_000),
        lender("passport:HKG:H12345678", 100_000, name="测试乙"),
    ),
    taken(
        "lenders who need a person",
        [
            row(1, "H12345678", id_type="港澳居民来往内地通行证", mobile="+852 5000 0000"),
            row(2, B, mobile=""),
            row(3, C, mobile="010-62345678"),
            row(4, "军字第12345678号", id_type="军官证"),
            row(5, D, mobile="无"),
            row(6, D),
            row(7, "12345678", lender_type="企业", id_type="境外公司注册号", name="DEMO LIMITED", country="香港", mobile="无"),
        ],
        lender("hk_macao_permit:H12345678", 100_000, marks="phone_abroad"),
        lender(K + B, 100_000, marks="no_phone"),
        lender(K + C, 100_000, marks="landline"),
        lender("military_id:军字12345678", 100_000, marks="unusual_document"),
        lender(K + D, 200_000),
        lender("foreign_company:HKG:12345678", 100_000, name="DEMO LIMITED", marks="no_phone unusual_document"),
    ),
    taken(
        "two that may be one",
        [row(1, A), row(2, "E12345678", **PASSPORT, mobile="12000000001"), row(3, B)],
        lender(K + A, 100_000, marks="maybe_same_person"),
        lender("passport:E12345678", 100_000, marks="maybe_same_person"),
        lender(K + B, 100_000),
    ),
    taken(
        "father and son with one phone",
        [row(1, A, name="测试父", mobile="12099999999"), row(2, B, name="测试子", mobile="12099999999")],
        lender(K + A, 100_000, name="测试父"),
        lender(K + B, 100_000, name="测试子"),
    ),
    taken("an amount beyond 2^53", [row(1, A, principal="90071992547409.93")], lender(K + A, 9_007_199_254_740_993)),
    refused("a row of totals", [row(1, A), ["合计：", "", "", "", "", "", "", "1000.00", "", "", "", ""]], (3, "A3", "SummaryRow")),
    refused(
        "rows of totals elsewhere",
        [["", "", "总 计", "", "", "", "", "1000.00", "", "", "", ""], ["", "", "", "", "", "", "", "1000.00", "", "", "", ""]],
        *((2, "C2", "SummaryRow"), (3, "H3", "SummaryRow")),
    ),
    refused(
        "one identity, two names, two classes, two marks of related parties",
        [row(1, A), row(2, A, name="测试乙"), row(3, A, voting_class="大额组"), row(4, A, related="是")],
        *((3, "C3", "IdentityNamesDiffer"), (4, "I4", "LenderInTwoClasses"), (5, "J5", "RelatedMarksDiffer")),
    ),
    taken(
        "related parties and claims of nothing",
        [row(1, A, related="是\u2066"), row(2, B, principal="0"), row(3, C, related="Ｎ")],
        lender(K + A, 100_000, related=True),
        lender(K + B, 0),
        lender(K + C, 100_000),
    ),
    refused(
        "persons and companies have their own papers",
        [row(1, A, lender_type="企业"), row(2, COMPANY, **FIRM | {"lender_type": "个人"})],
        (2, "D2", "DocumentNotForLenderType"),
        (3, "D3", "DocumentNotForLenderType"),
    ),
]
