"""What the demonstration makes of the results it hears."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from service.sandbox.demo.board import Board, headline, to_table
from service.sandbox.demo.requests import Request, Requests
from service.sandbox.demo.story import Story

pytestmark = pytest.mark.unit


def result(request: Request, ending: str, *, id: str = "r", final: bool = False, **data: Any) -> dict[str, Any]:
    """A result as it is on the wire."""
    type_ = f"{request.family if '.' not in ending else ending.rpartition('.')[0]}.{ending.rpartition('.')[2]}.v1"
    return {"id": id, "type": type_, "causationid": request.id, "final": final, "data": data}


def paused(change: str) -> dict[str, Any]:
    return {"id": change, "type": f"upstream.{change}.v1", "data": {"upstream": "chorus-pro"}}


def told() -> tuple[Story, Request]:
    """A story in which one deposit was asked for."""
    story, (request, *_) = Story(), Requests().opening()
    story.ask(request, 1.0)
    return story, request


def shown(*renderables: Any) -> str:
    """What a console of a hundred columns shows."""
    console = Console(file=StringIO(), width=100, color_system=None)
    console.print(*renderables)
    return str(console.file.getvalue())  # type: ignore[attr-defined]  # it is the StringIO above


def test_should_tell_the_way_of_a_parked_deposit() -> None:
    """Parked, back, deposited, integrated, done; and for how long it was parked."""
    story, request = told()
    story.hear(result(request, "delayed", cause="maintenance"), 2.0)
    story.hear(result(request, "received", flow_number="CPP0011", adopted=False), 6.5)
    story.hear(result(request, "invoice.integrated"), 7.0)
    story.hear(result(request, "done", final=True), 7.0)

    row = story.find(request)
    assert row.steps == ["parked", "back", "flow …0011"]
    assert row.invoices() == "integrated"
    assert row.parked_for == pytest.approx(4.5)
    assert row.ending == "done"
    assert row.is_good
    assert not list(story.unfinished())


def test_should_tell_that_a_lost_answer_was_found_again() -> None:
    """In doubt first, then taken over."""
    story, request = told()
    story.hear(result(request, "delayed", cause="in_doubt"), 2.0)
    story.hear(result(request, "received", flow_number="CPP0011", adopted=True), 4.0)

    assert story.find(request).steps == ["in doubt", "found again"]
    assert list(story.unfinished()) == [story.find(request)]


def test_should_tell_why_something_was_refused() -> None:
    """With the reason beside the ending."""
    story, request = told()

    line = story.hear(result(request, "refused", final=True, reason="invoice_rejected"), 2.0)

    assert line == f"{request.title}: refused: invoice_rejected"
    assert not story.find(request).is_good


def test_should_tell_the_parts_of_an_archive() -> None:
    """How many invoices were integrated and how many not."""
    story, request = told()
    for what in ("integrated", "integrated", "not_integrated"):
        story.hear(result(request, f"invoice.{what}"), 2.0)

    assert story.find(request).invoices() == "2 integrated, 1 not"


def test_should_keep_the_same_result_heard_twice_as_one() -> None:
    """A result published again has its first id; another id is another result."""
    story, request = told()
    for id_ in ("r", "r", "other"):
        story.hear(result(request, "done", id=id_, final=True), 2.0)

    assert list(story.find(request).terminals) == ["r", "other"]


def test_should_notice_results_nobody_asked_for() -> None:
    """They belong to no row."""
    story, _ = told()
    (stranger,) = [request for request in Requests().opening() if request.id == "demo-08"]

    story.hear(result(stranger, "done", final=True), 2.0)

    assert len(story.strangers) == 1


def test_should_say_how_the_upstreams_are() -> None:
    """Away for so long, and open again."""
    story, _ = told()
    story.hear(paused("paused"), 2.0)
    away = shown(*headline(story, 5.0))
    story.hear(paused("resumed"), 6.0)

    assert "Chorus Pro: in maintenance for 3 s, not called" in away
    assert "Chorus Pro: open" in shown(*headline(story, 7.0))


def test_should_keep_the_end_of_a_long_way_and_the_last_rows() -> None:
    """Within the width and the height of the terminal."""
    story = Story()
    requests = Requests().stream()
    for request in requests:
        story.ask(request, 0.0)
        story.hear(result(request, "delayed", cause="maintenance"), 1.0)
        story.hear(result(request, "received", flow_number="CPP0011", adopted=False), 2.0)
        story.hear(result(request, "invoice.integrated"), 3.0)
        story.hear(result(request, "done", final=True), 3.0)

    lines = shown(to_table(story, rows=6, width=100)).splitlines()

    assert len(lines) == 2 + 6
    assert "back > flow …0011 > integrated" in lines[-1]
    assert max(len(line) for line in lines) <= 100


def test_should_fit_every_title_into_its_column() -> None:
    """None is cut."""
    made = Requests()
    titles = [request.title for request in (*made.opening(), *made.stream(), made.duplicate(), made.other_tender())]
    titles += [made.validation("abcd1234", "2026-DEMO-1").title, made.search("2026-DEMO-1").title]

    assert [title for title in titles if len(title) > 36] == []


def test_should_speak_in_lines_without_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """One line for each thing that happens."""
    with Board(Console(file=StringIO(), force_terminal=False), Story()) as board:
        board.tell("something happened", 1.25)
        board.tell(None, 2.0)

    assert capsys.readouterr().out == "   1.2 s  something happened\n"
