"""The bench of notices and the stuffing drill, small: nobody without an end, nothing twice, nobody unheard."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


def last_line(*words: str) -> dict[str, object]:
    ended = subprocess.run([sys.executable, "-m", *words], capture_output=True, text=True, timeout=550, check=False)
    said: dict[str, object] = json.loads(ended.stdout.splitlines()[-1])
    assert ended.returncode == 0, (said, ended.stderr[-2000:])
    return said


@pytest.mark.drill
def test_notices_come_to_their_end() -> None:
    said = last_line("scripts.bench.notices", "--notices", "400")
    assert (said["unended"], said["doubled"], said["forged_accepted"], said["at_night"], said["kills"]) == (0, 0, 0, 0, 5)


@pytest.mark.drill
def test_everybody_hears_of_a_stuffed_ballot() -> None:
    said = last_line("scripts.stuffing", "--absent", "4")
    assert (said["stuffed"], said["alarms"], said["contested"], said["before_final"]) == (4, 4, 4, True)
