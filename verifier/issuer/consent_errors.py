"""What keeps a word about consent from being taken; the tree is in errors.py."""

from __future__ import annotations

from verifier.issuer.errors import Conflict, NotAllowed


class ConsentMissing(Conflict):
    """No consent to use the face is on record."""

    zh = "还没有您使用人脸信息的单独同意。请先阅读并同意，或改由两名工作组人员核对，效力完全相同。"
    en = "No consent of yours to use your face is on record. Please read and agree first, or let two officials check: it counts the same."


class ConsentTextUnknown(Conflict):
    """The text agreed to is none of those that are in use."""

    zh = "页面上的同意书与核验机构登记的文本不一致，请刷新页面后重试，或改由两名工作组人员核对。"
    en = "The consent on the page is not the text that the verifier has on file. Please reload the page, or let two officials check."


class ConsentNotByKey(NotAllowed):
    """The consent, or its withdrawal, is not signed by the ballot key that it names."""

    zh = "该声明没有本机密钥的签名，请在表决页面重新操作。"
    en = "This is not signed by the ballot key it names. Please do it again on the voting page."


class ConsentNotOfThisKey(Conflict):
    """This ballot key never agreed, and the lender was not met with it."""

    zh = (
        "这台设备上的密钥没有作出过同意，无法由它撤回。请先由两名工作组人员核对身份后再撤回，或拨打服务热线；"
        "在您再次同意之前，不会进行人脸比对。"
    )
    en = (
        "The key on this device never agreed, so it cannot withdraw. Let two officials check first and withdraw then, or call the help "
        "line; no face is compared before you agree again."
    )


class ConsentOutdated(Conflict):
    """The same ballot key said something later."""

    zh = "该声明早于您之后作出的声明，未予采用。请检查设备时间后在表决页面重新操作。"
    en = "You said otherwise later, so this is not taken. Please check the clock of your device and do it again on the voting page."
