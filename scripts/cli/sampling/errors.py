"""Why a sample is not drawn, or its findings are not taken."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict


class OpeningsOfAnotherRegister(Conflict):
    """The openings do not give what was frozen under that number."""

    zh = "明细文件与链上第 {number} 号登记表不符：{what}。没有抽样。"
    en = "The openings are not those of register {number} on the chain: {what}. Nothing was drawn."


class SeedNotThere(Conflict):
    """The block from whose hash the seed comes is not final yet."""

    zh = "抽样种子取自第 {block} 号区块，现在到第 {head} 号；请等到第 {needed} 号之后再抽样。"
    en = "The seed comes from block {block}, and the chain is at {head}. Draw again once it is at {needed}."


class RegisterTooSmall(BadInput):
    """Points among so few leaves would tell amounts."""

    zh = "登记表只有 {leaves} 人，抽 {draws} 次会让人推算出金额，也查遍了大部分人。请改用 --draws 0，逐人核对。"
    en = (
        "The register has {leaves} lenders: {draws} points among them would tell amounts and hit most of them anyway. "
        "Use --draws 0 and look at every lender."
    )


class SheetWrong(BadInput):
    """A work sheet lacks a finding, or has one that there is not."""

    zh = "{file} 第 {line} 行：{what}。每一行都要填写结论：相符、多记或查无。"
    en = "{file} line {line}: {what}. Every line needs a finding: agrees, overstated or unknown."


class SameSheet(BadInput):
    """One sheet in the place of two."""

    zh = "两位工作组人员应各填一份工作底稿，这里两次给出的是同一个文件。"
    en = "Two officials fill a work sheet each; this is one file twice."


class FindingsDiffer(Conflict):
    """Two officials found different things."""

    zh = "两位工作组人员的结论不一致，编号：{indexes}。请一起再查这些出借人，改好工作底稿后重试。"
    en = "The two officials' findings differ at indexes {indexes}. Look at these lenders together, correct the sheets, and try again."


class SampleUnreadable(BadInput):
    """The folder holds no draw, or no sample to be signed."""

    zh = "{folder} 中没有可用的抽样文件（{name}）。"
    en = "{folder} holds no {name} of a sample."


class RowsDiffer(Conflict):
    """The openings say that other rows, or other amounts, make up a leaf than the claims file does."""

    zh = "明细文件与登记表原件对不上（{first}，共 {total} 处）：底稿可能把出借人张冠李戴。没有抽样。请用 python -m verifier.register 查看。"
    en = (
        "The openings and the claims file contradict each other ({first}; {total} in all): the sheets could show the wrong people. "
        "Nothing was drawn. python -m verifier.register says more."
    )
