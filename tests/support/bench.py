"""One worker's pipeline in this very process, before the simulated State and a ledger, and without a broker."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from contracts.envelope import STRUCTURED_CONTENT_TYPE
from contracts.results import ResultEvent
from service.app import Worker
from service.core.delivery import Delivery
from service.core.entry import Entry
from service.core.outcome import Completed, Outcome, Parked, Rejected, RetryLater
from service.observability.secrets import Secrets
from service.pipeline import Pipeline
from service.sandbox.samples import make_ubl
from service.sandbox.simulator import Fault, Simulator
from service.sandbox.simulator.deposits import deposit
from service.sandbox.simulator.invoices import Invoice
from service.sandbox.simulator.operations import Caller
from service.settings import load_settings
from tests.builders import new_number
from tests.support.bus import Json
from tests.support.canaries import LOGIN
from tests.support.until import until
from tests.support.worker import worker_environment

IN_A_HURRY = {"RELAY_DOUBT__WAIT": "0.1", "RELAY_DOUBT__LOOKS": "2", "RELAY_DELAY__STEPS": "0.1s,0.2s"}
"""Enough for whoever carries deliveries by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """The pipeline, and what stands around it."""

    pipeline: Pipeline
    simulator: Simulator

    async def invoice(self, *, framework: str = "A1", **facts: Any) -> Invoice:  # Any: what samples take
        """An invoice that was deposited long enough ago to have gone as far as it goes by itself."""
        chorus_pro, number = self.simulator.world.chorus_pro, new_number()
        content = b64encode(make_ubl(number, framework=framework, **facts)).decode()
        body = {"nomFichier": f"{number}.xml", "syntaxeFlux": "IN_DP_E1_UBL_INVOICE", "fichierFlux": content}
        await deposit(chorus_pro, Caller(login=LOGIN), body)
        self.simulator.world.clock.move(60)
        chorus_pro.advance()
        return next(one for one in chorus_pro.invoices.values() if one.facts.number == number)

    def fault(self, operation: str, kind: str, **fields: Any) -> None:  # Any: what a fault takes
        """Let the next call of an operation go wrong."""
        world = self.simulator.world
        world.faults.add(
            Fault.model_validate({"operation": operation, "kind": kind, "count": 1, **fields}), world.clock()
        )

    def calls(self, operation: str) -> int:
        """How often an operation was called."""
        return len(self.simulator.journal.calls(operation))

    def done(self, operation: str) -> Callable[[], Awaitable[bool]]:
        """The question whether a call of an operation has done its work, for whoever waits for it."""

        async def is_done() -> bool:
            return any(call.effect != "none" for call in self.simulator.journal.calls(operation))

        return is_done

    def status(self, invoice: Invoice) -> str:
        """Where an invoice stands."""
        return invoice.status(self.simulator.world.chorus_pro.advance()).code

    def statuses(self, invoice: Invoice) -> list[str]:
        """Every status an invoice went through."""
        return [one.code for one in invoice.statuses(self.simulator.world.chorus_pro.advance())]

    async def handle(self, event: Json, **delivery: Any) -> Outcome:  # Any: fields of a delivery
        """What becomes of the first delivery of an event."""
        return await self.pipeline.handle(arriving(event, **delivery))

    async def end(self, event: Json, **delivery: Any) -> ResultEvent:  # Any: fields of a delivery
        """The terminal result, however often the event has to come back for it."""
        outcome = await self.settle(event, **delivery)
        assert isinstance(outcome, Completed), outcome
        return outcome.results[-1]

    async def settle(self, event: Json, **delivery: Any) -> Completed | Rejected:  # Any: fields of a delivery
        """The outcome that moves the event no more."""
        coming = arriving(event, **delivery)

        async def carried() -> Completed | Rejected | None:
            nonlocal coming
            outcome = await self.pipeline.handle(coming)
            if isinstance(outcome, Completed | Rejected):
                return outcome
            coming = _again(coming, outcome)
            await self.pipeline.moved(outcome, coming.turn)
            return None

        return await until(carried, f"an end of {event['id']}")

    async def entry(self, event: Json) -> Entry:
        """What the ledger has of a request."""
        (entry,) = await self.pipeline.ledger.find(event["id"])
        return entry


def arriving(event: Json, **delivery: Any) -> Delivery:  # Any: fields of a delivery
    """An event as its sender published it."""
    seen = Delivery(
        body=json.dumps(event).encode(),
        queue="invoices",
        origin="invoices",
        routing_key=event["type"],
        content_type=STRUCTURED_CONTENT_TYPE,
        first_seen=datetime.now(UTC),
    )
    return replace(seen, **delivery)


@asynccontextmanager
async def open_bench(
    folder: Path, simulator: Simulator, variables: Mapping[str, str] | None = None
) -> AsyncIterator[Bench]:
    """A bench on a ledger of its own."""
    usual = worker_environment(amqp_url="amqp://nobody@127.0.0.1:1/", prefix="x", api_url=simulator.url, folder=folder)
    worker = Worker(load_settings({**usual, **IN_A_HURRY, **(variables or {})}), Secrets(), version="test")
    await worker.ledger.open()
    try:
        async with worker.upstreams:
            yield Bench(pipeline=worker._pipeline(worker._maintenance()), simulator=simulator)
    finally:
        await worker.ledger.close()


def _again(delivery: Delivery, outcome: RetryLater | Parked) -> Delivery:
    """The copy that an outcome asks for, as it comes back."""
    origin = (outcome.queue if isinstance(outcome, RetryLater) else None) or delivery.origin
    state = delivery.state if outcome.state is None else outcome.state
    return replace(
        delivery, turn=delivery.turn + 1, origin=origin, queue=origin, state=state, said=outcome.said or delivery.said
    )
