"""The one line per delivery says what it was, what became of it, and which call decided that."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from contracts.envelope import Envelope
from service.core.delivery import Delivery
from service.core.outcome import Completed, Outcome, Parked, Rejected, RetryLater
from service.observability.calls import CallSeen
from service.observability.metrics import Metrics
from service.observability.settled import Settled, reporter, to_facts

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FIELDS = [
    "event_id", "source", "type", "account", "subject", "businessref", "outcome", "reason", "attempt", "flow_number",
    "invoice_number", "upstream", "operation", "http_status", "upstream_code", "x_correlationid", "age_s", "duration_s",
    "trace_id",
]  # fmt: skip
DELIVERY = Delivery(body=b"", queue="invoices", origin="invoices", first_seen=NOW - timedelta(seconds=90), attempt=2)
ENVELOPE = Envelope(
    id="e-1",
    source="/erp",
    type="invoice.status.requested.v1",
    subject="F-1",
    businessref="order 7",
    traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
)
CALL = CallSeen(upstream="chorus-pro", operation="consulterCRDetaille", http_status=200, code="0", correlation_id="c-1")


def settled(outcome: Outcome, **known: Any) -> Settled:  # Any: whatever the test knows of the delivery
    """A delivery that has come to its end."""
    return Settled(delivery=DELIVERY, outcome=outcome, seconds=0.25, **known)


def test_should_have_every_published_field_and_no_other() -> None:
    """A search may rely on each field, also when there is nothing to say."""
    assert list(to_facts(settled(Completed(results=(), reason="done")), NOW)) == FIELDS


def test_should_say_what_the_delivery_was_and_which_call_decided() -> None:
    """The last call made is the one that decided."""
    earlier = replace(CALL, operation="rechercherFactureParFournisseur", http_status=500)
    seen = settled(
        Completed(results=(), reason="reported"), envelope=ENVELOPE, account="default", calls=[earlier, CALL]
    )

    assert to_facts(seen, NOW) == {
        "event_id": "e-1",
        "source": "/erp",
        "type": "invoice.status.requested.v1",
        "account": "default",
        "subject": "F-1",
        "businessref": "order 7",
        "outcome": "completed",
        "reason": "reported",
        "attempt": 2,
        "flow_number": None,
        "invoice_number": None,
        "upstream": "chorus-pro",
        "operation": "consulterCRDetaille",
        "http_status": 200,
        "upstream_code": "0",
        "x_correlationid": "c-1",
        "age_s": 90.0,
        "duration_s": 0.25,
        "trace_id": "4bf92f3577b34da6a3ce929d0e0e4736",
    }


@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        (Completed(results=(), reason="done"), "completed"),
        (RetryLater(delay=timedelta(1), reason="in_doubt", counted=False), "retry_later"),
        (Parked(upstream="dume", reason="maintenance"), "parked"),
        (Rejected(reason="needs_person", detail="x"), "rejected"),
    ],
)
def test_should_name_the_outcome_in_one_word(outcome: Outcome, word: str) -> None:
    """The four ways a delivery can end."""
    assert to_facts(settled(outcome), NOW)["outcome"] == word


def test_should_show_the_flow_an_event_is_followed_by() -> None:
    """While a deposit is followed, its flow number is what a person searches for."""
    followed = replace(DELIVERY, state={"flow_number": "CPP001"})
    seen = Settled(delivery=followed, outcome=RetryLater(delay=timedelta(1), reason="sent", counted=False))

    assert to_facts(seen, NOW)["flow_number"] == "CPP001"


def test_should_count_types_nobody_knows_as_one() -> None:
    """A sender cannot add a series by inventing types."""
    metrics = Metrics()
    report = reporter(metrics, known_types=set())
    report(settled(Rejected(reason="unsupported_type", detail="x"), envelope=ENVELOPE))

    assert 'outcome="rejected",reason="unsupported_type",type="unknown"} 1.0' in metrics.render().decode()
