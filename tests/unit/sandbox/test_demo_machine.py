"""What is told of a program of the demonstration that ended while starting."""

from __future__ import annotations

import json

import pytest

from service.sandbox.demo.machine import last_words

pytestmark = pytest.mark.unit

TRACE = "Traceback (most recent call last):\n  | File x\n    | ValueError: the mapping is empty\n    +----"


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("", "it said nothing"),
        ("starting\nRELAY_PROFIL is no setting\n", "RELAY_PROFIL is no setting"),
        (json.dumps({"event": "worker_failed", "detail": "the port is taken"}), "the port is taken"),
        (json.dumps({"event": "crashed", "exception": TRACE}), "ValueError: the mapping is empty"),
        (json.dumps({"event": "stopped"}), '{"event": "stopped"}'),
        ("[1, 2]", "[1, 2]"),
    ],
)
def test_should_tell_the_last_thing_it_said(log: str, said: str) -> None:
    """The error of the last log line, or the end of what was printed."""
    assert last_words(log) == said
