"""Reads the rows of a search for DUMEs, which every domain that has one writes alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.upstream.dume.caller import unreadable
from service.upstream.dume.wire import NotInAnswer

if TYPE_CHECKING:
    from service.upstream.dume.caller import DumeOperation
    from service.upstream.dume.operations import DumeAnswer
    from service.upstream.dume.wire import Wire


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundDume:
    """One DUME of a search."""

    dume_id: str
    state_code: str | None
    consultation_id: str | None
    lot_number: str | None


def read_found(
    wire: Wire, operation: DumeOperation, answer: DumeAnswer, consultation_id: str | None
) -> tuple[FoundDume, ...]:
    """The DUMEs of an answer, those of other consultations than the one asked for left out; raises AnswerUnreadable.

    A criterion that is not heeded would show the DUMEs of other consultations as ours.
    """
    try:
        found = tuple(_found(wire, row) for row in wire.read_dumes(answer.fields))
    except NotInAnswer as error:
        raise unreadable(operation, str(error)) from error
    return tuple(dume for dume in found if consultation_id in {None, dume.consultation_id or consultation_id})


def _found(wire: Wire, row: Mapping[str, object]) -> FoundDume:
    names = wire.mapping.answers
    dume_id = wire.read_text(row, names.dume_id)
    if dume_id is None:
        raise NotInAnswer("a DUME without its identifier")
    return FoundDume(
        dume_id=dume_id,
        state_code=wire.read_text(row, names.state),
        consultation_id=wire.read_text(row, names.consultation_id),
        lot_number=wire.read_text(row, names.lot_number),
    )
