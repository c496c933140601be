"""The heaviest inputs there are, one after the other in a process that may not have much memory."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

MOST_MEMORY = 450_000_000
"""Bytes the process may ever have had, a hundred of them its own: what docs/contracts.md names, and some room."""

MOST_TIME = 20.0
"""Seconds of its thread that any of them may take: the slowest takes two where nothing else runs."""


@pytest.fixture(scope="module")
def measured() -> list[dict[str, Any]]:  # Any: JSON
    """What each input took, as the process that read it wrote it down."""
    command = [sys.executable, "-m", "tests.support.hostile.measure"]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=220)  # noqa: S603 - our own

    assert ran.returncode == 0, ran.stderr[-2_000:]
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_should_need_little_memory_for_the_heaviest_inputs(measured: list[dict[str, Any]]) -> None:
    """No input makes the process grow beyond what is written down."""
    assert len(measured) > 25
    assert [one["name"] for one in measured if one["peak"] > MOST_MEMORY] == []


def test_should_end_the_heaviest_inputs_soon(measured: list[dict[str, Any]]) -> None:
    """No input keeps a thread for longer than is written down."""
    assert [(one["name"], one["seconds"]) for one in measured if one["seconds"] > MOST_TIME] == []
