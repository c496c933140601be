"""Searches read to their end, whatever the paging numbers say."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from service.upstream.paging import Page, Pages, SearchEndless, read_all

pytestmark = pytest.mark.unit


class Search:
    """Gives prepared pages, and empty ones after them."""

    def __init__(self, pages: Sequence[Page[int]]) -> None:
        self.pages = pages
        self.asked: list[int] = []

    async def __call__(self, number: int) -> Page[int]:
        self.asked.append(number)
        return self.pages[number - 1] if number <= len(self.pages) else Page(rows=())


FULL = range(100)
NEXT = range(100, 150)


@pytest.mark.parametrize(
    ("pages", "rows", "asked"),
    [
        pytest.param([Page(rows=())], 0, 1, id="nothing"),
        pytest.param([Page(rows=[1], pages=1, total=1)], 1, 1, id="one row"),
        pytest.param([Page(rows=FULL, total=150), Page(rows=NEXT, total=150)], 150, 2, id="by total"),
        pytest.param([Page(rows=FULL, pages=2), Page(rows=NEXT, pages=2)], 150, 2, id="by pages"),
        pytest.param([Page(rows=FULL), Page(rows=NEXT)], 150, 2, id="no numbers, short page"),
        pytest.param([Page(rows=FULL)], 100, 2, id="no numbers, full page"),
        pytest.param([Page(rows=FULL, pages=0, total=0)], 100, 2, id="numbers of nothing"),
        pytest.param(
            [Page(rows=range(10), size=10), Page(rows=range(10, 15), size=10)], 15, 2, id="smaller pages than asked for"
        ),
        pytest.param([Page(rows=FULL, total=150), Page(rows=FULL, total=150)], 100, 2, id="page number not heeded"),
        pytest.param([Page(rows=FULL, total=500)], 100, 5, id="fewer rows than announced"),
    ],
)
async def test_should_read_a_search_to_its_end(pages: list[Page[int]], rows: int, asked: int) -> None:
    """Every row once, and no page asked for in vain more than needed to be sure."""
    search = Search(pages)

    found = await read_all(search, lambda row: row)

    assert (len(found), len(search.asked)) == (rows, asked)


async def test_should_give_up_on_a_search_without_end() -> None:
    """A bound on pages, said as a failure: a part of the rows must not pass for all."""
    search = Search([Page(rows=[number], pages=1000) for number in range(50)])

    with pytest.raises(SearchEndless):
        await read_all(search, lambda row: row, most_pages=20)


@pytest.mark.parametrize(
    ("pages", "rows", "asked", "gap"),
    [
        pytest.param([Page(rows=FULL, pages=2), Page(rows=NEXT, pages=2)], 150, 2, False, id="nothing special"),
        pytest.param([Page(rows=FULL, pages=3), Page(rows=()), Page(rows=NEXT)], 150, 3, True, id="an empty page"),
        pytest.param(
            [Page(rows=FULL, total=250), Page(rows=(), total=250), Page(rows=NEXT, total=250)],
            150, 4, True, id="an empty page, by total",
        ),
        pytest.param([Page(rows=FULL, total=500)], 100, 5, True, id="fewer rows than announced"),
        pytest.param([Page(rows=FULL, pages=2, total=100), Page(rows=NEXT)], 150, 2, False, id="a total of one page"),
        pytest.param([Page(rows=FULL, pages=1, total=150), Page(rows=NEXT)], 150, 2, False, id="pages too few"),
        pytest.param([Page(rows=FULL, pages=3), Page(rows=FULL[:50]), Page(rows=NEXT)], 150, 3, True, id="seen before"),
        # One came in before the others, and pushed the last of them to a page of its own.
        pytest.param(
            [Page(rows=FULL, total=200), Page(rows=range(99, 199), total=201), Page(rows=[199], total=201)],
            200, 4, False, id="rows pushed on",
        ),
        pytest.param([Page(rows=FULL, pages=2), Page(rows=[7, 7], pages=2)], 100, 2, True, id="nothing new at the end"),
    ],
)  # fmt: skip
async def test_should_know_whether_pages_had_a_gap(pages: list[Page[int]], rows: int, asked: int, *, gap: bool) -> None:
    """What was announced is asked for to its end, and what did not come of it is not taken for read."""
    search, pages_read = Search(pages), Pages[int](key=lambda row: row)
    found = {row for page in [page async for page in pages_read.each(search)] for row in page.rows}

    assert (len(found), len(search.asked), pages_read.has_gap) == (rows, asked, gap)


async def test_should_not_take_a_search_for_empty_that_announced_something() -> None:
    """Who looks for an invoice before sending it again must not be told that there is none."""
    with pytest.raises(SearchEndless):
        await read_all(Search([Page(rows=(), pages=1, total=1)]), lambda row: row)
