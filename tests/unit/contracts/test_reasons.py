"""The table of reasons is closed and complete."""

import pytest
from pydantic import ValidationError

from contracts.reason_table import REASONS
from contracts.reasons import Reason, ReasonRow
from contracts.results import InvoiceStatusRefused, failed


def test_should_have_one_row_for_each_reason() -> None:
    """No reason is published without its row."""
    assert set(REASONS) == set(Reason)


@pytest.mark.parametrize("row", REASONS.values(), ids=lambda row: str(row.reason))
def test_should_say_what_it_means_and_what_to_do(row: ReasonRow) -> None:
    """Each row is whole sentences a requester can act on."""
    assert row.meaning.endswith(".")
    assert row.next_step.endswith(".")


@pytest.mark.parametrize("row", [row for row in REASONS.values() if row.ending == "failed"], ids=str)
def test_should_complete_a_failure_from_its_row(row: ReasonRow) -> None:
    """A failure always says whether the State may have the document, and what to do next."""
    made = failed(row.reason, "Something.")

    assert (made.effect, made.retryable, made.next_step) == (row.effect, row.retryable, row.next_step)


def test_should_let_the_effect_be_said_when_it_is_known_better() -> None:
    """The same reason may come before or after a sending."""
    assert failed(Reason.INTERNAL_ERROR, "Something.", effect="unknown").effect == "unknown"


def test_should_not_publish_a_refusal_reason_as_a_failure() -> None:
    """The two lists do not mix."""
    with pytest.raises(ValidationError):
        failed(Reason.FLOW_REJECTED, "Something.")


def test_should_not_publish_a_failure_reason_as_a_refusal() -> None:
    """The two lists do not mix."""
    with pytest.raises(ValidationError):
        InvoiceStatusRefused(reason=Reason.EXPIRED)
