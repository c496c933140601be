"""Uploads the files that go with an invoice before the call that names them, and knows them again for a while."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from service.core.attachments import Attached
from service.handlers.base import Calls
from service.upstream import Refusal

REUSED_FOR = timedelta(hours=1)
"""How long an upload serves another send too; how long Chorus Pro keeps what no invoice names is not known."""

NOTHING: Mapping[str, object] = MappingProxyType({})

UPLOADED = "uploaded"
"""Under which uploads are kept in the notes of a write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """The identifiers of the files that are up, in the order of the request, and when the last one went up.

    `earlier` are those of uploads too old to serve again: a send in doubt may have named them.
    """

    ids: tuple[int, ...]
    at: datetime
    earlier: tuple[int, ...] = ()

    @property
    def all_ids(self) -> tuple[int, ...]:
        """Every identifier under which one of the files went along, or may have."""
        return (*self.earlier, *self.ids)

    def is_fresh(self, now: datetime) -> bool:
        """Whether the files need not be uploaded again."""
        return now - self.at < REUSED_FOR


Upload = Callable[[Attached, Calls], Awaitable[int | Refusal]]
"""How a file goes up, and under which identifier it is there."""


async def add_file(file: Attached, calls: Calls) -> int | Refusal:
    """Upload a file as most go up."""
    return await calls.chorus_pro.supplier.add_file(file)


async def upload_all(
    files: tuple[Attached, ...],
    before: Uploaded | None,
    calls: Calls,
    *,
    main: Upload = add_file,
    beside: Mapping[str, object] = NOTHING,
) -> Uploaded | Refusal:
    """The files at Chorus Pro, from a moment ago where they are there already; one that is lost lies there unused.

    `main` is how the first one goes up, `beside` what else is in the notes. Each file that is up is noted, which gives
    the next one the whole time of a lease, and another attempt a place to go on from.
    """
    done = before or Uploaded(ids=(), at=calls.now)
    if not done.is_fresh(calls.now):
        done = Uploaded(ids=(), at=calls.now, earlier=done.all_ids)
    for place, file in enumerate(files[len(done.ids) :], start=len(done.ids)):
        added = await (add_file if place else main)(file, calls)
        if isinstance(added, Refusal):
            return added
        done = replace(done, ids=(*done.ids, added), at=calls.now)
        calls = await calls.noted({**beside, **uploaded_to_notes(done)})
    return done


def uploaded_from(kept: Mapping[str, object]) -> Uploaded | None:
    """The uploads that were kept in the notes of a write."""
    noted = kept.get(UPLOADED)
    if not isinstance(noted, dict):
        return None
    ids, earlier = tuple(noted["ids"]), tuple(noted.get("earlier", ()))
    return Uploaded(ids=ids, at=datetime.fromisoformat(noted["at"]), earlier=earlier)


def uploaded_to_notes(uploaded: Uploaded | None) -> dict[str, object]:
    """The same as it is kept."""
    if uploaded is None:
        return {}
    kept = {"ids": list(uploaded.ids), "at": uploaded.at.isoformat(), "earlier": list(uploaded.earlier)}
    return {UPLOADED: kept}
