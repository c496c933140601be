"""Changes a buyer's DUME: what every such write shares, its name in the ledger and the document it starts from."""

from __future__ import annotations

from typing import ClassVar, TypeVar

from contracts.base import Incoming
from contracts.events import Buyer, Consultation
from contracts.reasons import Reason
from contracts.words import DumeState, Upstream
from service.core.entry import Entry
from service.core.errors import EventInvalid
from service.core.espd import EspdInvalid, fill, same_content
from service.handlers import dume_results as results
from service.handlers.base import Calls, Finished, Write
from service.handlers.dume_known import Whereabouts, standing_of
from service.handlers.dume_place import OPERATION
from service.upstream import Refusal
from service.upstream.dume.operations import DOCUMENT

AskedT = TypeVar("AskedT", bound=Incoming)
ReadyT = TypeVar("ReadyT")


class DumeWrite(Write[AskedT, ReadyT]):
    """One name in the ledger for all of them: what is about the same DUME, or the same place, waits for each other."""

    upstream: ClassVar[str] = Upstream.DUME
    family: ClassVar[results.Family]

    @property
    def operation(self) -> str:
        """The same for every change of a buyer's DUME."""
        return OPERATION

    async def without_start(
        self, where: Whereabouts, refusal: Refusal, entry: Entry, calls: Calls, *, gone: Reason
    ) -> Finished | None:
        """The end when the document to start from was not given; None when the refusal is about something else.

        `gone` is the reason when that DUME is deleted.
        """
        if refusal.operation != DOCUMENT.name:
            return None
        reason = refusal.reason
        if reason is Reason.UPSTREAM_REFUSED:
            standing = await standing_of(where, entry, calls)
            is_deleted = standing is not None and standing.state is DumeState.DELETED
            reason = Reason.DUME_UNKNOWN if standing is None else gone if is_deleted else reason
        return results.refused(self.family, refusal, where.consultation_id, dume_id=where.dume_id, reason=reason)


def filled(document: bytes, consultation: Consultation, buyer: Buyer | None, calls: Calls) -> bytes:
    """The document for this consultation and buyer; raises EventInvalid when it cannot be filled."""
    try:
        return fill(
            document,
            consultation=consultation,
            buyer=in_documents(buyer, calls),
            procedure_code=calls.dume.espd_procedure(consultation.procedure),
            project_type=calls.dume.espd_project_type(consultation.contract_type),
        )
    except EspdInvalid as error:
        detail = f"The DUME to start from cannot be filled. {error}"
        raise EventInvalid(Reason.UPSTREAM_ANSWER_UNREADABLE, detail) from error


def has_content(document: bytes, consultation: Consultation, buyer: Buyer | None, calls: Calls) -> bool:
    """Whether the document says already what a document alone can say; raises EventInvalid when it cannot be read."""
    try:
        return same_content(
            document,
            buyer=in_documents(buyer, calls),
            procedure_code=calls.dume.espd_procedure(consultation.procedure),
            project_type=calls.dume.espd_project_type(consultation.contract_type),
        )
    except EspdInvalid as error:
        detail = f"The DUME to start from cannot be read. {error}"
        raise EventInvalid(Reason.UPSTREAM_ANSWER_UNREADABLE, detail) from error


def in_documents(buyer: Buyer | None, calls: Calls) -> Buyer:
    """The buyer as documents name it: one that the request gives no name keeps the name that stands there."""
    return buyer if buyer is not None else calls.dume.buyer_or_requester(None)
