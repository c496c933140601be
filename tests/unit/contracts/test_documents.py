"""A request for documents names exactly one thing, and nothing that would be ignored without a word."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from contracts.events import TenderDumeDocumentRequested, data_invalid

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    "data",
    [
        {"dume_id": "k7p2x9qd"},
        {"dume_id": "k7p2x9qd", "of": "Bidder", "format": "NONE"},
        {"xml": "PGEvPg==", "format": "html"},
        {"bid_dume_ids": ["k7p2x9qd"]},
        {"bid_dume_ids": ["k7p2x9qd"] * 100, "of": "bidder", "requester": {"id": "99900012800010"}},
    ],
)
def test_should_take_one_thing(data: dict[str, Any]) -> None:
    """A DUME, a document, or bids."""
    request = TenderDumeDocumentRequested.model_validate(data)

    assert request.model_dump(exclude_none=True).keys() >= data.keys()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "exactly one of dume_id, xml and bid_dume_ids"),
        ({"dume_id": "k7p2x9qd", "xml": "PGEvPg=="}, "exactly one of dume_id, xml and bid_dume_ids"),
        ({"dume_id": "k7p2x9qd", "bid_dume_ids": ["k7p2x9qd"]}, "exactly one of"),
        ({"dume_id": "../x"}, "6 to 16 letters and digits"),
        ({"dume_id": "k7p2x9qd", "format": "docx"}, "is none of"),
        ({"bid_dume_ids": []}, "bid_dume_ids"),
        ({"bid_dume_ids": ["k7p2x9qd"] * 101}, "at most 100"),
        ({"bid_dume_ids": ["k7p2x9qd"], "format": "pdf"}, "takes no format"),
        ({"bid_dume_ids": ["k7p2x9qd"], "of": "buyer"}, "only of a bidder"),
        ({"xml": "***"}, "is not base64"),
    ],
)
def test_should_say_what_is_wrong_with_another(data: dict[str, Any], said: str) -> None:
    """In words that name the fields."""
    with pytest.raises(ValidationError) as raised:
        TenderDumeDocumentRequested.model_validate(data)

    assert said in data_invalid(raised.value)
