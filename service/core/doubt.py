"""Decides what to do next about a write: send, look, wait, follow, or hold it for a person."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from service.core.entry import Entry, State


class Doubt(StrEnum):
    """How doubt about an operation is resolved."""

    REPEAT = "repeat"
    """Safe to send again: a read, or a write that leaves one effect however often it is sent."""
    LOOK_UP = "look_up"
    """Look upstream by natural key before sending again."""
    ASK = "ask"
    """Nothing to look by: hold the event for a person."""


class Step(StrEnum):
    """The one thing to do now."""

    SEND = "send"
    LOOK = "look"
    WAIT = "wait"
    DOUBT = "doubt"
    FOLLOW = "follow"
    HOLD = "hold"


SENDS_AFTER_INCIDENT = 2
"""A file that the upstream lost is sent a second time, and no third."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtPolicy:
    """How patient a look is: seconds before each, how many empty ones prove absence, and what then."""

    wait: float
    looks: int
    resend: bool


def next_step(entry: Entry, doubt: Doubt) -> Step:
    """What an entry calls for when its lease has just been taken."""
    match entry.state:
        case State.CLAIMED:
            return Step.SEND
        case State.SENDING:
            return Step.DOUBT
        case State.IN_DOUBT:
            return _in_doubt(entry, doubt)
        case State.ANSWERED:
            return Step.FOLLOW
        case State.HELD | State.CLOSED:
            return Step.HOLD
        case _:
            assert_never(entry.state)


def _in_doubt(entry: Entry, doubt: Doubt) -> Step:
    match doubt:
        case Doubt.REPEAT:
            return Step.SEND
        case Doubt.ASK:
            return Step.HOLD
        case Doubt.LOOK_UP:
            return Step.WAIT if entry.next_look_in > 0 else Step.LOOK
        case _:
            assert_never(doubt)


def after_empty_look(entry: Entry, policy: DoubtPolicy, *, proves: bool = True) -> Step:
    """What an empty look leads to, `entry` being as it was before that look: look again, send, or ask a person.

    Looks that prove nothing, however many, lead to a person.

    After an incident the upstream itself said that nothing was done, so one empty look is enough, and the file is
    sent a second time only once.
    """
    if is_incident(entry):
        return Step.SEND if entry.sends < SENDS_AFTER_INCIDENT else Step.HOLD
    if entry.looks + 1 < policy.looks:
        return Step.WAIT
    return Step.SEND if policy.resend and proves else Step.HOLD


def is_incident(entry: Entry) -> bool:
    """Whether the doubt comes from an upstream that said it lost the flow."""
    return bool(entry.answer and entry.answer.get("incident"))
