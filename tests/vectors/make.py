"""Writes the vectors: `python -m tests.vectors.make [FOLDER]` (default: this folder). Deterministic."""

import json
import re
import sys
from pathlib import Path
from typing import Any

from tests.vectors import reference as ref
from tests.vectors import rule_cases as rules
from tests.vectors.batch import batch_file
from tests.vectors.boxes import box_file
from tests.vectors.ceremonies import ceremony_file
from tests.vectors.check_files import check_files_file
from tests.vectors.conditions import conditions_file
from tests.vectors.escrows import escrow_file
from tests.vectors.finding_names import findings_file
from tests.vectors.issuer_log import issuer_log_file
from tests.vectors.json_texts import json_texts_file
from tests.vectors.notices import notices_file
from tests.vectors.openings import openings_file
from tests.vectors.papers import parameters_file, plan_file, statements_file, typed_data_file
from tests.vectors.passkeys import passkeys_file
from tests.vectors.ranges import ranges_file
from tests.vectors.receipts import cases_file, receipts_file
from tests.vectors.register_cases import countries_file, register_import_file
from tests.vectors.samples import samples_file
from tests.vectors.seal_checks import seal_checks_file
from tests.vectors.sealed_papers import sealed_typed_data_file
from tests.vectors.seals import seals_file
from tests.vectors.seeds import TOP, hex_of, hex_word, seeded, xy
from tests.vectors.stamps import stamps_file, witness_file
from tests.vectors.successions import successions_file
from tests.vectors.text_cases import text_file
from tests.vectors.workbook_cases import workbooks_file

# --- points.json ------------------------------------------------------------------------------------------------------------------------


def opening(name: str, point: ref.Point, amount_fen: int, blind: int, accepted: bool) -> dict[str, Any]:
    """One check of an opening, with what ecrecover is asked and what it answers (protocol §9)."""
    entry: dict[str, Any] = {"name": name, **xy(point), "amount_fen": str(amount_fen), "blind": hex_word(blind)}
    if point == ref.INFINITY:
        entry |= {"ecrecover": None, "accepted": amount_fen == 0 and blind == 0}
    else:
        hidden = blind % ref.N != 0
        base, e, factor = (ref.H, -amount_fen * ref.H[0] % ref.N, blind) if hidden else (ref.G, 0, amount_fen)
        v, s = 27 + base[1] % 2, factor * base[0] % ref.N
        recovered = ref.ecrecover(e, v, base[0], s)
        asked = {"hash": hex_word(e), "v": v, "r": hex_word(base[0]), "s": hex_word(s), "recovered": hex_of(recovered)}
        expected = ref.address_of(point)
        entry |= {"ecrecover": asked, "address": hex_of(expected), "accepted": recovered == expected and amount_fen < 2**88}
    assert entry["accepted"] is accepted, name
    return entry


def points_file() -> dict[str, Any]:
    pairs = [(0, 1), (1, 1), (1, ref.N - 1), (2**62, seeded("a")), (TOP, seeded("b")), (0, seeded("c")), (123456789, seeded("d"))]
    pairs = [(amount, blind % ref.N) for amount, blind in pairs]
    points = [ref.commit(amount, blind) for amount, blind in pairs]
    commitments = [{"amount_fen": str(a), "blind": hex_word(r), **xy(c)} for (a, r), c in zip(pairs, points, strict=True)]
    p, q = points[3], points[6]
    chosen = {
        "two points": [p, q],
        "equal points": [p, p],
        "inverse points": [p, ref.negate(p)],
        "infinity and a point": [ref.INFINITY, p],
        "infinity twice": [ref.INFINITY, ref.INFINITY],
        "in and out again": [p, q, ref.negate(p), ref.negate(q)],
        "three times the same": [p, p, p],
        "all of them": points,
    }
    sums = []
    for name, terms in chosen.items():
        total = ref.INFINITY
        for term in terms:
            total = ref.add(total, term)
        sums.append({"name": name, "terms": [xy(term) for term in terms], **xy(total)})
    both = ref.add(p, q)
    amount, blind = pairs[3][0] + pairs[6][0], (pairs[3][1] + pairs[6][1]) % ref.N
    openings = [
        opening("one commitment", p, *pairs[3], accepted=True),
        opening("a sum", both, amount, blind, accepted=True),
        opening("amount zero, the message is zero", points[0], 0, 1, accepted=True),
        opening("amount zero, any blind", points[5], *pairs[5], accepted=True),
        opening("the largest amount", points[4], *pairs[4], accepted=True),
        opening("one fen more", both, amount + 1, blind, accepted=False),
        opening("one fen less", both, amount - 1, blind, accepted=False),
        opening("another blind", both, amount, blind + 1, accepted=False),
        opening("the inverse point", ref.negate(both), amount, blind, accepted=False),
        opening("blind zero", ref.commit(5, 0), 5, 0, accepted=True),
        opening("blind n is blind zero", ref.commit(5, 0), 5, ref.N, accepted=True),
        opening("blind zero, one fen more", ref.commit(5, 0), 6, 0, accepted=False),
        opening("blind zero for a sum that has one", both, amount, 0, accepted=False),
        opening("the amount plus n opens the point but is no amount", both, amount + ref.N, blind, accepted=False),
        opening("2^63, where a leaf was taken out", ref.commit(2**63, 7), 2**63, 7, accepted=True),
        opening("the largest sum", ref.commit(2**88 - 1, 7), 2**88 - 1, 7, accepted=True),
        opening("2^88 is too much", ref.commit(2**88, 7), 2**88, 7, accepted=False),
        opening("infinity opens to nothing", ref.INFINITY, 0, 0, accepted=True),
        opening("infinity does not open to an amount", ref.INFINITY, 1, 0, accepted=False),
        opening("infinity does not open to a blind", ref.INFINITY, 0, 1, accepted=False),
    ]
    h = {"counter": ref.H_COUNTER, **xy(ref.H)}
    return {
        "h": h,
        "g": xy(ref.G),
        "p": hex_word(ref.P),
        "n": hex_word(ref.N),
        "commitments": commitments,
        "sums": sums,
        "openings": openings,
    }


# --- register.json ----------------------------------------------------------------------------------------------------------------------

REGISTERS = {1: 1, 2: 2, 7: 3, 256: 4, 257: 2, 400: 16}
MULTIPROOFS = {
    1: [[0]],
    2: [[0], [1], [0, 1]],
    7: [[0], [6], [1, 2], [0, 1, 2, 3, 4, 5, 6], [0, 3, 6]],
    256: [[255], [0, 255], [10, 11, 12, 13, 200], list(range(0, 256, 2)), list(range(256))],
    257: [[256], [0, 256], [255, 256], list(range(3, 257, 7))],
    400: [[399], [7, 8, 100, 101, 256, 399], list(range(128, 384))],
}


def claim(count: int, index: int) -> tuple[int, int, int]:
    """Class, amount and blind of a made-up lender; the README states the same rule."""
    seed = f"LenderVote/vector/register/{count}/{index}"
    return index % REGISTERS[count], seeded(seed + "/amount") % 10**10, seeded(seed + "/blind") % (ref.N - 1) + 1


def one_register(count: int) -> dict[str, Any]:
    claims = [claim(count, index) for index in range(count)]
    points = [ref.commit(amount, blind) for _, amount, blind in claims]
    hashes = [ref.leaf_hash(i, claims[i][0], points[i]) for i in range(count)]
    levels = ref.tree(hashes)
    totals = []
    for voting_class in range(REGISTERS[count]):
        members = [c for c in claims if c[0] == voting_class]
        totals.append((len(members), sum(c[1] for c in members), sum(c[2] for c in members) % ref.N))
    shown = range(count) if count <= 7 else sorted({0, 1, count // 2, 255, count - 1})
    leaves = [
        {"index": i, "voting_class": claims[i][0], "amount_fen": str(claims[i][1]), "blind": hex_word(claims[i][2])}
        | xy(points[i])
        | {"leaf": hex_of(hashes[i]), "proof": [hex_of(s) for s in ref.proof(levels, i)]}
        for i in shown
    ]
    multiproofs = [{"indexes": indexes, "siblings": [hex_of(s) for s in ref.multiproof(levels, indexes)]} for indexes in MULTIPROOFS[count]]
    encoded = ref.encode(["(uint256,uint256,uint256)[]"], [totals])
    return {
        "leaf_count": count,
        "class_count": REGISTERS[count],
        "depth": ref.depth_of(count),
        "root": hex_of(levels[-1][0]),
        "classes": [{"heads": h, "amount_fen": str(a), "blind": hex_word(b), **xy(ref.commit(a, b))} for h, a, b in totals],
        "classes_hash": hex_of(ref.keccak(encoded)),
        "leaves_digest": hex_of(ref.keccak(b"".join(hashes))),
        "leaves": leaves,
        "multiproofs": multiproofs,
    }


# --- rules.json -------------------------------------------------------------------------------------------------------------------------

ROW_NAMES = (
    "admitted_heads", "admitted_fen", "heads_for", "fen_for", "heads_against", "fen_against", "heads_abstain", "fen_abstain", "carries",
)  # fmt: skip


def rule_case(name: str, preset: str, rows: list[rules.Row]) -> dict[str, Any]:
    conditions = rules.PRESETS[preset]
    for row in rows:
        assert rules.carries(conditions, row) is row[-1], (name, preset, row)
    classes = [
        {key: str(value) if key.endswith("_fen") or key.startswith("fen_") else value for key, value in zip(ROW_NAMES, row, strict=True)}
        for row in rows
    ]
    return {"name": name, "preset": preset, "classes": classes, "passes": all(row[-1] for row in rows)}


def rules_file() -> dict[str, Any]:
    presets = {}
    for name, conditions in rules.PRESETS.items():
        encoded = ref.encode(["(uint8,uint8,uint8,uint32,uint32,bool)[]"], [[rules.as_tuple(c) for c in conditions]])
        presets[name] = {
            "conditions": [rules.as_object(c) for c in conditions],
            "tuples": [list(rules.as_tuple(c)) for c in conditions],
            "rule_hash": hex_of(ref.keccak(encoded)),
        }
    cases = [rule_case(name, preset, [row]) for name, preset, row in rules.SINGLE]
    cases += [rule_case(name, preset, rows) for name, preset, rows in rules.SEVERAL]
    return {"presets": presets, "cases": cases}


def files() -> dict[str, dict[str, Any]]:
    """Every vector file's content by its name."""
    return {
        "points.json": points_file(),
        "register.json": {"registers": [one_register(count) for count in REGISTERS]},
        "typed_data.json": typed_data_file(),
        "rules.json": rules_file(),
        "plan.json": plan_file(),
        "parameters.json": parameters_file(),
        "batch.json": batch_file(),
        "statements.json": statements_file(),
        "passkeys.json": passkeys_file(),
        "cases.json": cases_file(),
        "receipts.json": receipts_file(),
        "openings.json": openings_file(),
        "findings.json": findings_file(),
        "check_files.json": check_files_file(),
        "issuer_log.json": issuer_log_file(),
        "json_texts.json": json_texts_file(),
        "text.json": text_file(),
        "register_import.json": register_import_file(),
        "countries.json": countries_file(),
        "workbooks.json": workbooks_file(),
        "seal_checks.json": seal_checks_file(),
        "seals.json": seals_file(),
        "box.json": box_file(),
        "sealed_typed_data.json": sealed_typed_data_file(),
        "notices.json": notices_file(),
        "successions.json": successions_file(),
        "ceremony.json": ceremony_file(),
        "escrow.json": escrow_file(),
        "ranges.json": ranges_file(),
        "samples.json": samples_file(),
        "conditions.json": conditions_file(),
        "stamps.json": stamps_file(),
        "witness.json": witness_file(),
    }


ESCAPED = frozenset({"text.json", "register_import.json", "json_texts.json"})
"""What these hold is often invisible."""
UNSEEN = re.compile(
    "[\x7f-\xa0\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ud800-\uf8ff\ufdd0-\ufdef\ufff0-\uffff\U0001fffe\U0001ffff\U000e0000-\U0010ffff]"
)


def main(folder: Path) -> None:
    for name, content in files().items():
        text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
        text = UNSEEN.sub(escaped, text) if name in ESCAPED else text
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def escaped(found: re.Match[str]) -> str:
    """A sign that cannot be seen, or is no whole one, as JSON escapes it."""
    return json.dumps(found.group())[1:-1]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent)
