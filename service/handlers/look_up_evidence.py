"""Tells what a country takes as evidence of a criterion (e-Certis)."""

from __future__ import annotations

from typing import ClassVar

from contracts.events import TenderEvidenceLookupRequested
from contracts.reasons import Reason
from contracts.results import Evidence, TenderEvidenceLookupRefused, TenderEvidenceLookupReported
from contracts.words import Upstream
from service.core.draft import Draft
from service.core.errors import EventInvalid
from service.handlers.base import Calls, Event, Read
from service.upstream import Refusal
from service.upstream.dume.reference import EvidenceShown, EvidenceTold, TooMuch
from service.upstream.dume.remembered import Told


class LookUpEvidence(Read[TenderEvidenceLookupRequested]):
    """`tender.evidence.lookup.requested.v1`."""

    model: ClassVar[type[TenderEvidenceLookupRequested]] = TenderEvidenceLookupRequested
    upstream: ClassVar[str] = Upstream.DUME

    async def handle(self, request: TenderEvidenceLookupRequested, event: Event, calls: Calls) -> tuple[Draft, ...]:
        """Ask, unless it is remembered, and report."""
        try:
            told = await calls.dume.reference.evidence(
                criterion=request.criterion, language=request.language, nation=request.nation, buyer=request.buyer
            )
        except TooMuch as error:
            raise EventInvalid(Reason.ANSWER_TOO_LARGE, str(error)) from error
        return (_refused(told, request) if isinstance(told, Refusal) else _reported(told, request),)


def _reported(told: Told[EvidenceTold], request: TenderEvidenceLookupRequested) -> Draft:
    shown = told.value
    data = TenderEvidenceLookupReported(
        criterion=request.criterion,
        language=request.language,
        nation=request.nation,
        criterion_uuid=shown.uuid,
        criterion_type_code=shown.type,
        criterion_text=shown.text,
        total=shown.total,
        complete=len(shown.evidences) == shown.total,
        evidences=tuple(_evidence(one) for one in shown.evidences),
        as_of=told.as_of,
        cached=told.cached,
    )
    return Draft(type="tender.evidence.lookup.reported.v1", data=data)


def _evidence(shown: EvidenceShown) -> Evidence:
    return Evidence(
        id=shown.id,
        name=shown.name,
        text=shown.text,
        address=shown.address,
        details=dict(shown.details),
        details_complete=shown.whole,
    )


def _refused(refusal: Refusal, request: TenderEvidenceLookupRequested) -> Draft:
    data = TenderEvidenceLookupRefused(
        reason=refusal.reason,
        code=refusal.code,
        upstream_text=refusal.text,
        criterion=request.criterion,
        language=request.language,
        nation=request.nation,
    )
    return Draft(type="tender.evidence.lookup.refused.v1", data=data)
