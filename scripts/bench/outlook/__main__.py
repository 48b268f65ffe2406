"""`make bench-outlook`: forecasts out of time and after two collapses; the last line is JSON. Without DATA, on a book of its own."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from backend.watch.outlook.models.loans import Loans
from scripts.bench.outlook.lending_club import GRADES, read
from scripts.bench.outlook.measure import at_collapse, at_date
from scripts.bench.outlook.own_book import own_book

say = Console(stderr=True)
FILE = "lendingclub_2007_2011.csv.gz"
DATES = (2011 * 12 + 6, 2012 * 12, 2012 * 12 + 6, 2013 * 12)
COLLAPSED = 2011 * 12 + 6


def measure(loans: Loans) -> dict[str, Any]:
    """Worst date for errors, all dates together for coverage."""
    dates = [at_date(loans, date, len(GRADES)) for date in DATES]
    for date, found in zip(DATES, dates, strict=True):
        told = {name: round(value, 2) for name, value in found["mae_pp"].items()}
        say.print(f"{date // 12}-{date % 12 + 1:02}", found["chosen"], told, round(float(np.mean(found["held"])), 3), highlight=False)
    widths = np.concatenate([one["widths"] for one in dates])
    return {
        "mae_pp": {name: round(max(one["mae_pp"][name] for one in dates), 2) for name in dates[0]["mae_pp"]},
        "coverage_90": round(float(np.mean(np.concatenate([one["held"] for one in dates]))), 3),
        "half_width_pp": round(float(100 * widths.mean()), 2),
        "collapses": {kind: at_collapse(loans, kind, COLLAPSED, len(GRADES)) for kind in ("a", "b")},
    }


def kept(figures: dict[str, Any]) -> bool:
    """Whether the promises hold."""
    collapses = figures["collapses"].values()
    return (
        figures["mae_pp"]["chosen"] <= 1.8
        and 0.85 <= figures["coverage_90"] <= 0.97
        and figures["half_width_pp"] <= 3.5
        and all(one["silent_before_12"] and one["within_3pp"] >= 0.9 for one in collapses)
    )


def main() -> int:
    """0 where the promises hold on real loans; of a made book only the silence is promised."""
    parser = argparse.ArgumentParser(prog="python -m scripts.bench.outlook", description=__doc__)
    parser.add_argument("--data", type=Path, help=f"folder with {FILE}")
    data = parser.parse_args().data
    began = time.monotonic()
    figures = measure(read(data / FILE) if data else own_book())
    good = kept(figures) if data else all(one["silent_before_12"] for one in figures["collapses"].values())
    print(json.dumps(figures | {"data": FILE if data else "made", "seconds": round(time.monotonic() - began, 1)}))
    return 0 if good else 1


if __name__ == "__main__":
    raise SystemExit(main())
