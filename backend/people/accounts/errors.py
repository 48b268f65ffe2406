"""What may go wrong when somebody signs in or asks for what is not theirs."""

from __future__ import annotations

from backend.ground.common.errors import BadInput, Conflict, NotAllowed, NotFound, NotSignedIn, TooMany


class SignInRefused(NotSignedIn):
    """Name, password or code is wrong; which of them is not said."""

    zh = "用户名、密码或动态码不正确。请核对后重新输入。"
    en = "Name, password or code is not right. Please check and enter them again."


class CodeUsedAlready(NotSignedIn):
    """The six-digit code was right, but it signed somebody in before."""

    zh = "这个动态码已经用过。请等待验证器显示下一个动态码再登录。"
    en = "This code was used already. Please wait for your authenticator's next code."


class SignInThrottled(TooMany):
    """Too many attempts for one name or from one address."""

    zh = "登录尝试次数过多，请在 {retry_after_seconds} 秒后再试。"
    en = "Too many attempts to sign in. Please try again in {retry_after_seconds} seconds."


class CsrfTokenWrong(NotAllowed):
    """The request does not carry the token of its own session."""

    zh = "页面已过期，请刷新页面后再提交。"
    en = "This page has expired. Please reload it and send again."


class RoleNotAllowed(NotAllowed):
    """Signed in, but as somebody else than this needs."""

    zh = "此项操作需要以下身份之一：{roles}。请用相应账户登录。"
    en = "This needs one of the roles {roles}. Please sign in with such an account."


class AccountNameTaken(Conflict):
    """An account of this name exists."""

    zh = "用户名“{name}”已被使用，请换一个。"
    en = "The name “{name}” is taken; please choose another."


class AccountNotFound(NotFound):
    """No account has this name or id."""

    zh = "没有名为“{name}”的账户。请先由管理员建立账户。"
    en = "There is no account “{name}”. The administrator has to create it first."


class AccountNameNotUsable(BadInput):
    """An account's name is empty, too long or has characters that cannot be seen."""

    zh = "用户名应为 1 至 64 个可见字符，首尾不留空格。"
    en = "A name has 1 to 64 visible characters, without spaces at its ends."


class PasswordTooShort(BadInput):
    """A password has fewer than 12 characters."""

    zh = "密码至少 12 个字符，至多 128 个。"
    en = "A password has at least 12 and at most 128 characters."


class RoleUnknown(BadInput):
    """Not one of the roles that have accounts."""

    zh = "没有“{role}”这种身份；可用：admin、official、institution。"
    en = "There is no role “{role}”; there are admin, official and institution."


class AccountHasOtherRole(BadInput):
    """The account cannot take part in a case in this way."""

    zh = "账户“{name}”的身份是 {role}，这里需要 {needed}。"
    en = "The account “{name}” has the role {role}; {needed} is needed here."


class AccountDisabled(NotSignedIn):
    """Everything was typed right, but two people have disabled the account."""

    zh = "这个账户已停用。如有疑问，请联系管理员。"
    en = "This account is disabled. If that is a mistake, tell the administrator."


class AccountOutOfUse(Conflict):
    """A disabled account takes no place in a case."""

    zh = "账户“{name}”已停用，不能加入案件。"
    en = "The account “{name}” is disabled and takes no place in a case."


class AccountBoundElsewhere(Conflict):
    """The account belongs to another case or signs with another key."""

    zh = "账户“{name}”已属于一个案件，或已绑定另一把签名钥匙。如建立案件时曾中断，系统会自行完成：请先查看管理员页面“已建立的案件”。"
    en = (
        "The account “{name}” belongs to a case already, or signs with another key. If opening this case was interrupted, the system "
        "finishes it by itself: look at “Open cases” on the administrator's page first."
    )


class CaseBeingOpened(Conflict):
    """While a case is opened, nobody changes with what its people sign."""

    zh = "正在建立案件，账户“{name}”的签名方式暂时不能变更。请过几分钟再试。"
    en = "A case is being opened with the account “{name}”: with what it signs cannot change meanwhile. Try again in a few minutes."


class RenewalDue(NotAllowed):
    """Somebody else knows the account's password or second factor; nothing else is done before they are renewed."""

    zh = "您的密码或验证器密钥由他人生成。请先在工作台更换，更换之前不能办理其他事项。"
    en = "Somebody else made your password or your authenticator's secret. Renew them at your desk first; nothing else can be done before."


class OwnProofRefused(NotAllowed):
    """Whoever renews a password or a second factor has to know the present ones."""

    zh = "现在的密码或动态码不正确，没有更换。请核对后重新输入。"
    en = "Your present password or code is not right, and nothing was changed. Please check and enter them again."


class OwnCodeUsed(NotAllowed):
    """The code was right, but it was used before."""

    zh = "这个动态码已经用过，没有更换。请等验证器显示下一个再提交。"
    en = "This code was used already, and nothing was changed. Please wait for your authenticator's next code."


class PasswordUnchanged(BadInput):
    """The new password is the present one."""

    zh = "新密码与现在的密码相同，请另设一个。"
    en = "The new password is the present one; please choose another."


class SecondFactorNotOffered(Conflict):
    """No new secret waits in this session."""

    zh = "没有等待确认的验证器密钥。请先输入现在的密码和动态码，取得新的密钥。"
    en = "No new authenticator secret waits. Enter your present password and code first to get one."


class NewCodeWrong(BadInput):
    """The code is not by the new secret."""

    zh = "动态码与新的密钥不符，没有更换。请确认验证器已存入新的密钥、手机时间准确，再输入它显示的 6 位数字。"
    en = (
        "The code is not by the new secret, and nothing was changed. See that your authenticator holds the new secret and your phone's "
        "time is right, then enter its six digits."
    )
