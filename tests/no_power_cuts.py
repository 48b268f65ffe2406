"""Tests see processes killed and no power cut: what they write need not be on the disk before they go on."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from types import ModuleType

import pytest


@contextlib.contextmanager
def without_waiting_for_the_disk(*stores: ModuleType) -> Iterator[None]:
    """In this process; `stores` are modules that say how SQLite writes. Processes that tests start wait as in earnest."""
    with pytest.MonkeyPatch.context() as patch:
        for store in stores:
            assert store.SYNCHRONOUS == "FULL", "in earnest a commit waits for the disk"
            patch.setattr(store, "SYNCHRONOUS", "OFF")
        patch.setattr(os, "fsync", lambda _: None)
        yield
