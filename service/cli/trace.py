"""`piste-relay trace`: what the ledger knows of one request, and the results it ended in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from service.cli.configured import FAILED, read_settings, refuse
from service.cli.ledger import say, with_ledger
from service.core.entry import Entry
from service.core.replies import restore
from service.ledger import Ledger


def trace(
    event_id: Annotated[str, typer.Argument(metavar="ID", help="The id of the request event.")],
    source: Annotated[str | None, typer.Option(help="Its source, when several requesters use the same id.")] = None,
) -> None:
    """Show how far a write has come. Reads leave no trace but their results."""

    async def find(ledger: Ledger) -> Sequence[Entry]:
        return await ledger.find(event_id, source)

    entries = with_ledger(read_settings(), find)
    if not entries:
        raise refuse(
            f"The ledger has no write with the id {event_id}: it was a read, it has not arrived yet, or it is too old.",
            code=FAILED,
        )
    for entry in entries:
        say(entry)
        for result in restore(entry.outcome) if entry.outcome else ():
            typer.echo(f"  {'result':<14} {result.type}  {result.id}")
