"""Says how the work on essential data ended, in the words of a buyer's product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from contracts.base import sentence
from contracts.reasons import Reason
from contracts.results import (
    EssentialDataConflict,
    EssentialDataListed,
    EssentialDataSide,
    LabelFinding,
    TenderEssentialDataPublicationDone,
    TenderEssentialDataPublicationRefused,
    TenderEssentialDataUpdateDone,
    TenderEssentialDataUpdateRefused,
)
from service.core.draft import Draft
from service.core.essential_data import agreed_on, holder_ids, worth
from service.handlers.base import Finished

if TYPE_CHECKING:
    from contracts.events import TenderEssentialDataPublicationRequested, TenderEssentialDataUpdateRequested
    from service.core.labels import Unlisted
    from service.upstream import Refusal

PUBLICATION = "tender.essential_data.publication"
UPDATE = "tender.essential_data.update"


def published(
    asked: TenderEssentialDataPublicationRequested, answer: Mapping[str, object], keys: tuple[str, ...]
) -> Finished:
    """The State holds the essential data; `keys` are the natural keys they take up."""
    data = TenderEssentialDataPublicationDone(
        reference=_text(answer.get("reference")),
        kind=asked.kind,
        id=asked.subject.id,
        buyer_id=asked.buyer.id,
        consultation_id=_consultation_id(asked),
        lot_number=asked.consultation.lot_number if asked.consultation else None,
        adopted=bool(answer.get("adopted")),
        notices=_texts(answer.get("notices")),
    )
    return Finished(results=(Draft(type=f"{PUBLICATION}.done.v1", data=data),), reason="done", kept=keys)


def not_published(
    asked: TenderEssentialDataPublicationRequested,
    reason: Reason,
    refusal: Refusal | None = None,
    *,
    found: EssentialDataListed | None = None,
    unlisted: Sequence[Unlisted] = (),
) -> Draft:
    """The refusal of a publication: by the State, by what it has `found` there already, or by the schema's lists."""
    data = TenderEssentialDataPublicationRefused(
        reason=reason,
        code=refusal.code if refusal else None,
        upstream_text=refusal.text if refusal else None,
        id=asked.subject.id,
        buyer_id=asked.buyer.id,
        consultation_id=_consultation_id(asked),
        reference=found.reference if found else None,
        conflict=_conflict(asked, found) if found else None,
        findings=_findings(unlisted),
    )
    return Draft(type=f"{PUBLICATION}.refused.v1", data=data)


def updated(asked: TenderEssentialDataUpdateRequested, answer: Mapping[str, object]) -> Finished:
    """The State took the update."""
    changed = answer.get("changed")
    data = TenderEssentialDataUpdateDone(
        reference=asked.reference,
        changed=changed if isinstance(changed, bool) else None,
        adopted=bool(answer.get("adopted")),
        notices=_texts(answer.get("notices")),
    )
    return Finished(results=(Draft(type=f"{UPDATE}.done.v1", data=data),), reason="done")


def not_updated(
    asked: TenderEssentialDataUpdateRequested,
    reason: Reason,
    refusal: Refusal | None = None,
    unlisted: Sequence[Unlisted] = (),
) -> Finished:
    """The refusal of an update: by the State, or by the schema's lists."""
    data = TenderEssentialDataUpdateRefused(
        reason=reason,
        code=refusal.code if refusal else None,
        upstream_text=refusal.text if refusal else None,
        reference=asked.reference,
        findings=_findings(unlisted),
    )
    return Finished(results=(Draft(type=f"{UPDATE}.refused.v1", data=data),), reason=reason)


def _conflict(asked: TenderEssentialDataPublicationRequested, found: EssentialDataListed) -> EssentialDataConflict:
    sent, is_contract = asked.subject, asked.kind == "contract"
    return EssentialDataConflict(
        sent=EssentialDataSide(
            object=sent.object, amount=worth(sent), agreed_on=agreed_on(sent), holder_ids=holder_ids(sent)
        ),
        found=EssentialDataSide(
            reference=found.reference,
            object=found.object,
            amount=found.amount if is_contract else found.total_value,
            agreed_on=found.notified_on if is_contract else found.signed_on,
            holder_ids=tuple(one.id for one in found.holders),
        ),
    )


def _findings(unlisted: Sequence[Unlisted]) -> tuple[LabelFinding, ...]:
    return tuple(
        LabelFinding(
            field=one.field,
            value=sentence(one.value),
            allowed=one.allowed,
            message=sentence(
                f"{one.value!r} is not in the national schema's list {one.list_name}; take one of allowed."
            ),
        )
        for one in unlisted
    )


def _consultation_id(asked: TenderEssentialDataPublicationRequested) -> str | None:
    return asked.consultation.id if asked.consultation else None


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _texts(value: object) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()
