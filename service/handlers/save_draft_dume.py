"""Saves a draft DUME: the service's own model (or an earlier DUME) filled, or an existing draft changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

from contracts.events import TenderDumeDraftRequested
from contracts.reasons import Reason
from service.core.errors import EventInvalid
from service.core.espd import EspdInvalid, fill
from service.core.question import Number, Screen
from service.handlers import dume_results as results
from service.handlers.base import Calls, Event
from service.handlers.create_dume import CreateDume, Wanted
from service.upstream import Operation, Refusal
from service.upstream.dume.operations import SAVE_NEW, SAVE_OVER

Draft = Wanted[TenderDumeDraftRequested]


class SaveDraftDume(CreateDume[TenderDumeDraftRequested]):
    """`tender.dume.draft.requested.v1`."""

    model: ClassVar[type[TenderDumeDraftRequested]] = TenderDumeDraftRequested
    reads_first: ClassVar[bool] = True
    call: ClassVar[Operation[Any, Any]] = SAVE_NEW
    screen: ClassVar[Screen] = results.screen("save the draft of a DUME", "dume_id")
    family: ClassVar[results.Family] = "tender.dume.draft"

    def prepare(self, request: TenderDumeDraftRequested, event: Event) -> Draft:
        """What is wanted."""
        return Wanted(asked=request, consultation=request.consultation, buyer=request.buyer, known=request.dume_id)

    def number(self, prepared: Draft) -> Number | None:
        """A draft that is changed has its number already."""
        return "dume_id" if prepared.known is None else None

    async def make_ready(self, prepared: Draft, calls: Calls) -> Draft | Refusal:
        """Fetch the document to start from, and fill it."""
        start = prepared.asked.from_dume_id or prepared.asked.dume_id
        document = await (calls.dume.document(start) if start else calls.dume.model())
        if isinstance(document, Refusal):
            return document
        try:
            filled = fill(
                document,
                consultation=prepared.consultation,
                buyer=calls.dume.buyer_or_requester(prepared.buyer),
                procedure_code=calls.dume.espd_procedure(prepared.consultation.procedure),
                project_type=calls.dume.espd_project_type(prepared.consultation.contract_type),
            )
        except EspdInvalid as error:
            raise EventInvalid(
                Reason.UPSTREAM_ANSWER_UNREADABLE, f"The DUME to start from cannot be filled. {error}"
            ) from error
        return replace(prepared, document=filled)

    async def send(self, prepared: Draft, calls: Calls) -> Mapping[str, object] | Refusal:
        """Save it as a draft."""
        saved = await calls.dume.save(
            document=prepared.document,
            validated=False,
            consultation=prepared.consultation,
            buyer=prepared.buyer,
            dume_id=prepared.asked.dume_id,
        )
        if isinstance(saved, Refusal):
            return saved
        return results.answer(saved.dume_id, saved.state_code, calls.dume, adopted=False)

    def call_for(self, prepared: Draft) -> Operation[Any, Any]:
        """Changing an existing draft is another operation than making a new one."""
        return SAVE_NEW if prepared.asked.dume_id is None else SAVE_OVER

    def keys(self, prepared: Draft) -> tuple[str, ...]:
        """The draft itself, when there is one to change."""
        return super().keys(prepared) if prepared.asked.dume_id is None else (f"dume {prepared.asked.dume_id}",)
