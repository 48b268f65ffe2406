"""`python -m scripts.generate`: a claims file of invented lenders, the same for the same seed."""

from __future__ import annotations

import argparse
from pathlib import Path

from scripts.generate.claims import generate_with_mistakes, say
from scripts.generate.mistakes import MISTAKES


def main() -> int:
    """0 when the file was written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lenders", type=int, default=400, help="400, 5000, 50000, 400000")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--out", type=Path, default=Path("out"))
    parser.add_argument("--format", choices=("csv", "xlsx"), default="csv")
    parser.add_argument("--classes", type=int, choices=(1, 2, 3, 4), default=2, help="voting classes")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--clean", action="store_true", help="importable as it is (the default)")
    kind.add_argument("--mistakes", action="store_true", help=f"plant {len(MISTAKES)} mistakes that people make, and list them")
    arguments = parser.parse_args()
    path, mobiles, planted = generate_with_mistakes(
        arguments.lenders, arguments.seed, arguments.out, arguments.format, classes=arguments.classes, mistakes=arguments.mistakes
    )
    for mistake in planted:
        say.print(f"row {mistake.row}: {mistake.field}: {mistake.rule}")
    say.print(f"{path}: {arguments.lenders} lenders, {len(mobiles)} of them with a vote")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
