"""Creates the simplified DUME of a consultation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from contracts.events import TenderDumeSimplifiedRequested
from service.core.question import Screen
from service.handlers import dume_results as results
from service.handlers.base import Calls, Event
from service.handlers.create_dume import CreateDume, Wanted
from service.upstream import Operation, Refusal
from service.upstream.dume.operations import CREATE_SIMPLE


class CreateSimplifiedDume(CreateDume[TenderDumeSimplifiedRequested]):
    """`tender.dume.simplified.requested.v1`."""

    model: ClassVar[type[TenderDumeSimplifiedRequested]] = TenderDumeSimplifiedRequested
    call: ClassVar[Operation[Any, Any]] = CREATE_SIMPLE
    screen: ClassVar[Screen] = results.screen("create the simplified DUME of a consultation", "dume_id")
    family: ClassVar[results.Family] = "tender.dume.simplified"

    def prepare(self, request: TenderDumeSimplifiedRequested, event: Event) -> Wanted[TenderDumeSimplifiedRequested]:
        """What is wanted."""
        return Wanted(asked=request, consultation=request.consultation, buyer=request.buyer)

    async def send(
        self, prepared: Wanted[TenderDumeSimplifiedRequested], calls: Calls
    ) -> Mapping[str, object] | Refusal:
        """Create it."""
        saved = await calls.dume.create_simple(prepared.consultation, prepared.buyer)
        if isinstance(saved, Refusal):
            return saved
        return results.answer(saved.dume_id, saved.state_code, calls.dume, adopted=False)
