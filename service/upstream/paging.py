"""Reads a search to its end, page after page, whatever its paging numbers say or leave out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

PAGE_SIZE = 100
MOST_PAGES = 200
"""A search that goes on longer than this does not end."""

RowT = TypeVar("RowT")


class SearchEndless(Exception):
    """The search gave page after page without coming to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[RowT]):
    """One page; `pages`, `total` and `size` as answered, None when left out."""

    rows: Sequence[RowT]
    pages: int | None = None
    total: int | None = None
    size: int | None = None


async def read_all(
    fetch: Callable[[int], Awaitable[Page[RowT]]], key: Callable[[RowT], Hashable], most_pages: int = MOST_PAGES
) -> tuple[RowT, ...]:
    """Return every row once, in order; raises SearchEndless."""
    rows: dict[Hashable, RowT] = {}
    for number in range(1, most_pages + 1):
        page = await fetch(number)
        before = len(rows)
        for row in page.rows:
            rows.setdefault(key(row), row)
        # Rows seen before mean that the page number is not heeded: asking on would bring the same again.
        if len(rows) == before or is_last(page, number, len(rows)):
            return tuple(rows.values())
    raise SearchEndless(f"more than {most_pages} pages")


async def each_page(
    fetch: Callable[[int], Awaitable[Page[RowT]]], key: Callable[[RowT], Hashable], most_pages: int = MOST_PAGES
) -> AsyncIterator[Page[RowT]]:
    """Yield page after page of a search whose rows move while it is read, so that one is in memory at a time.

    Rows that come in before others push those onto later pages, where they are seen again: a page without anything new
    ends the search only where nothing says that more follow. Raises SearchEndless.
    """
    seen: set[Hashable] = set()
    for number in range(1, most_pages + 1):
        page = await fetch(number)
        before = len(seen)
        seen.update(key(row) for row in page.rows)
        yield page
        says_more = page.pages is not None and number < page.pages
        if not page.rows or is_last(page, number, len(seen)) or (len(seen) == before and not says_more):
            return
    raise SearchEndless(f"more than {most_pages} pages")


def is_last(page: Page[RowT], number: int, seen: int) -> bool:
    """Whether nothing can follow this page: by the total, else by the number of pages, else because it is short."""
    if page.total is not None and page.total > 0:
        return seen >= page.total
    if page.pages is not None and page.pages > 0:
        return number >= page.pages
    return len(page.rows) < (page.size or PAGE_SIZE)
