"""Talks to DUME on behalf of one event."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from service.steady import NEVER
from service.upstream.client import Client
from service.upstream.dume import operations
from service.upstream.dume.bidders import Bidders
from service.upstream.dume.caller import Caller, unreadable
from service.upstream.dume.documents import Documents
from service.upstream.dume.essential_data import EssentialData
from service.upstream.dume.found import FoundDume, read_found
from service.upstream.dume.operations import DumeAnswer, DumeRequest
from service.upstream.dume.reference import Reference
from service.upstream.dume.remembered import Remembered
from service.upstream.dume.wire import Wire
from service.upstream.interpret import messages
from service.upstream.operation import Operation, Refusal

if TYPE_CHECKING:
    from contracts.events.tenders import Buyer, Consultation
    from service.upstream.dume.mapping import DumeWord
    from service.upstream.values import TechnicalAccount

MODEL_KEPT = 24 * 3600.0
"""Seconds for which the blank document is remembered: it changes rarely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A DUME that exists. `state_code` as DUME wrote it, None when it did not; `messages` that are no refusals."""

    dume_id: str
    state_code: str | None
    messages: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Models:
    """The blank document, remembered for a day."""

    clock: Callable[[], float] = time.monotonic
    _document: bytes | None = field(default=None, repr=False)
    _until: float = 0.0

    def get(self) -> bytes | None:
        """Return the document while it is recent."""
        return self._document if self.clock() < self._until else None

    def put(self, document: bytes) -> None:
        """Remember the document."""
        self._document, self._until = document, self.clock() + MODEL_KEPT


@dataclass(frozen=True, slots=True, kw_only=True)
class Dume:
    """The operations a handler may use. Each raises an UpstreamFailure when no usable answer came."""

    client: Client
    wire: Wire
    event: str
    models: Models
    remembered: Remembered
    account: TechnicalAccount | None = None
    until: float = NEVER

    async def create_simple(self, consultation: Consultation, buyer: Buyer | None) -> Saved | Refusal:
        """Make the simplified DUME of a consultation. Not safe to repeat: search before sending again."""
        return await self._save(operations.CREATE_SIMPLE, self.wire.simple(consultation, buyer), None)

    async def model(self) -> bytes | Refusal:
        """Return the blank document of a buyer's DUME."""
        kept = self.models.get()
        if kept is not None:
            return kept
        document = await self.caller.document(operations.MODEL, self.wire.model())
        if not isinstance(document, Refusal):
            self.models.put(document)
        return document

    async def save(
        self,
        *,
        document: bytes,
        validated: bool,
        consultation: Consultation | None,
        buyer: Buyer | None,
        dume_id: str | None = None,
        replaces: str | None = None,
    ) -> Saved | Refusal:
        """Keep a document: over the draft `dume_id`, or as a new DUME, which may take the place of one it `replaces`.

        Only what is saved over a draft is safe to repeat.
        """
        request = self.wire.save(
            document=document,
            validated=validated,
            consultation=consultation,
            buyer=buyer,
            dume_id=dume_id,
            replaces=replaces,
        )
        if dume_id is None:
            return await self._save(operations.REPLACE if replaces else operations.SAVE_NEW, request, None)
        return await self._save(operations.VALIDATE if validated else operations.SAVE_OVER, request, dume_id)

    async def delete(self, dume_id: str, buyer: Buyer | None = None) -> Saved | Refusal:
        """Delete a DUME. Safe to repeat in effect: a refusal of the repetition may mean that it is deleted already."""
        return await self._save(operations.DELETE, self.wire.delete(dume_id=dume_id, buyer=buyer), dume_id)

    async def update_metadata(self, dume_id: str, consultation: Consultation, buyer: Buyer | None) -> Saved | Refusal:
        """Tell the metadata of a buyer's or a bidder's DUME anew; safe to repeat, the last one counts."""
        request = self.wire.metadata(dume_id=dume_id, consultation=consultation, buyer=buyer)
        return await self._save(operations.UPDATE_METADATA, request, dume_id)

    async def document(self, dume_id: str, *, form: str = "xml") -> bytes | Refusal:
        """Return a DUME as `xml` or `pdf`."""
        return await self.caller.document(operations.DOCUMENT, self.wire.document(dume_id=dume_id, form=form))

    async def search(self, *, consultation_id: str | None, buyer_id: str | None) -> tuple[FoundDume, ...] | Refusal:
        """Return the DUMEs of a consultation, of a buyer, or both."""
        request = self.wire.search(consultation_id=consultation_id, buyer_id=buyer_id)
        answer = await self.caller.call(operations.SEARCH, request)
        if isinstance(answer, Refusal):
            return () if answer.code in self.wire.mapping.nothing_found else answer
        return read_found(self.wire, operations.SEARCH, answer, consultation_id)

    def state_of(self, code: str | None) -> DumeWord:
        """Our word for a state as DUME writes it."""
        return self.wire.mapping.state_of(code)

    def espd_procedure(self, procedure: str | None) -> str | None:
        """The code of the European document for a French procedure, None when none is known for it."""
        return self.wire.mapping.espd_procedure(procedure)

    def espd_project_type(self, contract_type: str | None) -> str | None:
        """The code of the European document for a contract type of an event, None when none is known for it."""
        return self.wire.mapping.project_types.get(contract_type or "")

    def buyer_or_requester(self, buyer: Buyer | None) -> Buyer:
        """The buyer with a name, or the configured requester when there is none; raises EventInvalid without either."""
        return self.wire.buyer_or_requester(buyer)

    @property
    def documents(self) -> Documents:
        """Documents of buyers and bidders, handed over as they are."""
        return Documents(caller=self.caller)

    @property
    def bidders(self) -> Bidders:
        """The operations on the DUMEs of bidders, and on companies."""
        return Bidders(caller=self.caller)

    @property
    def caller(self) -> Caller:
        """Who makes the calls."""
        return Caller(client=self.client, wire=self.wire, event=self.event, account=self.account, until=self.until)

    @property
    def essential_data(self) -> EssentialData:
        """The operations on essential data of contracts and concessions."""
        return EssentialData(caller=self.caller)

    @property
    def reference(self) -> Reference:
        """Lists of codes, labels, evidence, and the health of each domain."""
        return Reference(caller=self.caller, remembered=self.remembered)

    async def _save(
        self, operation: Operation[DumeRequest, DumeAnswer], request: DumeRequest, known: str | None
    ) -> Saved | Refusal:
        answer = await self.caller.call(operation, request)
        if isinstance(answer, Refusal):
            return answer
        names = self.wire.mapping.answers
        dume_id = self.wire.read_text(answer.fields, names.dume_id) or known
        if dume_id is None:
            # It was made all the same: this is doubt, not failure.
            raise unreadable(operation, "an answer without the identifier of the DUME")
        return Saved(
            dume_id=dume_id,
            state_code=self.wire.read_text(answer.fields, names.state),
            messages=self._said(answer),
        )

    def _said(self, answer: DumeAnswer) -> tuple[str, ...]:
        names = self.wire.mapping.replies
        said = messages(answer.fields, names)
        return tuple(str(message.get(names.text) or message.get(names.code) or "") for message in said)


__all__ = ["Dume", "FoundDume", "Models", "Saved", "Wire"]
