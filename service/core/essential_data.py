"""Tells whether essential data that the State shows are those that were sent, or those that are asked for."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from contracts.events import Contract
from service.core.labels import label_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from contracts.events import Concession, Modification, TenderEssentialDataSearchRequested
    from contracts.results import EssentialDataListed, ModificationListed

_CPV_DIGITS: Final = 8


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


def shows_all(sent: Contract | Concession | Modification, found: EssentialDataListed | ModificationListed) -> bool:
    """Whether everything that was sent is shown as it was sent: what is not told proves nothing."""
    said = ((name, getattr(sent, name)) for name in type(sent).model_fields)
    return all(_is_shown(name, value, found) for name, value in said if value not in (None, (), {}))


def shows_each(sent: Iterable[Modification], found: EssentialDataListed) -> bool:
    """Whether every modification is shown as it was sent."""
    shown = {one.number: one for one in found.modifications}
    return all(one.number in shown and shows_all(one, shown[one.number]) for one in sent)


def fits(asked: TenderEssentialDataSearchRequested, row: EssentialDataListed) -> bool:
    """Whether a row fits the criteria, whatever the State heeds; what it does not tell is not held against it."""
    pairs = (
        (asked.reference, row.reference),
        (asked.id, row.id),
        (asked.kind, row.kind),
        (asked.buyer_id, row.buyer_id),
        (_cpv(asked.cpv), _cpv(row.cpv)),
        (asked.nature and label_key(asked.nature), row.nature and label_key(row.nature)),
        (asked.procedure and label_key(asked.procedure), row.procedure and label_key(row.procedure)),
    )
    if any(wanted and told and wanted != told for wanted, told in pairs):
        return False
    return not asked.holder_id or not row.holders or _plain(asked.holder_id) in _ids(one.id for one in row.holders)


def _is_shown(name: str, value: Any, found: object) -> bool:  # Any: a field of any part
    match name:
        case "further":
            return False
        case "holders" | "concessionaires":
            return _ids(one.id for one in value) == _ids(one.id for one in getattr(found, "holders", ()))
        case "place":
            place = getattr(found, "place", None)
            return place is not None and (place.code, _word(place.code_type)) == (value.code, _word(value.code_type))
        case "cpv":
            return _cpv(value) == _cpv(getattr(found, name, None))
        case _:
            return bool(_word(value) == _word(getattr(found, name, None)))


def _word(value: object) -> object:
    """Labels and texts as they are compared, in any order where there are several; anything else as it is."""
    if isinstance(value, str):
        return label_key(value)
    return frozenset(map(_word, value)) if isinstance(value, tuple) else value


def _cpv(code: str | None) -> str | None:
    """A CPV code without its control digit."""
    return code and code[:_CPV_DIGITS]


def _ids(ids: Iterable[str]) -> frozenset[str]:
    return frozenset(_plain(one) for one in ids)


def _plain(text: str) -> str:
    return "".join(text.split())
