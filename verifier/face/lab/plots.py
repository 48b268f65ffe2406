"""Curves as SVG, drawn by hand: the ROC and the histograms of distances."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from verifier.face.lab.evaluation import Distances

_WIDTH, _HEIGHT, _EDGE = 480, 320, 40


def draw(folder: Path, name: str, genuine: Distances, impostor: Distances) -> None:
    """Write `roc-NAME.svg` and `distances-NAME.svg`."""
    folder.mkdir(parents=True, exist_ok=True)
    levels = np.linspace(0.0, float(max(genuine.max(), impostor.max())), 200)
    passes = [max(1e-5, float(np.mean(impostor < level))) for level in levels]
    misses = [float(np.mean(genuine >= level)) for level in levels]
    roc = _line([((np.log10(rate) + 5) / 5, miss) for rate, miss in zip(passes, misses, strict=True)], "#1456a0")
    _write(folder / f"roc-{name}.svg", roc, "impostors accepted, 1 in 100,000 to all", "genuine refused", f"{name}: FNMR over FMR")
    edges = np.linspace(0.0, float(levels[-1]), 41)
    shapes = []
    for side, colour in ((genuine, "#1a7f37"), (impostor, "#b3261e")):
        counts = np.histogram(side, edges)[0] / max(1, side.size)
        shapes.append(_line([(index / 40, float(count) * 4) for index, count in enumerate(counts)], colour))
    _write(folder / f"distances-{name}.svg", "".join(shapes), "distance", "share of pairs", f"{name}: green genuine, red impostor")


def _line(points: Sequence[tuple[float, float]], colour: str) -> str:
    width, height = _WIDTH - 2 * _EDGE, _HEIGHT - 2 * _EDGE
    places = " ".join(f"{_EDGE + x * width:.1f},{_HEIGHT - _EDGE - min(1.0, y) * height:.1f}" for x, y in points)
    return f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{places}"/>'


def _write(path: Path, shapes: str, across: str, up: str, title: str) -> None:
    frame = f'<rect x="{_EDGE}" y="{_EDGE}" width="{_WIDTH - 2 * _EDGE}" height="{_HEIGHT - 2 * _EDGE}" fill="none" stroke="#888"/>'
    words = (
        f'<text x="{_WIDTH / 2}" y="20" text-anchor="middle">{title}</text>'
        f'<text x="{_WIDTH / 2}" y="{_HEIGHT - 12}" text-anchor="middle">{across}</text>'
        f'<text x="14" y="{_HEIGHT / 2}" text-anchor="middle" transform="rotate(-90 14 {_HEIGHT / 2})">{up}</text>'
    )
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">'
    path.write_text(f'{head}<rect width="100%" height="100%" fill="#fff"/>{frame}{shapes}{words}</svg>\n', "utf-8")
