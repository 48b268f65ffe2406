"""When a message may go: not at night in Beijing, and not too many a day. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from backend.ground.common.clock import BEIJING
from backend.people.notices.rules.ways import Channel

#: From which hour to which nobody is disturbed, Beijing time.
QUIET_FROM, QUIET_TO = 21, 8
DISTURBING = frozenset({Channel.SMS, Channel.VOICE})
#: Messages to one number in 24 hours; providers stop at ten themselves.
MOST_A_DAY = 10


def allowed_from(moment: datetime, channel: Channel) -> datetime:
    """The moment itself, or the end of the quiet hours that it lies in."""
    if channel not in DISTURBING:
        return moment
    local = moment.astimezone(BEIJING)
    if QUIET_TO <= local.hour < QUIET_FROM:
        return moment
    morning = local.replace(hour=QUIET_TO, minute=0, second=0, microsecond=0)
    return (morning if local.hour < QUIET_TO else morning + timedelta(days=1)).astimezone(moment.tzinfo)


def seconds_needed(lenders: int, per_second: float) -> int:
    """How long everybody's notice takes with every way tried: the days awake that the sending needs, a night, and three days for reports.

    A challenge period must not be shorter.
    """
    awake = (QUIET_FROM - QUIET_TO) * 3600
    sending = int(lenders / max(per_second, 0.01)) + 1
    nights = sending // awake + 1
    return sending + nights * (86_400 - awake) + 3 * 86_400
