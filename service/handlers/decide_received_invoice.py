"""Sets the status of an invoice that was received."""

from __future__ import annotations

from typing import Any, ClassVar

from contracts.base import Outgoing
from contracts.events import InvoiceRecipientDecisionRequested
from contracts.reasons import Reason
from contracts.results import InvoiceRecipientDecisionDone, InvoiceRecipientDecisionRefused
from contracts.words import invoice_status
from service.core.invoices import FoundInvoice
from service.core.question import Screen
from service.core.standing_before import Before
from service.handlers.base import Calls
from service.handlers.decide import Decide, Explained, Wanted
from service.handlers.decision_results import Stands
from service.upstream import Operation, Refusal
from service.upstream.chorus_pro.decision_models import StatusToSet
from service.upstream.chorus_pro.decision_operations import SET_STATUS
from service.upstream.chorus_pro.decisions import Decided, Decisions

SCREEN = Screen(
    deed="set the status of a received invoice",
    place=(
        "portail.chorus-pro.gouv.fr, domain Facturation: in Factures reçues the invoice, by its number and supplier,"
        " and there the history of its statuses"
    ),
    number=None,
)


class DecideReceivedInvoice(Decide[InvoiceRecipientDecisionRequested]):
    """`invoice.recipient.decision.requested.v1`."""

    model: ClassVar[type[InvoiceRecipientDecisionRequested]] = InvoiceRecipientDecisionRequested
    call: ClassVar[Operation[Any, Any]] = SET_STATUS
    screen: ClassVar[Screen] = SCREEN
    family: ClassVar[str] = "invoice.recipient.decision"
    role: ClassVar[str] = "recipient"

    async def find(self, number: str, supplier_siret: str, calls: Calls) -> tuple[FoundInvoice, ...]:
        """Among the invoices received."""
        return await Decisions(chorus_pro=calls.chorus_pro).received(number, supplier_siret)

    def wanted_codes(self, asked: InvoiceRecipientDecisionRequested, calls: Calls) -> frozenset[str]:
        """The one that is asked for."""
        return frozenset({asked.status_code})

    async def decide(
        self, wanted: Wanted[InvoiceRecipientDecisionRequested], before: Before, calls: Calls
    ) -> Decided | Refusal:
        """Set it."""
        asked = wanted.asked
        request = StatusToSet(
            invoice_id=before.chorus_pro_id,
            status=asked.status_code,
            reason=asked.reason,
            mandate_number=asked.payment_mandate_number,
        )
        return await Decisions(chorus_pro=calls.chorus_pro).set_status(request)

    async def explain(
        self, asked: InvoiceRecipientDecisionRequested, stands: Stands, calls: Calls
    ) -> tuple[Reason, Explained]:
        """Which statuses may be set from the present one; whatever the code, another status is the reason then."""
        if stands.status_code is None:
            return stands.reason, {}
        codes = await Decisions(chorus_pro=calls.chorus_pro).next_statuses(stands.status_code)
        if isinstance(codes, Refusal):
            return stands.reason, {}
        is_unknown = stands.reason is Reason.UPSTREAM_REFUSED and asked.status_code not in codes
        reason = Reason.STATUS_NOT_SUITABLE if is_unknown else stands.reason
        return reason, {"allowed": tuple(invoice_status(code) for code in codes), "allowed_codes": codes}

    def done(self, asked: InvoiceRecipientDecisionRequested, fields: dict[str, object]) -> Outgoing:
        """`invoice.recipient.decision.done`."""
        return InvoiceRecipientDecisionDone.model_validate(fields)

    def not_done(self, asked: InvoiceRecipientDecisionRequested, fields: dict[str, object]) -> Outgoing:
        """`invoice.recipient.decision.refused`."""
        return InvoiceRecipientDecisionRefused.model_validate(fields)
