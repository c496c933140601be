"""A tick as a message: an event of the relay's own, whose headers say which feed it keeps going and how far that is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from contracts.changes import FeedRole
from contracts.envelope import Envelope, structured_form
from contracts.results.publication import source_of
from service.core.delivery import Delivery
from service.core.feed import Feed, Tick

TYPE = "relay.feed.tick.v1"
STATE = "feed"
LARGEST = 2**53
"""Numbers beyond this are none of ours."""


def to_body(tick: Tick, profile: str) -> bytes:
    """What people see of it in a queue; the same for every tick of a feed."""
    envelope = Envelope(id=tick.feed.name, source=source_of(profile), type=TYPE, account=tick.feed.account)
    return structured_form(envelope, {"account": tick.feed.account, "role": str(tick.feed.role)})


def to_state(tick: Tick) -> dict[str, object]:
    """What its headers carry."""
    return {
        STATE: {
            "account": tick.feed.account,
            "role": str(tick.feed.role),
            "number": tick.number,
            "mark": tick.mark.astimezone(UTC).isoformat() if tick.mark else None,
            "failures": tick.failures,
        }
    }


def read_tick(delivery: Delivery) -> Tick | None:
    """The tick a delivery is; None when it is none."""
    return read_state(delivery.state)


def read_state(state: Mapping[str, object] | None) -> Tick | None:
    """The tick that a state was made of; None when it was made of something else."""
    written = state.get(STATE) if state else None
    if not isinstance(written, dict):
        return None
    try:
        mark = datetime.fromisoformat(written["mark"]) if written.get("mark") else None
        number, failures = written["number"], written.get("failures", 0)
        feed = Feed(account=str(written["account"]), role=FeedRole(written["role"]))
    except (KeyError, TypeError, ValueError):
        return None
    if not (isinstance(number, int) and isinstance(failures, int) and 0 < number < LARGEST and 0 <= failures < LARGEST):
        return None
    return Tick(feed=feed, number=number, mark=mark if mark and mark.tzinfo else None, failures=failures)
