"""What is ours to the letter passes; what looks like it does not."""

from __future__ import annotations

import pytest

from backend.case.register.rules.phones import PhoneKind, read_phone
from backend.people.notices.errors import NumberNotReadable
from backend.people.notices.rules.kinds import TEMPLATES
from backend.people.notices.rules.links import bare_code, codes_within, is_message, link_of, new_code
from backend.people.notices.rules.ways import Channel, Contact, Way, canonical_number, channel_of, ways_of

SITE, CODE = "https://vote.example.cn", "abc234def567"
LINK = link_of(SITE, CODE)

LOOK_ALIKES = [
    f"http://vote.example.cn/n/{CODE}",
    f"https://vote.example.com/n/{CODE}",
    f"https://vote.example.cn.evil.cn/n/{CODE}",
    f"https://vote-example.cn/n/{CODE}",
    f"https://vote.examp1e.cn/n/{CODE}",
    f"https://vote.exarnple.cn/n/{CODE}",
    f"https://vоte.example.cn/n/{CODE}",  # a Cyrillic o
    f"https://vote.еxample.cn/n/{CODE}",
    f"https://vote.example.ｃn/n/{CODE}",
    f"https://vote。example。cn/n/{CODE}",
    f"https://vote．example．cn/n/{CODE}",
    f"https://www.vote.example.cn/n/{CODE}",
    f"https://vote.example.cn:8443/n/{CODE}",
    f"https://vote.example.cn:443/n/{CODE}",
    f"https://vote.example.cn@evil.cn/n/{CODE}",
    f"https://evil.cn@vote.example.cn/n/{CODE}",
    f"https://evil.cn/https://vote.example.cn/n/{CODE}",
    f"https://evil.cn/?u=https://vote.example.cn/n/{CODE}",
    f"https://evil.cn#{LINK}",
    f"https://vote.example.cn/N/{CODE}",
    f"https://vote.example.cn/n/{CODE}/",
    f"https://vote.example.cn/n/{CODE}?a=1",
    f"https://vote.example.cn/n/{CODE}#a",
    f"https://vote.example.cn/n/{CODE}.html",
    f"https://vote.example.cn/n/{CODE}x",
    f"https://vote.example.cn/n/{CODE[:-1]}",
    f"https://vote.example.cn/n/{CODE.upper()}",
    f"https://vote.example.cn//n/{CODE}",
    f"https://vote.example.cn/n//{CODE}",
    f"https://vote.example.cn/n/../n/{CODE}",
    f"https://vote.example.cn/%6e/{CODE}",
    f"https://vote.example.cn\\n\\{CODE}",
    f"https:/vote.example.cn/n/{CODE}",
    f"https:vote.example.cn/n/{CODE}",
    f"HTTPS://VOTE.EXAMPLE.CN/n/{CODE}",
    f"https://vote.example.cn./n/{CODE}",
    f"https://vote.example.cn\u200b/n/{CODE}",
    f"https://vote.example.cn/\u200bn/{CODE}",
    f"https://vote.example.cn/n/{CODE[:6]}\u200b{CODE[6:]}",
    f"https://vote\u00ad.example.cn/n/{CODE}",
    f"https://vote.example.cn\u202e/n/{CODE}",
    f"https://xn--vte-sna.example.cn/n/{CODE}",
    f"https://vote.example.cn∕n∕{CODE}",
    f"https://vote․example․cn/n/{CODE}",
    f"//vote.example.cn/n/{CODE}",
    f"vote.example.cn/n/{CODE}",
    f"javascript:location='{LINK}'",
    f"x{LINK}",
    f"{LINK} https://evil.cn",
    f"{LINK} evil.cn/n/{CODE}",
    f"{LINK} 另见 ｅvil.cn/a",
    f"{LINK} {link_of(SITE, 'zzz234zzz567')}",
    f"{CODE} https://evil.cn",
    f"{CODE}{CODE}",
]


NOTICE = TEMPLATES["result"]
FIELDS = {"poll": "清偿方案"}


def passes(text: str) -> bool:
    """As the service decides it, for the one notice that there is."""
    if bare_code(text, SITE) is not None:
        return bare_code(text, SITE) == CODE
    return CODE in codes_within(text, SITE) and is_message(text, NOTICE, FIELDS, LINK)


def test_there_are_fifty_and_none_passes() -> None:
    assert len(set(LOOK_ALIKES)) >= 50
    assert [text for text in LOOK_ALIKES if passes(text)] == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_whole_message_with_anything_changed_does_not_pass(language: str) -> None:
    whole = NOTICE.say(FIELDS | {"word": "向日葵", "link": LINK}, language)
    assert passes(whole)
    assert passes(f"【某服务】{whole.removeprefix('【出借人表决】')}")
    for changed in [whole + " evil.cn", whole + "请加客服微信", "x" + whole, *(whole.replace(LINK, text) for text in LOOK_ALIKES)]:
        assert not passes(changed), changed


@pytest.mark.parametrize("text", [CODE, f"  {CODE}\n", LINK, f"{LINK} "])
def test_ours_passes(text: str) -> None:
    assert passes(text)


@pytest.mark.parametrize("kind", sorted(TEMPLATES))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_whole_message_of_ours_passes(kind: str, language: str) -> None:
    template = TEMPLATES[kind]
    fields = dict.fromkeys(template.fields, "12月30日 9:00")
    said = template.say(fields | {"word": "向日葵", "link": LINK}, language)
    assert codes_within(said, SITE) == [CODE]
    assert is_message(said, template, fields, LINK)


def test_the_reminder_says_nothing_of_a_choice() -> None:
    for word in ("同意票", "赞成", "反对票", "for or against", "your choice"):
        assert word not in TEMPLATES["reminder"].zh + TEMPLATES["reminder"].en


def test_codes_are_of_our_signs() -> None:
    assert all(bare_code(new_code(), SITE) for _ in range(100))


@pytest.mark.parametrize(
    ("text", "number", "channel"),
    [
        ("138 0000 0000", "+8613800000000", Channel.SMS),
        ("+86 138-0000-0000", "+8613800000000", Channel.SMS),
        ("0086 13800000000", "+8613800000000", Channel.SMS),
        ("１３８０００００００0", "+8613800000000", Channel.SMS),
        ("0571-88880000", "+8657188880000", Channel.VOICE),
        ("(010) 6588 0000", "+861065880000", Channel.VOICE),
        ("+852 5123 4567", "+85251234567", Channel.SMS),
        ("+1 (212) 555-0100", "+12125550100", Channel.SMS),
        ("+971501234567", "+971501234567", Channel.SMS),
    ],
)
def test_numbers_of_any_country(text: str, number: str, channel: Channel) -> None:
    assert canonical_number(text) == number
    assert channel_of(number) is channel


@pytest.mark.parametrize("text", ["", "无", "12345", "+0123456789", "+86", "138000000000000000", "abc"])
def test_no_numbers(text: str) -> None:
    with pytest.raises(NumberNotReadable):
        canonical_number(text)


def test_the_order_of_ways() -> None:
    contact = Contact(("+8657188880000", "+8613800000000"), "li@example.cn", "某人", "某地")
    assert [way.channel for way in ways_of(contact)] == [Channel.SMS, Channel.VOICE, Channel.EMAIL, Channel.LETTER]
    assert ways_of(Contact(email="not an address")) == []


@pytest.mark.parametrize("text", ["12000000000", "+86 138 0000 0000", "17007190000", "0086-19900000000"])
def test_whoever_gets_codes_to_sign_in_gets_notices(text: str) -> None:
    found = read_phone(text)
    assert found.kind is PhoneKind.MOBILE
    assert ways_of(Contact((canonical_number(found.number),))) == [Way(Channel.SMS, f"+86{found.number}")]
