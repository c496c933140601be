"""Keeps the files that were uploaded, whether an invoice names them or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from service.sandbox.simulator.wire import Reply

_FIRST: Final = 10_321_500


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """One uploaded file; `label` and `type` are given to it by the invoice that names it."""

    id: int
    login: str
    name: str
    extension: str
    content: bytes = field(repr=False)
    label: str | None = None
    type: str | None = None


class Attachments:
    """Every uploaded file by its identifier."""

    def __init__(self) -> None:
        self._by_id: dict[int, Attachment] = {}

    def add(self, *, login: str, name: str, extension: str, content: bytes) -> Attachment:
        """Keep a file."""
        number = _FIRST + len(self._by_id) + 1
        added = Attachment(id=number, login=login, name=name, extension=extension.upper(), content=content)
        self._by_id[number] = added
        return added

    def of(self, login: str, id: int | None) -> Attachment | None:
        """The file with this identifier, where this account uploaded it."""
        found = self._by_id.get(id or 0)
        return found if found and found.login == login else None

    def name_in_invoice(self, attachment: Attachment) -> None:
        """Note how an invoice calls a file."""
        self._by_id[attachment.id] = attachment

    def rows(self, ids: Iterable[int]) -> list[Reply]:
        """These files as the detail of an invoice lists them."""
        return [
            {
                "pieceJointeId": one.id,
                "pieceJointeDesignation": one.label or one.name,
                "pieceJointeTypeCode": one.type,
                "pieceJointeExtension": one.extension,
            }
            for one in map(self._by_id.__getitem__, ids)
        ]
