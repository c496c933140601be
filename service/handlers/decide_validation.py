"""Validates an invoice that waits for its validator, or refuses it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from contracts.base import Outgoing
from contracts.events import InvoiceValidatorDecisionRequested
from contracts.reasons import Reason
from contracts.results import InvoiceValidatorDecisionDone, InvoiceValidatorDecisionRefused, ReasonOffered
from service.core.invoices import FoundInvoice
from service.core.question import Screen
from service.core.standing_before import Before
from service.handlers.base import Calls
from service.handlers.decide import Decide, Explained, Wanted
from service.handlers.decision_results import Stands
from service.upstream import Operation, Refusal
from service.upstream.chorus_pro.decision_models import ToValidate
from service.upstream.chorus_pro.decision_operations import VALIDATE
from service.upstream.chorus_pro.decisions import Decided, Decisions

SCREEN = Screen(
    deed="validate an invoice, or refuse to",
    place=(
        "portail.chorus-pro.gouv.fr, domain Facturation: in Factures à valider the invoice, by its number and supplier,"
        " and there the history of its statuses"
    ),
    number=None,
)


class DecideValidation(Decide[InvoiceValidatorDecisionRequested]):
    """`invoice.validator.decision.requested.v1`."""

    model: ClassVar[type[InvoiceValidatorDecisionRequested]] = InvoiceValidatorDecisionRequested
    call: ClassVar[Operation[Any, Any]] = VALIDATE
    screen: ClassVar[Screen] = SCREEN
    family: ClassVar[str] = "invoice.validator.decision"
    role: ClassVar[str] = "validator"
    may_lose_sight: ClassVar[bool] = True

    async def find(self, number: str, supplier_siret: str, calls: Calls) -> tuple[FoundInvoice, ...]:
        """Among the invoices of this account's validators."""
        return await Decisions(chorus_pro=calls.chorus_pro).to_validate(number, supplier_siret)

    async def make_ready(
        self, prepared: Wanted[InvoiceValidatorDecisionRequested], calls: Calls
    ) -> Wanted[InvoiceValidatorDecisionRequested] | Refusal:
        """The validator too has an id at Chorus Pro; without a name the State takes the account's own."""
        ready = await super().make_ready(prepared, calls)
        siret = prepared.asked.validator_siret
        if isinstance(ready, Refusal) or siret is None:
            return ready
        for row in await Decisions(chorus_pro=calls.chorus_pro).attachments():
            if "".join((row.identifier or "").split()) == siret:
                return replace(ready, validator_id=row.id)
        return self.not_ready(Reason.VALIDATOR_UNKNOWN)

    def wanted_codes(self, asked: InvoiceValidatorDecisionRequested, calls: Calls) -> frozenset[str]:
        """Validated or refused, by the first validator or the second."""
        words = calls.upstreams.mapping.chorus_pro.validation
        return words.validated if asked.decision == "validated" else words.refused

    async def decide(
        self, wanted: Wanted[InvoiceValidatorDecisionRequested], before: Before, calls: Calls
    ) -> Decided | Refusal:
        """Say so."""
        asked, words = wanted.asked, calls.upstreams.mapping.chorus_pro.validation
        request = ToValidate(
            invoice_id=before.chorus_pro_id,
            action=words.validated_action if asked.decision == "validated" else words.refused_action,
            validator_type=asked.validator_type_code,
            validator_id=wanted.validator_id,
            reason_code=asked.reason_code,
            comment=asked.comment,
        )
        return await Decisions(chorus_pro=calls.chorus_pro).validate(request)

    async def explain(
        self, asked: InvoiceValidatorDecisionRequested, stands: Stands, calls: Calls
    ) -> tuple[Reason, Explained]:
        """For which reasons a validator may refuse, when a refusal was refused."""
        if asked.decision != "refused":
            return stands.reason, {}
        offered = await Decisions(chorus_pro=calls.chorus_pro).refusal_reasons()
        if isinstance(offered, Refusal):
            return stands.reason, {}
        return stands.reason, {"reasons": tuple(ReasonOffered(reason_code=one.code, text=one.label) for one in offered)}

    def done(self, asked: InvoiceValidatorDecisionRequested, fields: dict[str, object]) -> Outgoing:
        """`invoice.validator.decision.done`."""
        return InvoiceValidatorDecisionDone.model_validate(fields)

    def not_done(self, asked: InvoiceValidatorDecisionRequested, fields: dict[str, object]) -> Outgoing:
        """`invoice.validator.decision.refused`."""
        return InvoiceValidatorDecisionRefused.model_validate(fields)
