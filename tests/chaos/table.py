"""One row for each scenario of a run, gathered wherever it ran, printed as one table at its end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, astuple, dataclass
from typing import Any, cast

import pytest

PROPERTY = "chaos"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What came out of one scenario, in numbers that no worker told."""

    scenario: str
    ledger: str
    workers: int
    requests: int
    done: int
    refused: int
    failed: int
    calls: int
    repeated: int
    doubled: int
    lost: int
    left: int
    dead: int
    decided: int
    leaks: int
    seconds: int
    verdict: str


HEADS = (
    "scenario", "ledger", "workers", "requests", "done", "refused", "failed", "calls", "repeated", "doubled", "lost",
    "left", "dead", "decided", "leaks", "s", "",
)  # fmt: skip
NUMBERS = range(2, 16)
LEGEND = (
    "done: answered reads too. calls: all that the State received, for tokens and health as well. repeated: results",
    "that came again under a known id, for readers to drop. doubled: made twice at the State. lost: requests without",
    "an end. left: events in any queue afterwards. dead: dead letters, each with a cause the scenario knows. decided:",
    "by a person, since nothing shows what became of them. leaks: secrets in logs. Counted from the broker and from",
    "the State's journal; no worker was asked.",
)


def keep(item: pytest.Item, row: Row) -> None:
    """Keep a row with its test, so that it survives the way from another process."""
    item.user_properties.append((PROPERTY, asdict(row)))


def kept(reporter: Any) -> list[Row]:  # Any: pytest's reporter of the terminal has no public type
    """The rows of every test that ran, in the order they ran."""
    reports = [report for found in reporter.stats.values() for report in found if isinstance(report, pytest.TestReport)]
    ran = sorted((report for report in reports if report.when == "call"), key=lambda report: report.start)
    return [
        Row(**cast("dict[str, Any]", value))
        for report in ran
        for name, value in report.user_properties
        if name == PROPERTY
    ]


def lines(rows: Iterable[Row]) -> list[str]:
    """The table as text."""
    table = [HEADS, *(tuple(str(value) for value in astuple(row)) for row in rows)]
    widths = [max(len(cells[column]) for cells in table) for column in range(len(HEADS))]
    rule = "─" * (sum(widths) + 2 * (len(widths) - 1))
    laid_out = [_line(cells, widths) for cells in table]
    return [laid_out[0], rule, *laid_out[1:], rule, _sum(rows), *LEGEND]


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    padded = (
        cell.rjust(width) if column in NUMBERS else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join(padded).rstrip()


def _sum(rows: Iterable[Row]) -> str:
    found = list(rows)
    requests, seconds = sum(row.requests for row in found), sum(row.seconds for row in found)
    lost, doubled = sum(row.lost for row in found), sum(row.doubled for row in found)
    return (
        f"{len(found)} scenarios, {requests:,} requests, {sum(row.calls for row in found):,} calls, {seconds} s:"
        f" {lost} lost, {doubled} doubled"
    )
