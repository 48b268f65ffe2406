"""What may go wrong with a passkey."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict


class PasskeyNotProved(BadInput):
    """The trial signature is not one that the verifying contract takes for this key and this session."""

    zh = "刚才登记的通行密钥没有签出可以核验的签名，未予保存。请用支持指纹、面容或设备密码的通行密钥重新登记。"
    en = (
        "The passkey just made did not give a signature that can be checked, so it was not kept. Register again with one that asks for "
        "fingerprint, face or device password."
    )


class PasskeyNotReadable(BadInput):
    """A passkey is a point of P-256 as 64 bytes x ‖ y, with an id of 1 to 1023 bytes."""

    zh = "通行密钥的内容读不出来。请换一个浏览器或设备重新登记。"
    en = "The passkey could not be read. Please register again with another browser or device."


class PasskeyTooLate(Conflict):
    """The account signs in a case already, and a case's signers are fixed on the chain."""

    zh = "您已是案件的签名人，案件立案时写入区块链的签名方式不能更换；通行密钥请在立案之前登记。"
    en = (
        "You sign in a case already, and a case's signers cannot change once it stands on the chain. "
        "Register a passkey before a case is opened."
    )


class PasskeyReplaced(Conflict):
    """The passkey that was to sign is not the account's any more, or never was."""

    zh = "账户“{name}”目前登记的通行密钥与要写入案件的不同，可能刚刚更换或重置。案件没有建立；请重新核对后再建立。"
    en = (
        "The passkey registered for the account “{name}” is not the one to go into the case; it may just have been replaced or reset. "
        "No case was opened: check again, then open it."
    )
