"""Rules that a loan book can break."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict, NotFound


class BookColumnsMissing(BadInput):
    """The header lacks columns."""

    zh = "表头缺少：{missing}。请使用模板。"
    en = "The header lacks: {missing}. Use the template."


class BookEmpty(BadInput):
    """There is no loan under the header."""

    zh = "文件中没有借款。"
    en = "There are no loans in the file."


class BookMonthWrong(BadInput):
    """The book's month, or that of the collapse, is no month that has passed."""

    zh = "请用“年-月”填写已经过去的月份，例如 2026-06；停止回款的月份不得晚于台账月份。"
    en = "Give months that have passed as year-month, for instance 2026-06; payments cannot have collapsed after the book's month."


class BookRefused(BadInput):
    """Rows contradict themselves or each other."""

    zh = "借款台账有 {refused} 处矛盾，没有导入任何内容。请按清单更正后重新导入整份文件。"
    en = "The loan book has {refused} contradictions; nothing was imported. Correct them by the list and import the whole file again."


class BookFrozen(Conflict):
    """A poll of the case is announced or open."""

    zh = "本案件有表决已公告或正在进行，回收展望已冻结。请在投票截止之后再导入或计算。"
    en = "A vote of this case is announced or open, and the outlook is frozen. Import or compute after it closes."


class BookUnknown(NotFound):
    """The case has no loan book, or none of that id."""

    zh = "没有找到这份借款台账。"
    en = "There is no such loan book."


class ForecastUnknown(NotFound):
    """The case has no forecast yet."""

    zh = "本案件还没有回收预测。"
    en = "This case has no forecast yet."


class LoanCellBlank(BadInput):
    """A cell that must be filled is blank."""

    zh = "必须填写。"
    en = "This must be filled."


class LoanTwice(BadInput):
    """Two rows have one loan number."""

    zh = "借款编号与第 {first} 行相同。"
    en = "The loan number is that of row {first}."


class DateNotReadable(BadInput):
    """The cell holds no date."""

    zh = "不是日期，请写成 2026-06-30。"
    en = "This is no date; write it as 2026-06-30."


class DateImpossible(BadInput):
    """Dates contradict each other."""

    zh = "日期矛盾：{said}。"
    en = "Dates contradict each other: {said}."


class NumberOutOfRange(BadInput):
    """The number is not one that this column can have."""

    zh = "须为 {low} 至 {high} 之间的数字。"
    en = "This must be a number from {low} to {high}."


class StateUnknown(BadInput):
    """The state is none of the three."""

    zh = "状态须为：正常、逾期、结清。"
    en = "The state is one of: paying, stopped, closed."


class StateContradicted(BadInput):
    """The state and another cell cannot both be true."""

    zh = "与状态“{state}”矛盾。"
    en = "This contradicts the state “{state}”."


class BalanceTooHigh(BadInput):
    """More is unpaid or recovered than was lent."""

    zh = "未还本金与逾期后回收之和超过借款金额。"
    en = "Unpaid principal and recoveries exceed the amount lent."


class SharesDoNotAddUp(BadInput):
    """The lenders' shares are not the unpaid principal."""

    zh = "出借人份额合计 {sum} 元，未还本金 {balance} 元。"
    en = "The lenders' shares add up to CNY {sum}, unpaid principal is CNY {balance}."


class ShareNotReadable(BadInput):
    """A share is not account, colon, amount; or an account has two."""

    zh = "份额“{text}”无法读取：请写成“账号:金额”，以分号分开，每个账号一次。"
    en = "The share “{text}” cannot be read: write account:amount, separated by semicolons, each account once."


class CollateralContradicted(BadInput):
    """A value without a thing, or a thing without a value."""

    zh = "抵押物和评估价值须同时填写或同时留空。"
    en = "Collateral and its value are both filled, or both blank."
