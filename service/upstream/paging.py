"""Reads a search to its end, page after page, whatever its paging numbers say or leave out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

PAGE_SIZE = 100
MOST_PAGES = 200
"""A search that goes on longer than this does not end."""

RowT = TypeVar("RowT")


class SearchEndless(Exception):
    """The search gave page after page without coming to its end, or announced what it did not give at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[RowT]):
    """One page; `pages`, `total` and `size` as answered, None when left out."""

    rows: Sequence[RowT]
    pages: int | None = None
    total: int | None = None
    size: int | None = None


@dataclass(slots=True, kw_only=True)
class Pages(Generic[RowT]):
    """The pages of one search, whose rows may move while they are read; `key` tells rows apart.

    `has_gap` once less came than was announced when the reading began: something may have been missed. Rows that come
    in before others push those onto later pages, where they are seen again; that is no gap. `is_short` at the end, when
    as much came, but some of it twice: nothing puts rows in order that are sorted by what they have in common.
    """

    key: Callable[[RowT], Hashable]
    most: int = MOST_PAGES
    has_gap: bool = False
    is_short: bool = False
    _seen: set[Hashable] = field(default_factory=set)
    _came: int = 0
    _first_total: int = 0
    _total: int = 0
    _announced: int = 0
    _size: int = PAGE_SIZE

    async def each(self, fetch: Callable[[int], Awaitable[Page[RowT]]]) -> AsyncIterator[Page[RowT]]:
        """Yield page after page, so that one is in memory at a time; raises SearchEndless."""
        for number in range(1, self.most + 1):
            page = await fetch(number)
            is_over = self._is_over(page, number)
            yield page
            if is_over:
                return
        raise SearchEndless(f"more than {self.most} pages")

    def _is_over(self, page: Page[RowT], number: int) -> bool:
        before = len(self._seen)
        self._seen.update(map(self.key, page.rows))
        self._heed(page)
        is_missed = len(self._seen) < self._total
        if len(self._seen) > before:
            says_more = number < self._announced or is_missed
            # Nothing is said at all: whatever follows would have filled this page first.
            is_over = not says_more if self._announced else len(page.rows) < self._size
        else:
            # Asked on, it would bring the same again, unless this page alone was empty, or its rows were pushed on.
            is_over = number >= self._announced
            if number <= self._announced and (is_missed or (number > 1 and not self._total)):
                self.has_gap = True
        self.has_gap = self.has_gap or (is_over and self._came < self._first_total)
        self.is_short = is_over and len(self._seen) < self._first_total
        return is_over

    def _heed(self, page: Page[RowT]) -> None:
        """Take over what the numbers of a page say; those it leaves out, or which say nothing, stay as they were."""
        self._came += len(page.rows)
        self._size = page.size or self._size
        self._total = page.total or self._total
        self._first_total = self._first_total or self._total
        by_total = -(-self._total // self._size)
        self._announced = max(page.pages or (self._announced if not page.total else 0), by_total)


async def read_all(
    fetch: Callable[[int], Awaitable[Page[RowT]]], key: Callable[[RowT], Hashable], most_pages: int = MOST_PAGES
) -> tuple[RowT, ...]:
    """Return every row once, in order; raises SearchEndless."""
    rows: dict[Hashable, RowT] = {}
    pages = Pages[RowT](key=key, most=most_pages)
    async for page in pages.each(fetch):
        for row in page.rows:
            rows.setdefault(key(row), row)
    if pages.has_gap and not rows:
        # An invoice that is announced and not shown must not pass for one that is not there, and be sent again.
        raise SearchEndless("rows are announced, and none came")
    return tuple(rows.values())
