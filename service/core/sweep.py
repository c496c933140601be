"""Reads a search that shows so many rows and no more: splits what is too much until all is shown, within bounds."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Generic, Literal, TypeVar

Kind = Literal["contract", "concession"]
KINDS: Final[tuple[Kind, ...]] = ("contract", "concession")
DAY: Final = timedelta(days=1)

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """What one call asks for: days of publication, both included, and perhaps a kind, a nature and a procedure."""

    since: date | None = None
    until: date | None = None
    kind: Kind | None = None
    nature: str | None = None
    procedure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Labels:
    """The natures and procedures there are, by kind; none where a search does not take them, nor kinds."""

    natures: Mapping[Kind, Sequence[str]]
    procedures: Mapping[Kind, Sequence[str]]

    @property
    def are_taken(self) -> bool:
        """Whether a search can be narrowed by anything but days."""
        return bool(self.natures)


DAYS_ALONE: Final = Labels(natures={}, procedures={})


def narrower(wide: Slice, labels: Labels) -> tuple[Slice, ...]:
    """The same in parts, days first; nothing where it cannot be divided any more."""
    if wide.since is not None and wide.until is not None and wide.since < wide.until:
        middle = wide.since + (wide.until - wide.since) // 2
        return replace(wide, until=middle), replace(wide, since=middle + DAY)
    if not labels.are_taken:
        return ()
    if wide.kind is None:
        return tuple(replace(wide, kind=kind) for kind in KINDS)
    if wide.nature is None:
        return tuple(replace(wide, nature=label) for label in labels.natures[wide.kind])
    if wide.procedure is None:
        return tuple(replace(wide, procedure=label) for label in labels.procedures[wide.kind])
    return ()


class Sweep(Generic[RowT]):
    """One search on its way: what to ask next, what was found, and what was not read to its end.

    Rows of an answer that was cut are kept aside until its parts show them again. One that no part shows proves that
    the parts are not the whole: it is told all the same, and its days are told as not read to their end.
    """

    def __init__(self, first: Sequence[Slice], labels: Labels, *, most_calls: int, limit: int) -> None:
        self._labels = labels
        self._most_calls = most_calls
        self._limit = limit
        self._waiting = list(reversed(first))
        self._found: dict[Hashable, RowT] = {}
        self._aside: dict[Hashable, tuple[RowT, Slice]] = {}
        self._unread: list[Slice] = []
        self._narrowed: list[Slice] = []
        self._last = Slice()
        self.calls = 0

    def next(self) -> Slice | None:
        """What to ask now; nothing when all is read or enough."""
        if not self._waiting or self.calls >= self._most_calls or len(self._found) >= self._limit:
            return None
        self.calls += 1
        return self._waiting.pop()

    def take(self, asked: Slice, rows: Mapping[Hashable, RowT], *, is_cut: bool) -> None:
        """Note what an answer showed; `is_cut`: as many rows as a search shows at most."""
        parts = narrower(asked, self._labels) if is_cut else ()
        if parts:
            self._waiting.extend(reversed(parts))
            new = {key: (row, asked) for key, row in rows.items() if key not in self._found}
            self._aside |= new
            if parts[0].kind is not None and parts[0].kind == asked.kind and parts[0].until == asked.until:
                self._narrowed.append(asked)
            return
        if is_cut:
            self._unread.append(asked)
        self._last = asked
        for key, row in rows.items():
            self._found.setdefault(key, row)
            self._aside.pop(key, None)

    def skip(self, asked: Slice) -> None:
        """Note that a part could not be asked for."""
        self._unread.append(asked)

    @property
    def rows(self) -> tuple[RowT, ...]:
        """Every row once, as many as are wanted."""
        return (*self._found.values(), *(row for row, _ in self._aside.values()))[: self._limit]

    @property
    def narrowed(self) -> tuple[Slice, ...]:
        """The days that were divided by natures or procedures: rows with labels that are in no list may be missing."""
        return _put_together(self._narrowed)

    @property
    def unread(self) -> tuple[Slice, ...]:
        """The days that were not read to their end, in order and put together."""
        slices = [*self._unread, *self._waiting, *(asked for _, asked in self._aside.values())]
        if len(self._found) > self._limit:
            slices.append(self._last)
        return _put_together(slices)


def _put_together(slices: Sequence[Slice]) -> tuple[Slice, ...]:
    days = sorted({(one.since, one.until) for one in slices if one.since and one.until})
    together: list[tuple[date, date]] = []
    for since, until in days:
        if together and since <= together[-1][1] + DAY:
            together[-1] = together[-1][0], max(together[-1][1], until)
        else:
            together.append((since, until))
    undated = (Slice(),) if any(one.since is None or one.until is None for one in slices) else ()
    return (*undated, *(Slice(since=since, until=until) for since, until in together))
