"""Days and moments in request bodies: as they are written in the document of the API, never a number that could mean one."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII)


def _day(value: object) -> object:
    """Raises: ValueError."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _DAY.fullmatch(value):
        raise ValueError("a day is asked for, such as 2027-12-31")
    return value


def _moment(value: object) -> object:
    """Raises: ValueError."""
    if isinstance(value, date):
        return value
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        raise ValueError("a moment with its zone is asked for, such as 2027-01-01T12:00:00Z")
    return value


Day = Annotated[date, BeforeValidator(_day)]
"""RFC 3339 full-date."""
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]
"""RFC 3339 date-time."""
