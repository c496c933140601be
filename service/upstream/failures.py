"""Tells what it means for a call that no answer came, or no token to ask with."""

from __future__ import annotations

from dataclasses import replace

from service.core.errors import (
    AnswerLost,
    AnswerOversized,
    CallFacts,
    CredentialsRejected,
    Throttled,
    Unavailable,
    Unreachable,
    UpstreamFailure,
)
from service.upstream.oauth import TokenFailure, TokenTrouble
from service.upstream.transport import AnswerTooLarge, CertificateRefused, TransportFailure


def without_answer(facts: CallFacts, failure: TransportFailure) -> UpstreamFailure:
    """What a call amounts to whose answer did not come, or only in part."""
    facts = replace(facts, http_status=failure.status)
    if isinstance(failure, CertificateRefused):
        return CredentialsRejected(facts, failure.detail)
    if isinstance(failure, AnswerTooLarge):
        return AnswerOversized(facts, failure.detail)
    return AnswerLost(facts, failure.detail) if failure.sent else Unreachable(facts, failure.detail)


def without_token(facts: CallFacts, failure: TokenFailure) -> UpstreamFailure:
    """Whatever went wrong at the token host, nothing was sent to the API."""
    facts = replace(facts, http_status=failure.status)
    match failure.trouble:
        case TokenTrouble.REFUSED:
            return CredentialsRejected(facts, failure.detail)
        case TokenTrouble.THROTTLED:
            return Throttled(facts, failure.detail, retry_after=failure.retry_after)
        case TokenTrouble.UNAVAILABLE:
            return Unavailable(facts, failure.detail, sent=False)
        case TokenTrouble.UNREACHABLE:
            return Unreachable(facts, failure.detail)
