"""The clock that leases and time-outs are measured by: it never jumps, and counts the time a machine was suspended."""

from __future__ import annotations

import time

NEVER = float("inf")


def steady() -> float:
    """Seconds, the same for every process of this machine until it restarts."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
