"""What keeps an identity provider's check from leading to a credential; the tree is in errors.py."""

from __future__ import annotations

from verifier.issuer.errors import BadInput, Conflict, NotAllowed, NotFound, Unavailable


class WayNotCounted(NotAllowed):
    """The way's address is not among the poll's verifiers."""

    zh = "本次表决没有采用这种核验方式（{way}）。请选择人脸核验，或由两名工作组人员核对。"
    en = "This way ({way}) does not count for this poll. Please choose the face, or let two officials check."


class IdentityNotOnFile(Conflict):
    """Nobody's name and number were put in for this index."""

    zh = "核验机构没有您的姓名和证件号登记，无法用这种方式核验。请由两名工作组人员核对，效力完全相同。"
    en = "The verifier has no name and number of yours on file, so this way cannot be used. Two officials can check: it counts the same."


class IdentityDiffers(BadInput):
    """Name or number are not those on file."""

    zh = "姓名或证件号与登记不一致，请核对后重试；也可以由两名工作组人员核对。"
    en = "Name or identity number differ from those on file. Please check them and try again, or let two officials check."


class ProviderFieldsMissing(BadInput):
    """The provider asks for more."""

    zh = "这种核验方式还需要：{fields}。"
    en = "This way also needs: {fields}."


class TriesUsed(Conflict):
    """No more tries this hour."""

    zh = "一小时内核验次数已用完。请稍后再试，或由两名工作组人员核对，您的投票权不受影响。"
    en = "The tries of this hour are used up. Try again later, or let two officials check; you keep your right to vote."


class CheckUnknown(NotFound):
    """No such check is under way for this lender and key."""

    zh = "没有正在进行的这次核验，或已超时，请重新开始。"
    en = "No such check is under way, or its time is over. Please begin again."


class ProviderNotAnswering(Unavailable):
    """The service outside does not answer."""

    zh = "外部核验服务暂时没有响应，请稍后再试，或改用其他方式。"
    en = "The service outside is not answering. Please try again shortly, or take another way."
