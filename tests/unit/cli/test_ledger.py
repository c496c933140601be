"""What is shown of a write is what a person can read, and says of each call whether an answer came."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from service.cli.ledger import say
from service.core.entry import PART, Entry, State
from service.core.question import DECIDED, with_send

pytestmark = pytest.mark.unit

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SENT = Entry(
    source="/profile",
    id="e-1",
    type="tender.dume.draft.requested.v1",
    account="default",
    operation="dumeA",
    digest="d",
    subject=None,
    state=State.SENDING,
    fence=1,
    sends=1,
    first_sent_at=NOW,
    notes=with_send({}, NOW),
)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (f"consultation C-1, buyer 1{PART}", "consultation C-1, buyer 1"),
        (f"consultation C-1, buyer 1{PART}lot 2", "consultation C-1, buyer 1, lot 2"),
    ],
)
def test_should_write_a_natural_key_for_people(key: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Without the sign that stands between a whole and its part."""
    say(replace(SENT, keys=(key,)))

    assert f"  about          {said}\n" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (SENT, "no answer was written down"),
        (replace(SENT, state=State.ANSWERED, answer={"dume_id": "k7p2x9qd"}), "answered"),
        (replace(SENT, state=State.CLOSED, reason="dume_unknown"), "answered"),
        (replace(SENT, state=State.CLOSED, answer={"adopted": True}), "no answer was written down"),
        (replace(SENT, state=State.ANSWERED, answer={DECIDED: True}), "no answer was written down"),
        (replace(SENT, state=State.CLOSED, reason="given_up"), "no answer was written down"),
    ],
)
def test_should_say_whether_the_last_call_was_answered(
    entry: Entry, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was found by looking, or decided by a person, is no answer to the call."""
    say(entry)

    assert capsys.readouterr().out.splitlines()[-1] == f"  call           {NOW.isoformat()}: {said}"
