"""Opens the ledger for one command, and writes its entries as lines for people."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import typer

from service.cli.configured import FAILED, refuse
from service.core.entry import Entry
from service.core.errors import LedgerUnavailable
from service.ledger import Ledger, open_ledger
from service.settings import Settings

T = TypeVar("T")


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
    """Print one entry: what was asked, how far it came, what the upstream answered."""
    typer.echo(f"{entry.id}  {entry.type}  {entry.state.value}{f' ({entry.reason})' if entry.reason else ''}")
    facts: dict[str, object] = {
        "source": entry.source,
        "account": entry.account,
        "operation": entry.operation,
        "subject": entry.subject,
        "created": entry.created_at.isoformat(timespec="seconds") if entry.created_at else None,
        "first sent": entry.first_sent_at.isoformat(timespec="seconds") if entry.first_sent_at else None,
        "sends": entry.sends,
        "empty looks": entry.looks,
        **{f"answer {name}": value for name, value in (entry.answer or {}).items()},
    }
    for name, value in facts.items():
        if value not in (None, "", 0):
            typer.echo(f"  {name:<14} {value}")
