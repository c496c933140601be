"""Which failed calls are tried again within seconds."""

from __future__ import annotations

import pytest

from service.core.errors import (
    AccountRejected,
    AnswerLost,
    AnswerUnreadable,
    CallFacts,
    CredentialsRejected,
    GateClosed,
    NotSubscribed,
    RequestRejected,
    Throttled,
    Unavailable,
    Unreachable,
    UpstreamFailure,
)
from service.upstream.chorus_pro.operations import DEPOSIT_FLOW, FLOW_REPORT
from service.upstream.dume.operations import CREATE_SIMPLE, SAVE_NEW, SAVE_OVER, VALIDATE, DumeAnswer, DumeRequest
from service.upstream.operation import Operation
from service.upstream.retry import is_worth_another_try

pytestmark = pytest.mark.unit


def facts(status: int | None = None) -> CallFacts:
    return CallFacts(upstream="chorus-pro", operation="any", http_status=status)


@pytest.mark.parametrize(
    ("error", "read", "write"),
    [
        (Unreachable(facts(), "refused"), True, True),
        (AnswerLost(facts(502), "HTTP 502"), True, False),
        (AnswerLost(facts(), "time-out"), True, False),
        (Unavailable(facts(503), "HTTP 503"), False, False),
        (AnswerUnreadable(facts(200), "shape"), False, False),
        (Throttled(facts(429), "quota", retry_after=2.0), True, True),
        (Throttled(facts(429), "quota", retry_after=2.5), False, False),
        (Throttled(facts(429), "quota", retry_after=0.0), False, False),
        (RequestRejected(facts(400), "odd"), True, False),
        (RequestRejected(facts(415), "type"), False, False),
        (NotSubscribed(facts(404), "odd"), True, False),
        (NotSubscribed(facts(403), "not granted"), False, False),
        (CredentialsRejected(facts(400), "client"), False, False),
        (AccountRejected(facts(401), "account", account="a"), False, False),
        (GateClosed(facts(), "announced", None), False, False),
        (ValueError("ours"), False, False),
    ],
)
def test_should_try_again_only_what_cannot_be_done_twice(error: Exception, read: bool, write: bool) -> None:  # noqa: FBT001 - columns of a table
    """A write is sent again only when nothing of it was sent."""
    assert is_worth_another_try(FLOW_REPORT, error) is read
    for operation in (CREATE_SIMPLE, SAVE_NEW):
        assert is_worth_another_try(operation, error) is write
    assert is_worth_another_try(DEPOSIT_FLOW, error) is write


@pytest.mark.parametrize("operation", [SAVE_OVER, VALIDATE])
def test_should_leave_a_repetition_to_who_counts_sends(operation: Operation[DumeRequest, DumeAnswer]) -> None:
    """Even one that leaves one effect: its second answer may be a refusal, which only the count of sends explains."""
    assert not is_worth_another_try(operation, AnswerLost(facts(504), "HTTP 504"))
    assert is_worth_another_try(operation, Unreachable(facts(), "refused"))


@pytest.mark.parametrize("error", [RequestRejected(facts(400), "odd"), NotSubscribed(facts(404), "odd")])
def test_should_believe_an_odd_refusal_the_second_time(error: UpstreamFailure) -> None:
    """One more try is enough to tell an accident from a refusal."""
    assert not is_worth_another_try(FLOW_REPORT, error, tries=2)
