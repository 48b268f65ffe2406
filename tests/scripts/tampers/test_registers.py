"""The drill of honest registers: no honest one is called wrong, and one that was changed is."""

from __future__ import annotations

import random
from dataclasses import replace

from scripts.tampers.registers import alarms, honest, wrong_by_first, wrong_by_second


def test_honest_registers__are_believed_by_both() -> None:
    assert alarms(12, seed=3) == [[]] * 12


def test_changed_register__is_believed_by_nobody() -> None:
    register = honest(random.Random(5), 1)
    changed = replace(register, file=register.file[:-1] + bytes([register.file[-1] ^ 1]))
    assert wrong_by_first(changed) == 1
    assert wrong_by_second([register, changed]) == [0, 1]
