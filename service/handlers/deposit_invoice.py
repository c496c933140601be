"""Deposits an invoice file at Chorus Pro and follows it until every invoice of it is found or refused."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, ClassVar

from contracts.events import InvoiceDepositRequested
from contracts.words import Upstream
from service.core.documents import InvoiceFacts
from service.core.draft import Draft
from service.core.entry import Entry
from service.core.invoices import (
    Account,
    Agreement,
    FlowEnd,
    FoundInvoice,
    account_for,
    agree,
    compared,
    natural_key,
)
from service.core.preflight import is_forbidden
from service.core.question import Screen
from service.handlers import deposit_results as results
from service.handlers import preflight_results
from service.handlers.base import (
    WARNINGS,
    Absent,
    Calls,
    Event,
    Finished,
    Followed,
    Found,
    Incident,
    Looked,
    Pending,
    Unseen,
    UsedByOther,
    Write,
)
from service.handlers.conflicts import is_used_up
from service.handlers.in_full import best, in_full, undecided, untold
from service.handlers.invoice_file import Deposit, check_suppliers, to_deposit
from service.handlers.preflight_results import let_pass, to_warnings
from service.handlers.routing import with_routing
from service.upstream import Operation, Refusal
from service.upstream.chorus_pro import FlowReport
from service.upstream.chorus_pro.operations import DEPOSIT_FLOW

SCREEN = Screen(
    deed="deposit an invoice file",
    place=(
        "portail.chorus-pro.gouv.fr, domain Facturation: in Suivi des flux the flow, by its file name and the day it"
        " was sent; in Factures émises each invoice, by its number"
    ),
    number="flow_number",
)
HIDDEN = "This account cannot see the invoices of supplier {siret}, so nobody knows whether the file arrived."


class DepositInvoice(Write[InvoiceDepositRequested, Deposit]):
    """`invoice.deposit.requested.v1`."""

    model: ClassVar[type[InvoiceDepositRequested]] = InvoiceDepositRequested
    upstream: ClassVar[str] = Upstream.CHORUS_PRO
    call: ClassVar[Operation[Any, Any]] = DEPOSIT_FLOW
    screen: ClassVar[Screen] = SCREEN
    opens_files: ClassVar[bool] = True

    def prepare(self, request: InvoiceDepositRequested, event: Event) -> Deposit:
        """The file, recognised, read and inspected; raises EventInvalid."""
        return to_deposit(request, event.inspection)

    def keys(self, prepared: Deposit) -> tuple[str, ...]:
        """Supplier and number of each invoice."""
        return tuple(_key(invoice) for invoice in prepared.invoices)

    def check(self, prepared: Deposit, calls: Calls) -> None:
        """Raise EventInvalid when the account may not send for a supplier of the file."""
        super().check(prepared, calls)
        check_suppliers(prepared, calls)

    def objection(self, prepared: Deposit) -> Finished | None:
        """The refusal by preflight; where recipients are looked up that comes first, so that all is told in one go."""
        if prepared.inspection.looks_up or not is_forbidden(prepared.findings):
            return None
        return preflight_results.refused(prepared)

    def must_read(self, prepared: Deposit) -> bool:
        """Whether recipients are looked up."""
        return prepared.inspection.looks_up

    async def make_ready(self, prepared: Deposit, calls: Calls) -> Deposit | Finished:
        """Look the recipients up where that is switched on and nothing was sent yet."""
        if not calls.is_first or not prepared.inspection.looks_up:
            return prepared
        ready, _ = await with_routing(prepared, calls)
        return preflight_results.refused(ready) if is_forbidden(ready.findings) else ready

    async def send(self, prepared: Deposit, calls: Calls) -> Mapping[str, object] | Refusal:
        """Deposit the file."""
        answer = await calls.chorus_pro.deposit(
            content_base64=base64.b64encode(prepared.content).decode(),
            name=prepared.name,
            syntax=prepared.document.syntax,
        )
        if isinstance(answer, Refusal):
            return answer
        return {
            "flow_number": answer.flow_number,
            "deposited_on": answer.deposited_on.isoformat(),
            "adopted": False,
            **to_warnings(prepared.findings),
        }

    async def look(self, prepared: Deposit, entry: Entry, calls: Calls) -> Looked:
        """Search each invoice by supplier and number. A flow still pending is invisible here."""
        shown = await _numbered(prepared.invoices, calls)
        ours = [found for sent, found in shown if agree(sent, found)]
        if ours:
            are_over = len(shown) == len(prepared.invoices) and all(is_used_up(found) for _, found in shown)
            over = UsedByOther(refusal=results.number_used(shown)) if are_over else None
            there = {sent.number for sent, _ in shown}
            missing = tuple(sent.number for sent in prepared.invoices if sent.number not in there)
            return Found(answer=_adopted(prepared, ours, entry), over=over, missing=missing)
        if why := next((why for sent, found in shown if (why := untold(sent, found))), None):
            return Unseen(detail=why)
        if len(shown) == len(prepared.invoices):
            return UsedByOther(refusal=results.number_used(shown))
        for siret in {invoice.supplier_siret for invoice in prepared.invoices if invoice.supplier_siret}:
            if await calls.chorus_pro.sees_supplier(siret) is False:
                return Unseen(detail=HIDDEN.format(siret=siret))
        return Absent()

    async def confirm(
        self, prepared: Deposit, answer: Mapping[str, object], entry: Entry, calls: Calls
    ) -> Found | Unseen:
        """The flow must be known, and hold no other invoices than these."""
        flow_number = str(answer["flow_number"])
        report = await calls.chorus_pro.flow_report(flow_number)
        if not report.known:
            return Unseen(detail=f"Chorus Pro does not know flow {flow_number}.")
        shown = await calls.chorus_pro.invoices_of_flow(flow_number)
        if shown and all(compared(sent, found) is Agreement.OTHER for sent in prepared.invoices for found in shown):
            numbers = ", ".join(found.number for found in shown)
            return Unseen(detail=f"Flow {flow_number} holds other invoices: {numbers[:200]}.")
        return Found(answer={**_adopted(prepared, [], entry), "flow_number": flow_number})

    def progress(self, prepared: Deposit, answer: Mapping[str, object], event: Event) -> tuple[Draft, ...]:
        """`invoice.deposit.received`, once there is a flow number."""
        return results.received(answer)

    async def follow(
        self, prepared: Deposit, answer: Mapping[str, object], entry: Entry, polls: int, event: Event, calls: Calls
    ) -> Followed:
        """Read the flow's report, then its invoices."""
        flow_number = answer.get("flow_number")
        if flow_number is None:
            return await self._follow_without_flow(prepared, answer, calls)
        report = await calls.chorus_pro.flow_report(str(flow_number))
        standing = calls.upstreams.mapping.chorus_pro.flow_standing(report.state) if report.known else FlowEnd.PENDING
        end = FlowEnd(standing)
        match end:
            case FlowEnd.PENDING:
                return Pending(reason="tracking")
            case FlowEnd.STUCK | FlowEnd.UNKNOWN:
                return Pending(reason="stuck", detail=f"flow {flow_number} is {report.state}", is_slow=True)
            case FlowEnd.INCIDENT:
                return Incident()
            case FlowEnd.INTEGRATED | FlowEnd.PARTIAL | FlowEnd.REJECTED:
                return await self._account(prepared, answer, entry, report, end, calls)

    async def _account(
        self,
        prepared: Deposit,
        answer: Mapping[str, object],
        entry: Entry,
        report: FlowReport,
        end: FlowEnd,
        calls: Calls,
    ) -> Followed:
        """Final only when found and refused together are all invoices of the file."""
        found = await calls.chorus_pro.invoices_of_flow(str(answer["flow_number"]))
        texts = {error.number: error.text for error in report.invoice_errors if error.number}
        account = account_for(prepared.invoices, found, texts, end)
        if account.missing:
            return Pending(reason="not_shown_yet", detail=f"not shown yet: {', '.join(account.missing)[:200]}")
        used = await self._used_numbers(prepared, account, entry, calls)
        if isinstance(used, Pending):
            return used
        return results.finished(
            prepared.invoices,
            account,
            used,
            answer=answer,
            state=report.state,
            technical=" | ".join(error.text for error in report.technical_errors if error.text) or None,
            keys=_key,
        )

    async def _follow_without_flow(self, prepared: Deposit, answer: Mapping[str, object], calls: Calls) -> Followed:
        """Adopted by number alone: the search tells no flow, so all invoices must be seen by number."""
        shown = {sent.number: found for sent, found in await _numbered(prepared.invoices, calls)}
        if len(shown) < len(prepared.invoices):
            return Pending(reason="not_shown_yet")
        account = Account(found=shown, refused={}, missing=())
        return results.finished(prepared.invoices, account, {}, answer=answer, state=None, technical=None, keys=_key)

    async def _used_numbers(
        self, prepared: Deposit, account: Account, entry: Entry, calls: Calls
    ) -> dict[str, results.Used] | Pending:
        """Which refused invoices exist all the same: ours from an earlier send of this request, or somebody else's."""
        refused = [invoice for invoice in prepared.invoices if invoice.number in account.refused]
        used: dict[str, results.Used] = {}
        for sent, found in await _numbered(refused, calls):
            if entry.sends > 1 and (why := untold(sent, found)):
                return Pending(reason="stuck", detail=why, is_slow=True)
            is_ours = entry.sends > 1 and agree(sent, found)
            used[sent.number] = results.Used(sent=sent, found=found, is_ours=is_ours)
        return used

    async def refused(
        self, prepared: Deposit, refusal: Refusal, entry: Entry, event: Event, calls: Calls
    ) -> Finished | Found:
        """Refused in the call itself: nothing was deposited by it."""
        if entry.sends > 1:
            shown = await _numbered(prepared.invoices, calls)
            ours = [found for sent, found in shown if agree(sent, found)]
            if ours:
                return Found(answer=_adopted(prepared, ours, entry))
            if why := next((why for sent, found in shown if (why := untold(sent, found))), None):
                raise undecided(refusal.operation, why)
        return results.refused_at_deposit(refusal, let_pass(prepared.findings))


def _key(invoice: InvoiceFacts) -> str:
    return natural_key(invoice.supplier_siret or invoice.supplier_id, invoice.number)


def _adopted(prepared: Deposit, ours: list[FoundInvoice], entry: Entry) -> dict[str, object]:
    """What the call would have answered; the day of the first send stands in for a deposit date not shown."""
    flows = [found.flow_number for found in ours if found.flow_number]
    dates = [found.deposited_on for found in ours if found.deposited_on]
    sent_at = entry.first_sent_at or entry.created_at
    kept = (entry.answer or {}).get(WARNINGS)
    deposited_on = min(dates) if dates else sent_at.date() if sent_at else None
    return {
        "flow_number": flows[0] if flows else None,
        "deposited_on": deposited_on.isoformat() if deposited_on else None,
        "adopted": True,
        # Of what is followed already the ledger knows them; else the file has just been inspected again.
        **({WARNINGS: kept} if kept else to_warnings(prepared.findings)),
    }


async def _numbered(
    invoices: tuple[InvoiceFacts, ...] | list[InvoiceFacts], calls: Calls
) -> list[tuple[InvoiceFacts, FoundInvoice]]:
    """Each invoice that Chorus Pro shows under its supplier and number; the one that agrees best of several."""
    shown = []
    for sent in invoices:
        found = await calls.chorus_pro.invoices_numbered(sent.number, sent.supplier_siret or sent.supplier_id)
        if found:
            shown.append((sent, best(sent, await in_full(sent, found, calls))))
    return shown
