"""Rules that changing somebody's account can break."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict, NotAllowed, NotFound


class AdministratorsMadeOnServer(NotAllowed):
    """One administrator must not make the second person who confirms."""

    zh = "管理员账户只能在服务器上用命令 lendervote account create 建立：管理员不能自己造出另一名确认人。"
    en = "Administrators are made on the server, with lendervote account create: one of them must not make the other who confirms."


class ChangeKindUnknown(BadInput):
    """The change is none of those that there are."""

    zh = "没有“{kind}”这种变更；可用：{known}。"
    en = "There is no change “{kind}”; there are {known}."


class ChangeReasonMissing(BadInput):
    """A change of somebody's account needs a reason that others can read."""

    zh = "请写明理由，至少 {least} 个字，最多 {most} 个字。"
    en = "Please give a reason of {least} to {most} letters."


class ChangeUnknown(NotFound):
    """No change has this id."""

    zh = "没有找到这项账户变更。"
    en = "There is no such change of an account."


class ChangeWaits(Conflict):
    """The same change of the same account waits already."""

    zh = "账户“{name}”的这项变更已在等待确认，不需要再提。"
    en = "This change of the account “{name}” waits to be confirmed already."


class ChangeOver(Conflict):
    """The change was carried out or withdrawn."""

    zh = "这项变更已办理或已撤回。"
    en = "This change was carried out or withdrawn already."


class OwnAccount(NotAllowed):
    """Nobody changes their own account in this way."""

    zh = "不能变更自己的账户。请由另一名管理员提出，再由第二个人确认。"
    en = "Nobody changes their own account here: another administrator proposes it and a second person confirms."


class SecondPersonNeeded(NotAllowed):
    """Whoever proposed the change cannot confirm it."""

    zh = "提出变更的人不能自己确认。请由另一名管理员，或在该账户所属全部案件中任职的专项工作组成员确认。"
    en = "Whoever proposed a change cannot confirm it: another administrator does, or an official who sits in all of the account's cases."


class NotSecondPerson(NotAllowed):
    """The official does not sit in each of the account's cases."""

    zh = "您没有在该账户所属的全部案件中任职，不能确认这项变更。请由另一名管理员确认。"
    en = "You are not an official of all of this account's cases, so you cannot confirm this change: another administrator can."


class ProposerGone(Conflict):
    """Whoever proposed the change has no account in use any more."""

    zh = "提出这项变更的账户已停用，这项变更不再有效。请由在任的管理员重新提出。"
    en = "The account that proposed this change is disabled, so it counts no more. An administrator has to propose it again."


class SignerFixed(Conflict):
    """The account signs in a case: its signer stands on the blockchain and cannot change there."""

    zh = (
        "账户“{name}”已是案件的签名人，签名方式已写入区块链，不能更换，重置通行密钥没有用处。"
        "设备丢失的，请停用该账户，由其余成员按规定人数签署。"
    )
    en = (
        "The account “{name}” signs in a case. Its signer is on the blockchain and nobody can change it, so a new passkey "
        "would be of no use. If the device is lost, disable the account; the other officials sign, as many as the case asks for."
    )


class NoPasskeyThere(Conflict):
    """There is no passkey to forget."""

    zh = "账户“{name}”没有登记通行密钥，不需要重置。"
    en = "The account “{name}” has no passkey; there is nothing to reset."


class AlreadySo(Conflict):
    """The account is disabled already, or in use already."""

    zh = "账户“{name}”已是这种状态，不需要变更。"
    en = "The account “{name}” is in this state already."
