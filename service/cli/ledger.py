"""Opens the ledger for one command, and writes its entries as lines for people."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import datetime
from typing import TypeVar

import typer

from service.cli.configured import FAILED, refuse
from service.core.entry import Entry, State, in_words
from service.core.errors import LedgerUnavailable
from service.core.question import DECISION, QUESTION, calls_of, last_sent_at
from service.ledger import Ledger, open_ledger
from service.settings import Settings

T = TypeVar("T")

MOST_KEYS = 5
"""Natural keys shown of one entry; the rest is counted."""


def with_ledger(settings: Settings, ask: Callable[[Ledger], Awaitable[T]]) -> T:
    """What `ask` gets from the ledger; ends the command with one sentence when the ledger cannot be used."""

    async def open_and_ask() -> T:
        async with open_ledger(settings.ledger.url.get_secret_value(), lease=settings.ledger.lease) as ledger:
            return await ask(ledger)

    try:
        return asyncio.run(open_and_ask())
    except (LedgerUnavailable, LookupError, ValueError) as error:
        raise refuse(f"{str(error).strip(chr(39))}.", code=FAILED) from None


def say(entry: Entry) -> None:
    """Print one entry: what was asked, how far it came, what the upstream answered, and what a person is asked."""
    reason = f" ({entry.reason})" if entry.reason else ""
    typer.echo(printable(f"{entry.id}  {entry.type}  {entry.state.value}{reason}"))
    for name, value in (*_facts(entry), *_noted(entry)):
        if value not in (None, "", 0):
            typer.echo(f"  {name:<14} {printable(str(value))}")


def printable(text: str) -> str:
    """A text of somebody else without what a terminal would obey."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)


def _facts(entry: Entry) -> Iterator[tuple[str, object]]:
    yield "source", entry.source
    yield "account", entry.account
    yield "operation", entry.operation
    yield "subject", entry.subject
    yield "businessref", entry.echo.get("businessref")
    yield "about", ", ".join(map(in_words, entry.keys[:MOST_KEYS]))
    if len(entry.keys) > MOST_KEYS:
        yield "", f"and {len(entry.keys) - MOST_KEYS} more"
    yield "created", _in_words(entry.created_at)
    yield "first sent", _in_words(entry.first_sent_at)
    yield "last sent", _in_words(last_sent_at(entry)) if entry.sends > 1 else None
    yield "sends", entry.sends
    yield "empty looks", entry.looks
    for name, value in (entry.answer or {}).items():
        yield f"answer {name}", value


def _noted(entry: Entry) -> Iterator[tuple[str, object]]:
    for call in calls_of(entry):
        correlation = f", correlation id {call['correlation_id']}" if "correlation_id" in call else ""
        yield "call", f"{call['at']}: {call.get('said', 'no answer was written down')}{correlation}"
    decision, question = entry.notes.get(DECISION), entry.notes.get(QUESTION)
    if isinstance(decision, dict):
        yield "decided", " ".join(str(value) for value in decision.values() if value is not None)
    if entry.state is State.HELD and isinstance(question, dict):
        yield "why", question.get("why")
        yield "asked", question.get("asked")
        yield "look at", question.get("look_at")
        for command in question.get("commands", ()):
            yield "then run", command


def _in_words(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment else None
