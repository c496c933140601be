"""`piste-relay gates`: which upstreams are paused, and pausing them by hand through the calendar."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from service.cli.configured import FAILED, read_settings, refuse
from service.cli.ledger import with_ledger
from service.core.calendar import CalendarInvalid, Window, parse
from service.core.entry import Episode
from service.core.feed import Standing
from service.ledger import Ledger
from service.rests import is_rest
from service.settings import Settings
from service.settings.durations import to_amount

gates = typer.Typer(help="Pauses of the upstreams.", no_args_is_help=True)


class Target(StrEnum):
    """What can be paused by hand."""

    CHORUS_PRO = "chorus-pro"
    DUME = "dume"
    ALL = "all"


@gates.command("show")
def show() -> None:
    """Print the pauses now running, how far each status feed has come, and the announced windows to come."""
    settings = read_settings()

    async def find(ledger: Ledger) -> tuple[Sequence[Episode], Sequence[Standing]]:
        return await ledger.pauses(), await ledger.feeds.standings()

    running, feeds = with_ledger(settings, find)
    for episode in running:
        until = f", until {episode.until.isoformat(timespec='minutes')}" if episode.until else ""
        since = episode.since.isoformat(timespec="seconds")
        typer.echo(f"{episode.scope}  paused since {since}  {episode.cause}{until}")
    if not running:
        typer.echo("Every gate is open.")
    for feed in feeds:
        read = feed.succeeded_at.isoformat(timespec="seconds") if feed.succeeded_at else "never"
        told = feed.mark.isoformat(timespec="seconds")
        typer.echo(f"feed {feed.feed.name}  last read {read}  told up to {told}")
    now = datetime.now(UTC)
    for window in _windows(settings.maintenance.calendar):
        if window.end > now:
            typer.echo(f"{window.upstream}  announced  {_line(window)}")


@gates.command("pause")
def pause(
    upstream: Annotated[Target, typer.Argument(help="What not to call.")],
    during: Annotated[str, typer.Option("--for", help="How long, such as 30m or 2h.")] = "2h",
    note: Annotated[str, typer.Option(help="Why, for whoever reads the calendar.")] = "paused by hand",
) -> None:
    """Add a window that begins now to the calendar; every worker reads it within a second or so."""
    path = _calendar(read_settings())
    try:
        length = timedelta(seconds=to_amount(during, "s"))
    except ValueError as error:
        raise refuse(f"--for: {error}.") from None
    now = datetime.now(UTC).replace(microsecond=0)
    window = Window(upstream=upstream.value, start=now, end=now + length, note=note)
    _write(path, (*_windows(path), window))
    typer.echo(f"{upstream.value} is paused {_line(window)}.")


@gates.command("retry")
def retry(account: Annotated[str, typer.Argument(help="The name of a rejected technical account.")]) -> None:
    """Use a rejected account again at once, once it was unlocked with the password it has."""

    async def end(ledger: Ledger) -> int:
        mine = [one for one in await ledger.pauses() if is_rest(one) and one.scope.split("/")[1] == account]
        return sum([await ledger.resume(one.scope) is not None for one in mine])

    if not with_ledger(read_settings(), end):
        raise refuse(f"Account {account} does not rest; `gates show` names those that do.", code=FAILED)
    typer.echo(f"Account {account} is used again; every worker hears of it within seconds.")


@gates.command("resume")
def resume(upstream: Annotated[Target, typer.Argument(help="What to call again.")]) -> None:
    """End the windows of the calendar that are on now; each upstream is probed before it is called."""
    path, now = _calendar(read_settings()), datetime.now(UTC)
    windows = _windows(path)
    ended = [w for w in windows if w.start <= now < w.end and upstream.value in {w.upstream, Target.ALL}]
    if not ended:
        raise refuse(f"No window of the calendar pauses {upstream.value} now.", code=FAILED)
    _write(path, tuple(window for window in windows if window not in ended))
    typer.echo(f"Ended {len(ended)} window(s); a gate opens when the upstream answers its probe.")


def _calendar(settings: Settings) -> Path:
    if settings.maintenance.calendar is None:
        raise refuse(
            "RELAY_MAINTENANCE__CALENDAR is not set, and it is through that file that workers learn of a pause."
        )
    return settings.maintenance.calendar


def _windows(path: Path | None) -> tuple[Window, ...]:
    if path is None or not path.exists():
        return ()
    try:
        return parse(path.read_text(encoding="utf-8"))
    except CalendarInvalid as error:
        raise refuse(str(error), code=FAILED) from None
    except (OSError, UnicodeDecodeError):
        raise refuse(f"The calendar {path} cannot be read.", code=FAILED) from None


def _write(path: Path, windows: tuple[Window, ...]) -> None:
    """Replace the calendar in one step, so that no worker reads half of it."""
    content = {
        "windows": [
            {"upstream": w.upstream, "from": w.start.isoformat(), "to": w.end.isoformat(), "note": w.note}
            for w in windows
        ]
    }
    try:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            json.dump(content, file, indent=2, ensure_ascii=False)
        Path(file.name).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        os.replace(file.name, path)  # noqa: PTH105  both ends are named, which reads better
    except OSError as error:
        raise refuse(f"The calendar {path} cannot be written ({error.strerror}).", code=FAILED) from None


def _line(window: Window) -> str:
    note = f"  {window.note}" if window.note else ""
    return f"from {window.start.isoformat(timespec='minutes')} to {window.end.isoformat(timespec='minutes')}{note}"
