"""What keeps a photo or a person from being bound to an index; the tree is in verifier/issuer/errors.py."""

from __future__ import annotations

from verifier.issuer.errors import BadInput, Conflict, NotAllowed, NotFound


class IdentityFileNotReadable(BadInput):
    """A line of the identity file does not follow its form; `row` counts from 1."""

    zh = "身份绑定文件第 {row} 行无法读取：{why_zh}。"
    en = "Line {row} of the identity file cannot be read: {why_en}."


class IdentityFileNotSigned(NotAllowed):
    """k officials of the case did not sign this file for this register."""

    zh = "身份绑定文件没有规定人数的工作组成员签名，不能采用。"
    en = "The identity file is not signed by the required number of officials; it is not taken."


class IdentityFileNotExpected(NotFound):
    """Nobody handed in signatures for a file with this hash, or the file was handed in already."""

    zh = "没有收到过该文件的工作组签名，请先提交签名，再提交文件。"
    en = "No officials' signatures for this file are waiting. Hand in the signatures first, then the file."


class IdentityFileReplaced(Conflict):
    """Officials signed a newer file for the register."""

    zh = "该登记表已有更新的身份绑定文件，旧文件不能再次采用。"
    en = "Officials signed a newer identity file for this register; the older one is not taken again."


class IdentityFileChangedMeanwhile(Conflict):
    """A newer file came into force while the lender was being met: nothing rests on the one before."""

    zh = "工作组刚刚更新了身份绑定文件，本次核验未完成，请重新开始核验。"
    en = "The working group has just replaced its identity file, so this check was not completed. Please start the check again."


class PhotoNotBound(NotAllowed):
    """The identity file in force does not bind this photo to this index."""

    zh = "工作组签名的身份绑定文件没有把这张照片与序号 {index} 绑定，不能存入。"
    en = "The identity file that officials signed does not bind this photo to index {index}; it is not stored."


class PersonNotBound(NotAllowed):
    """The identity file in force does not bind this name and number to this index."""

    zh = "工作组签名的身份绑定文件没有把该姓名和证件号与序号 {index} 绑定，不能存入。"
    en = "The identity file that officials signed does not bind this name and number to index {index}; it is not stored."
