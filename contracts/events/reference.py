"""What may be asked about reference data of tenders: lists of codes, labels, and evidence of other countries."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from contracts.base import LOWER, Incoming, Text
from contracts.events.tenders import Buyer

Language = Annotated[str, LOWER, Field(pattern=r"^[a-z]{2,3}$")]
Nation = Annotated[str, LOWER, Field(pattern=r"^[a-z]{2,3}$")]


class TenderCodelistLookupRequested(Incoming):
    """Tell the values of a list of codes, the lists there are, or the labels of the document."""

    code_list: Text | None = Field(default=None, description="Without it, the lists there are.")
    labels: bool = Field(default=False, description="The labels of the document instead, in `language`.")
    language: Language | None = Field(default=None, description="Of labels; the State chooses one unless given.")
    buyer: Buyer | None = Field(default=None, description="The requester of the account asks unless given.")

    @model_validator(mode="after")
    def _one_question(self) -> Self:
        if self.labels and self.code_list is not None:
            raise ValueError("takes at most one of code_list and labels")
        if self.language is not None and not self.labels:
            raise ValueError("takes language with labels only: codes have no language")
        return self


class TenderEvidenceLookupRequested(Incoming):
    """Tell what a country takes as evidence of a criterion (e-Certis)."""

    criterion: Text = Field(description="The identifier of a criterion, as the document of a DUME names it.")
    language: Language
    nation: Nation
    buyer: Buyer | None = Field(default=None, description="The requester of the account asks unless given.")
