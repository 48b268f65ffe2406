"""Rules that an announcement of a poll can break."""

from __future__ import annotations

from backend.common.errors import BadInput, NotFound


class PollUnknown(NotFound):
    """No poll has this id."""

    zh = "没有找到这次表决。"
    en = "There is no such poll."


class RuleUnknown(BadInput):
    """No preset has this name."""

    zh = "没有名为“{name}”的计票规则；可选：{known}。"
    en = "There is no counting rule “{name}”; choose one of: {known}."


class ConditionOutOfRange(BadInput):
    """A fraction of the rule is not above 0 and at most 1, or there are too many."""

    zh = "计票规则第 {condition} 项超出范围：比例须大于 0、不超过 1，分母不超过 1,000,000，条件 1 至 8 项。"
    en = "Condition {condition} of the rule is out of range: fractions above 0, at most 1, denominators up to 1,000,000; 1 to 8 conditions."
