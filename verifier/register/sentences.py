"""What findings are called for people: Chinese and English from the same facts. Nothing personal is in them but amounts."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("zh", "en")

FINDINGS: dict[str, tuple[str, str]] = {
    "claims.row": ("{rule}", "{rule}"),
    "claims.classes": ("登记表中有 {count} 个表决组，最多 16 个。", "The claims file has {count} voting classes; there may be 16 at most."),
    "claims.total": ("登记表的金额合计达到或超过 2^63 分。", "The amounts of the claims file add up to 2^63 fen or more."),
    "openings.form": ("明细文件第 {line} 行的格式不对。", "Line {line} of the openings file is not of the form that belongs there."),
    "openings.case": (
        "明细文件是另一案件的：您输入的案件合约地址是 {asked}，文件中是 {found}。",
        "The openings are those of another case: you gave {asked}, the file says {found}.",
    ),
    "openings.chain": (
        "明细文件是另一条区块链的：您输入的编号是 {asked}，文件中是 {found}。",
        "The openings are for another chain: you gave {asked}, the file says {found}.",
    ),
    "openings.register_number": (
        "明细文件是另一份登记表的：您输入的是第 {asked} 号，文件中是第 {found} 号。",
        "The openings are those of another register: you gave number {asked}, the file says {found}.",
    ),
    "openings.related": (
        "关联方是否参加表决，两边不一致：您输入的是 {asked}，明细文件中是 {found}（True 为参加，False 为不参加）。",
        "Whether related parties have a vote differs: you gave {asked}, the openings say {found}.",
    ),
    "openings.claims_file": (
        "明细文件是按另一份登记表文件编制的：您的文件的数字指纹是 {asked}，明细文件中是 {found}。",
        "The openings were made from another claims file: yours has the hash {asked}, the openings name {found}.",
    ),
    "openings.class_names": (
        "明细文件中的表决组名称有重复，或数目不在 1 到 16 之间：{names}。",
        "The names of the classes in the openings are not 1 to 16 different ones: {names}.",
    ),
    "openings.class_empty": ("明细文件中的表决组“{name}”没有出借人。", "The class “{name}” of the openings has no lender."),
    "openings.class_number": (
        "序号 {index} 的表决组编号 {number} 不存在。",
        "Index {index} has the class number {number}, which does not exist.",
    ),
    "openings.count": (
        "明细文件有 {count} 名出借人，应为 1 到 2^24 名。",
        "The openings have {count} lenders; there may be 1 to 2^24.",
    ),
    "openings.order": (
        "此处应为序号 {expected}，明细文件中是 {index}。",
        "The index here should be {expected}; the openings have {index}.",
    ),
    "openings.amount": (
        "序号 {index} 的金额是 {amount}：应大于 0，且小于 2^63 分。",
        "Index {index} has the amount {amount}; it must be above 0 and below 2^63 fen.",
    ),
    "openings.blind": ("序号 {index} 的盲因子超出范围。", "The blind of index {index} is out of range."),
    "openings.blind_twice": ("序号 {index} 和 {other} 的盲因子相同。", "Indexes {index} and {other} have the same blind."),
    "openings.rows": (
        "序号 {index} 的行号为空，或不是从小到大各一次：{rows}。",
        "The rows of index {index} are none, or not each once and rising: {rows}.",
    ),
    "leaf.row_unknown": (
        "序号 {index} 用了登记表中没有债权的行：第 {rows} 行。",
        "Index {index} uses rows of the claims file that hold no claim: {rows}.",
    ),
    "leaf.row_twice": ("序号 {index} 用了已经用过的行：第 {rows} 行。", "Index {index} uses rows that were used before: {rows}."),
    "leaf.several_lenders": (
        "序号 {index} 把 {count} 名出借人合成了一名：第 {rows} 行。",
        "Index {index} makes one of {count} lenders: rows {rows}.",
    ),
    "leaf.lender_twice": (
        "序号 {index} 和 {other} 是同一名出借人（第 {row} 行）。",
        "Indexes {index} and {other} are the same lender (row {row}).",
    ),
    "leaf.rows_missing": (
        "序号 {index} 缺少同一出借人的其他债权：第 {rows} 行。",
        "Index {index} lacks other claims of the same lender: rows {rows}.",
    ),
    "leaf.no_vote": (
        "序号 {index} 的出借人（第 {row} 行）没有表决权：金额为 0，或是关联方。",
        "The lender of index {index} (row {row}) has no vote: the amount is 0, or it is a related party.",
    ),
    "leaf.class": ("序号 {index} 的表决组与登记表不一致。", "The class of index {index} is not that of the claims file."),
    "leaf.amount": ("序号 {index} 的金额与登记表不一致。", "The amount of index {index} is not that of the claims file."),
    "lender.no_leaf": (
        "第 {rows} 行的出借人（{amount} 元）不在明细文件中。",
        "The lender of rows {rows} (CNY {amount}) is not in the openings.",
    ),
    "leaves.differ": (
        "公布的 leaves.csv 第 {line} 行与算出的不一致。",
        "Line {line} of the published leaves.csv is not what was worked out.",
    ),
    "leaves.count": (
        "公布的 leaves.csv 应有 {expected} 行，实际不符。",
        "The published leaves.csv does not have the {expected} lines that it should have.",
    ),
    "ranges.missing": (
        "没有范围证明：请从工作台下载 range_proofs.bin，并以 --range-proofs 给出。没有证明的登记表不能签名。",
        "There are no range proofs: download range_proofs.bin at the desk and give it with --range-proofs. "
        "A register without them is not to be signed.",
    ),
    "ranges.file": (
        "范围证明文件不是这份登记表的，或格式、长度不对（{what}）。",
        "The file of range proofs is not that of this register: it {what}.",
    ),
    "ranges.proof": (
        "第 {chunk} 块范围证明不成立：序号 {first} 至 {last} 中可能有超出范围的金额。",
        "Chunk {chunk} of the range proofs does not hold: among indexes {first} to {last} an amount may be out of range.",
    ),
    "act.differs": (
        "待签事项的 {field} 与算出的不一致。",
        "{field} of the act is not what was worked out.",
    ),
}

RULES: dict[str, tuple[str, str]] = {
    "AccountOfTwoLenders": (
        "平台账号与第 {first_row} 行相同，但不是同一出借人",
        "the account is that of row {first_row}, another lender's",
    ),
    "AmountNegative": ("金额为负数", "the amount is negative"),
    "AmountNotExact": ("金额不能精确到分", "the amount is not exact to the fen"),
    "AmountNotReadable": ("金额无法读取", "the amount cannot be read"),
    "AmountShownOtherwise": ("单元格显示的金额与其数值不同", "the cell shows another amount than it holds"),
    "AmountTooLarge": ("金额过大", "the amount is too large"),
    "CellFormula": ("内容会被当作公式", "the text would be run as a formula"),
    "CellMissing": ("此项必须填写", "this must be filled in"),
    "CellNotText": ("不是文本", "this is no text"),
    "CellTooLong": ("内容过长", "this is too long"),
    "CellUnprintable": ("含有控制字符或乱码", "there are characters that were lost or cannot be kept"),
    "CellsMerged": ("合并单元格 {cells}", "merged cells {cells}"),
    "ClaimNumberTwice": ("债权编号与第 {first_row} 行重复", "the claim number is in row {first_row} already"),
    "CountryUnknown": ("无法识别国家或地区", "the country or region is not known"),
    "CreditCodeCheckDigitWrong": ("统一社会信用代码的校验位不符", "the credit code's check character does not match"),
    "CreditCodeMalformed": ("统一社会信用代码的格式不对", "this has not the form of a credit code"),
    "DocumentNotForLenderType": ("证件类型与出借人类型不符", "lender type and kind of document do not match"),
    "FormulaWithoutValue": ("公式没有计算结果", "a formula without a computed value"),
    "IdentityNamesDiffer": ("同一证件号码的姓名与第 {first_row} 行不同", "the same document has another name in row {first_row}"),
    "IssuingCountryNeeded": ("须填写证件签发国家或地区", "the issuing country is needed"),
    "LenderInTwoClasses": ("同一出借人在第 {first_row} 行属于另一表决组", "the same lender is in another class in row {first_row}"),
    "MergedAmountTooLarge": ("同一出借人的金额合计过大", "the lender's claims add up to too much"),
    "MobileMalformed": ("电话号码的格式不对", "this is no phone number"),
    "NameUnreadable": ("姓名中有字丢失或被遮盖", "characters of the name were lost or masked"),
    "NumberCutBySpreadsheet": ("号码被表格软件当作数字", "the spreadsheet took the number for a quantity"),
    "NumberOfAnotherDocument": ("这是另一种证件的号码", "this is the number of another kind of document"),
    "NumberUnderAnotherDocument": ("此号码在第 {first_row} 行是另一种证件", "row {first_row} has this number as another kind of document"),
    "OrganisationCodeCheckDigitWrong": ("组织机构代码的校验位不符", "the organisation code's check character does not match"),
    "PassportCountryNeeded": (
        "与第 {first_row} 行号码相同，须写明签发国",
        "row {first_row} has the same number; the issuing country is needed",
    ),
    "RelatedMarksDiffer": ("同一出借人的“关联方”与第 {first_row} 行不同", "the same lender is marked otherwise in row {first_row}"),
    "ResidentIdBirthDateWrong": ("身份证号码中的出生日期不存在", "the date of birth in the number does not exist"),
    "ResidentIdCheckDigitWrong": ("身份证号码的校验位不符", "the identity number's check digit does not match"),
    "ResidentIdMalformed": ("身份证号码的格式不对", "this has not the form of an identity number"),
    "SpreadsheetError": ("单元格显示表格错误", "the cell shows a spreadsheet error"),
    "SummaryRow": ("像是合计行", "this looks like a row of totals"),
    "TravelDocumentMalformed": ("证件号码的格式不对", "this has not the form of such a document's number"),
    "ValueUnknown": ("不在可填内容之中", "this is not among what may be written here"),
}

REFUSALS: dict[str, tuple[str, str]] = {
    "ActUnreadable": ("待签事项文件无法读取。", "The file of the act cannot be read."),
    "CalledWrongly": ("{zh}", "{en}"),
    "ColumnTwice": ("表头中“{column}”出现了两次（{first} 和 {second}）。", "The header has “{column}” twice (in {first} and {second})."),
    "ColumnsMissing": ("第 {row} 行应为表头，缺少：{columns}。", "Row {row} should be the header; these columns are missing: {columns}."),
    "CsvMalformed": ("登记表第 {row} 行之后无法继续读取。", "The claims file cannot be read on after row {row}."),
    "EmptyCellsMany": ("工作表中空白格式单元格过多。", "The sheet has far too many cells with a format and nothing in them."),
    "EncodingUnknown": ("无法识别登记表的文字编码。", "The encoding of the claims file is not known."),
    "ExtraSheets": ("工作簿中有多个含债权内容的工作表。", "There are claims in more than one sheet."),
    "FileEmpty": ("登记表中没有债权。", "There are no claims in the file."),
    "FileFormatUnknown": ("登记表不是 .csv 或 .xlsx 文件，或已损坏。", "The claims file is no .csv or .xlsx file, or it is broken."),
    "FileNotRead": ("无法读取文件 {file}：{reason}。", "The file {file} cannot be read: {reason}."),
    "FileTooLarge": ("登记表过大（上限 {limit_mb} MB）。", "The claims file is too large (the limit is {limit_mb} MB)."),
    "FormulasWorkedOutAgain": (
        "该工作簿要求打开时重新计算公式，他人看到的数值可能与文件中保存的不同。",
        "The workbook asks programs to work out its formulas when they open it: others may see other values than it holds.",
    ),
    "FormulaNotPlain": (
        "单元格 {cell} 的公式可能在打开文件时重新计算，他人看到的数值可能与文件中保存的不同。请机构把公式粘贴为数值后重新提交。",
        "The formula in cell {cell} may be worked out again when the file is opened, so others may see other values than it holds. "
        "The institution should paste the formulas as values and hand the file in again.",
    ),
    "HeaderNotKnown": (
        "表头单元格 {cell} 无法识别，可能是“{known}”。",
        "Cell {cell} of the header is not known; it may be meant for “{known}”.",
    ),
    "OpeningsNotOpened": (
        "明细文件无法打开：密码不对，或文件被改动过。请重新下载，并使用下载时显示的密码。",
        "The openings file does not open: the password is another, or the file was changed. Download it again and use the password shown.",
    ),
    "OpeningsTooLarge": ("明细文件过大（上限 {limit_mb} MB）。", "The openings file is too large (the limit is {limit_mb} MB)."),
    "OpeningsUnreadable": ("这不是明细文件，或文件不完整。", "This is no openings file, or it is not complete."),
    "SheetsHidden": ("只有隐藏的工作表中有内容。", "Nothing but hidden sheets has content."),
    "TooLittleMemory": ("内存不足，无法完成核对。", "There is not enough memory to compare the files."),
    "TooManyColumns": ("登记表在 {limit} 列以后还有内容。", "The claims file has something beyond column {limit}."),
    "TooManyRows": ("登记表超过 {limit} 行。", "The claims file has more than {limit} rows."),
}


def say(sentences: Mapping[str, tuple[str, str]], name: str, facts: Mapping[str, object], language: str) -> str:
    """A sentence about its facts, in one language."""
    return sentences[name][LANGUAGES.index(language)].format(**facts)
