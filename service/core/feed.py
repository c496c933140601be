"""Decides which changes of status are news, which part of time is asked for next, and how far that brings the feed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from contracts.changes import FeedRole
from service.core.invoices import FoundInvoice

SAME = timedelta(seconds=1)
"""The State writes one moment with and without fractions of a second."""

PARIS = ZoneInfo("Europe/Paris")
TWICE = timedelta(hours=1)
"""How long the hour is that is there twice when the clocks are set back."""

SMALLEST = timedelta(seconds=2)
"""A part of time that is not divided any further: the State reads its bounds to the second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """One feed: what one account hears as supplier, or as recipient."""

    account: str
    role: FeedRole

    @property
    def name(self) -> str:
        """What people call it."""
        return f"{self.account}/{self.role}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """The one message that keeps a feed going. Of two with different numbers the higher one counts.

    `mark` is how far the feed had come when the tick was made, by the State's dates.
    """

    feed: Feed
    number: int
    mark: datetime | None = None
    failures: int = 0


class Hold(StrEnum):
    """What a worker may do with a tick."""

    OURS = "ours"
    """Read the statuses."""
    BUSY = "busy"
    """Another worker reads them right now."""
    SURPLUS = "surplus"
    """A later tick of this feed exists: drop this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """The answer to "may I read this feed?", and where it stands: told up to `mark`, nothing from before `began`."""

    hold: Hold
    mark: datetime
    began: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a feed stands, for people and metrics."""

    feed: Feed
    mark: datetime
    created_at: datetime
    succeeded_at: datetime | None

    @property
    def fresh_at(self) -> datetime:
        """When it was last read to the end; when it began, if it never was."""
        return self.succeeded_at or self.created_at


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One status of an invoice and since when it is there; dates to the second, in UTC."""

    code: str
    since: datetime | None
    comment: str | None = None

    def is_same(self, other: Step) -> bool:
        """Whether both are one step, told by two operations of the State."""
        if self.since is None or other.since is None:
            return self.code == other.code and self.since is other.since
        return self.code == other.code and abs(self.since - other.since) <= SAME

    def may_be(self, other: Step) -> bool:
        """Whether both may be one step, since one of them has no date."""
        return self.code == other.code and (self.since is None or other.since is None)

    def is_before(self, moment: datetime | None) -> bool:
        """Whether it certainly happened earlier than a moment."""
        return moment is not None and self.since is not None and self.since < moment


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """An invoice as a search shows it, with the comment on its present status."""

    invoice: FoundInvoice
    comment: str | None = None

    @property
    def step(self) -> Step | None:
        """Its present status; None when the search does not tell."""
        code = self.invoice.status_code
        return step(code, self.invoice.status_since, self.comment) if code else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One step that is news, and the code of the one before it if that is known."""

    step: Step
    previous: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of time, by the dates of changes; `until` is None while it goes on."""

    since: datetime
    until: datetime | None = None

    def halves(self, now: datetime) -> tuple[Window, Window] | None:
        """Both halves, the earlier one first; None when it is too small to be divided."""
        middle = self.since + ((self.until or now) - self.since) / 2
        if middle - self.since < SMALLEST:
            return None
        return Window(since=self.since, until=middle), Window(since=middle, until=self.until)


def step(code: str, at: datetime | None, comment: str | None = None) -> Step:
    """A step with its date as it is compared."""
    return Step(code=code, since=at and to_second(at), comment=comment or None)


def to_second(moment: datetime) -> datetime:
    """The moment as it is compared and as ids are made of it."""
    return moment.astimezone(UTC).replace(microsecond=0)


def is_news(shown: Step, told: Step | None, floor: datetime) -> bool:
    """Whether a search shows something that was not told yet. `told` is the last step told of that invoice.

    What is older than the last step told is the index of the State being late, or told already.
    """
    if told is None:
        return not shown.is_before(floor)
    return not shown.is_same(told) and (not shown.is_before(told.since) or _may_be_later(shown, told))


def _may_be_later(shown: Step, told: Step) -> bool:
    """Whether a step that looks older need not be: its date may have had no offset, in the hour Paris has twice."""
    if shown.since is None or told.since is None or shown.code == told.code or told.since - shown.since > TWICE:
        return False
    local = shown.since.astimezone(PARIS)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


def changes(shown: Step, passed: Sequence[Step], told: Step | None, floor: datetime) -> tuple[Change, ...]:
    """Every step that is news, oldest first. `passed` is the history of the invoice, empty when that is not known.

    Without a history only the present step can be told, and what came before it is what was told last.
    """
    steps = _with_present(shown, passed)
    first = _first_new(steps, told, floor)
    before = [told.code if told else None, *(one.code for one in steps)]
    return tuple(Change(step=one, previous=old) for one, old in zip(steps[first:], before[first:], strict=False))


def _with_present(shown: Step, passed: Sequence[Step]) -> list[Step]:
    """A history that has the present step, or knows of later ones; each of the two may be later than the other."""
    steps = [*passed]
    for place in range(len(steps) - 1, -1, -1):
        one, is_last = steps[place], place == len(steps) - 1
        if shown.is_same(one) or (is_last and shown.may_be(one)):
            steps[place] = replace(one, since=one.since or shown.since, comment=one.comment or shown.comment)
            return steps
    if not steps or not shown.is_before(steps[-1].since):
        steps.append(shown)
    return steps


def _first_new(steps: Sequence[Step], told: Step | None, floor: datetime) -> int:
    """The place of the first step that is news: behind the one told last, else by its date."""
    if told is not None:
        for is_told in (told.is_same, told.may_be):
            for place in range(len(steps), 0, -1):
                if is_told(steps[place - 1]):
                    return place
    after = floor if told is None or told.since is None else told.since + SAME
    return next((place for place, one in enumerate(steps) if not one.is_before(after)), len(steps))


def mark_after(mark: datetime, seen: Iterable[datetime | None], now: datetime) -> datetime:
    """How far a feed has come that was told up to `mark` and has now seen changes of these dates.

    The State's dates lead, never our clock: one that is ahead would leave out what happens until it is set right. A
    date of the State that lies in the future is believed up to the present only.
    """
    return max((mark, *(min(one, now) for one in seen if one is not None)))


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlan:
    """How often statuses are read and how far back.

    `history` reads each changed invoice in full. `longest` bounds the telling of one round, `smallest` is the wait for
    whatever is merely in the way, `lease` is seconds a worker holds a feed without a sign of life.
    """

    interval: timedelta
    overlap: timedelta
    first_window: timedelta
    retention: timedelta
    smallest: timedelta
    lease: float
    history: bool = True
    longest: timedelta = timedelta(minutes=10)

    @property
    def patience(self) -> float:
        """Seconds by which a tick may be late before it counts as lost: as long as a whole interval."""
        return self.interval.total_seconds()

    def window(self, mark: datetime) -> Window:
        """What is asked for next. It overlaps what was read before by more than the State's index may be late."""
        return Window(since=mark - self.overlap)

    def floor(self, began: datetime, mark: datetime, now: datetime) -> datetime:
        """What happened before is never news of an invoice that nothing is remembered of.

        It was told and is forgotten, or was before the feed began. What happened since the mark is neither, however
        long the feed stood still.
        """
        return max(to_second(began), min(now - self.retention, to_second(mark) + SAME))
