"""What a person is asked holds all it takes to answer, and fits into a header."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.core.entry import Entry, State
from service.core.errors import AnswerLost, CallFacts
from service.core.question import CALLS, Question, Screen, commands, last_sent_at, with_failure, with_send

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)
SCREEN = Screen(deed="deposit an invoice file", place="in the list of flows", number="flow_number")
LOST = AnswerLost(
    CallFacts(upstream="chorus-pro", operation="deposerFluxFacture", http_status=504, correlation_id="Id-1 0"),
    "HTTP 504",
)
SENT = Entry(
    source="/erp",
    id="e-1",
    type="invoice.deposit.requested.v1",
    account="default",
    operation="deposerFluxFacture",
    digest="d",
    subject="F-1",
    state=State.IN_DOUBT,
    fence=1,
    sends=1,
    first_sent_at=NOW,
    echo={"businessref": "DOSSIER-1"},
)
HEADER = 16_384  # bytes that a question may take of the headers


def asked(entry: Entry, about: tuple[str, ...] = ("99900001100018 F-1",), why: str = "Nobody knows.") -> Question:
    return Question(why=why, screen=SCREEN, number="flow_number", about=about, upstream="chorus-pro", entry=entry)


def test_should_note_each_call_and_how_it_ended() -> None:
    """A call that died with its worker stays without an end; the next one has its own."""
    notes = with_send(with_send({}, NOW), LATER)
    ended = with_failure(notes, LATER, LOST)

    assert ended[CALLS] == [
        {"at": NOW.isoformat()},
        {"at": LATER.isoformat(), "said": str(LOST), "http_status": 504, "correlation_id": "Id-1 0"},
    ]


def test_should_note_a_call_that_was_begun_with_its_claim() -> None:
    """The first call is written down with the claim, in one commit: only its end is noted."""
    ended = with_failure({}, NOW, LOST)

    assert ended[CALLS] == [{"at": NOW.isoformat(), "said": str(LOST), "http_status": 504, "correlation_id": "Id-1 0"}]


def test_should_say_when_it_was_sent_last() -> None:
    """The first time is in the entry, later ones are in its notes."""
    twice = replace(SENT, sends=2, notes=with_send({}, LATER))

    assert (last_sent_at(SENT), last_sent_at(twice)) == (NOW, LATER)


def test_should_hold_all_it_takes_to_answer() -> None:
    """What, about what, for whom, when, how often, with which answer, where to look, what to run."""
    question = asked(replace(SENT, notes=with_failure({}, NOW, LOST))).to_json()

    assert question == {
        "why": "Nobody knows.",
        "asked": "deposit an invoice file",
        "about": ["99900001100018 F-1"],
        "subject": "F-1",
        "businessref": "DOSSIER-1",
        "upstream": "chorus-pro",
        "operation": "deposerFluxFacture",
        "account": "default",
        "sends": 1,
        "first_sent_at": NOW.isoformat(),
        "last_sent_at": NOW.isoformat(),
        "calls": [{"at": NOW.isoformat(), "said": str(LOST), "http_status": 504, "correlation_id": "Id-1 0"}],
        "look_at": "in the list of flows",
        "number": "flow_number",
        "commands": commands("/erp", "e-1", "flow_number"),
    }


def test_should_fit_into_a_header() -> None:
    """However many invoices the archive has, however often it was sent, however long the upstream's words are."""
    notes: dict[str, object] = {}
    for _ in range(100):
        notes = with_failure(with_send(notes, NOW), NOW, AnswerLost(LOST.facts, "é" * 10_000))
    many = tuple(f"99900001100018 {'F' * 500}-{number}" for number in range(10_000))
    written = json.dumps(asked(replace(SENT, notes=notes), many, "x" * 10_000).to_json(), ensure_ascii=False)

    assert len(written.encode()) < HEADER
    assert "and 9980 more" in written


def test_should_write_commands_that_a_shell_takes_as_they_are() -> None:
    """An id of another program may hold anything."""
    (sent, *_) = commands("/erp one", "e 1; rm -rf $HOME", "dume_id")

    assert shlex.split(sent) == [
        *("piste-relay", "doubt", "decide", "e 1; rm -rf $HOME"),
        *("sent", "--dume-id", "NUMBER", "--source", "/erp one"),
    ]
