"""Which call meets which fault is decided by rule, count, lot and time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.sandbox.simulator.faults import Fault, Faults

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def struck(faults: Faults, operation: str = "deposerFluxFacture", upstream: str = "chorus-pro", **call: Any) -> bool:
    at = call.get("now", NOW)
    return faults.strike(operation=operation, upstream=upstream, body=call.get("body", b""), now=at) is not None


def one(**fields: Any) -> Faults:
    faults = Faults(seed=1)
    faults.add(Fault(**{"kind": "maintenance"} | fields), NOW)
    return faults


@pytest.mark.parametrize(
    ("fields", "operation", "upstream", "expected"),
    [
        ({}, "deposerFluxFacture", "chorus-pro", True),
        ({}, "healthCheck", "dume", True),
        ({}, "token", "gateway", False),
        ({"operation": "token"}, "token", "gateway", True),
        ({"kind": "lost_answer"}, "token", "gateway", True),
        ({"upstream": "dume"}, "deposerFluxFacture", "chorus-pro", False),
        ({"upstream": "dume"}, "healthCheck", "dume", True),
        ({"operation": "chorus-pro"}, "healthCheck", "chorus-pro", True),
        ({"operation": "deposerFluxFacture"}, "healthCheck", "chorus-pro", False),
        ({"spare": ("healthCheck",)}, "healthCheck", "chorus-pro", False),
        ({"kind": "expires_in_string"}, "deposerFluxFacture", "chorus-pro", False),
    ],
)
def test_should_strike_the_calls_meant(
    fields: dict[str, Any], operation: str, upstream: str, *, expected: bool
) -> None:
    """By operation, by upstream or everything; maintenance leaves the token host alone unless it is named."""
    assert struck(one(**fields), operation, upstream) is expected


def test_should_strike_by_what_a_body_holds() -> None:
    """A text in the body singles calls out."""
    faults = one(contains="F-7.xml")

    assert [struck(faults, body=body) for body in (b"F-6.xml", b"F-7.xml")] == [False, True]


def test_should_skip_then_strike_so_many_times() -> None:
    """The first calls go through, the next ones meet it, the others go through again."""
    faults = one(skip=1, count=2)

    assert [struck(faults) for _ in range(5)] == [False, True, True, False, False]


def test_should_strike_a_share_of_the_calls() -> None:
    """A rate is kept over many calls, and the same seed draws the same lots."""
    shares = [sum(struck(faults) for _ in range(2000)) for faults in (one(rate=0.25), one(rate=0.25))]

    assert (shares[0] == shares[1], 400 < shares[0] < 600) == (True, True)


def test_should_end_after_its_time() -> None:
    """Seconds count from the moment it was added."""
    faults = one(seconds=10)
    moments = [NOW, NOW + timedelta(seconds=9), NOW + timedelta(seconds=10)]

    assert [struck(faults, now=moment) for moment in moments] == [True, True, False]


def test_should_let_the_next_fault_strike_when_the_first_is_over() -> None:
    """Faults are tried in the order they were added."""
    faults = one(count=1)
    faults.add(Fault(kind="throttle"), NOW)
    kinds = [faults.strike(operation="x", upstream="dume", body=b"", now=NOW) for _ in range(2)]

    assert [fault.kind for fault in kinds if fault] == ["maintenance", "throttle"]


def test_should_replace_a_fault_of_the_same_id() -> None:
    """An id names one fault; without one it gets a new name."""
    faults = Faults(seed=1)
    for kind in ("maintenance", "throttle"):
        faults.add(Fault(id="night", kind=kind), NOW)
    faults.add(Fault(kind="slow"), NOW)

    assert [(fault.id, fault.kind) for fault in faults.all()] == [("night", "throttle"), ("fault-3", "slow")]
