"""What to do next about a write follows from its state, how its doubt is resolved, and what looks found."""

import pytest

from service.core.doubt import Doubt, DoubtPolicy, Step, after_empty_look, is_incident, next_step
from service.core.entry import Entry, State

THREE_THEN_RESEND = DoubtPolicy(wait=900, looks=3, resend=True)
THREE_THEN_ASK = DoubtPolicy(wait=900, looks=3, resend=False)
LOST_BY_THE_STATE = {"flow_number": "CPP1", "incident": True}


def entry(
    state: State = State.IN_DOUBT,
    *,
    sends: int = 1,
    looks: int = 0,
    next_look_in: float = 0.0,
    answer: dict[str, object] | None = None,
) -> Entry:
    """A write as the ledger shows it once its lease is taken."""
    return Entry(
        source="/s",
        id="e-1",
        type="x.requested.v1",
        account="default",
        operation="op",
        digest="d",
        subject=None,
        fence=1,
        state=state,
        sends=sends,
        looks=looks,
        next_look_in=next_look_in,
        answer=answer,
    )


@pytest.mark.parametrize(
    ("state", "doubt", "next_look_in", "expected"),
    [
        (State.CLAIMED, Doubt.REPEAT, 0, Step.SEND),
        (State.CLAIMED, Doubt.LOOK_UP, 0, Step.SEND),
        (State.CLAIMED, Doubt.ASK, 0, Step.SEND),
        (State.SENDING, Doubt.REPEAT, 0, Step.DOUBT),
        (State.SENDING, Doubt.LOOK_UP, 0, Step.DOUBT),
        (State.SENDING, Doubt.ASK, 0, Step.DOUBT),
        (State.IN_DOUBT, Doubt.REPEAT, 0, Step.SEND),
        (State.IN_DOUBT, Doubt.REPEAT, 60, Step.SEND),
        (State.IN_DOUBT, Doubt.LOOK_UP, 60, Step.WAIT),
        (State.IN_DOUBT, Doubt.LOOK_UP, 0, Step.LOOK),
        (State.IN_DOUBT, Doubt.ASK, 0, Step.HOLD),
        (State.IN_DOUBT, Doubt.ASK, 60, Step.HOLD),
        (State.ANSWERED, Doubt.REPEAT, 0, Step.FOLLOW),
        (State.ANSWERED, Doubt.LOOK_UP, 0, Step.FOLLOW),
        (State.ANSWERED, Doubt.ASK, 0, Step.FOLLOW),
        (State.HELD, Doubt.REPEAT, 0, Step.HOLD),
        (State.HELD, Doubt.LOOK_UP, 0, Step.HOLD),
        (State.HELD, Doubt.ASK, 0, Step.HOLD),
        (State.CLOSED, Doubt.LOOK_UP, 0, Step.HOLD),
    ],
)
def test_should_name_the_one_thing_to_do(state: State, doubt: Doubt, next_look_in: float, expected: Step) -> None:
    """Every state and way of resolving doubt leads to exactly one step."""
    step = next_step(entry(state, next_look_in=next_look_in), doubt)

    assert step is expected


@pytest.mark.parametrize(
    ("looks", "policy", "expected"),
    [
        (0, THREE_THEN_RESEND, Step.WAIT),
        (1, THREE_THEN_RESEND, Step.WAIT),
        (2, THREE_THEN_RESEND, Step.SEND),
        (3, THREE_THEN_RESEND, Step.SEND),
        (0, THREE_THEN_ASK, Step.WAIT),
        (2, THREE_THEN_ASK, Step.HOLD),
        (0, DoubtPolicy(wait=900, looks=1, resend=True), Step.SEND),
        (0, DoubtPolicy(wait=900, looks=1, resend=False), Step.HOLD),
    ],
)
def test_should_send_again_only_when_the_looks_are_used_up(looks: int, policy: DoubtPolicy, expected: Step) -> None:
    """One empty look proves nothing: the configured number of them does, and then the configured thing happens."""
    step = after_empty_look(entry(looks=looks), policy)

    assert step is expected


@pytest.mark.parametrize(
    ("sends", "policy", "expected"),
    [
        (1, THREE_THEN_RESEND, Step.SEND),
        (1, THREE_THEN_ASK, Step.SEND),
        (2, THREE_THEN_RESEND, Step.HOLD),
        (3, THREE_THEN_RESEND, Step.HOLD),
    ],
)
def test_should_send_a_lost_flow_once_more_and_then_ask(sends: int, policy: DoubtPolicy, expected: Step) -> None:
    """After an incident one empty look is enough, and a second incident is for a person."""
    step = after_empty_look(entry(sends=sends, answer=LOST_BY_THE_STATE), policy)

    assert step is expected


@pytest.mark.parametrize(
    ("answer", "expected"), [(None, False), ({}, False), ({"flow_number": "CPP1"}, False), (LOST_BY_THE_STATE, True)]
)
def test_should_tell_an_incident_from_a_lost_answer(answer: dict[str, object] | None, expected: bool) -> None:  # noqa: FBT001  # a column of the table
    """Only what the upstream itself said makes it an incident."""
    found = is_incident(entry(answer=answer))

    assert found is expected


@pytest.mark.parametrize(("looks", "expected"), [(0, Step.WAIT), (1, Step.WAIT), (2, Step.HOLD)])
@pytest.mark.parametrize("policy", [THREE_THEN_RESEND, THREE_THEN_ASK])
def test_should_ask_a_person_where_no_look_proves_anything(policy: DoubtPolicy, looks: int, expected: Step) -> None:
    """As many looks as would prove absence, and then never a second send."""
    assert after_empty_look(entry(looks=looks), policy, proves=False) is expected
