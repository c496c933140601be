"""What may be asked about bids and companies: exactly one of what excludes each other."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from contracts.events import TenderBidMergeRequested, TenderDumeSearchRequested, data_invalid

pytestmark = pytest.mark.unit

BIDDER = {"id": "99900045800037"}
TEXT = "PHgvPg=="


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"bidder": BIDDER}, "exactly one of buyer_dume_id and buyer_document"),
        ({"buyer_dume_id": "k7p2x9qd", "buyer_document": TEXT, "bidder": BIDDER}, "exactly one of buyer_dume_id"),
        ({"buyer_dume_id": "k7p2x9qd"}, "takes bidder, bid_dume_id or bid_document"),
        (
            {"buyer_dume_id": "k7p2x9qd", "bid_dume_id": "t3n6b8yc", "bid_document": TEXT},
            "at most one of bid_dume_id and bid_document",
        ),
        ({"buyer_dume_id": "k7p2x9qd", "bidder": {"id": "123"}}, "a SIRET has 14 digits"),
    ],
)
def test_should_take_one_dume_of_each_side(data: dict[str, Any], complaint: str) -> None:
    """By identifier or as a document, and of the bidder a DUME or who it is."""
    with pytest.raises(ValidationError) as refused:
        TenderBidMergeRequested.model_validate(data)

    assert complaint in data_invalid(refused.value)


@pytest.mark.parametrize(
    ("data", "has_bid"),
    [
        ({"buyer_dume_id": "k7p2x9qd", "bidder": BIDDER}, False),
        ({"buyer_document": TEXT, "bidder": {"id": "PL1234567890", "scheme": "vat"}}, False),
        ({"buyer_dume_id": "k7p2x9qd", "bid_dume_id": "t3n6b8yc"}, True),
        ({"buyer_document": TEXT, "bid_document": TEXT, "bidder": BIDDER}, True),
    ],
)
def test_should_know_what_is_merged(data: dict[str, Any], *, has_bid: bool) -> None:
    """A DUME of the bidder goes before company data; who bids may be named beside it."""
    assert TenderBidMergeRequested.model_validate(data).has_bid is has_bid


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({"of": "bidder"}, "takes consultation_id, consultation or bidder"),
        ({"of": "bidder", "buyer": {"id": "99900012800010"}, "bidder": BIDDER}, "takes no buyer with of bidder"),
        ({"bidder": BIDDER}, "takes bidder only with of bidder"),
        ({"of": "somebody", "consultation_id": "C-1"}, "is none of"),
    ],
)
def test_should_search_for_one_sort_of_dume(data: dict[str, Any], complaint: str) -> None:
    """A criterion that is not heeded would bring what nobody asked for."""
    with pytest.raises(ValidationError) as refused:
        TenderDumeSearchRequested.model_validate(data)

    assert complaint in data_invalid(refused.value)
