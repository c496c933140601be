"""A failed health check: an illness of the upstream, or a question nobody could answer."""

import pytest

from service.core.errors import (
    AccountRejected,
    AnswerLost,
    AnswerUnreadable,
    CallFacts,
    CredentialsRejected,
    NotSubscribed,
    RequestRejected,
    Throttled,
    Unavailable,
    Unreachable,
    UpstreamFailure,
)
from service.core.health import means_illness

FACTS = CallFacts(upstream="chorus-pro", operation="healthCheck")


@pytest.mark.parametrize("failure", [Unavailable, Unreachable, AnswerLost, CredentialsRejected])
@pytest.mark.parametrize("is_refused", [True, False])
def test_should_take_silence_and_maintenance_for_an_illness(
    failure: type[UpstreamFailure], *, is_refused: bool
) -> None:
    """Nobody is served, whatever the events themselves met."""
    assert means_illness(failure(FACTS, "…"), is_refused=is_refused)


@pytest.mark.parametrize(
    "failure",
    [
        AnswerUnreadable(FACTS, "…"),
        RequestRejected(FACTS, "…"),
        Throttled(FACTS, "…", retry_after=1.0),
        AccountRejected(FACTS, "…", account="default"),
    ],
)
def test_should_take_any_answer_of_the_service_for_health(failure: UpstreamFailure) -> None:
    """Whoever answers is up."""
    assert not means_illness(failure, is_refused=True)


def test_should_believe_a_refused_health_check_only_where_events_are_refused_too() -> None:
    """A health check nobody subscribed to must not close what works."""
    failure = NotSubscribed(FACTS, "…")

    assert means_illness(failure, is_refused=True)
    assert not means_illness(failure, is_refused=False)
