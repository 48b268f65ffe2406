"""openings.json: a claims file, the sealed openings of its register, and what whoever checks it must find (protocol §19)."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.vectors import reference as ref
from tests.vectors.papers import canonical
from tests.vectors.seeds import CASE, CHAIN_ID, hex_of, hex_word, seeded
from tests.vectors.successions import separator

MAGIC = b"LVOP0001"
HEADER = "债权编号,出借人类型(个人/企业),姓名或名称,证件类型,证件号码,手机号,平台账号,待收本金(元),表决组,关联方(是/否),备注"
CLASS_NAMES = ["普通组", "大额组"]


def resident(number: int) -> str:
    """A resident's number of a region that no one has."""
    first = f"99900119{50 + number:02d}0307{100 + number}"
    return first + "10X98765432"[sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(first)) % 11]


def claims_file() -> str:
    """Nine claims of seven lenders in rows 2 to 11; row 6 is empty."""
    old = resident(1)[:6] + resident(1)[8:17]
    rows = [
        f'C1,个人,示例甲,居民身份证,{resident(1)},12000000001,a1,"12,345.60",普通组,否,',
        f"C2,个人,示例乙,居民身份证,{resident(2)},12000000002,a2,0.01,,否,",
        f"C3,个人,示例丙,居民身份证,{resident(3)},12000000003,a3,500000,大额组,否,",
        f"C4,个人,示例甲,身份证,{old},12000000001,a4,￥１００,普通组,否,",
        "",
        "C5,企业,示例商贸有限公司,统一社会信用代码,91999900MA0000002C,12000000005,a5,92233720368.54,大额组,否,",
        f"C6,个人,示例丁,居民身份证,{resident(4)},12000000006,a6,7.5,大额组,是,",
        f"C7,个人,示例戊,居民身份证,{resident(5)},12000000007,a7,0,普通组,否,",
        "C8,个人,DEMO SAMPLE,港澳居民来往内地通行证,H1234567801,12000000008,a8,1234.56,普通组,否,",
        "C9,个人,DEMO SAMPLE,回乡证,H1234567802,12000000008,a9,0.44,普通组,否,",
    ]
    return "\r\n".join([HEADER, *rows]) + "\r\n"


#: Rows, class, fen and whether it is a related party, in the order of the file; one lender without an amount is left out.
LENDERS = [
    ([2, 5], 0, 1_244_560, False),
    ([3], 0, 1, False),
    ([4], 1, 50_000_000, False),
    ([7], 1, 9_223_372_036_854, False),
    ([8], 1, 750, True),
    ([10, 11], 0, 123_500, False),
]


def sealed(content: bytes, password: str, salt: bytes, nonce: bytes) -> bytes:
    """The file of protocol §19."""
    secret = "".join(unicodedata.normalize("NFKC", password).split()).encode()
    key = hashlib.scrypt(secret, salt=salt, n=2**15, r=8, p=1, maxmem=2**26, dklen=32)
    return MAGIC + salt + nonce + AESGCM(key).encrypt(nonce, content, MAGIC + salt)


def register(number: int, order: list[int], *, with_related: bool, password: str, typed: str) -> dict[str, Any]:
    """One register of the claims file; `typed` is the password as somebody types it."""
    name = f"LenderVote/vector/openings/{number}"
    text = claims_file().encode()
    leaves, chosen = [], [LENDERS[place] for place in order]
    for index, (rows, voting_class, amount_fen, _) in enumerate(chosen):
        blind = seeded(f"{name}/{index}") % (ref.N - 1) + 1
        leaves.append({"amount_fen": amount_fen, "blind": hex_word(blind), "index": index, "rows": rows, "voting_class": voting_class})
    header = {
        "case": hex_of(CASE),
        "chain_id": CHAIN_ID,
        "claims_keccak": hex_of(ref.keccak(text)),
        "class_names": CLASS_NAMES,
        "register_number": number,
        "with_related": with_related,
    }
    content = "".join(canonical(line) + "\n" for line in (header, *leaves))
    salt, nonce = ref.keccak(f"{name}/salt".encode())[:16], ref.keccak(f"{name}/nonce".encode())[:12]
    file = sealed(content.encode(), password, salt, nonce)
    return {
        "register_number": number,
        "with_related": with_related,
        "password": password,
        "password_typed": typed,
        "content": content,
        "openings": hex_of(file),
        **worked_out(number, leaves),
    }


def worked_out(number: int, leaves: list[dict[str, Any]]) -> dict[str, Any]:
    """Every leaf, and the fields of RegisterFreeze."""
    points = [ref.commit(leaf["amount_fen"], int(leaf["blind"], 16)) for leaf in leaves]
    hashes = [ref.leaf_hash(leaf["index"], leaf["voting_class"], point) for leaf, point in zip(leaves, points, strict=True)]
    totals = []
    for voting_class in range(len(CLASS_NAMES)):
        mine = [leaf for leaf in leaves if leaf["voting_class"] == voting_class]
        blind = sum(int(leaf["blind"], 16) for leaf in mine) % ref.N
        totals.append((len(mine), sum(leaf["amount_fen"] for leaf in mine), blind))
    message = {
        "registerNumber": number,
        "root": ref.tree(hashes)[-1][0],
        "leafCount": len(leaves),
        "classesHash": ref.keccak(ref.encode(["(uint256,uint256,uint256)[]"], [totals])),
        "classNamesHash": ref.keccak(canonical(CLASS_NAMES).encode()),
        "rangeProofsHash": bytes(32),
    }
    digest = ref.typed_digest("RegisterFreeze", message, ref.domain_separator(CHAIN_ID, CASE))
    digits = digest[:16].hex()
    first_release = ref.typed_digest("RegisterFreeze", message, ref.domain_separator(CHAIN_ID, CASE), ref.TYPES_OF_PROTOCOL_1)
    generation = ref.keccak(f"generation {number}".encode())
    succeeded = ref.typed_digest("RegisterFreeze", message, separator(generation))
    lines = [f"{leaf['index']},{leaf['voting_class']},{x:064x},{y:064x}\n" for leaf, (x, y) in zip(leaves, points, strict=True)]
    return {
        "leaves_csv": "index,voting_class,x,y\n" + "".join(lines),
        "classes": [
            {"name": name, "heads": heads, "amount_fen": str(fen), "blind": hex_word(blind)}
            for name, (heads, fen, blind) in zip(CLASS_NAMES, totals, strict=True)
        ],
        "message": {field: hex_of(value) if isinstance(value, bytes) else value for field, value in message.items()},
        "digest": hex_of(digest),
        "digest_of_protocol_1": hex_of(first_release),
        "generation": hex_of(generation),
        "digest_of_generation": hex_of(succeeded),
        "check_code": " ".join(digits[at : at + 4] for at in range(0, 32, 4)),
    }


def openings_file() -> dict[str, Any]:
    return {
        "case": hex_of(CASE),
        "chain_id": CHAIN_ID,
        "claims": claims_file(),
        "registers": [
            register(0, [3, 0, 5, 2, 1], with_related=False, password="demo-vector-0", typed=" demo-vector-0\n"),
            register(1, [4, 1, 3, 0, 2, 5], with_related=True, password="示范-vector-1", typed="示范-ｖｅｃｔｏｒ -1"),
        ],
    }
