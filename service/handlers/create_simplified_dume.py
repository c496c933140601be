"""Creates the simplified DUME of a consultation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from contracts.events import TenderDumeSimplifiedRequested
from contracts.words import DumeState
from service.core.question import Screen
from service.handlers import dume_results as results
from service.handlers.base import Calls, Event
from service.handlers.create_dume import CreateDume, Wanted
from service.handlers.dume_place import GONE, place_of
from service.upstream import Operation, Refusal
from service.upstream.dume.operations import CREATE_SIMPLE


class CreateSimplifiedDume(CreateDume[TenderDumeSimplifiedRequested]):
    """`tender.dume.simplified.requested.v1`. Which state it leaves the DUME in is not known: any live one will do."""

    model: ClassVar[type[TenderDumeSimplifiedRequested]] = TenderDumeSimplifiedRequested
    call: ClassVar[Operation[Any, Any]] = CREATE_SIMPLE
    screen: ClassVar[Screen] = results.screen("create the simplified DUME of a consultation", "dume_id")
    family: ClassVar[results.Made] = "tender.dume.simplified"
    left_in: ClassVar[frozenset[DumeState]] = frozenset(DumeState) - GONE

    def prepare(self, request: TenderDumeSimplifiedRequested, event: Event) -> Wanted[TenderDumeSimplifiedRequested]:
        """What is wanted."""
        place = place_of(request.consultation, request.buyer, event)
        return Wanted(asked=request, consultation=request.consultation, buyer=request.buyer, place=place)

    async def send(
        self, prepared: Wanted[TenderDumeSimplifiedRequested], calls: Calls
    ) -> Mapping[str, object] | Refusal:
        """Create it."""
        saved = await calls.dume.create_simple(prepared.consultation, prepared.buyer)
        return self.taken(prepared, saved, calls)
