"""Invented lenders for demonstrations and measurements: sizes and shares after published figures of wound-down platforms."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from backend.case.register.rules.identity import credit_check_character, resident_check_digit
from backend.ground.common.money import say_yuan

MEDIAN_YUAN, SIGMA = 22_000, 1.6
SHARE_SEVERAL_ACCOUNTS = 0.03
SHARE_ROUNDED = 0.5
SHARE_NOTHING_LEFT = 0.04
SHARE_RELATED = 0.015
SHARE_COMPANIES = 0.003
SHARE_NON_MAINLAND = 0.005
LARGEST_FEN = 5_000_000_000_00

_CLASSES, _CLASS_WEIGHTS = ("普通组", "大额组", "机构组", "其他组"), (70, 20, 7, 3)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章"
_GIVEN = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥福禄寿喜安康宁泰和顺平吉祥瑞"
_RARE = ("𠮷", "䶮", "㛃", "玥")
_MINORITY = ("阿依古丽·", "买买提·", "卓玛·")
_CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True)
class GeneratedLender:
    """One invented lender with one claim an account."""

    name: str
    lender_type: str
    id_type: str
    id_no: str
    id_spellings: tuple[str, ...]
    mobiles: tuple[str, ...]
    accounts: tuple[str, ...]
    amounts_fen: tuple[int, ...]
    voting_class: str
    related: bool

    @property
    def votes(self) -> bool:
        """Whether the lender gets a leaf."""
        return not self.related and sum(self.amounts_fen) > 0

    def row(self, place: int, claim_no: str) -> list[str]:
        """The claim at a place as a row of the file."""
        amount = say_yuan(self.amounts_fen[place])
        return [
            claim_no,
            self.lender_type,
            self.name,
            self.id_type,
            self.id_spellings[place % len(self.id_spellings)],
            self.mobiles[place % len(self.mobiles)],
            self.accounts[place],
            amount if place % 2 else amount.replace(",", ""),
            self.voting_class,
            "是" if self.related else "否",
            "DEMO",
        ]


def make_lenders(dice: random.Random, count: int, classes: int = 1) -> list[GeneratedLender]:
    """So many lenders in 1 to 4 voting classes, all identities, phones and accounts different."""
    if not 1 <= count <= 1_000_000:
        raise ValueError("1 to 1,000,000 lenders")
    return [_make_lender(dice, number, _CLASSES[:classes]) for number in range(count)]


def _make_lender(dice: random.Random, number: int, classes: Sequence[str]) -> GeneratedLender:
    company = dice.random() < SHARE_COMPANIES
    several = not company and dice.random() < SHARE_SEVERAL_ACCOUNTS
    accounts = dice.randint(2, 4) if several else 1
    identity = _identity(dice, number, company=company)
    nothing_left = dice.random() < SHARE_NOTHING_LEFT
    amounts_fen = tuple(0 if nothing_left else _amount_fen(dice) for _ in range(accounts))
    voting_class = dice.choices(classes, _CLASS_WEIGHTS[: len(classes)])[0]
    return _lender(
        identity, number, company=company, amounts_fen=amounts_fen, voting_class=voting_class, related=dice.random() < SHARE_RELATED
    )


def invent_lender(
    dice: random.Random, number: int, *, company: bool, amounts_fen: tuple[int, ...], voting_class: str, related: bool
) -> GeneratedLender:
    """Somebody invented with these claims; another `number` is another person."""
    identity = _identity(dice, number, company=company)
    return _lender(identity, number, company=company, amounts_fen=amounts_fen, voting_class=voting_class, related=related)


#: Kind and number of a document, ways to write that number, and a name.
Identity = tuple[str, str, tuple[str, ...], str]


def _identity(dice: random.Random, number: int, *, company: bool) -> Identity:
    if company:
        id_type, id_no, spellings = "统一社会信用代码", *_credit_code(dice, number)
        name = f"DEMO示例{dice.choice(_GIVEN)}{dice.choice(_GIVEN)}商贸有限公司{number}"
    elif dice.random() < SHARE_NON_MAINLAND:
        id_type, id_no, spellings = _travel_document(dice, number)
        name = f"DEMO SAMPLE {number}"
    else:
        id_type, id_no, spellings = "居民身份证", *_resident_number(dice, number)
        name = _person_name(dice)
    return id_type, id_no, spellings, name


def _lender(
    identity: Identity, number: int, *, company: bool, amounts_fen: tuple[int, ...], voting_class: str, related: bool
) -> GeneratedLender:
    id_type, id_no, spellings, name = identity
    accounts = len(amounts_fen)
    return GeneratedLender(
        name=name,
        lender_type="企业" if company else "个人",
        id_type=id_type,
        id_no=id_no,
        id_spellings=spellings,
        mobiles=tuple(f"120{10 * number + place:08d}"[-11:] for place in range(min(accounts, 2))),
        accounts=tuple(f"demo{number:07d}{_place_words(place)}" for place in range(accounts)),
        amounts_fen=amounts_fen,
        voting_class=voting_class,
        related=related,
    )


def _place_words(place: int) -> str:
    """The letter of an account, and from the fifth on its number."""
    return "abcd"[place] if place < 4 else f"e{place}"


def _amount_fen(dice: random.Random) -> int:
    yuan = dice.lognormvariate(0, SIGMA) * MEDIAN_YUAN  # a draw, not an amount: it becomes whole fen at once
    fen = min(max(int(yuan * 100), 100), LARGEST_FEN)
    return max(fen // 10_000, 1) * 10_000 if dice.random() < SHARE_ROUNDED else fen


def _person_name(dice: random.Random) -> str:
    draw = dice.random()
    if draw < 0.01:
        return f"{dice.choice(_MINORITY)}{dice.choice(_GIVEN)}{dice.choice(_GIVEN)}"
    second = dice.choice(_RARE) if draw > 0.99 else dice.choice(_GIVEN)
    return dice.choice(_SURNAMES) + dice.choice(_GIVEN) + second


def _resident_number(dice: random.Random, number: int) -> tuple[str, tuple[str, ...]]:
    born = date(1940, 1, 1) + timedelta(days=dice.randrange(62 * 365))
    region, sequence = divmod(number, 1000)
    # The day is drawn, region and sequence count: no two are alike within a million.
    first_17 = f"999{region:03d}{born:%Y%m%d}{sequence:03d}"
    full = first_17 + resident_check_digit(first_17)
    wide = full.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ"))
    old = (full[:6] + full[8:17],) if full[6:8] == "19" else ()
    return full, (full, wide, full.lower(), *old)


def _credit_code(dice: random.Random, number: int) -> tuple[str, tuple[str, ...]]:
    body = "".join(dice.choice(_CREDIT_LETTERS) for _ in range(2)) + f"{number:07d}"
    first_17 = f"91999{900 + number % 100:03d}{body}"[:17]
    full = first_17 + credit_check_character(first_17)
    return full, (full,)


def _travel_document(dice: random.Random, number: int) -> tuple[str, str, tuple[str, ...]]:
    kind = dice.randrange(3)
    if kind == 0:
        full = f"H{90_000_000 + number:08d}"
        return "港澳居民来往内地通行证", full, (full, full + "01")
    if kind == 1:
        full = f"{90_000_000 + number:08d}"
        return "台湾居民来往大陆通行证", full, (full, full + "01")
    full = f"DE{number:07d}"
    return "护照", full, (full, full.lower())
