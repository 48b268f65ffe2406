"""Acts of the case that stand as one event each: exactly one, and where."""

from verifier.tally.contracts import Event
from verifier.tally.findings import Wrong


def only_event(events: list[Event], name: str, number: int) -> Event:
    """The one event of that name about that number. Raises Wrong when there is none, or more than one."""
    if len(events) != 1:
        raise Wrong(f"events of the case: {name} {number}", "does not stand exactly once", 1, len(events))
    return events[0]
