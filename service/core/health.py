"""Decides whether a failed health check means that an upstream is ill, or only that nobody could say."""

from __future__ import annotations

from service.core.errors import (
    AnswerLost,
    CredentialsRejected,
    NotSubscribed,
    Unavailable,
    Unreachable,
    UpstreamFailure,
)


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
