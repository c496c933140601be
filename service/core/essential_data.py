"""Tells whether essential data that the State shows are those that were sent, or those that are asked for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from contracts.events import Contract
from service.core.labels import label_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contracts.events import Concession, Modification, TenderEssentialDataSearchRequested
    from contracts.results import EssentialDataListed


def holder_ids(subject: Contract | Concession) -> tuple[str, ...]:
    """Who was sent as its holders."""
    holders = subject.holders if isinstance(subject, Contract) else subject.concessionaires
    return tuple(one.id for one in holders)


def worth(subject: Contract | Concession) -> Decimal | None:
    """What it comes to."""
    return subject.amount if isinstance(subject, Contract) else subject.total_value


def agreed_on(subject: Contract | Concession) -> date:
    """The day it was notified or signed."""
    return subject.notified_on if isinstance(subject, Contract) else subject.signed_on


def agree(sent: Contract | Concession, found: EssentialDataListed) -> bool:
    """Whether object, worth, day and holders are those that were sent.

    A value that one side does not tell is not compared, except the object: without it nothing would be known.
    """
    is_contract = isinstance(sent, Contract)
    pairs: tuple[tuple[object, object], ...] = (
        (worth(sent), found.amount if is_contract else found.total_value),
        (agreed_on(sent), found.notified_on if is_contract else found.signed_on),
        (_ids(holder_ids(sent)), _ids(one.id for one in found.holders)),
    )
    same = all(not ours or not theirs or ours == theirs for ours, theirs in pairs)
    return same and found.object is not None and label_key(sent.object) == label_key(found.object)


def has_all(sent: Iterable[Modification], found: EssentialDataListed) -> bool:
    """Whether every modification is shown, with the day, the duration and the worth that were sent."""
    shown = {one.number: one for one in found.modifications}
    for one in sent:
        there = shown.get(one.number)
        if there is None:
            return False
        pairs = (
            (one.notified_on, there.notified_on),
            (one.signed_on, there.signed_on),
            (one.duration_months, there.duration_months),
            (one.amount, there.amount),
            (one.total_value, there.total_value),
        )
        if any(ours is not None and theirs is not None and ours != theirs for ours, theirs in pairs):
            return False
    return True


def fits(asked: TenderEssentialDataSearchRequested, row: EssentialDataListed) -> bool:
    """Whether a row fits the criteria, whatever the State heeds; what it does not tell is not held against it."""
    pairs = (
        (asked.reference, row.reference),
        (asked.id, row.id),
        (asked.kind, row.kind),
        (asked.buyer_id, row.buyer_id),
        (asked.cpv and asked.cpv[:8], row.cpv and row.cpv[:8]),
        (asked.nature and label_key(asked.nature), row.nature and label_key(row.nature)),
        (asked.procedure and label_key(asked.procedure), row.procedure and label_key(row.procedure)),
    )
    if any(wanted and told and wanted != told for wanted, told in pairs):
        return False
    return not asked.holder_id or not row.holders or _plain(asked.holder_id) in _ids(one.id for one in row.holders)


def _ids(ids: Iterable[str]) -> frozenset[str]:
    return frozenset(_plain(one) for one in ids)


def _plain(text: str) -> str:
    return "".join(text.split())
