"""Counts and measures what an operator watches, in a registry of its own."""

from __future__ import annotations

import contextlib
from datetime import datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
CALL_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0)
"""Seconds; a deposit usually takes one to ten, and time-outs are at 30 to 60."""


class Metrics:
    """Every metric of the worker, ready to be changed; made once and handed to whoever measures."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._count_events()
        self._count_waiting()
        self._count_ledger()
        self._count_calls()
        for collector in (ProcessCollector, PlatformCollector, GCCollector):
            collector(registry=self.registry)

    def _count_events(self) -> None:
        self.events_settled = self._counter(
            "events_settled", "Deliveries by what became of them.", "type", "outcome", "reason"
        )
        self.last_delivery = self._gauge("last_delivery_timestamp_seconds", "When a message was last delivered.")

    def _count_waiting(self) -> None:
        self.gate_open = self._gauge(
            "gate_open", "1 while an upstream may be called, 0 while it is paused.", "upstream"
        )
        self.parked_events = self._gauge("parked_events", "Events waiting for an upstream to come back.")
        self.oldest_parked = self._gauge("oldest_parked_seconds", "Age of the oldest parked event.")
        self.in_doubt = self._gauge("in_doubt", "Writes whose answer was lost and is being looked for.")
        self.oldest_in_doubt = self._gauge("oldest_in_doubt_seconds", "Age of the oldest write in doubt.")
        self.oldest_unfinished_deposit = self._gauge(
            "oldest_unfinished_deposit_seconds", "Age of the oldest deposit that is not final."
        )
        self.dead_letters = self._gauge("dead_letters", "Messages that need a person.")
        self.unclaimed_results = self._gauge("unclaimed_results", "Results nobody had bound a queue for.")

    def _count_ledger(self) -> None:
        self.ledger_usable = self._gauge("ledger_usable", "1 while the ledger can be used, 0 while nothing is taken.")

    def _count_calls(self) -> None:
        self.upstream_calls = self._counter(
            "upstream_calls", "Calls by HTTP status, or failure.", "upstream", "operation", "status"
        )
        self.upstream_call_duration = Histogram(
            "piste_relay_upstream_call_duration_seconds",
            "Seconds until a call was answered or failed.",
            ("upstream", "operation"),
            buckets=CALL_BUCKETS,
            registry=self.registry,
        )
        self.token_renewals = self._counter("token_renewals", "Tokens asked of PISTE.")
        self.status_feed_last_success = self._gauge(
            "status_feed_last_success_timestamp_seconds", "When statuses were last read.", "account"
        )
        self.account_password_expiry = self._gauge(
            "account_password_expiry_timestamp_seconds", "When the technical password expires.", "account"
        )
        self.certificate_expiry = self._gauge(
            "certificate_expiry_timestamp_seconds", "When the client certificate expires.", "file"
        )

    def certificate_ends(self, file: str, at: datetime) -> None:
        """Show when the client certificate in this file expires."""
        self.certificate_expiry.labels(file).set(at.timestamp())

    def password_ends(self, account: str, at: datetime | None) -> None:
        """Show when the password of an account expires; nothing while nobody knows."""
        if at is not None:
            self.account_password_expiry.labels(account).set(at.timestamp())
            return
        with contextlib.suppress(KeyError):  # what some versions of the library raise where nothing was shown
            self.account_password_expiry.remove(account)

    def called(self, upstream: str, operation: str, status: str, seconds: float) -> None:
        """Count one call upstream; `status` is the HTTP status, `not-sent` or `lost`."""
        self.upstream_calls.labels(upstream, operation, status).inc()
        self.upstream_call_duration.labels(upstream, operation).observe(seconds)

    def settled(self, event_type: str, outcome: str, reason: str) -> None:
        """Count one delivery; each of the three comes from a closed list, so that the series stay few."""
        self.events_settled.labels(event_type, outcome, reason).inc()

    def render(self) -> bytes:
        """Everything in the text form scrapers read."""
        return generate_latest(self.registry)

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"piste_relay_{name}", text, labels, registry=self.registry)

    def _gauge(self, name: str, text: str, *labels: str) -> Gauge:
        return Gauge(f"piste_relay_{name}", text, labels, registry=self.registry)
