"""What the relay answers about documents of DUMEs."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Outgoing, is_none
from contracts.results.common import STATE_CODE, Refused
from contracts.results.reads import DownloadedFile
from contracts.words import DumeState


class DumeFile(DownloadedFile):
    """A document, whose DUME it belongs to where that is told, and a warning where it is not what it should be."""

    dume_id: Annotated[str | None, Field(exclude_if=is_none)] = None
    warning: str | None = Field(
        default=None, description="What is odd about it: it is not of its format, or cannot be read."
    )

    optional_fields = frozenset({"dume_id"})


class DumeValueTold(Outgoing):
    """A value of the State's metadata: the names that lead to it, and its text."""

    name_code: str
    upstream_text: str


class DumeMetadata(Outgoing):
    """What the State says of a DUME beside its document; `told` is all of it."""

    consultation_id: str | None = None
    consultation_reference: str | None = Field(default=None, description="The one the buyer gave.")
    lot_numbers: tuple[str, ...] = ()
    told: tuple[DumeValueTold, ...] = Field(default=(), description="All of it, under the State's own names.")


class TenderDumeDocumentReported(Outgoing):
    """The document, or the files of the bids; state and metadata where the State tells them."""

    of: Literal["buyer", "bidder"]
    format: Literal["pdf", "xml", "html", "none"] | None = Field(description="Null for the files of bids.")
    dume_id: str | None = None
    bid_dume_ids: tuple[str, ...] = Field(default=(), description="The bids that were asked for.")
    state: DumeState | None = Field(default=None, description="Null where the State was not asked for it.")
    state_code: str | None = Field(default=None, description=STATE_CODE)
    metadata: DumeMetadata | None = None
    file: DumeFile | None = Field(default=None, description="Of one DUME; null with the format none, and for bids.")
    files: tuple[DumeFile, ...] = Field(default=(), description="Of bids: each DUME, certificates, attachments.")


class TenderDumeDocumentRefused(Refused):
    """The State does not hand it over."""

    of: Literal["buyer", "bidder"]
    dume_id: str | None = None
    bid_dume_ids: tuple[str, ...] = ()
