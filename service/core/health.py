"""Decides what a failure says of an upstream: whether it is ill, and what its pause is put down to."""

from __future__ import annotations

from http import HTTPStatus

from contracts.words import PauseCause
from service.core.errors import (
    AnswerLost,
    CredentialsRejected,
    NotSubscribed,
    Unavailable,
    Unreachable,
    UpstreamFailure,
)


def cause_of(failure: UpstreamFailure) -> PauseCause:
    """What a pause that begins with this failure is put down to."""
    match failure:
        case CredentialsRejected():
            return PauseCause.CREDENTIALS
        case NotSubscribed():
            return PauseCause.NOT_SUBSCRIBED
        case Unavailable() if failure.facts.http_status == HTTPStatus.OK:
            return PauseCause.GATEWAY_PAGE
        case _:
            return PauseCause.UNAVAILABLE


def means_illness(failure: UpstreamFailure, *, is_refused: bool) -> bool:
    """Whether nobody is served, `is_refused` telling that events are refused at the door as well (403, 404).

    A quota that is used up, a rejected account or an unexpected answer come from a service that is up. A health check
    that is itself not subscribed, or not there, says nothing about the operations that are.
    """
    match failure:
        case Unavailable() | Unreachable() | AnswerLost() | CredentialsRejected():
            return True
        case NotSubscribed():
            return is_refused
        case _:
            return False
