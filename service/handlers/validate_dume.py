"""Validates a draft DUME and reads its state back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from contracts.events import TenderDumeValidationRequested
from contracts.reasons import Reason
from contracts.words import DumeState, Upstream
from service.core.entry import Entry
from service.core.espd import consultation_of
from service.core.question import Screen
from service.handlers import dume_results as results
from service.handlers.base import Calls, Event, Finished, Followed, Found, Pending, Unseen, Write
from service.upstream import Operation, Refusal
from service.upstream.dume.operations import VALIDATE

FAMILY: results.Family = "tender.dume.validation"
PATIENCE = 5
"""Read-backs that still show a draft before the answer of the validation itself is believed."""

SETTLED = (DumeState.VALIDATED, DumeState.PUBLISHED, DumeState.REPLACED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """A DUME to validate, with its document once that was fetched."""

    asked: TenderDumeValidationRequested
    document: bytes = field(default=b"", repr=False)

    @property
    def consultation_id(self) -> str | None:
        """The consultation, from the request or else from the document."""
        return self.asked.consultation_key or (consultation_of(self.document) if self.document else None)


class ValidateDume(Write[TenderDumeValidationRequested, Validation]):
    """`tender.dume.validation.requested.v1`. Repeating it is harmless: a validated DUME stays validated."""

    model: ClassVar[type[TenderDumeValidationRequested]] = TenderDumeValidationRequested
    upstream: ClassVar[str] = Upstream.DUME
    reads_first: ClassVar[bool] = True
    call: ClassVar[Operation[Any, Any]] = VALIDATE
    screen: ClassVar[Screen] = results.screen("validate a DUME", None)
    reads_back: ClassVar[bool] = True

    def prepare(self, request: TenderDumeValidationRequested, event: Event) -> Validation:
        """What is wanted."""
        return Validation(asked=request)

    def keys(self, prepared: Validation) -> tuple[str, ...]:
        """The DUME itself."""
        return (prepared.asked.dume_id,)

    async def make_ready(self, prepared: Validation, calls: Calls) -> Validation | Refusal:
        """Fetch the document: validating is saving it once more with another status."""
        document = await calls.dume.document(prepared.asked.dume_id)
        return document if isinstance(document, Refusal) else replace(prepared, document=document)

    async def send(self, prepared: Validation, calls: Calls) -> Mapping[str, object] | Refusal:
        """Save it as validated."""
        saved = await calls.dume.save(
            document=prepared.document,
            validated=True,
            consultation=prepared.asked.consultation,
            buyer=prepared.asked.buyer,
            dume_id=prepared.asked.dume_id,
        )
        if isinstance(saved, Refusal):
            return saved
        return self._answer(prepared, saved.state_code, calls)

    def _answer(self, prepared: Validation, state_code: str | None, calls: Calls) -> dict[str, object]:
        answer = results.answer(prepared.asked.dume_id, state_code, calls.dume, adopted=False)
        return {**answer, "consultation_id": prepared.consultation_id}

    async def follow(
        self, prepared: Validation, answer: Mapping[str, object], entry: Entry, polls: int, event: Event, calls: Calls
    ) -> Followed:
        """Read the state back; the search may lag behind."""
        consultation_id = str(answer["consultation_id"]) if answer.get("consultation_id") else None
        state_code = await self._read_back(prepared, consultation_id, calls)
        if self._is_settled(state_code, calls):
            answer = results.answer(prepared.asked.dume_id, state_code, calls.dume, adopted=False)
        elif consultation_id is not None and polls < PATIENCE:
            return Pending(reason="read_back")
        return results.done(FAMILY, answer, consultation_id)

    async def confirm(
        self, prepared: Validation, answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        """It must no longer be shown as a draft."""
        state_code = await self._read_back(prepared, prepared.consultation_id, calls)
        if prepared.consultation_id is not None and not self._is_settled(state_code, calls):
            return Unseen(detail=f"DUME {prepared.asked.dume_id} is shown as {state_code or 'nothing'}, not validated.")
        return Found(answer={**self._answer(prepared, state_code, calls), "adopted": True})

    def _is_settled(self, state_code: str | None, calls: Calls) -> bool:
        return state_code is not None and DumeState(calls.dume.state_of(state_code)) in SETTLED

    async def _read_back(self, prepared: Validation, consultation_id: str | None, calls: Calls) -> str | None:
        if consultation_id is None:
            return None
        buyer = prepared.asked.buyer
        found = await calls.dume.search(consultation_id=consultation_id, buyer_id=buyer.id if buyer else None)
        if isinstance(found, Refusal):
            return None
        return next((dume.state_code for dume in found if dume.dume_id == prepared.asked.dume_id), None)

    async def refused(
        self, prepared: Validation, refusal: Refusal, entry: Entry, event: Event, calls: Calls
    ) -> Finished | Found:
        """A repeat on a validated DUME comes back as "cannot be modified": the state decides, not the refusal."""
        state_code = await self._read_back(prepared, prepared.consultation_id, calls)
        settled = self._is_settled(state_code, calls)
        if entry.sends > 1 and settled:
            return Found(answer=self._answer(prepared, state_code, calls))
        reason = Reason.DUME_NOT_MODIFIABLE if settled else Reason.UPSTREAM_REFUSED
        return results.refused(FAMILY, refusal, prepared.consultation_id, dume_id=prepared.asked.dume_id, reason=reason)
