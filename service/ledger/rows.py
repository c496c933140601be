"""Rows of the ledger read into entries, and changes turned into assignments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import orjson

from service.core.entry import Change, Entry, Episode, State
from service.ledger.database import Row


def to_entry(row: Row, *, now: float, boot: str) -> Entry:
    """A row as a value; a look that was due at another run of the machine waits its full time again."""
    remaining = row["next_look_at"] - now if row["boot"] == boot else row["look_wait"]
    return Entry(
        source=row["source"],
        id=row["id"],
        type=row["type"],
        account=row["account"],
        operation=row["operation"],
        digest=row["digest"],
        subject=row["subject"],
        state=State(row["state"]),
        fence=row["fence"],
        turn=row["turn"],
        sends=row["sends"],
        looks=row["looks"],
        next_look_in=max(0.0, remaining),
        first_sent_at=_moment(row["first_sent_at"]),
        answer=orjson.loads(row["answer"]) if row["answer"] else None,
        outcome=row["outcome"],
        reason=row["reason"],
        created_at=_moment(row["created_at"]),
        echo=orjson.loads(row["echo"]),
        notes=orjson.loads(row["notes"]) if row["notes"] else {},
    )


def to_episode(row: Row) -> Episode:
    """A row of the pauses as a value."""
    return Episode(
        scope=row["scope"],
        number=row["number"],
        cause=row["cause"],
        since=datetime.fromisoformat(row["since"]),
        until=_moment(row["until"]),
        ended_at=_moment(row["ended_at"]),
    )


def assignments(change: Change, *, now: float, wall: str, lease: float) -> dict[str, object]:
    """Column → value for everything `change` sets, except counters."""
    columns: dict[str, object] = {"changed_at": wall}
    state = change.state and change.state.value
    plain = {"state": state, "looks": change.looks, "outcome": change.outcome, "reason": change.reason}
    columns |= {name: value for name, value in plain.items() if value is not None}
    if change.answer is not None:
        columns["answer"] = to_json(change.answer)
    if change.notes is not None:
        columns["notes"] = to_json(change.notes)
    if change.next_look_in is not None:
        columns |= {"look_wait": change.next_look_in, "next_look_at": now + change.next_look_in}
    columns |= {"owner": None, "lease_until": 0.0} if change.release else {"lease_until": now + lease}
    return columns


def to_json(fields: Mapping[str, object]) -> str:
    """What a column keeps of something with fields."""
    return orjson.dumps(dict(fields)).decode()


def in_words(moment: datetime) -> str:
    """What a column keeps of a time, so that later ones sort behind; never compared with a lease."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
