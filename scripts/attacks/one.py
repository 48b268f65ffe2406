"""`python -m scripts.attacks.one NAME FOLDER`: one attack in the tree that this program stands in; prints one line of JSON.

`{"attack", "succeeded", "failed", "passed": [who let it pass], "stopped": {who: by which rule}}`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from scripts.attacks.catalogue import BY_NAME
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


def main(name: str, folder: Path) -> int:
    """Run it."""
    _require_own_tree()
    folder.mkdir(parents=True, exist_ok=True)
    told = BY_NAME[name].run(folder)
    end = {"succeeded": told.succeeded, "failed": told.failed, "passed": list(told.passed), "stopped": dict(told.stopped)}
    print(json.dumps({"attack": name} | end, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2])))
