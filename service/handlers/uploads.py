"""Uploads the files that go with an invoice before the call that names them, and knows them again for a while."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.core.attachments import Attached
from service.handlers.base import Calls
from service.upstream import Refusal

REUSED_FOR = timedelta(hours=1)
"""How long an upload serves another send too; how long Chorus Pro keeps what no invoice names is not known."""

UPLOADED = "uploaded"
"""Under which uploads are kept in the notes of a write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """The identifiers of uploaded files, in the order of the request, and when the last one went up."""

    ids: tuple[int, ...]
    at: datetime

    def is_fresh(self, now: datetime) -> bool:
        """Whether the files need not be uploaded again."""
        return now - self.at < REUSED_FOR


async def upload_all(files: tuple[Attached, ...], before: Uploaded | None, calls: Calls) -> Uploaded | Refusal:
    """The files at Chorus Pro, from a moment ago where they are there already; one that is lost lies there unused."""
    if before is not None and before.is_fresh(calls.now):
        return before
    ids: list[int] = []
    for file in files:
        added = await calls.chorus_pro.supplier.add_file(file)
        if isinstance(added, Refusal):
            return added
        ids.append(added)
    return Uploaded(ids=tuple(ids), at=calls.now)


def uploaded_from(kept: Mapping[str, object]) -> Uploaded | None:
    """The uploads that were kept in the notes of a write."""
    noted = kept.get(UPLOADED)
    if not isinstance(noted, dict):
        return None
    return Uploaded(ids=tuple(noted["ids"]), at=datetime.fromisoformat(noted["at"]))


def uploaded_to_notes(uploaded: Uploaded | None) -> dict[str, object]:
    """The same as it is kept."""
    return {} if uploaded is None else {UPLOADED: {"ids": list(uploaded.ids), "at": uploaded.at.isoformat()}}
