"""Names of results follow one rule."""

import pytest

from contracts.names import Ending, ending_of, terminal_type


@pytest.mark.parametrize(
    ("request_type", "expected"),
    [
        ("invoice.deposit.requested.v1", "invoice.deposit.failed.v1"),
        ("tender.dume.simplified.requested.v1", "tender.dume.simplified.failed.v1"),
        ("request.cancellation.requested.v1", "request.cancellation.failed.v1"),
        ("invoice.deposit.requested.v7", "invoice.deposit.failed.v1"),
        ("a.b.v1", "a.b.failed.v1"),
        ("a.b", "a.b.failed.v1"),
        ("requested", "requested.failed.v1"),
        ("Invoice.Deposit.requested.v1", "request.failed.v1"),
        ("invoice.#", "request.failed.v1"),
        ("a b", "request.failed.v1"),
        ("é", "request.failed.v1"),
        ("a\n", "request.failed.v1"),
        ("x" * 201, "request.failed.v1"),
        ("", "request.failed.v1"),
        ("...", "request.failed.v1"),
        (".requested.v1", "request.failed.v1"),
        (None, "request.failed.v1"),
    ],
)
def test_should_name_the_failure_of(request_type: str | None, expected: str) -> None:
    """Every request has a failure of its own name, or the nameless one."""
    assert terminal_type(request_type, Ending.FAILED) == expected


def test_should_fit_a_routing_key() -> None:
    """The longest name made stays within 255 bytes."""
    longest = terminal_type("x" * 200, Ending.REPORTED)

    assert len(longest) <= 255


@pytest.mark.parametrize(
    ("result_type", "expected"),
    [
        ("invoice.deposit.done.v1", Ending.DONE),
        ("a.failed.v1", Ending.FAILED),
        ("invoice.integrated.v1", None),
        ("invoice.deposit.requested.v1", None),
        ("failed.v1", None),
        ("a.failed.v2", None),
    ],
)
def test_should_read_the_ending_of(result_type: str, expected: Ending | None) -> None:
    """A type says how it ends its request."""
    assert ending_of(result_type) == expected


@pytest.mark.parametrize("ending", Ending)
def test_should_read_back_the_ending_it_wrote(ending: Ending) -> None:
    """Writing and reading a type agree."""
    assert ending_of(terminal_type("tender.dume.draft.requested.v1", ending)) is ending
