"""What the relay answers about reference data of tenders."""

from typing import Literal

from pydantic import AwareDatetime, Field, JsonValue

from contracts.base import Outgoing
from contracts.results.common import Refused


class CodeListed(Outgoing):
    """A value of a list, the name of a list, or a label by its key; at least one of the two is there."""

    code: str | None = None
    label: str | None = None


class TenderCodelistLookupPage(Outgoing):
    """A part of a list, in the order the State gave."""

    page: int = Field(ge=1)
    codes: tuple[CodeListed, ...]


class _Remembered(Outgoing):
    """An answer that may have been given earlier, to another request."""

    as_of: AwareDatetime = Field(description="When the State said so.")
    cached: bool = Field(description="Whether it was said to an earlier request, and the State not asked again.")


class TenderCodelistLookupReported(_Remembered):
    """How long the list is; its codes are on the pages."""

    what: Literal["code_lists", "values", "labels"]
    code_list: str | None = None
    language: str | None = None
    total: int = Field(ge=0, description="Codes of the list.")
    pages: int = Field(ge=0, description="How many tender.codelist.lookup.page results belong to it.")
    complete: bool = Field(description="False when the list is longer than what the pages hold.")


class TenderCodelistLookupRefused(Refused):
    """The State did not tell it."""

    code_list: str | None = None
    language: str | None = None


class Evidence(Outgoing):
    """One piece of evidence. What the State says of it beyond these fields is not published anywhere: `details`."""

    id: str | None = None
    name: str | None = None
    text: str | None = None
    address: str | None = None
    details: dict[str, JsonValue] = Field(description="Everything else, under the State's own names.")
    details_complete: bool = Field(description="False when there was more than is passed on.")


class TenderEvidenceLookupReported(_Remembered):
    """What the country takes as evidence; none is an answer too."""

    criterion: str
    language: str
    nation: str
    criterion_uuid: str | None = None
    criterion_type_code: str | None = None
    criterion_text: str | None = None
    total: int = Field(ge=0, description="Pieces of evidence the State named.")
    complete: bool = Field(description="False when there are more than are listed.")
    evidences: tuple[Evidence, ...]


class TenderEvidenceLookupRefused(Refused):
    """The State did not tell it."""

    criterion: str
    language: str
    nation: str
