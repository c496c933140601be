"""One write as the ledger remembers it: what was asked of an upstream, and what it answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

PART = "\x1f"
"""In a natural key, between a whole and a part of it; with nothing behind it, the key is in the way of every part."""


def in_words(key: str) -> str:
    """A natural key as people read it."""
    return key.removesuffix(PART).replace(PART, ", ")


class State(StrEnum):
    """Where a write stands between its request and its terminal result."""

    CLAIMED = "claimed"
    """Taken, and nothing sent."""
    SENDING = "sending"
    """About to be sent, being sent, or sent by a worker that died before it wrote the answer."""
    IN_DOUBT = "in_doubt"
    """Perhaps sent: look upstream before sending again."""
    ANSWERED = "answered"
    """The upstream took it; its end is still to be followed."""
    HELD = "held"
    """A person must decide."""
    CLOSED = "closed"
    """Its outcome is stored; a redelivery republishes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What is known of a write before anything is done about it.

    `keys` are its natural keys (supplier and number, consultation and buyer, …): unique among unfinished writes of the
    same account and operation. `digest` tells whether the same identity came with other content. `made_at` is when the
    requester says it made the event. `echo` are the attributes that its results repeat, for results made when the
    event itself is elsewhere.
    """

    source: str
    id: str
    type: str
    account: str
    operation: str
    digest: str
    subject: str | None
    keys: tuple[str, ...]
    made_at: datetime | None = None
    echo: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the ledger. `next_look_in` is seconds by the ledger's own clock, 0 when a look is due.

    `notes` is what a person may want to know of it (see `service/core/question.py`); `keys` are its natural keys, read
    only where a person asks.
    """

    source: str
    id: str
    type: str
    account: str
    operation: str
    digest: str
    subject: str | None
    state: State
    fence: int
    turn: int = 0
    sends: int = 0
    looks: int = 0
    next_look_in: float = 0.0
    first_sent_at: datetime | None = None
    answer: Mapping[str, object] | None = None
    outcome: bytes | None = field(default=None, repr=False)
    reason: str = ""
    created_at: datetime | None = None
    echo: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, object] = field(default_factory=dict)
    keys: tuple[str, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What to write over an entry, in one compare-and-set; None leaves a column as it is.

    `sent` is added to the number of sends (1 before a call, -1 when it turned out that nothing left); `next_look_in` is
    seconds from now; `kept` are the natural keys that now exist upstream because of this write, `freed` those of what
    is there no more, whose keepers lose the parts they took up (both only meaningful when it closes); `claim` are
    natural keys that it turns out to have besides; `release` gives the lease back in the same commit, otherwise the
    lease is renewed.
    """

    state: State | None = None
    sent: int = 0
    looks: int | None = None
    next_look_in: float | None = None
    answer: Mapping[str, object] | None = None
    outcome: bytes | None = field(default=None, repr=False)
    reason: str | None = None
    notes: Mapping[str, object] | None = None
    kept: tuple[str, ...] = ()
    freed: tuple[str, ...] = ()
    claim: tuple[str, ...] = ()
    release: bool = False


class Standing(StrEnum):
    """What a worker may do with an entry it asked for."""

    HELD = "mine"
    """The lease is ours: work on it."""
    BUSY = "busy"
    """Somebody works on it, or on the same subject, right now."""
    CONFLICT = "conflict"
    """Another unfinished request wants the same natural key."""
    CLOSED = "closed"
    """Answered already: republish."""
    REUSED = "reused"
    """The same identity was answered before, with other content."""
    TAKEN = "taken"
    """The same identity with other content is not answered yet."""
    OVERTAKEN = "overtaken"
    """A later copy of this event exists: drop this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """An earlier request that put the same natural key upstream, or may have: why and how many seconds ago it ended."""

    source: str
    id: str
    reason: str
    ago: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeper(Earlier):
    """One of the earlier requests that keep a natural key: which key, what it asked for, and what was answered."""

    key: str
    digest: str
    answer: Mapping[str, object] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """The answer to "may I work on this write?". `is_sending`: the same commit noted that it is being sent.

    `sent_before` is the last of the earlier requests that put one of its natural keys upstream, or
    that a person gave up.
    """

    standing: Standing
    entry: Entry
    created: bool = False
    is_sending: bool = False
    sent_before: Earlier | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One pause of an upstream (or of one operation of it), from its announcement to its end."""

    scope: str
    number: int
    cause: str
    since: datetime
    until: datetime | None = None
    ended_at: datetime | None = None


class Turn(StrEnum):
    """Who of the fleet may try a paused upstream now."""

    OURS = "ours"
    """Try it."""
    THEIRS = "theirs"
    """Another worker does."""
    OVER = "over"
    """No pause of it is running."""
