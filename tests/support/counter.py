"""A counter where requests are handed in without a broker: real pipeline, clients and ledger, a simulated State."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from contracts.results import ResultEvent
from service import wiring
from service.announcements import Announcements
from service.cli.deciding import Verdict, Wanted, decided
from service.core.delivery import Delivery
from service.core.entry import Entry
from service.core.gate import Gates
from service.core.outcome import Completed, Outcome, Parked, Rejected, RetryLater
from service.core.replies import Replies
from service.ledger import open_ledger
from service.lifecycle import Lifecycle
from service.maintenance import Maintenance
from service.observability.secrets import Secrets
from service.pipeline import Pipeline
from service.preflight import Preflight
from service.recovery import Recovery
from service.rests import Rests
from service.sandbox.simulator import Fault, Simulator
from service.settings import load_settings
from service.upstream import Upstreams
from tests.support.bus import STRUCTURED, Json
from tests.support.desk import moved
from tests.support.until import until
from tests.support.worker import worker_environment

NO_BROKER = "amqp://nobody:nothing@127.0.0.1:1/"
WAITS = {"RELAY_DOUBT__WAIT": "0.1", "RELAY_DOUBT__LOOKS": "2", "RELAY_DELAY__STEPS": "0.1s,0.2s"}


class Counter:
    """One worker's pipeline while inside `async with`; what an outcome asks for is done at once."""

    def __init__(self, simulator: Simulator, folder: Path, variables: Mapping[str, str] | None = None) -> None:
        self.simulator = simulator
        usual = worker_environment(amqp_url=NO_BROKER, prefix="relay", api_url=simulator.url, folder=folder)
        self._settings = load_settings(usual | WAITS | dict(variables or {}))
        self._said: list[ResultEvent] = []
        self._open = AsyncExitStack()

    async def __aenter__(self) -> Self:
        settings, gates = self._settings, Gates(interval=timedelta(seconds=1))
        accounts, replies = wiring.account_book(settings, Secrets()), Replies(settings.profile)
        policies = wiring.policies(settings)
        self.ledger = await self._open.enter_async_context(
            open_ledger(settings.ledger.url.get_secret_value(), lease=settings.ledger.lease)
        )
        upstreams = Upstreams(wiring.upstream_settings(settings, accounts, "piste-relay/test"), gates)
        await self._open.enter_async_context(upstreams)
        maintenance = Maintenance(
            gates=gates,
            ledger=self.ledger,
            rests=Rests(ledger=self.ledger, accounts=accounts),
            announcements=Announcements(ledger=self.ledger, profile=settings.profile, publish=self._hear),
            upstreams=wiring.upstream_names(settings, accounts),
            check_health=upstreams.check_health,
            changed=lambda _: None,
            calendar=None,
        )
        self.pipeline = Pipeline(
            upstreams=upstreams,
            ledger=self.ledger,
            lifecycle=Lifecycle(self.ledger, replies, policies),
            accounts=accounts,
            recovery=Recovery(
                rests=maintenance.rests, maintenance=maintenance, replies=replies, retries=policies.retries
            ),
            replies=replies,
            preflight=Preflight(accounts=accounts),
            settled=lambda _: None,
        )
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._open.aclose()

    async def hand_in(self, event: Json, *, redelivered: bool = False) -> Outcome:
        """What becomes of a request in the end: answered, or held for a person."""
        delivery = self.delivery(event, redelivered=redelivered)
        return await self._to_its_end(delivery)

    def delivery(self, event: Json, *, redelivered: bool = False) -> Delivery:
        """A request as it comes from the work queue."""
        return Delivery(
            body=json.dumps(event).encode(),
            queue="invoices",
            origin="invoices",
            first_seen=datetime.now(UTC),
            content_type=STRUCTURED,
            routing_key=str(event["type"]),
            redelivered=redelivered,
        )

    async def answer(self, event: Json) -> Json:
        """The data of the terminal result of a request; `ended` is its type."""
        outcome = await self.hand_in(event)
        assert isinstance(outcome, Completed), outcome
        last = outcome.results[-1]
        return {**last.data.model_dump(mode="json"), "ended": last.type}

    async def entry(self, event: Json) -> Entry:
        """What the ledger has of a request."""
        (entry,) = await self.ledger.find(str(event["id"]))
        return entry

    async def decided_sent(self, event: Json, **numbers: str) -> None:
        """Let a person say that the State has what was held, under these numbers."""
        await self.decided(event, Verdict.SENT, **numbers)

    async def decided(self, event: Json, verdict: Verdict, **numbers: str) -> None:
        """Let a person decide about what was held."""
        entry = await self.entry(event)
        profile = self._settings.profile
        wanted = Wanted(event_id=entry.id, source=entry.source, verdict=verdict, numbers=numbers, profile=profile)
        await decided(self.ledger, wanted)

    def fault(self, kind: str, operation: str, **fields: Any) -> None:
        """Let the next call of an operation meet a fault."""
        fault = Fault.model_validate({"kind": kind, "operation": operation, "count": 1, **fields})
        self.simulator.world.faults.add(fault, self.simulator.world.clock())

    def calls(self, operation: str) -> list[str]:
        """What each call of an operation did, in their order."""
        return [str(call.effect) for call in self.simulator.journal.calls(operation)]

    async def _to_its_end(self, delivery: Delivery) -> Outcome:
        async def ended() -> Outcome | None:
            nonlocal delivery
            outcome = await self.pipeline.handle(delivery)
            if isinstance(outcome, Completed | Rejected):
                return outcome
            assert isinstance(outcome, RetryLater | Parked), outcome
            counted = isinstance(outcome, RetryLater) and outcome.counted
            delivery = replace(moved(outcome, delivery), attempt=delivery.attempt + counted)
            await self.pipeline.moved(outcome, delivery.turn)
            return None

        return await until(ended, "the end of a request")

    async def _hear(self, result: ResultEvent) -> None:
        self._said.append(result)
