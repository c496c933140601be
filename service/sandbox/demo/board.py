"""Shows the story as it goes on: a live table in a terminal, plain lines everywhere else."""

from __future__ import annotations

from types import TracebackType
from typing import Final, Self

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from service.sandbox.demo.story import BACK, FOUND, IN_DOUBT, PARKED, UPSTREAMS, Row, Story

_AROUND: Final = 8
"""Lines of the screen that are not rows: the lines above the table, its frame, and one below for the cursor."""
_FEWEST_ROWS: Final = 5
_PER_SECOND: Final = 8
_TITLE_WIDTH: Final = 36
_ENDING_WIDTH: Final = 25
_BETWEEN_COLUMNS: Final = 6
_ARROW: Final = " > "
_STYLES: Final = {PARKED: "bold yellow", BACK: "cyan", FOUND: "cyan", IN_DOUBT: "magenta"}


class Board:
    """The story on a console while inside `with`; the table vanishes at the end, lines stay."""

    def __init__(self, console: Console, story: Story) -> None:
        self._console = console
        self._story = story
        self._now = 0.0
        self._live: Live | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            self._live = Live(
                get_renderable=self._render, console=self._console, refresh_per_second=_PER_SECOND, transient=True
            )
            self._live.start(refresh=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def tell(self, line: str | None, at: float) -> None:
        """Say what happened, where there is no table to show it."""
        if self._live is None and line is not None:
            print(f"{at:6.1f} s  {line}", flush=True)

    def tick(self, now: float) -> None:
        """Let time pass in the table."""
        self._now = now

    def _render(self) -> Group:
        table = to_table(self._story, rows=self._console.height - _AROUND, width=self._console.width)
        return Group(*headline(self._story, self._now), table)


def headline(story: Story, now: float) -> list[Text]:
    """What is going on, how the upstreams are, and what waits where."""
    upstreams = Text("  ")
    for upstream, name in UPSTREAMS.items():
        since = story.paused.get(upstream)
        said = "open" if since is None else f"in maintenance for {now - since:.0f} s, not called"
        upstreams.append(f"{name}: ").append(said, style="green" if since is None else "bold yellow").append("    ")
    waiting = ", ".join(f"{count} in {name}" for name, count in story.depths.items() if count)
    return [
        Text(f"{now:5.1f} s  {story.scene}", style="bold"),
        upstreams,
        Text(f"  waiting: {waiting or 'nothing'}", style="dim"),
    ]


def to_table(story: Story, *, rows: int, width: int) -> Table:
    """The requests in the order they were made, the last ones when there are more than fit."""
    table = Table(expand=True, show_edge=False, pad_edge=False, header_style="dim")
    for name, columns in (("request", _TITLE_WIDTH), ("its way", None), ("last result", _ENDING_WIDTH)):
        table.add_column(name, no_wrap=True, width=columns, ratio=None if columns else 1)
    room = width - _TITLE_WIDTH - _ENDING_WIDTH - _BETWEEN_COLUMNS
    for row in list(story.rows.values())[-max(rows, _FEWEST_ROWS) :]:
        table.add_row(Text(row.request.title), way(row, room), _ending(row))
    return table


def way(row: Row, room: int) -> Text:
    """The steps so far; what happened last matters most, so a long way loses its beginning."""
    steps = [*row.steps, *([said] if (said := row.invoices()) else [])]
    while len(steps) > 1 and len(_ARROW.join(steps)) > room:
        del steps[0]
    if not steps:
        return Text("published", style="dim")
    return Text(_ARROW).join(Text(step, style=_STYLES.get(step, "")) for step in steps)


def _ending(row: Row) -> Text:
    if row.ending is None:
        return Text("…", style="dim")
    return Text(row.ending, style="green" if row.is_good else "red")
