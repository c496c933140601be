"""Takes a person's decision into the ledger: once, whoever else decides at the same moment, and again without harm."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import get_args

from contracts.envelope import Identity
from contracts.reasons import Reason
from service.cli.configured import FAILED, UNUSABLE
from service.core.entry import Entry, State
from service.core.question import DECIDED, DECISION, QUESTION, Number
from service.core.replies import Replies, store
from service.handlers.base import Write
from service.ledger import Ledger
from service.routes import ROUTES


class Verdict(StrEnum):
    """What a person found out."""

    SENT = "sent"
    """The State has it: follow it, under the number it was given."""
    NOT_SENT = "not-sent"
    """The State does not have it: send it."""
    GIVE_UP = "give-up"
    """Answer `failed`, saying that the State may have it."""


STATES = {Verdict.SENT: State.ANSWERED, Verdict.NOT_SENT: State.CLAIMED, Verdict.GIVE_UP: State.CLOSED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A decision as it was asked for; `numbers` are those the person gave."""

    event_id: str
    source: str | None
    verdict: Verdict
    numbers: Mapping[str, str]
    profile: str

    @property
    def in_words(self) -> dict[str, object]:
        """What is noted of it, whenever it is made."""
        return {"verdict": self.verdict.value, **self.numbers}


class Refused(Exception):
    """The decision cannot be taken; `code` is the exit code of the command."""

    def __init__(self, sentence: str, *, code: int = FAILED) -> None:
        super().__init__(sentence)
        self.code = code


async def decided(ledger: Ledger, wanted: Wanted) -> tuple[Entry, bool]:
    """The entry decided as wanted, and whether it was by this very call; raises Refused."""
    entry = _only(await ledger.find(wanted.event_id, wanted.source), wanted.event_id)
    if entry.state is State.HELD:
        _check_number(entry, wanted)
        try:
            return await _decide(ledger, entry, wanted), True
        except LookupError:  # somebody else decided, a moment ago
            (entry,) = await ledger.find(entry.id, entry.source)
    return _as_wanted(entry, wanted), False


async def _decide(ledger: Ledger, entry: Entry, wanted: Wanted) -> Entry:
    now, verdict = datetime.now(UTC), wanted.verdict
    decision = {**wanted.in_words, "at": now.isoformat(timespec="seconds")}
    return await ledger.decide(
        entry.source,
        entry.id,
        to=STATES[verdict],
        answer=_answer(wanted),
        reason=_reason(verdict),
        outcome=_given_up(entry, wanted.profile, now) if verdict is Verdict.GIVE_UP else None,
        notes={**entry.notes, DECISION: decision},
    )


def _answer(wanted: Wanted) -> dict[str, object] | None:
    """What the upstream is taken to have answered: what it said before counts no more."""
    match wanted.verdict:
        case Verdict.SENT:
            return {**wanted.numbers, DECIDED: True}
        case Verdict.NOT_SENT:
            return {}
        case Verdict.GIVE_UP:
            return None


def _reason(verdict: Verdict) -> str:
    return Reason.GIVEN_UP.value if verdict is Verdict.GIVE_UP else f"decided_{verdict.value.replace('-', '_')}"


def _given_up(entry: Entry, profile: str, now: datetime) -> bytes:
    request = Identity(entry.source, entry.id, entry.type, **entry.echo)
    detail = "A person closed it while it was not known whether the State has the document."
    return store([Replies(profile).failure(request, Reason.GIVEN_UP, detail, now)])


def _only(entries: Sequence[Entry], event_id: str) -> Entry:
    """The one that is meant: held, else decided before."""
    held = [entry for entry in entries if entry.state is State.HELD]
    found = held or [entry for entry in entries if DECISION in entry.notes]
    if not found:
        raise Refused(f"No write with the id {event_id} is held for a decision.")
    if len(found) > 1:
        sources = ", ".join(entry.source for entry in found)
        raise Refused(f"Several requesters use the id {event_id}; add --source, one of: {sources}.", code=UNUSABLE)
    return found[0]


def _as_wanted(entry: Entry, wanted: Wanted) -> Entry:
    """An entry that was decided before, if it was decided in the same way; raises Refused."""
    said = entry.notes.get(DECISION)
    decision = dict(said) if isinstance(said, dict) else {}
    at = decision.pop("at", "?")
    if decision != wanted.in_words:
        words = " ".join(str(value) for value in decision.values())
        raise Refused(f"It was decided otherwise at {at}: {words or 'it is not known how'}. Nothing is changed.")
    return entry


def _check_number(entry: Entry, wanted: Wanted) -> None:
    """Raise Refused unless the numbers given are what the verdict about this write needs."""
    needed = _number(entry) if wanted.verdict is Verdict.SENT else None
    if set(wanted.numbers) == ({needed} if needed else set()):
        return
    if wanted.verdict is not Verdict.SENT:
        raise Refused("A number goes with the verdict `sent` only.", code=UNUSABLE)
    if needed is None:
        raise Refused(f"{entry.operation} needs no number: the request names what it is about.", code=UNUSABLE)
    option = f"--{needed.replace('_', '-')}"
    raise Refused(f"With the verdict `sent`, {entry.operation} needs {option}, and nothing else.", code=UNUSABLE)


def _number(entry: Entry) -> Number | None:
    """What the State gave to it, as the question about it says, else as its kind usually has it."""
    question = entry.notes.get(QUESTION)
    if isinstance(question, dict):
        number = question.get("number")
        return number if number in get_args(Number) else None
    handler = ROUTES[entry.type].handler if entry.type in ROUTES else None
    return handler.screen.number if isinstance(handler, Write) else None
