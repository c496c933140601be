"""Metrics have the published names, and a registry of their own."""

import pytest

from service.observability.metrics import Metrics

NAMES = [
    "events_settled_total",
    "gate_open",
    "parked_events",
    "oldest_parked_seconds",
    "in_doubt",
    "oldest_in_doubt_seconds",
    "oldest_unfinished_deposit_seconds",
    "dead_letters",
    "unclaimed_results",
    "upstream_calls_total",
    "upstream_call_duration_seconds",
    "token_renewals_total",
    "status_feed_last_success_timestamp_seconds",
    "account_password_expiry_timestamp_seconds",
    "last_delivery_timestamp_seconds",
]


@pytest.mark.parametrize("name", NAMES)
def test_should_offer_every_published_metric(name: str) -> None:
    """Dashboards and alerts rely on these names."""
    assert f"# TYPE piste_relay_{name} " in Metrics().render().decode()


def test_should_count_a_delivery_by_type_outcome_and_reason() -> None:
    """The three labels of the settled events."""
    metrics = Metrics()
    metrics.settled("invoice.deposit.requested.v1", "completed", "done")

    expected = (
        'piste_relay_events_settled_total{outcome="completed",reason="done",type="invoice.deposit.requested.v1"} 1.0'
    )
    assert expected in metrics.render().decode()


@pytest.mark.parametrize("status", ["200", "503", "failure"])
def test_should_count_and_time_a_call_by_its_status(status: str) -> None:
    """A call without an answer is counted too."""
    metrics = Metrics()
    metrics.called("dume", "rechercherDumes", status, 0.2)
    text = metrics.render().decode()

    assert f'calls_total{{operation="rechercherDumes",status="{status}",upstream="dume"}} 1.0' in text
    assert 'call_duration_seconds_count{operation="rechercherDumes",upstream="dume"} 1.0' in text


def test_should_measure_the_running_program_too() -> None:
    """Memory, files and time of the program stand beside its own metrics."""
    assert "process_resident_memory_bytes" in Metrics().render().decode()


def test_should_keep_two_workers_of_one_program_apart() -> None:
    """Nothing is registered for the whole interpreter."""
    one, other = Metrics(), Metrics()
    one.token_renewals.inc()

    assert "piste_relay_token_renewals_total 0.0" in other.render().decode()
