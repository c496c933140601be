"""Says how a deposit ended: a fact per invoice, then the one terminal result."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from contracts.reasons import Reason
from contracts.results import (
    Conflict,
    Finding,
    IntegratedInvoice,
    InvoiceDepositDone,
    InvoiceDepositReceived,
    InvoiceDepositRefused,
    InvoiceIntegrated,
    InvoiceNotIntegrated,
    NotIntegratedInvoice,
)
from contracts.words import invoice_status
from service.core.documents import InvoiceFacts
from service.core.draft import Draft
from service.core.invoices import Account, FoundInvoice
from service.handlers.base import Finished
from service.handlers.conflicts import conflict_between
from service.handlers.preflight_results import warnings_of
from service.upstream import Refusal

DONE = "invoice.deposit.done.v1"
REFUSED = "invoice.deposit.refused.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """An invoice that was refused in this flow and exists all the same."""

    sent: InvoiceFacts
    found: FoundInvoice
    is_ours: bool


def received(answer: Mapping[str, object]) -> tuple[Draft, ...]:
    """The result that says Chorus Pro took the file."""
    flow_number, deposited_on = answer.get("flow_number"), _date(answer)
    if flow_number is None or deposited_on is None:
        return ()
    data = InvoiceDepositReceived(
        flow_number=str(flow_number),
        deposited_on=deposited_on,
        adopted=bool(answer.get("adopted")),
        warnings=warnings_of(answer),
    )
    return (Draft(type="invoice.deposit.received.v1", data=data, kind="received", discriminator=str(flow_number)),)


def refused_at_deposit(refusal: Refusal, findings: tuple[Finding, ...]) -> Finished:
    """The result of a refusal in the call itself."""
    data = InvoiceDepositRefused(
        stage="deposit", reason=refusal.reason, code=refusal.code, upstream_text=refusal.text, findings=findings
    )
    return Finished(results=(Draft(type=REFUSED, data=data),), reason=refusal.reason)


def number_used(shown: Sequence[tuple[InvoiceFacts, FoundInvoice]]) -> Draft:
    """The result when all numbers of the file already stand for something else."""
    refused = tuple(
        _not_integrated(sent.number, Reason.NUMBER_ALREADY_USED, "", None, conflict_between(sent, found))
        for sent, found in shown
    )
    data = InvoiceDepositRefused(
        stage="integration",
        reason=Reason.NUMBER_ALREADY_USED,
        code=None,
        upstream_text=None,
        invoices=refused,
        conflict=refused[0].conflict,
    )
    return Draft(type=REFUSED, data=data)


def finished(
    sent: Sequence[InvoiceFacts],
    account: Account,
    used: Mapping[str, Used],
    *,
    answer: Mapping[str, object],
    state: str | None,
    technical: str | None,
    keys: Callable[[InvoiceFacts], str],
) -> Finished:
    """Facts and terminal result of a deposit in which every invoice is accounted for."""
    flow_number = str(answer["flow_number"]) if answer.get("flow_number") else None
    adopted = bool(answer.get("adopted"))
    outcomes: list[IntegratedInvoice | NotIntegratedInvoice] = []
    for facts in sent:
        other = used.get(facts.number)
        if facts.number in account.found:
            outcomes.append(_integrated(facts, account.found[facts.number], flow_number, adopted=adopted))
        elif other is not None and other.is_ours:
            outcomes.append(_integrated(facts, other.found, other.found.flow_number, adopted=True))
        else:
            outcomes.append(_refused(facts, account, other, flow_number, technical))
    integrated = [outcome for outcome in outcomes if isinstance(outcome, IntegratedInvoice)]
    kept = tuple(keys(facts) for facts, outcome in zip(sent, outcomes, strict=True) if outcome.integrated)
    facts_said = tuple(_fact(outcome) for outcome in outcomes)
    if integrated:
        data = InvoiceDepositDone(
            outcome="all" if len(integrated) == len(outcomes) else "some",
            flow_number=flow_number or integrated[0].flow_number,
            deposited_on=_date(answer),
            flow_state_code=state,
            invoices=tuple(outcomes),
            warnings=warnings_of(answer),
        )
        return Finished(results=(*facts_said, Draft(type=DONE, data=data)), reason="done", kept=kept)
    refused = [outcome for outcome in outcomes if isinstance(outcome, NotIntegratedInvoice)]
    refusal = _terminal_refusal(refused, flow_number, technical, warnings_of(answer))
    return Finished(results=(*facts_said, Draft(type=REFUSED, data=refusal)), reason=refusal.reason)


def _terminal_refusal(
    refused: Sequence[NotIntegratedInvoice],
    flow_number: str | None,
    technical: str | None,
    findings: tuple[Finding, ...],
) -> InvoiceDepositRefused:
    reasons = {outcome.reason for outcome in refused}
    same = next(iter(reasons)) if len(reasons) == 1 else Reason.FLOW_REJECTED
    texts = [technical or "", *(outcome.upstream_text or "" for outcome in refused)]
    return InvoiceDepositRefused(
        stage="integration",
        reason=same,
        code=None,
        upstream_text=" | ".join(dict.fromkeys(text for text in texts if text)) or None,
        flow_number=flow_number,
        invoices=tuple(refused),
        conflict=next((outcome.conflict for outcome in refused if outcome.conflict), None),
        findings=findings,
    )


def _refused(
    facts: InvoiceFacts, account: Account, other: Used | None, flow_number: str | None, technical: str | None
) -> NotIntegratedInvoice:
    text = account.refused.get(facts.number, "")
    if other is not None:
        conflict = conflict_between(other.sent, other.found)
        return _not_integrated(facts.number, Reason.NUMBER_ALREADY_USED, text, flow_number, conflict)
    reason = Reason.INVOICE_REJECTED if text else Reason.TECHNICAL_ERROR if technical else Reason.FLOW_REJECTED
    return _not_integrated(facts.number, reason, text or technical or "", flow_number, None)


def _not_integrated(
    number: str, reason: Reason, text: str, flow_number: str | None, conflict: Conflict | None
) -> NotIntegratedInvoice:
    return NotIntegratedInvoice(
        invoice_number=number,
        flow_number=flow_number,
        reason=reason,
        upstream_text=text or None,
        number_reusable=conflict is None,
        conflict=conflict,
    )


def _integrated(
    facts: InvoiceFacts, found: FoundInvoice, flow_number: str | None, *, adopted: bool
) -> IntegratedInvoice:
    return IntegratedInvoice(
        invoice_number=found.number,
        type=facts.kind,
        supplier_siret=found.supplier_siret or facts.supplier_siret,
        recipient_siret=found.recipient_siret or facts.recipient_siret,
        chorus_pro_id=found.chorus_pro_id,
        flow_number=found.flow_number or flow_number,
        status=invoice_status(found.status_code or ""),
        status_code=found.status_code or "",
        total_including_tax=found.total_including_tax
        if found.total_including_tax is not None
        else facts.total_including_tax,
        currency=found.currency or facts.currency,
        adopted=adopted,
    )


def _fact(outcome: IntegratedInvoice | NotIntegratedInvoice) -> Draft:
    if isinstance(outcome, IntegratedInvoice):
        data: InvoiceIntegrated | InvoiceNotIntegrated = InvoiceIntegrated(**outcome.model_dump(exclude={"integrated"}))
        return Draft(type="invoice.integrated.v1", data=data, kind="integrated", discriminator=outcome.invoice_number)
    data = InvoiceNotIntegrated(**outcome.model_dump(exclude={"integrated"}))
    return Draft(
        type="invoice.not_integrated.v1", data=data, kind="not_integrated", discriminator=outcome.invoice_number
    )


def _date(answer: Mapping[str, object]) -> date | None:
    text = answer.get("deposited_on")
    return date.fromisoformat(text) if isinstance(text, str) else None
