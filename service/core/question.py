"""What a person is asked about a write whose fate nobody knows, with all it takes to find out and to decide."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from service.core.entry import Entry
from service.core.errors import UpstreamFailure

Number = Literal["flow_number", "dume_id", "invoice_number"]
"""What the State gives to something it has taken."""

QUESTION, CALLS, DECISION, READY = "question", "calls", "decision", "ready"
"""What the notes of an entry hold."""

DECIDED = "decided"
"""Mark on an answer that a person gave in the place of the upstream: it is confirmed there before it is believed."""

MOST_KEYS, MOST_CALLS, LONGEST = 20, 10, 300
"""A question fits into a header of a message, however large an archive is and however often it was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """What a write does in the words of a person, where a person sees whether it was done, and under which number."""

    deed: str
    place: str
    number: Number | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Everything a person needs; `number` is what the verdict `sent` has to name, None when the request names it."""

    why: str
    screen: Screen
    number: Number | None
    about: tuple[str, ...]
    upstream: str
    entry: Entry

    def to_json(self) -> dict[str, object]:
        """The question as it stands in the ledger and on the message; what is empty is left out."""
        entry, last = self.entry, last_sent_at(self.entry)
        said: dict[str, object] = {
            "why": self.why[:LONGEST],
            "asked": self.screen.deed,
            "about": _listed(self.about),
            "subject": entry.subject,
            "businessref": entry.echo.get("businessref"),
            "upstream": self.upstream,
            "operation": entry.operation,
            "account": entry.account,
            "sends": entry.sends,
            "first_sent_at": _in_words(entry.first_sent_at),
            "last_sent_at": _in_words(last),
            "empty_looks": entry.looks,
            CALLS: calls_of(entry)[-MOST_CALLS:],
            "look_at": self.screen.place,
            "number": self.number,
            "commands": commands(entry.source, entry.id, self.number),
        }
        return {name: value for name, value in said.items() if value not in (None, "", [], 0)}


def commands(source: str, id: str, number: Number | None) -> list[str]:
    """What to run next, one line for each thing that may have been found out."""
    decide = f"piste-relay doubt decide {shlex.quote(id)}"
    named = f" --{number.replace('_', '-')} NUMBER" if number else ""
    return [f"{decide} {verdict} --source {shlex.quote(source)}" for verdict in (f"sent{named}", "not-sent", "give-up")]


def with_ready(notes: Mapping[str, object], kept: Mapping[str, object]) -> dict[str, object]:
    """The notes with what was learnt or uploaded before a call; nothing to keep leaves them as they are."""
    return {**notes, READY: dict(kept)} if kept else dict(notes)


def with_send(notes: Mapping[str, object], at: datetime) -> dict[str, object]:
    """The notes with one more call that is about to be made."""
    return _with_calls(notes, [*_calls(notes), {"at": at.isoformat(timespec="seconds")}])


def with_failure(notes: Mapping[str, object], at: datetime, failure: UpstreamFailure) -> dict[str, object]:
    """The notes with how a call ended that may have been carried out; the call itself too if it is not noted yet."""
    calls, facts = _calls(notes), failure.facts
    begun = calls.pop() if calls and "said" not in calls[-1] else {"at": at.isoformat(timespec="seconds")}
    end = {"said": str(failure)[:LONGEST], "http_status": facts.http_status, "correlation_id": facts.correlation_id}
    return _with_calls(notes, [*calls, {**begun, **{name: value for name, value in end.items() if value is not None}}])


def calls_of(entry: Entry) -> list[dict[str, object]]:
    """The calls that were made for an entry, as far as they could be written down, oldest first."""
    return _calls(entry.notes)


def last_sent_at(entry: Entry) -> datetime | None:
    """When it was sent last; the first time is known of every entry, later ones from the notes."""
    noted = [datetime.fromisoformat(str(call["at"])) for call in calls_of(entry)]
    return max([*noted, *([entry.first_sent_at] if entry.first_sent_at else [])], default=None)


def _calls(notes: Mapping[str, object]) -> list[dict[str, object]]:
    kept = notes.get(CALLS)
    return [dict(call) for call in kept] if isinstance(kept, list) else []


def _with_calls(notes: Mapping[str, object], calls: list[dict[str, object]]) -> dict[str, object]:
    return {**notes, CALLS: calls[-MOST_CALLS:]}


def _listed(about: tuple[str, ...]) -> list[str]:
    shown = [key[:LONGEST] for key in about[:MOST_KEYS]]
    return [*shown, f"and {len(about) - MOST_KEYS} more"] if len(about) > MOST_KEYS else shown


def _in_words(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
