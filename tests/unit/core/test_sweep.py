"""A search that shows so many rows is divided until all is shown: nothing is lost, nothing comes twice, calls end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from service.core.sweep import DAY, DAYS_ALONE, KINDS, Kind, Labels, Slice, Sweep, narrower

FIRST = date(2026, 1, 1)
LABELS = Labels(
    natures={"contract": ("a", "b"), "concession": ("c",)},
    procedures={"contract": ("p", "q"), "concession": ("r", "s")},
)


@dataclass(frozen=True)
class Row:
    """Something published."""

    number: int
    day: date
    kind: Kind
    nature: str
    procedure: str


def shown(rows: list[Row], part: Slice, most: int) -> list[Row]:
    """What a State shows that includes both days and cuts."""
    fit = [
        row
        for row in rows
        if (part.since is None or part.since <= row.day)
        and (part.until is None or row.day <= part.until)
        and part.kind in {None, row.kind}
        and part.nature in {None, row.nature}
        and part.procedure in {None, row.procedure}
    ]
    return fit[:most]


def swept(
    rows: list[Row], first: Slice, labels: Labels, *, most: int, most_calls: int = 10_000, limit: int = 10_000
) -> Sweep[Row]:
    """A search read as far as it goes."""
    sweep: Sweep[Row] = Sweep((first,), labels, most_calls=most_calls, limit=limit)
    while (part := sweep.next()) is not None:
        answer = shown(rows, part, most)
        by_key: dict[Hashable, Row] = {row.number: row for row in answer}
        sweep.take(part, by_key, is_cut=len(answer) >= most)
    return sweep


@st.composite
def published(draw: st.DrawFn) -> list[Row]:
    """Anything a State may hold of ten days, many of them alike; one label is in no list."""
    drawn = draw(
        st.lists(
            st.tuples(st.integers(0, 9), st.sampled_from(KINDS), st.integers(0, 2), st.integers(0, 2)), max_size=40
        )
    )
    return [
        Row(
            number=number,
            day=FIRST + timedelta(days=day),
            kind=kind,
            nature=[*LABELS.natures[kind], "old"][min(nature, len(LABELS.natures[kind]))],
            procedure=LABELS.procedures[kind][procedure % 2],
        )
        for number, (day, kind, nature, procedure) in enumerate(drawn)
    ]


TEN_DAYS = Slice(since=FIRST, until=FIRST + timedelta(days=9))
DAYS = st.builds(
    lambda start, length: Slice(since=FIRST + timedelta(days=start), until=FIRST + timedelta(days=start + length)),
    st.integers(0, 9),
    st.integers(0, 400),
)


@given(rows=published(), most=st.integers(1, 8), labels=st.sampled_from([LABELS, DAYS_ALONE]))
def test_should_lose_nothing_without_saying_so(rows: list[Row], most: int, labels: Labels) -> None:
    """What is missing lies on days told as not read to their end; or, of an unlisted label, as narrowed."""
    sweep = swept(rows, TEN_DAYS, labels, most=most)
    told = {row.number for row in sweep.rows}
    missing = [row for row in rows if row.number not in told]

    assert [
        row
        for row in missing
        if not any(_covers(part, row.day) for part in sweep.unread)
        and not (row.nature == "old" and any(_covers(part, row.day) for part in sweep.narrowed))
    ] == []


@given(rows=published(), most=st.integers(1, 8), labels=st.sampled_from([LABELS, DAYS_ALONE]))
def test_should_tell_nothing_twice_and_nothing_else(rows: list[Row], most: int, labels: Labels) -> None:
    """Rows seen before their part was divided come once."""
    sweep = swept(rows, TEN_DAYS, labels, most=most)

    assert [number for number, times in Counter(row.number for row in sweep.rows).items() if times > 1] == []
    assert set(sweep.rows) <= set(rows)


@given(rows=published(), labels=st.sampled_from([LABELS, DAYS_ALONE]))
def test_should_be_complete_where_no_day_is_too_full(rows: list[Row], labels: Labels) -> None:
    """With fewer rows a day than are shown, days alone divide everything."""
    most = max(Counter(row.day for row in rows).values(), default=0) + 1
    sweep = swept(rows, TEN_DAYS, labels, most=most)

    assert ({row.number for row in sweep.rows}, sweep.unread) == ({row.number for row in rows}, ())


@given(rows=published(), most=st.integers(1, 8), most_calls=st.integers(1, 30), limit=st.integers(1, 30))
def test_should_keep_within_its_bounds(rows: list[Row], most: int, most_calls: int, limit: int) -> None:
    """Calls and rows are bounded, and where a bound cut something off it is said."""
    sweep = swept(rows, TEN_DAYS, LABELS, most=most, most_calls=most_calls, limit=limit)
    told = {row.number for row in sweep.rows}

    assert (sweep.calls <= most_calls, len(sweep.rows) <= limit) == (True, True)
    listed = {row.number for row in rows if row.nature != "old"}
    assert listed <= told or sweep.unread != ()


@given(rows=published(), most=st.integers(1, 8))
def test_should_end(rows: list[Row], most: int) -> None:
    """However full it is: each day is asked for itself, and by each kind, nature and procedure, at most."""
    ways = 1 + 2 + 3 + 6
    sweep = swept(rows, TEN_DAYS, LABELS, most=most)

    assert sweep.calls <= 10 * ways + 9


@given(part=DAYS)
def test_should_divide_days_without_gap_or_overlap(part: Slice) -> None:
    """Two halves that begin and end where the whole does, the second on the day after the first."""
    assert part.since is not None
    assert part.until is not None
    halves = narrower(part, DAYS_ALONE)
    if part.since == part.until:
        assert halves == ()
    else:
        first, second = halves
        assert (first.since, second.until) == (part.since, part.until)
        assert first.until is not None
        assert second.since == first.until + DAY


def test_should_put_days_together() -> None:
    """Days that follow each other are one range; what has no days is told as such."""
    sweep: Sweep[Row] = Sweep((), LABELS, most_calls=1, limit=1)
    for start, end in ((0, 1), (5, 5), (2, 3), (6, 6)):
        sweep.skip(Slice(since=FIRST + timedelta(days=start), until=FIRST + timedelta(days=end)))
    sweep.skip(Slice())

    assert sweep.unread == (
        Slice(),
        Slice(since=FIRST, until=FIRST + timedelta(days=3)),
        Slice(since=FIRST + timedelta(days=5), until=FIRST + timedelta(days=6)),
    )


def test_should_notice_a_search_that_leaves_the_last_day_out() -> None:
    """Where parts do not show what the whole showed, the days are not taken for read, and no row seen is dropped."""
    rows = [Row(number=n, day=FIRST + timedelta(days=n), kind="contract", nature="a", procedure="p") for n in range(4)]
    sweep: Sweep[Row] = Sweep(
        (Slice(since=FIRST, until=FIRST + timedelta(days=9)),), DAYS_ALONE, most_calls=99, limit=99
    )
    while (part := sweep.next()) is not None:
        assert part.until is not None
        answer = [row for row in shown(rows, part, 4) if row.day != part.until]
        by_key: dict[Hashable, Row] = {row.number: row for row in answer}
        sweep.take(part, by_key, is_cut=len(answer) >= 4)

    assert {row.number for row in sweep.rows} == {0, 1, 2, 3}
    assert sweep.unread != ()


def _covers(part: Slice, day: date) -> bool:
    return (part.since is None or part.since <= day) and (part.until is None or day <= part.until)
