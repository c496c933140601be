"""`piste-relay deadletters` and `piste-relay parked`: events that wait in a queue, read, replayed, kept or dropped."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from service.cli.configured import FAILED, read_settings, refuse
from service.cli.topology import configured_topology
from service.messaging.failures import BrokerTrouble
from service.messaging.topology import DEAD_LETTER, PARKED

if TYPE_CHECKING:
    from service.messaging.browse import Browser, Kept

T = TypeVar("T")

MOST_SHOWN = 100
"""Characters of a cause in a list; `show` has all of it."""

EventId = Annotated[str, typer.Argument(metavar="ID", help="The id of the event, or of the message when it has none.")]
SomeId = Annotated[str | None, typer.Argument(metavar="[ID]", help="The id of one event; leave it out with --all.")]
Everything = Annotated[bool, typer.Option("--all", help="Every event of the queue.")]


def _commands(queues: tuple[str, ...], text: str) -> typer.Typer:
    """The five commands for the events of these queues."""
    app = typer.Typer(help=text, no_args_is_help=True)
    _add_reading(app, queues)
    _add_moving(app, queues)
    return app


def _add_reading(app: typer.Typer, queues: tuple[str, ...]) -> None:
    @app.command("list")
    def show_all() -> None:
        """Print one line per event, oldest first."""
        found = _browse(queues, lambda browser, queue: browser.look(queue))
        for kept in found:
            typer.echo(_line(kept))
        typer.echo(f"{len(found)} waiting.")

    @app.command("show")
    def show(event_id: EventId) -> None:
        """Print all that is known of one event, without its data."""
        for kept in _only(_browse(queues, lambda browser, queue: browser.look(queue)), event_id):
            typer.echo(json.dumps(_facts(kept), indent=2))

    @app.command("export")
    def export(file: Annotated[Path, typer.Argument(help="File to write, one JSON object a line.")]) -> None:
        """Write every event with its body to a file; it holds whole documents, so keep it safe."""
        found = _browse(queues, lambda browser, queue: browser.look(queue))
        lines = [json.dumps({**_facts(kept), "body": base64.b64encode(kept.body).decode()}) for kept in found]
        file.touch(mode=0o600)
        file.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        typer.echo(f"{len(found)} written to {file}.")


def _add_moving(app: typer.Typer, queues: tuple[str, ...]) -> None:
    @app.command("replay")
    def replay(event_id: SomeId = None, everything: Everything = False, rate: float = 10.0) -> None:
        """Send one event, or all, back to where it came from, as if it came for the first time."""
        wanted = _one_or_all(event_id, everything)
        moved = _browse(queues, lambda browser, queue: browser.replay(queue, id=wanted, rate=rate))
        _report(moved, event_id, "replayed")

    @app.command("drop")
    def drop(event_id: SomeId = None, everything: Everything = False) -> None:
        """Remove one event, or all; nobody will be answered. Export first."""
        wanted = _one_or_all(event_id, everything)
        gone = _browse(queues, lambda browser, queue: browser.drop(queue, id=wanted))
        _report(gone, event_id, "dropped")


def _browse(queues: tuple[str, ...], ask: Callable[[Browser, str], Awaitable[list[Kept]]]) -> list[Kept]:
    from service.messaging.browse import Browser

    settings = read_settings()

    async def look() -> list[Kept]:
        async with Browser(settings.amqp.url.get_secret_value(), configured_topology(settings)) as browser:
            return [kept for queue in queues for kept in await ask(browser, queue)]

    try:
        return asyncio.run(look())
    except BrokerTrouble as error:
        raise refuse(f"{error}.", code=FAILED) from None


def _line(kept: Kept) -> str:
    age = datetime.now(UTC) - kept.first_seen
    return (
        f"{kept.id or kept.message_id or '(no id)'}  {kept.type or '(no type)'}  {kept.queue}  {kept.reason}"
        f"  {int(age.total_seconds())} s  {_start_of(kept.detail)}"
    )


def _start_of(detail: str) -> str:
    return detail if len(detail) <= MOST_SHOWN else f"{detail[: MOST_SHOWN - 1]}…"


def _facts(kept: Kept) -> dict[str, object]:
    return {
        "id": kept.id,
        "source": kept.source,
        "type": kept.type,
        "message_id": kept.message_id,
        "queue": kept.queue,
        "reason": kept.reason,
        "detail": kept.detail,
        "attempt": kept.attempt,
        "turn": kept.turn,
        "first_seen": kept.first_seen.isoformat(),
        "question": dict(kept.marks.question) or None,
        "comes_back_to": kept.origin,
        "content_type": kept.content_type,
        "bytes": len(kept.body),
    }


def _only(found: list[Kept], event_id: str) -> list[Kept]:
    called = [kept for kept in found if kept.is_called(event_id)]
    if not called:
        raise refuse(f"No event called {event_id} waits here.", code=FAILED)
    return called


def _one_or_all(event_id: str | None, everything: bool) -> str | None:
    if (event_id is None) != everything:
        raise refuse("Give one event id, or --all.")
    return event_id


def _report(moved: list[Kept], event_id: str | None, verb: str) -> None:
    if event_id is not None and not moved:
        raise refuse(f"No event called {event_id} waits here.", code=FAILED)
    for kept in moved:
        typer.echo(_line(kept))
    typer.echo(f"{len(moved)} {verb}.")


deadletters = _commands((DEAD_LETTER,), "Messages that need a person.")
parked = _commands(PARKED, "Events that wait for an upstream to come back.")
