"""A program's height in memory is its own: neither that of whoever started it nor that of what it did before."""

from __future__ import annotations

import subprocess
import sys

from scripts.rig.memory import forget_peak, peak_mb

ASKED = {
    "rig": "from scripts.rig.memory import peak_mb; print(peak_mb())",
    "bench of faces": "from verifier.face.lab.session_cost import peak_mb; print(peak_mb())",
}
HELD_MB = 600


def test_a_child_does_not_tell_its_parents_height() -> None:
    held = bytearray(b"\1") * (HELD_MB << 20)
    for name, program in ASKED.items():
        told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
        assert int(told.stdout) < HELD_MB / 2, name
    assert peak_mb() >= HELD_MB
    assert len(held) == HELD_MB << 20


def test_a_height_before_is_forgotten() -> None:
    held = bytearray(b"\1") * (HELD_MB << 20)
    height = peak_mb()
    del held
    forget_peak()
    assert peak_mb() < height - HELD_MB / 2
