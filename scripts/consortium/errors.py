"""What is wrong with a consortium's files or machine, in a sentence that says what to do."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, LenderVoteError


class OrganisationsWrong(BadInput):
    """The file of organisations cannot be a consortium's."""

    zh = "机构文件 {file} 有误：{what_zh}。"
    en = "The file of organisations {file} is wrong: {what_en}."


class EngineMissing(LenderVoteError):
    """The validator's program was not built."""

    zh = "没有验证节点程序 {path}：请安装 Go 1.24 或更新版本，再运行 make engine。"
    en = "There is no validator's program at {path}: install Go 1.24 or later, then run make engine."


class ValidatorNotStarted(LenderVoteError):
    """A validator ended, or did not answer in time."""

    zh = "验证节点 {name} 没有启动：{reason}"
    en = "Validator {name} did not start: {reason}"


class GenesisDiffers(LenderVoteError):
    """A data folder holds the first block of another chain."""

    zh = "验证节点 {name} 的数据目录属于另一条链（创世块 {found}，应为 {expected}）：请核对 genesis.json，各机构必须完全相同。"
    en = (
        "Validator {name}'s data folder is of another chain (first block {found}, not {expected}): compare genesis.json, which has to be"
        " the same for all organisations."
    )
