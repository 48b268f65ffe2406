"""`python -m verifier.face.lab.liveness_bench`: attacks of every species and willing sessions against both landmarkers.

The last line is JSON; figures of the default way stand at its top, each way's own in `ways`, never pooled over species. Attacks and
sessions are made of the photos of the second half of the people; bounds were chosen on the first.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from verifier.face.decision import Way
from verifier.face.errors import FaceError
from verifier.face.lab.few import add_photos, varied
from verifier.face.lab.liveness_evaluation import SPECIES
from verifier.face.lab.liveness_trials import run_trials
from verifier.face.lab.models_bench import DEFAULT, WAYS
from verifier.face.model_choice import ModelNotUsable
from verifier.face.models.files import installed

LONG, SHORT = (64, 120), (2, 3)


def main(arguments: list[str] | None = None) -> int:
    """0 when the default took no attack, 1 when it did."""
    parser = argparse.ArgumentParser(prog="python -m verifier.face.lab.liveness_bench", description=__doc__)
    add_photos(parser)
    parser.add_argument("--attacks", type=int, help="of each species")
    parser.add_argument("--willing", type=int, help="scripted sessions of willing people")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--way", choices=WAYS, action="append", help="one landmarker only")
    asked = parser.parse_args(arguments)
    ways: list[Way] = [way for way in asked.way or WAYS if way == "dlib" or installed()]
    attacks, willing = LONG if asked.faces else SHORT
    numbers = (asked.attacks or attacks, asked.willing or willing)
    try:
        with tempfile.TemporaryDirectory() as made:
            folder = asked.faces or varied(asked.few, Path(made))
            half = "second" if asked.faces else None
            found = {way: run_trials(folder, half, numbers[0], asked.workers, quiet=False, way=way, willing=numbers[1]) for way in ways}
    except (FaceError, ModelNotUsable, OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    default: Way = DEFAULT if DEFAULT in found else ways[0]
    summary = _summary(found[default])
    print(json.dumps({"default": default, "short": asked.faces is None, **summary, "ways": found}))
    return 0 if not summary["accepted"] else 1


def _summary(facts: dict[str, Any]) -> dict[str, Any]:
    species = facts["species"]
    return {
        "attacks": sum(one["attacks"] for one in species.values()),
        "species": len(SPECIES),
        "accepted": sum(one["accepted"] for one in species.values()),
        "willing": facts["genuine"],
        "willing_refused": facts["bpcer"],
    }


if __name__ == "__main__":
    sys.exit(main())
