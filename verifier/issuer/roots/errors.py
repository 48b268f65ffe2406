"""What keeps the issuer from believing a poll; the tree is in verifier/issuer/errors.py."""

from __future__ import annotations

from verifier.issuer.errors import NotAllowed, Unavailable


class CaseNotPinned(NotAllowed):
    """No fingerprint that the operator typed is this case's."""

    zh = "这次表决的案件指纹不在核验机构操作员录入的案件指纹之中，核验机构不为其签发核验凭证。"
    en = "This poll belongs to a case whose fingerprint the verifier's operator has not entered. The verifier signs nothing for it."


class NoCasePinned(NotAllowed):
    """The operator has typed no fingerprint at all."""

    zh = "核验机构尚未录入任何案件指纹，因此不签发核验凭证。请操作员按专项工作组的书面材料录入。"
    en = "The verifier has no fingerprint of any case and signs nothing. Its operator has to enter one from the working group's paper."


class RootNotProved(NotAllowed):
    """What a node says of a poll does not follow from the pinned case; `organisation` is whose node said it."""


class PollAddressWrong(RootNotProved):
    """The poll is not at an address that follows from its case and number."""

    zh = "{organisation}的节点称这次表决属于本案，但表决地址与案件地址和编号推算的结果不符。"
    en = "{organisation}'s node says that this poll belongs to the case; its address does not follow from the case's and its number."


class AnnouncementNotSigned(RootNotProved):
    """The announcing transaction does not carry k officials' signatures over these parameters."""

    zh = "{organisation}的节点给出的投票公告没有规定人数的工作组成员签名。"
    en = "The announcement that {organisation}'s node shows is not signed by the required number of officials."


class SuccessionNotProved(RootNotProved):
    """Who is in office does not follow from those of the pinned fingerprint, each named by k of those before."""

    zh = "{organisation}的节点给出的工作组换届未经前一届规定人数的成员签名，或与案件指纹不相衔接。"
    en = "The succession of officials that {organisation}'s node shows is not signed by the required number of those before them."


class RegisterNotSigned(RootNotProved):
    """The freezing transaction does not carry k officials' signatures over this register."""

    zh = "{organisation}的节点给出的登记表没有规定人数的工作组成员签名。"
    en = "The register that {organisation}'s node shows is not signed by the required number of officials."


class NodeOfAnotherChain(Unavailable):
    """The node belongs to another chain than the poll."""

    zh = "{organisation}的节点连接的是另一条区块链。"
    en = "{organisation}'s node belongs to another chain."


class NodesTooFew(Unavailable):
    """Fewer organisations' nodes answered than have to agree."""

    zh = "核对区块链需要 {needed} 家不同机构的节点，目前只有 {answered} 家答复（未答复：{silent}）。请稍后再试。"
    en = "Nodes of {needed} different organisations have to answer; {answered} did (silent: {silent}). Please try again shortly."


class NodesDisagree(Unavailable):
    """Nodes of different organisations say different things, and nothing shows which of them is right."""

    zh = "{organisations}的节点对“{about_zh}”说法不一。核验机构在查明之前不签发任何凭证。"
    en = "The nodes of {organisations} disagree about {about}. The verifier signs nothing until its operator has found out why."


class NodeLies(Unavailable):
    """One organisation's node contradicts what officials signed; another's does not."""

    zh = "{organisations}的节点给出的内容与工作组成员签名的内容不符（{rules}）。核验机构在查明之前不签发任何凭证。"
    en = (
        "What the node of {organisations} says is not what the officials signed ({rules}). The verifier signs nothing until its operator "
        "has looked."
    )
