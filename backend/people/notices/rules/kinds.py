"""The approved templates: what each kind of notice says, and nothing else is ever sent. Pure.

A change of a sentence is a new template: providers approve it first, and its hash stands in the ledger.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backend.ground.common.hashing import keccak
from backend.people.notices.errors import FieldTooLong, NoticeKindUnknown, TemplateFieldsWrong

FIELD_LIMIT = 60
#: In every notice: a word that the person chose, and the address at which the site confirms the message.
PERSONAL = ("word", "link")
NO_WORD = {"zh": "未设置", "en": "none chosen"}
_END_ZH = "口令：{word}。核对：{link}。本系统从不索要密码、验证码、银行卡号，从不要求转账。"
_END_EN = " Your word: {word}. Check: {link}. We never ask for a password, a code, a bank card or a payment."


@dataclass(frozen=True)
class Template:
    """One kind's words; `fields` in the order in which providers take them, before `word` and `link`."""

    kind: str
    fields: tuple[str, ...]
    zh: str
    en: str
    urgent: bool = False
    """Whether the next way is tried soon where no report comes."""

    @property
    def hash(self) -> bytes:
        """What was approved, 32 bytes."""
        return keccak("\0".join([self.kind, *self.fields, self.zh, self.en]).encode())

    def say(self, values: Mapping[str, str], language: str) -> str:
        """The whole message in `zh` or `en`."""
        return (self.zh if language == "zh" else self.en).format(**values)


def _template(kind: str, fields: str, zh: str, en: str, *, urgent: bool = False) -> Template:
    return Template(kind, tuple(fields.split()), f"【出借人表决】{zh}{_END_ZH}", en + _END_EN, urgent)


TEMPLATES = {
    template.kind: template
    for template in (
        _template(
            "poll_announced",
            "poll opens closes",
            "“{poll}”将于{opens}开始表决，{closes}截止。是否参加由您决定，不参加不视为同意。",
            "The vote “{poll}” opens {opens} and closes {closes}. Taking part is up to you; not voting is never consent.",
        ),
        _template(
            "reminder",
            "poll closes",
            "“{poll}”{closes}截止，还没有您的表决票。是否参加由您决定，不参加不视为同意。",
            "The vote “{poll}” closes {closes}; no ballot of yours is recorded. Taking part is up to you; not voting is never consent.",
        ),
        _template(
            "ballot_recorded",
            "poll at",
            "“{poll}”于{at}记录了一张您名下的表决票。不是您本人投的，请打开核对网址，按一下即可提出异议。",
            "A ballot in your name was recorded in “{poll}” {at}. If you did not cast it, open the link and contest it with one tap.",
            urgent=True,
        ),
        _template(
            "no_ballot",
            "poll until",
            "“{poll}”已截止，没有您名下的表决票。您投过票的，请在{until}前提出异议。",
            "The vote “{poll}” is closed; no ballot is recorded in your name. If you voted, object before {until}.",
            urgent=True,
        ),
        _template(
            "objection_answered",
            "poll",
            "您对“{poll}”提出的异议已有答复，请登录查看。",
            "Your objection in “{poll}” was answered. Sign in to read it.",
        ),
        _template(
            "result",
            "poll",
            "“{poll}”的结果已由专项工作组作出决定，请查看公布的结果。",
            "The working group has decided on the result of “{poll}”. See the published result.",
        ),
        _template(
            "number_changed",
            "from_day",
            "有人申请更换您登记的号码，将于{from_day}生效。不是您本人申请的，请立即拨打求助电话。",
            "Somebody asked to change your registered number, from {from_day}. If it was not you, call the help line at once.",
            urgent=True,
        ),
    )
}


def template_of(kind: str) -> Template:
    """The approved template. Raises: NoticeKindUnknown."""
    found = TEMPLATES.get(kind)
    if found is None:
        raise NoticeKindUnknown(kind=kind)
    return found


def check_fields(kind: str, fields: Mapping[str, str]) -> Template:
    """Whether exactly the approved fields are filled. Raises: NoticeKindUnknown, TemplateFieldsWrong, FieldTooLong."""
    template = template_of(kind)
    extra, missing = set(fields) - set(template.fields), set(template.fields) - set(fields)
    if extra or missing:
        raise TemplateFieldsWrong(kind=kind, extra="、".join(sorted(extra)) or "–", missing="、".join(sorted(missing)) or "–")
    for name, value in fields.items():
        if len(value) > FIELD_LIMIT or not value.isprintable():
            raise FieldTooLong(field=name, limit=FIELD_LIMIT)
    return template


def filled(template: Template, fields: Mapping[str, str], word: str, link: str) -> dict[str, str]:
    """What a provider gets for one person, in the template's order."""
    return {name: fields[name] for name in template.fields} | {"word": word or NO_WORD["zh"], "link": link}
