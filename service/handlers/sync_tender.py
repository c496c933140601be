"""The four facts about a consultation, each brought to DUME in the same way."""

from __future__ import annotations

from typing import ClassVar

from contracts.events.tender_facts import TenderCancelled, TenderCreated, TenderPublished, TenderUpdated
from service.core.tender import Fact
from service.handlers.bring_dume import BringDume


class SyncCreatedTender(BringDume[TenderCreated]):
    """`tender.created.v1`."""

    model: ClassVar[type[TenderCreated]] = TenderCreated
    fact: ClassVar[Fact] = "created"


class SyncUpdatedTender(BringDume[TenderUpdated]):
    """`tender.updated.v1`."""

    model: ClassVar[type[TenderUpdated]] = TenderUpdated
    fact: ClassVar[Fact] = "updated"


class SyncPublishedTender(BringDume[TenderPublished]):
    """`tender.published.v1`."""

    model: ClassVar[type[TenderPublished]] = TenderPublished
    fact: ClassVar[Fact] = "published"


class SyncCancelledTender(BringDume[TenderCancelled]):
    """`tender.cancelled.v1`."""

    model: ClassVar[type[TenderCancelled]] = TenderCancelled
    fact: ClassVar[Fact] = "cancelled"
