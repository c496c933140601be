"""A tick survives its way through a queue, and nothing else is taken for one."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from contracts.changes import FeedRole
from contracts.envelope import STRUCTURED_CONTENT_TYPE, receive
from service.core.feed import Feed, Tick
from service.feed.ticks import TYPE, read_state, to_body, to_state

FEED = Feed(account="north", role=FeedRole.RECIPIENT)
TICK = Tick(feed=FEED, number=7, mark=datetime(2026, 11, 24, 9, 0, 1, tzinfo=UTC), failures=2)


@pytest.mark.parametrize("tick", [TICK, Tick(feed=FEED, number=1)])
def test_should_come_back_as_it_went(tick: Tick) -> None:
    """Through JSON, as the headers of a message carry it."""
    assert read_state(json.loads(json.dumps(to_state(tick)))) == tick


def test_should_be_an_event_that_anybody_can_read() -> None:
    """So that people see in a parking queue what it is, and older workers leave it to newer ones."""
    envelope = receive(to_body(TICK, "local"), STRUCTURED_CONTENT_TYPE, {}).envelope

    assert (envelope.type, envelope.id, envelope.account) == (TYPE, "north/recipient", "north")


@pytest.mark.parametrize(
    "feed",
    [
        None,
        "north",
        {},
        {"account": "north", "role": "supplier"},
        {"account": "north", "role": "anybody", "number": 1},
        {"account": "north", "role": "supplier", "number": 0},
        {"account": "north", "role": "supplier", "number": "1"},
        {"account": "north", "role": "supplier", "number": 2**60},
        {"account": "north", "role": "supplier", "number": 1, "failures": -1},
        {"account": "north", "role": "supplier", "number": 1, "mark": "yesterday"},
        {"account": "north", "role": "supplier", "number": 1, "mark": 5},
    ],
)
def test_should_not_take_anything_else_for_a_tick(feed: object) -> None:
    """Headers may have been written by anybody."""
    assert read_state({"feed": feed}) is None
    assert read_state(None) is None
