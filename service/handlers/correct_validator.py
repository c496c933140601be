"""Gives an invoice another validator, for its supplier."""

from __future__ import annotations

from typing import Any, ClassVar

from contracts.base import Outgoing
from contracts.events import InvoiceValidatorCorrectionRequested
from contracts.results import InvoiceValidatorCorrectionDone, InvoiceValidatorCorrectionRefused
from service.core.invoices import FoundInvoice
from service.core.question import Screen
from service.core.standing_before import Before
from service.handlers.base import Calls
from service.handlers.decide import Decide, Wanted
from service.upstream import Operation, Refusal
from service.upstream.chorus_pro.decision_operations import CORRECT_VALIDATOR
from service.upstream.chorus_pro.decisions import Decided, Decisions

SCREEN = Screen(
    deed="give an invoice another validator",
    place=(
        "portail.chorus-pro.gouv.fr, domain Facturation: in Factures émises the invoice, by its number, its validator"
        " and the history of its statuses"
    ),
    number=None,
)


class CorrectValidator(Decide[InvoiceValidatorCorrectionRequested]):
    """`invoice.validator.correction.requested.v1`."""

    model: ClassVar[type[InvoiceValidatorCorrectionRequested]] = InvoiceValidatorCorrectionRequested
    call: ClassVar[Operation[Any, Any]] = CORRECT_VALIDATOR
    screen: ClassVar[Screen] = SCREEN
    family: ClassVar[str] = "invoice.validator.correction"
    role: ClassVar[str] = "supplier"
    needs_before: ClassVar[bool] = True

    async def find(self, number: str, supplier_siret: str, calls: Calls) -> tuple[FoundInvoice, ...]:
        """Among the invoices issued."""
        return await calls.chorus_pro.invoices_numbered(number, supplier_siret)

    def wanted_codes(self, asked: InvoiceValidatorCorrectionRequested, calls: Calls) -> frozenset[str]:
        """It waits for a validator again."""
        return calls.upstreams.mapping.chorus_pro.validation.corrected

    async def shows(self, asked: InvoiceValidatorCorrectionRequested, invoice_id: int, calls: Calls) -> bool | None:
        """Whose turn it is: anybody's correction leaves the same line in the history."""
        now = await calls.chorus_pro.supplier.standing(invoice_id)
        if isinstance(now, Refusal) or not now.validators:
            return None
        return asked.validator_siret in now.validators

    async def decide(
        self, wanted: Wanted[InvoiceValidatorCorrectionRequested], before: Before, calls: Calls
    ) -> Decided | Refusal:
        """Name the other one."""
        siret = wanted.asked.validator_siret
        return await Decisions(chorus_pro=calls.chorus_pro).correct_validator(before.chorus_pro_id, siret)

    def done(self, asked: InvoiceValidatorCorrectionRequested, fields: dict[str, object]) -> Outgoing:
        """`invoice.validator.correction.done`."""
        named = {**fields, "validator_siret": asked.validator_siret}
        return InvoiceValidatorCorrectionDone.model_validate(named)

    def not_done(self, asked: InvoiceValidatorCorrectionRequested, fields: dict[str, object]) -> Outgoing:
        """`invoice.validator.correction.refused`."""
        named = {**fields, "validator_siret": asked.validator_siret}
        return InvoiceValidatorCorrectionRefused.model_validate(named)
