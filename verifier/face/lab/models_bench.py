"""`python -m verifier.face.lab.models_bench`: the ways of comparing faces side by side, and the model card.

Long: `--faces DIR`, a folder of groups of people; thresholds by one rule for every way, the second half of the people reported.
Short: `--few DIR`, a handful of photos made into many, which shows that every part runs and measures nothing. The last line is JSON;
figures of the default stand at its top.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from verifier.face.decision import Way
from verifier.face.errors import FaceError
from verifier.face.furnishing import reader_of
from verifier.face.lab.card import write_card
from verifier.face.lab.encoded import OPERATIONS, PLAIN, Kept, Sheet, sheets
from verifier.face.lab.few import add_photos, varied
from verifier.face.lab.folders import Row, photos_in
from verifier.face.lab.session_cost import cost
from verifier.face.lab.ways import SAME, Draws, alone, common, figures, together
from verifier.face.matcher import MatchPolicy
from verifier.face.model_choice import OF_WAYS, SHIPPED, ModelChoice, ModelNotUsable
from verifier.face.models.files import installed

WAYS: tuple[Way, ...] = ("dlib", "sface")
#: What ships where its parts are set up (docs/adr/0020).
DEFAULT: Way = "sface"


def main(arguments: list[str] | None = None) -> int:
    """0 when the figures were made."""
    parser = argparse.ArgumentParser(prog="python -m verifier.face.lab.models_bench", description=__doc__)
    add_photos(parser)
    parser.add_argument("--keep", type=Path, help="a file for what was read, so that a broken run goes on; it holds faces: delete it after")
    parser.add_argument("--card", type=Path, help="where the model card goes, Markdown")
    parser.add_argument("--operations", action="store_true", help="also photos worsened by known operations, by the default way")
    asked = parser.parse_args(arguments)
    if not installed():
        print("the extra sface is not set up here (make setup); there is nothing to compare dlib with", file=sys.stderr)
        return 2
    try:
        return _run(asked)
    except (FaceError, ModelNotUsable, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2


def _run(asked: argparse.Namespace) -> int:
    with tempfile.TemporaryDirectory() as made:
        folder = asked.faces or varied(asked.few, Path(made))
        rows = list(photos_in(folder))
        found = _measured(rows, Kept(asked.keep), short=asked.faces is None, operations=asked.operations)
    if asked.card:
        asked.card.write_text(write_card(found), "utf-8")
    print(json.dumps(found))
    return 0


def _measured(rows: list[Row], kept: Kept, *, short: bool, operations: bool) -> dict[str, Any]:
    read = {way: sheets(rows, reader_of(_choice(way)), kept) for way in WAYS}
    ways = _ways(read)
    shipped = {size: figures(Draws.make(read[DEFAULT], size), _policy(DEFAULT).below(*size)) for size in SAME}
    worsened = _worsened(rows, kept) if operations else {}
    costs: dict[str, dict[str, float]] = {way: _cost(way, rows) for way in WAYS}
    return {
        "ways": {way: facts | costs.get(way, {}) for way, facts in ways.items()},
        "default": DEFAULT,
        "short": short,
        "fmr_2_2_worst": shipped[2, 2]["fmr_worst"],
        **{f"fnmr_{one}_{other}": shipped[one, other]["fnmr"] for one, other in SAME},
        "session_cpu_ms": costs[DEFAULT]["session_cpu_ms"],
        "peak_mb": costs[DEFAULT]["peak_mb"],
        "shipped": {f"{one}+{other}": shipped[one, other] | {"below": _policy(DEFAULT).below(one, other)} for one, other in SAME},
        "not_read": {way: {name: dict(_counts(sheet)) for name, sheet in read[way].items()} for way in WAYS},
        "people": {name: len(sheet.people) for name, sheet in read[DEFAULT].items()},
        "worsened": worsened,
    }


def _ways(read: Mapping[Way, Mapping[str, Sheet]]) -> dict[str, dict[str, Any]]:
    """Each way on the photos that both could read, and both together."""
    dlib, sface = common(read["dlib"], read["sface"])
    found: dict[str, dict[str, Any]] = {"dlib": {}, "sface": {}, "both": {}}
    for size in SAME:
        name = f"{size[0]}+{size[1]}"
        one, other = Draws.make(dlib, size), Draws.make(sface, size)
        found["dlib"][name], found["sface"][name] = alone(one), alone(other)
        found["both"][name] = together(other, one)
    return found


def _worsened(rows: list[Row], kept: Kept) -> dict[str, Any]:
    """Photos as they are as references, worsened ones as probes would mix sides: here both sides are worsened, which is the harder case."""
    reader, found = reader_of(_choice(DEFAULT)), {}
    for operation in OPERATIONS:
        if operation == PLAIN:
            continue
        read = sheets(rows, reader, kept, operation)
        by_size = {f"{one}+{other}": figures(Draws.make(read, (one, other)), _policy(DEFAULT).below(one, other)) for one, other in SAME}
        found[operation] = by_size | {"not_read": {name: dict(_counts(sheet)) for name, sheet in read.items()}}
    return found


def _counts(sheet: Sheet) -> dict[str, int]:
    counted: dict[str, int] = {}
    for why in sheet.refused.values():
        counted[why] = counted.get(why, 0) + 1
    return counted


def _choice(way: Way) -> ModelChoice:
    return SHIPPED[OF_WAYS[way]]


def _policy(way: Way) -> MatchPolicy:
    return MatchPolicy.load(OF_WAYS[way], _choice(way))


def _cost(way: Way, rows: list[Row]) -> dict[str, float]:
    """CPU of a session and memory, in a process of its own: what one way loads is not counted to the other."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(cost, (way, [str(path) for _, _, path in rows]))


if __name__ == "__main__":
    sys.exit(main())
