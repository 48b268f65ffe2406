"""box.json: ballots recorded one after another, the box's number after each, pieces from its end and what counting finds (protocol §21)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.vectors import reference as ref
from tests.vectors import seals
from tests.vectors.seeds import CHAIN_ID, POLL, hex_of, hex_word, seeded, xy

EMPTY = bytes(32)
SECRET, SEPARATOR = seals.SECRETS[0], ref.domain_separator(CHAIN_ID, POLL)
GARBAGE = -1
Recorded = tuple[int, int, int, bytes]  # index, sequence, plain value (0: invalid), record

# index, sequence, plain value; GARBAGE: no seal at all
ONE_MOTION = [
    (0, 1, 1), (3, 1, 2), (1, 63, 3), (4, 2, 1), (3, 2, 1), (5, 1, 0), (6, 1, GARBAGE), (0, 2, 2), (7, 1, 1), (4, 9, 255),
    (0, 3, 3), (9, 1, 2), (9, 2, 2), (10, 1, 2**40), (11, 1, 1), (3, 62, 3), (6, 2, GARBAGE), (12, 1, 3), (13, 1, 2), (14, 1, 1),
]  # fmt: skip
THREE_MOTIONS = [
    (2, 1, [1, 2, 3]), (5, 1, [3, 3, 3]), (2, 2, [2, 2, 1]), (8, 1, [1, 0, 1]), (9, 4, [1, 1, 1]), (10, 1, [1, 1, 1, 1]), (8, 2, [2, 3, 2]),
]  # fmt: skip
SIXTEEN_MOTIONS = [(0, 1, [1, 2, 3, 1] * 4), (1, 1, [3] * 16), (0, 2, [2] * 16), (2, 1, [1] * 15), (3, 1, [1] * 17)]
MOTIONS_CHAINS = ((3, THREE_MOTIONS), (16, SIXTEEN_MOTIONS))


def folded(box: bytes, records: Sequence[bytes]) -> bytes:
    for one in records:
        box = ref.keccak(box + one)
    return box


def recorded(name: str, motions: int, place: int, row: tuple[int, int, int]) -> Recorded:
    index, sequence, plain = row
    seed = f"LenderVote/vector/box/{name}/{place}"
    if plain == GARBAGE:
        seal, sealed = seals.no_point(), seeded(seed) >> 192
    else:
        seal, k = seals.seal_of(seeded(seed) % (ref.N - 1) + 1)
        sealed = plain ^ seals.word(SEPARATOR, index, sequence, seal, ref.multiply(k, ref.multiply(SECRET, ref.G)))
    found = seals.opened(SECRET, SEPARATOR, index, sequence, seal, sealed, motions)
    assert found == (plain if plain != GARBAGE and seals.is_valid(plain, motions) else 0)
    return index, sequence, found, seals.record(index, *seals.lender(index), sequence, seal, sealed)


def counted(ballots: Sequence[Recorded], newest: dict[int, int], motions: int) -> bytes:
    """The bytes of BallotsCounted for one piece."""
    written = b""
    for index, sequence, plain, _ in ballots:
        if newest[index] == sequence:
            head = index.to_bytes(4, "big") + bytes([sequence << 2 | (plain if motions == 1 else 0)])
            written += head + (b"" if motions == 1 else plain.to_bytes(4, "big"))
    return written


def pieces(ballots: Sequence[Recorded], size: int, newest: dict[int, int], motions: int) -> list[dict[str, str]]:
    """The whole box in pieces, from its end; only the last piece may be smaller."""
    taken, records = [], [one[-1] for one in ballots]
    for end in range(len(ballots), 0, -size):
        start = max(0, end - size)
        before = folded(EMPTY, records[:start])
        joined = b"".join(records[start:end])
        taken.append({"before": hex_of(before), "ballots": hex_of(joined), "counted": hex_of(counted(ballots[start:end], newest, motions))})
    return taken


def overtaken(ballots: Sequence[Recorded], size: int, newest: dict[int, int], motions: int) -> list[dict[str, Any]]:
    """The whole box in pieces of that size, while a stranger counts the last ballot alone just before each of them."""
    taken, records = [], [one[-1] for one in ballots]
    for end in range(len(ballots), 0, -size):
        start = max(0, end - size)
        taken.append(trailed(ballots, end - 1, end, records[end - 1 : end], newest, motions))
        if start < end - 1:
            taken.append(trailed(ballots, start, end - 1, records[start:end], newest, motions))
    return taken


def trailed(
    ballots: Sequence[Recorded], start: int, end: int, handed: Sequence[bytes], newest: dict[int, int], motions: int
) -> dict[str, Any]:
    """A call whose piece are the ballots from start to end, whatever else is handed in behind them."""
    before = folded(EMPTY, [one[-1] for one in ballots[:start]])
    said = {"taken": end - start, "counted": hex_of(counted(ballots[start:end], newest, motions))}
    return {"before": hex_of(before), "ballots": hex_of(b"".join(handed))} | said


def trailing(ballots: Sequence[Recorded], newest: dict[int, int], motions: int) -> list[dict[str, Any]]:
    """Calls that a full box takes although something stands behind the piece."""
    records = [one[-1] for one in ballots]
    start = len(records) - 4
    end = records[start:]
    tries = {
        "the last twice": [*end, end[-1]],
        "the whole piece twice": [*end, *end],
        "a ballot of the middle again": [*end, records[0]],
        "a record of nobody": [*end, bytes(110)],
        "a record whose numbers are as large as can be": [*end, b"\xff" * 110],
    }
    rows = {name: trailed(ballots, start, len(records), handed, newest, motions) for name, handed in tries.items()}
    return [{"name": name} | row for name, row in rows.items()]


def outcome(ballots: Sequence[Recorded], newest: dict[int, int], motions: int) -> dict[str, Any]:
    """Heads and sums of each motion, class and choice, and the invalid ballots of each class."""
    sums: dict[tuple[int, int, int], list[ref.Point]] = {}
    invalid: dict[int, int] = {}
    for index, sequence, plain, _ in ballots:
        if newest[index] != sequence:
            continue
        voting_class, c = seals.lender(index)
        if not plain:
            invalid[voting_class] = invalid.get(voting_class, 0) + 1
        for motion in range(motions if plain else 0):
            sums.setdefault((motion, voting_class, plain >> 2 * motion & 3), []).append(c)
    rows = []
    for (motion, voting_class, choice), terms in sorted(sums.items()):
        total = ref.INFINITY
        for term in terms:
            total = ref.add(total, term)
        rows.append({"motion": motion, "voting_class": voting_class, "choice": choice, "heads": len(terms), **xy(total)})
    return {"sums": rows, "invalid": [{"voting_class": which, "heads": heads} for which, heads in sorted(invalid.items())]}


def refused(ballots: Sequence[Recorded]) -> list[dict[str, str]]:
    """Pieces that a full box does not take, with the contract's reason."""
    records = [one[-1] for one in ballots]
    count = len(records)
    before = folded(EMPTY, records[: count - 4])
    a, b, c, d = records[-4:]
    tries = {
        "the last left out": (before, [a, b, c], "Box_NotItsEnd"),
        "one of the middle left out": (before, [a, c, d], "Box_NotItsEnd"),
        "two swapped": (before, [a, c, b, d], "Box_NotItsEnd"),
        "one twice before the last": (before, [a, b, c, c, d], "Box_NotItsEnd"),
        "another's before the first": (before, [d, a, b, c, d], "Box_NotItsEnd"),
        "only what was counted": (folded(EMPTY, records), [a, b], "Box_NotItsEnd"),
        "not the end": (folded(EMPTY, records[: count - 5]), [records[-5], a], "Box_NotItsEnd"),
        "a wrong beginning": (EMPTY, [a, b, c, d], "Box_NotItsEnd"),
        "the neighbour's sealed choice": (before, [a, b, c[:-8] + d[-8:], d], "Box_NotItsEnd"),
        "the neighbour's commitment": (before, [a, b, c[:5] + d[5:69] + c[69:], d], "Box_NotItsEnd"),
        "one byte short": (before, [a, b, c, d[:-1]], "Box_LengthWrong"),
        "one byte more": (before, [a, b, c, d, b"\x00"], "Box_LengthWrong"),
        "one byte more behind the last twice": (before, [a, b, c, d, d, b"\x00"], "Box_LengthWrong"),
        "nothing": (folded(EMPTY, records), [], "Box_LengthWrong"),
    }
    return [
        {"name": name, "before": hex_of(start), "ballots": hex_of(b"".join(piece)), "reason": reason}
        for name, (start, piece, reason) in tries.items()
    ]


def chain(name: str, motions: int, rows: Sequence[tuple[int, int, int]], sizes: Sequence[int]) -> dict[str, Any]:
    """One poll's ballots; each size gives another way of counting them."""
    ballots = [recorded(name, motions, place, row) for place, row in enumerate(rows)]
    newest = {index: sequence for index, sequence, _, _ in ballots}
    records = [one[-1] for one in ballots]
    listed = [
        {"index": index, "sequence": sequence, "opens_to": seals.hex_8(plain), "newest": newest[index] == sequence}
        | {"record": hex_of(written), "box": hex_of(folded(EMPTY, records[: place + 1]))}
        for place, (index, sequence, plain, written) in enumerate(ballots)
    ]
    return {
        "name": name,
        "motions": motions,
        "ballots": listed,
        "box": hex_of(folded(EMPTY, records)),
        "countings": [{"size": size, "pieces": pieces(ballots, size, newest, motions)} for size in sizes],
        "overtaken": overtaken(ballots, 4, newest, motions),
        "trailing": trailing(ballots, newest, motions) if len(ballots) > 4 else [],
        "refused": refused(ballots) if len(ballots) > 4 else [],
        **outcome(ballots, newest, motions),
    }


def box_file() -> dict[str, Any]:
    several = [(motions, [(i, s, seals.plain_of(choices)) for i, s, choices in rows]) for motions, rows in MOTIONS_CHAINS]
    return {
        "chain_id": CHAIN_ID,
        "poll": hex_of(POLL),
        "separator": hex_of(SEPARATOR),
        "secret": hex_word(SECRET),
        "key": xy(ref.multiply(SECRET, ref.G)),
        "chains": [
            chain("no ballot", 1, [], []),
            chain("one ballot", 1, ONE_MOTION[:1], [1]),
            chain("one motion", 1, ONE_MOTION, [1, 3, 7, 19, 20]),
            *(chain(f"{motions} motions", motions, rows, [1, 2, len(rows)]) for motions, rows in several),
        ],
    }
