"""`python -m scripts.attacks.one FOLDER GROUP NAME...`: attacks in the tree that this program stands in; prints a line of JSON for each.

`{"attack", "succeeded", "failed", "passed": [who let it pass], "stopped": {who: by which rule}, "broken": why it could not be tried}`.
"""

from __future__ import annotations

import json
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from scripts.attacks.kinds import Attack, Told
from scripts.attacks.patched import ROOT


class NotItsOwnTree(Exception):
    """The program would have attacked another tree than the one that it stands in."""


def _require_own_tree() -> None:
    """What is imported has to come from here, also where another tree is installed."""
    import backend
    import verifier

    for module in (backend, verifier):
        if ROOT not in Path(str(module.__file__)).resolve().parents:
            raise NotItsOwnTree(str(module.__file__))


def tried(attack: Attack, folder: Path) -> dict[str, object]:
    """One of them, in an empty folder."""
    folder.mkdir(parents=True)
    try:
        told, broken = attack.run(folder), ""
    except Exception as error:
        told, broken = Told(), f"{type(error).__name__}: {error}"
        traceback.print_exc()
    end = {"succeeded": told.succeeded and not broken, "failed": told.failed, "passed": list(told.passed), "stopped": dict(told.stopped)}
    return {"attack": attack.name, **end, "broken": broken}


def main(folder: Path, group: str, names: Sequence[str]) -> int:
    """Run them one after another; only their own group is loaded, which has to be there in any tree."""
    _require_own_tree()
    known: dict[str, Attack] = {one.name: one for one in import_module(f"scripts.attacks.{group}").ATTACKS}
    for place, name in enumerate(names):
        print(json.dumps(tried(known[name], folder / str(place)), ensure_ascii=False), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:]))
