"""What may be asked of many invoices, and what is refused because the State would ignore it."""

from typing import Any

import pytest
from pydantic import ValidationError

from contracts.events import InvoiceDownloadRequested, InvoiceSearchRequested, data_invalid


def problem(model: type[InvoiceSearchRequested | InvoiceDownloadRequested], fields: dict[str, Any]) -> str:
    """The sentence about wrong data."""
    with pytest.raises(ValidationError) as caught:
        model.model_validate(fields)
    return data_invalid(caught.value)


def test_should_take_statuses_as_words_and_codes() -> None:
    """A word of ours becomes the State's code; a code stays what it is."""
    request = InvoiceSearchRequested.model_validate({"statuses": ["suspended", "REJETEE"]})

    assert request.status_codes == ("SUSPENDUE", "REJETEE")


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"downloaded": True}, "data: downloaded is unknown to searches of role supplier and scope all."),
        (
            {"role": "validator", "status_changed_from": "2026-11-23T09:00:00Z"},
            "data: status_changed_from is unknown to searches of role validator and scope all.",
        ),
        (
            {"role": "recipient", "scope": "archive", "flow_number": "CPP1"},
            "data: flow_number is unknown to searches of role recipient and scope archive.",
        ),
        ({"role": "project_owner"}, "data: role project_owner goes with scope payment_requests or archive."),
        (
            {"issued_from": "2026-11-24", "issued_until": "2026-11-23"},
            "data: issued_from is beyond issued_until.",
        ),
        (
            {"statuses": ["suspendu"]},
            "data.statuses.0: is neither a status word such as suspended nor a code such as SUSPENDUE.",
        ),
        ({"limit": 0}, "data.limit: is too small."),
        ({"status_changed_from": "2026-11-23T09:00:00"}, "data.status_changed_from: has no time zone offset."),
    ],
)
def test_should_refuse_what_would_be_ignored(fields: dict[str, Any], sentence: str) -> None:
    """A criterion that a search cannot heed is no silent wish."""
    assert problem(InvoiceSearchRequested, fields) == sentence


def test_should_not_mind_a_criterion_that_is_null() -> None:
    """A null is no criterion."""
    assert InvoiceSearchRequested.model_validate({"downloaded": None}).downloaded is None


@pytest.mark.parametrize("count", [0, 11])
def test_should_download_one_to_ten(count: int) -> None:
    """None is no request, and more than ten the State does not advise."""
    assert problem(InvoiceDownloadRequested, {"invoices": [{"chorus_pro_id": 1}] * count}).startswith("data.invoices: ")
