"""The part of the mapping about the DUMEs of bidders and about companies."""

from __future__ import annotations

from itertools import product
from typing import Literal

from service.upstream.entries import Entries

_GIVEN = ("dume_id", "document")


class BidderOperations(Entries):
    """The constant of each operation."""

    merge_with_company: str
    merge: str
    save: str
    search: str
    create: str
    company: str


class BidderFields(Entries):
    """Where each value goes in a request; every operation has names of its own, since the State's pages differ."""

    buyer_dume_id: str
    buyer_document: str
    bidder: str
    data_kind: str
    merged_buyer_dume_id: str
    merged_buyer_document: str
    merged_bid_dume_id: str
    merged_bid_document: str
    saved_dume_id: str
    saved_document: str
    saved_bidder: str
    saved_lots: str
    created_bidder: str
    created_data_kind: str
    searched_bidder: str
    company: str
    company_data_kind: str

    @classmethod
    def requests(cls) -> tuple[frozenset[str], ...]:
        """One for each operation; of a DUME to merge either its identifier or its document is in it."""
        kinds = ("saved_", "created_", "searched_", "company")
        others = (frozenset(name for name in cls.model_fields if name.startswith(kind)) for kind in kinds)
        with_company = (frozenset({"bidder", "data_kind", f"buyer_{given}"}) for given in _GIVEN)
        of_two = (frozenset({f"merged_buyer_{one}", f"merged_bid_{other}"}) for one, other in product(_GIVEN, _GIVEN))
        return (*with_company, *of_two, *others)


class DataKinds(Entries):
    """Which data of a company is asked for."""

    published: str
    unpublished: str


class BidderAnswers(Entries):
    """Where each value may stand in an answer, the likeliest first."""

    document: tuple[str, ...]
    company: tuple[str, ...]
    company_name: tuple[str, ...]


class BidderNames(Entries):
    """What DUME calls things in the domains dumeOE and donnees."""

    operations: BidderOperations
    asked_by: Literal["bidder", "requester"]
    fields: BidderFields
    data_kinds: DataKinds
    answers: BidderAnswers
    not_published: frozenset[str]
    company_missing: frozenset[str]
