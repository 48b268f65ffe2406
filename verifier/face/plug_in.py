"""What a setting names as `package.module:Name`: an installation's own class in place of one of ours."""

from __future__ import annotations

import importlib
from typing import Any


class NotPluggable(Exception):
    """It cannot be imported or made; the message has the cause."""


def plugged_in(name: str) -> Any:
    """What stands there, called without arguments. Raises: NotPluggable."""
    module, _, attribute = name.partition(":")
    try:
        return getattr(importlib.import_module(module), attribute)()
    except Exception as error:  # whatever a stranger's module raises at its making
        raise NotPluggable(f"{type(error).__name__}: {error}") from error
