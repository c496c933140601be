"""Validates a draft DUME and reads its state back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from contracts.events import TenderDumeValidationRequested
from contracts.reasons import Reason
from contracts.words import DumeState
from service.core.entry import Entry
from service.core.espd import consultation_of
from service.core.question import Screen
from service.handlers import dume_results as results
from service.handlers.base import Calls, Declined, Event, Followed, Found, Pending, Unexplained, Unseen
from service.handlers.dume_known import Whereabouts, read_back, standing_of, was_repeated
from service.handlers.dume_place import ShownDume, dume_key, state_key
from service.handlers.dume_write import DumeWrite
from service.upstream import Operation, Refusal
from service.upstream.dume.operations import VALIDATE

FAMILY: results.Made = "tender.dume.validation"
PATIENCE = 5
"""Read-backs that still show a draft before the answer of the validation itself is believed."""

SETTLED = (DumeState.VALIDATED, DumeState.PUBLISHED, DumeState.REPLACED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """A DUME to validate, with its document once that was fetched."""

    asked: TenderDumeValidationRequested
    requester: str | None
    document: bytes = field(default=b"", repr=False)

    @property
    def consultation_id(self) -> str | None:
        """The consultation, from the request or else from the document."""
        return self.asked.consultation_key or (consultation_of(self.document) if self.document else None)

    def where(self, consultation_id: str | None) -> Whereabouts:
        """Where it may be found."""
        buyer_id = self.asked.buyer.id if self.asked.buyer else None
        return Whereabouts(
            dume_id=self.asked.dume_id, consultation_id=consultation_id, buyer_id=buyer_id, requester=self.requester
        )


class ValidateDume(DumeWrite[TenderDumeValidationRequested, Validation]):
    """`tender.dume.validation.requested.v1`. Repeating it is harmless: a validated DUME stays validated."""

    model: ClassVar[type[TenderDumeValidationRequested]] = TenderDumeValidationRequested
    family: ClassVar[results.Made] = FAMILY
    reads_first: ClassVar[bool] = True
    call: ClassVar[Operation[Any, Any]] = VALIDATE
    screen: ClassVar[Screen] = results.screen("validate a DUME", None)
    reads_back: ClassVar[bool] = True

    def prepare(self, request: TenderDumeValidationRequested, event: Event) -> Validation:
        """What is wanted."""
        return Validation(asked=request, requester=event.requester)

    def keys(self, prepared: Validation) -> tuple[str, ...]:
        """The DUME itself."""
        return (dume_key(prepared.asked.dume_id),)

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
        """Read the state back; the search may lag behind, and shows nothing where no consultation is known."""
        consultation_id = str(answer["consultation_id"]) if answer.get("consultation_id") else None
        standing = await read_back(prepared.where(consultation_id), calls)
        if _is_settled(standing) and standing is not None:
            answer = self._shown(prepared, standing, calls, adopted=bool(answer.get("adopted")))
        elif (standing is not None or consultation_id is not None) and polls < PATIENCE:
            return Pending(reason="read_back")
        settled = (state_key(prepared.asked.dume_id, DumeState.VALIDATED),)
        return results.done(FAMILY, answer, consultation_id, kept=settled if _is_validated(answer) else ())

    async def confirm(
        self, prepared: Validation, answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        """It must no longer be shown as a draft."""
        standing = await read_back(prepared.where(prepared.consultation_id), calls)
        if standing is None and prepared.consultation_id is None:
            return Found(answer={**self._answer(prepared, None, calls), "adopted": True})
        if standing is None or not _is_settled(standing):
            state = standing.state if standing is not None else "nothing"
            return Unseen(detail=f"DUME {prepared.asked.dume_id} is shown as {state}, not validated.")
        return Found(answer=self._shown(prepared, standing, calls, adopted=True))

    async def refused(
        self, prepared: Validation, refusal: Refusal, entry: Entry, event: Event, calls: Calls
    ) -> Declined:
        """A repeat on a validated DUME comes back as "cannot be modified": the state decides, not the refusal."""
        where = prepared.where(prepared.consultation_id)
        gone = Reason.DUME_NOT_MODIFIABLE
        if (end := await self.without_start(where, refusal, entry, calls, gone=gone)) is not None:
            return end
        standing = await standing_of(where, entry, calls)
        is_over = standing is not None and (_is_settled(standing) or standing.state is DumeState.DELETED)
        is_told = refusal.reason is not Reason.UPSTREAM_REFUSED
        reason = Reason.DUME_NOT_MODIFIABLE if is_over and not is_told else refusal.reason
        end = results.refused(FAMILY, refusal, where.consultation_id, dume_id=where.dume_id, reason=reason)
        if not was_repeated(entry):
            return end
        if standing is not None and _is_settled(standing):
            return Found(answer=self._shown(prepared, standing, calls, adopted=False))
        detail = f"The validation of DUME {where.dume_id} was refused when it was sent again: {refusal.text}"
        return end if is_over else Unexplained(end=end, detail=detail)

    def _shown(self, prepared: Validation, standing: ShownDume, calls: Calls, *, adopted: bool) -> dict[str, object]:
        answer = self._answer(prepared, standing.state_code, calls)
        return {**answer, "state": standing.state, "adopted": adopted}


def _is_settled(standing: ShownDume | None) -> bool:
    return standing is not None and standing.state in SETTLED


def _is_validated(answer: Mapping[str, object]) -> bool:
    return answer.get("state") in SETTLED
