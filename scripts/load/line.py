"""The line of a whole run: the worse of the databases where there are two; whole numbers of ballots even where a phase did not end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

MOST_P99_MS, MOST_RECORDED_S = 250, 30
"""From the moment a sealed ballot is due until its receipt; from the last one offered until all are on the chain."""
PHASES = ("load", "overload", "sealed")


def summary(found: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Each database's phases in one line; what no phase measured is null, what none counted 0."""
    runs = list(found.values())

    def worst(of: Callable[[Iterable[float]], float], phase: str, name: str) -> float | None:
        return _of(of, [run[phase][name] for run in runs if phase in run])

    p99_ms, recorded_s = worst(max, "sealed", "p99_ms"), worst(max, "sealed", "all_recorded_s")
    ratios = [round(run["overload"]["recorded_per_s"] / run["web3py_per_s"], 1) for run in runs if run.get("web3py_per_s")]
    return {
        "offered_per_s": worst(min, "load", "offered_per_s"),
        "p99_ms": worst(max, "load", "p99_ms"),
        "all_recorded_s": worst(max, "load", "all_recorded_s"),
        "sealed": sum(run["sealed"]["offered"] for run in runs if "sealed" in run),
        "sealed_offered_per_s": worst(min, "sealed", "offered_per_s"),
        "sealed_p99_ms": p99_ms,
        "sealed_all_recorded_s": recorded_s,
        "sealed_in_time": p99_ms is not None and p99_ms <= MOST_P99_MS and recorded_s is not None and recorded_s <= MOST_RECORDED_S,
        "lost": sum(run[name][count] for run in runs for name in PHASES if name in run for count in ("lost", "doubled")),
        "given_up": sum(run[name]["given_up"] for run in runs for name in PHASES if name in run),
        "ratio_vs_web3py": _of(min, ratios),
        "failed": sum("failed" in run for run in runs),
        "databases": dict(found),
    }


def _of(of: Callable[[Iterable[float]], float], values: list[float]) -> float | None:
    return of(values) if values else None
