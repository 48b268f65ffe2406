"""Put the pictures that the browser's journeys made into docs/pictures, small enough to be kept beside the text.

Run `python -m scripts.build.pictures` after the journeys (`make screenshots` does both); exits 1 when one is missing or all are too large.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).resolve().parents[2]
TAKEN = ROOT / "var" / "screenshots"
KEPT = ROOT / "docs" / "pictures"
#: Which screens are shown in README and manuals.
CHOSEN = (
    "lender-2-claim",
    "lender-5-choice",
    "lender-7-receipt",
    "lender-too-late",
    "official-freeze-phone",
    "official-poll-1280",
    "result-passed-phone",
)
COLOURS = 64
LONGEST = 2400
MOST_BYTES = 600_000


def keep(name: str) -> int:
    """Write one picture, cut at the foot when it is very long, in few colours; the bytes written. Raises: FileNotFoundError."""
    with Image.open(TAKEN / f"{name}.png") as taken:
        cut = taken.convert("RGB").crop((0, 0, taken.width, min(taken.height, LONGEST)))
    path = KEPT / f"{name}.png"
    cut.quantize(COLOURS, dither=Image.Dither.NONE).save(path, optimize=True)
    return path.stat().st_size


def main() -> int:
    """Keep all of them."""
    missing = [name for name in CHOSEN if not (TAKEN / f"{name}.png").exists()]
    if missing:
        print(f"no picture in {TAKEN.relative_to(ROOT)} of: {', '.join(missing)}; run `make screenshots`")
        return 1
    KEPT.mkdir(parents=True, exist_ok=True)
    total = sum(keep(name) for name in CHOSEN)
    print(f"{len(CHOSEN)} pictures, {total} bytes in {KEPT.relative_to(ROOT)}")
    return 0 if total <= MOST_BYTES else 1


if __name__ == "__main__":
    sys.exit(main())
