"""What files, roll and a trustee's own keys are refused for (protocol §22). Seats are counted from 0, as on the chain."""

from __future__ import annotations

from verifier.trustee.refusal import Refused


class CalledWrongly(Refused):
    """Options that do not go together."""

    zh = "用法不对：{message}；请用 --help 查看用法。"
    en = "Called wrongly: {message}; --help says how."


class FileNotRead(Refused):
    """Not there, or not readable, or too large."""

    zh = "文件 {file} 读不了（{reason}）；请核对文件名，或换一个副本。"
    en = "The file {file} cannot be read ({reason}); check its name or take another copy."


class FileExists(Refused):
    """Nothing is overwritten."""

    zh = "文件 {file} 已经存在，没有覆盖；请换一个文件夹，或先把它移走。"
    en = "The file {file} is there already and was not overwritten; choose another folder or move it away first."


class PaperUnreadable(Refused):
    """A public file that is not of its form."""

    zh = "文件 {file} 的“{field}”不对；请重新取得这份文件。"
    en = "“{field}” in the file {file} is not as it must be; get the file again from whoever gave it."


# --- a trustee's own file ------------------------------------------------------------------------------------------------------------


class WrongPassword(Refused):
    """The file is whole, and does not open."""

    zh = "密码不对；请再输入一次，忘记密码时用信封里的纸质备份恢复（recover）。"
    en = "The password is wrong; type it again, or recover from the paper in the envelope if it is forgotten (recover)."


class PasswordTooShort(Refused):
    """Whoever finds the file must not guess it."""

    zh = "密码太短；请用至少 {least} 个字符，例如四个不相关的词。"
    en = "The password is too short; take at least {least} characters, four unrelated words for example."


class FileDamaged(Refused):
    """The file's own check does not hold."""

    zh = "文件 {file} 已损坏；请用备份文件，或用信封里的纸质备份恢复（recover）。"
    en = "The file {file} is damaged; use the backup, or recover from the paper in the envelope (recover)."


class FileOfAnotherKind(Refused):
    """A key file where an opening file belongs, for example."""

    zh = "文件 {file} 是“{found}”，这一步需要“{expected}”；请选对文件。"
    en = "The file {file} is a “{found}”, and this step needs a “{expected}”; choose the right one."


class FileOfAnotherCeremony(Refused):
    """One file, one ceremony."""

    zh = "文件 {file} 属于另一次密钥仪式；请选用本次仪式的文件，没有时重新领取（take）。"
    en = "The file {file} is of another ceremony; choose that of this one, or take a new one (take)."


class FileOfAnotherSeat(Refused):
    """The file's seat is not the seat asked for."""

    zh = "文件 {file} 属于第 {found} 席，不是第 {expected} 席；请选自己席位的文件。"
    en = "The file {file} is that of seat {found}, not of seat {expected}; choose the file of your own seat."


class BackupIsAnother(Refused):
    """The backup opens, and holds something else."""

    zh = "备份文件 {file} 里不是同一把密钥；请把当前的保管文件再复制一份，然后重试。"
    en = "The backup {file} holds another key; copy the present key file again and repeat this step."


class PaperNotRead(Refused):
    """The text of the envelope has a mistake in it."""

    zh = "纸质备份抄错了，或属于另一次仪式或另一席；请对照信封逐行核对。"
    en = "The paper's text has a mistake, or is of another ceremony or seat; compare it with the envelope line by line."


class IdentityKeyWrong(Refused):
    """The key that signs for the seat is not the appointed one."""

    zh = "身份密钥不是第 {seat} 席登记的身份；请换用登记的密钥。"
    en = "The identity key is not the one appointed for seat {seat}; use the appointed key."


# --- roll ----------------------------------------------------------------------------------------------------------------------------


class CeremonyIdWrong(Refused):
    """The id does not follow from what is shown."""

    zh = "仪式编号与案件、序号、席位数和门限对不上；请不要继续，并告知工作组。"
    en = "The ceremony's id does not follow from case, number, seats and threshold; do not go on, and tell the working group."


class CeremonyRepeated(Refused):
    """The folder has a file for this ceremony."""

    zh = "这次仪式已经领取过密钥（{file}），编号不能重复使用；请用原文件（join），或由工作组开始一次新的仪式。"
    en = "A key was taken for this ceremony before ({file}), and its id is never used twice; use that file (join), or begin anew."


class ThresholdOutOfRange(Refused):
    """2 <= t <= n <= 32."""

    zh = "门限 {threshold}、席位 {seats} 不成立：应为 2 ≤ 门限 ≤ 席位 ≤ 32；请工作组更正。"
    en = "A threshold of {threshold} among {seats} seats cannot be: 2 ≤ threshold ≤ seats ≤ 32; the working group corrects it."


class SeatUnknown(Refused):
    """No such seat."""

    zh = "没有第 {seat} 席（席位从 0 数起，共 {seats} 席）；请核对自己的席位。"
    en = "There is no seat {seat} (seats count from 0; there are {seats}); check which seat is yours."


class RollIncomplete(Refused):
    """Seats have not joined."""

    zh = "席位表不完整，缺第 {seats} 席；请等他们加入后再继续。"
    en = "The roll is not complete: seats {seats} are missing; wait until they have joined."


class RollOfAnotherCeremony(Refused):
    """Case, chain, threshold or id differ."""

    zh = "席位表属于另一次仪式；请重新取得本次仪式的席位表。"
    en = "The roll is that of another ceremony; get the roll of this one."


class SeatNotAppointed(Refused):
    """The entry is not signed by who stands on chain for the seat."""

    zh = "第 {seat} 席的加入不是区块链上任命的身份签名的；请不要继续，并告知其他保管人和工作组。"
    en = "Seat {seat} joined without the signature of its appointed identity; do not go on, and tell the other trustees."


class AppointedOfAnotherCase(Refused):
    """The list of identities is not for this case, chain or number of seats."""

    zh = "任命名单与本案件或席位数不符；请从两个机构的节点重新读取。"
    en = "The list of appointed trustees does not fit this case or its seats; read it again from two organisations' nodes."


class JoinNotSigned(Refused):
    """The identity's signature is still to be filled in."""

    zh = "第 {seat} 席的加入还没有身份签名；请用该席的身份签 to_sign，填入 signature。"
    en = "Seat {seat} has joined without its identity's signature; have it sign to_sign, and put that into signature."


class KeyTwice(Refused):
    """One key at two seats."""

    zh = "第 {seat} 席与另一席用了同一把密钥；请不要继续，并告知工作组。"
    en = "Seat {seat} has the same key as another seat; do not go on, and tell the working group."


class OwnEntryChanged(Refused):
    """The own entry is not what the file makes."""

    zh = "席位表里您的席位（第 {seat} 席）不是您的文件里的密钥：加入之后有人改过；请不要继续，并告知其他保管人。"
    en = "Your seat {seat} has other keys in the roll than in your file: it was changed after you joined; do not go on, tell the others."


class RollChanged(Refused):
    """Another roll than the one dealt under: a page asked to deal twice, or shown other transport keys."""

    zh = "席位表变了：您已按另一份席位表分发过；同一文件不按两份席位表分发，请告知其他保管人并开始新的仪式。"
    en = "The roll has changed: this file dealt under another one and deals under no second; tell the others and begin a new ceremony."


class NotDealtYet(Refused):
    """Confirming comes after dealing."""

    zh = "这个文件还没有分发过；请先分发（deal）。"
    en = "This file has not dealt yet; deal first (deal)."


class CeremonyVoid(Refused):
    """A transport key was given up."""

    zh = "这个文件的传输密钥已公开，本次仪式作废；请领取新文件，参加新的仪式。"
    en = "This file's transport key was given up, so the ceremony is void; take a new file for a new ceremony."
