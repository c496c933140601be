"""What the relay answers about the DUME of a bidder, and about companies."""

from typing import Any, Literal

from pydantic import Field

from contracts.base import Base64, Outgoing
from contracts.results.common import ADOPTED, Refused
from contracts.results.warned import Warned

CompanyData = Literal["included", "missing", "unknown"]

_COMPANY_DATA = "Whether data of the company is in it; missing also when the service behind the State is down."


class Notice(Outgoing):
    """Something the State said beside its answer, or in the place of company data; account numbers masked."""

    code: str | None = None
    upstream_text: str


class TenderBidMergeReported(Outgoing):
    """The merged DUME of the bidder; nothing is saved at the State yet."""

    document: Base64 | None = Field(description="The XML; null when the State gave messages in its place.", repr=False)
    company_data: CompanyData | None = Field(description=f"{_COMPANY_DATA} Null when a DUME was merged in its place.")
    notices: tuple[Notice, ...]
    buyer_dume_id: str | None = None
    bid_dume_id: str | None = None


class TenderBidMergeRefused(Refused):
    """The State did not merge."""

    buyer_dume_id: str | None = None
    bid_dume_id: str | None = None


class TenderBidSaveDone(Warned):
    """The State holds this DUME of the bidder."""

    dume_id: str
    consultation_id: str
    adopted: bool = Field(default=False, description=ADOPTED)


class TenderBidSaveRefused(Refused, Warned):
    """The State did not save the DUME of the bidder."""

    consultation_id: str
    dume_id: str | None = None


class TenderBidCreationDone(Warned):
    """The State holds a new DUME of the bidder."""

    dume_id: str
    document: Base64 | None = Field(description="The XML; null when the answer that held it was lost.", repr=False)
    company_data: CompanyData = Field(description=_COMPANY_DATA)
    notices: tuple[Notice, ...]
    adopted: bool = Field(default=False, description=ADOPTED)


class TenderBidCreationRefused(Refused, Warned):
    """The State did not create the DUME of the bidder."""

    bidder_id: str


class TenderCompanyLookupReported(Outgoing):
    """What is known of a company."""

    siret: str
    name: str | None = None
    company_data: CompanyData = Field(description=_COMPANY_DATA)
    details: dict[str, Any] | None = Field(  # Any: JSON as the State gives it, whose fields are not public
        default=None, description="All of it in the State's own words, decimals as strings, account numbers masked."
    )
    details_complete: bool = Field(description="False when parts of it were too large to be passed on.")
    notices: tuple[Notice, ...]


class TenderCompanyLookupRefused(Refused):
    """The State did not say what is known of the company."""

    siret: str
