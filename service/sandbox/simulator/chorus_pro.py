"""Keeps what Chorus Pro keeps, flows and invoices, and brings it to the present moment before it is looked at."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from service.core.documents import InvoiceFacts
from service.sandbox.simulator.attachments import Attachments
from service.sandbox.simulator.clock import Clock
from service.sandbox.simulator.flows import Ending, Flow
from service.sandbox.simulator.integration import decide
from service.sandbox.simulator.invoices import Invoice
from service.sandbox.simulator.parties import Parties, Structure
from service.sandbox.simulator.passwords import Passwords
from service.sandbox.simulator.rules import Rules
from service.sandbox.simulator.settings import SimulatorSettings

_FIRST_INVOICE: Final = 8_420_000
_FIRST_FLOW: Final = 425_000


class ChorusPro:
    """The state of Chorus Pro. Nothing runs in the background: each look first brings it to the present moment."""

    def __init__(self, settings: SimulatorSettings, clock: Clock) -> None:
        self.settings = settings
        self.clock = clock
        self.rules = Rules()
        self.reset()

    def reset(self) -> None:
        """Forget every flow, invoice and rule, and the structures that joined since the start."""
        self.parties = Parties(self.settings)
        self.passwords = Passwords(self.settings.accounts, self.clock)
        self.rules.remove()
        self.flows: dict[str, Flow] = {}
        self.invoices: dict[int, Invoice] = {}
        self.attachments = Attachments()
        self.searches = 0
        self.empty_searches = 0
        self._taken: set[tuple[str, str]] = set()
        self._numbered: defaultdict[str, list[Invoice]] = defaultdict(list)
        self._underway: list[tuple[datetime, int, Flow]] = []

    def apply(self, settings: SimulatorSettings) -> None:
        """Go on with other settings; what was deposited keeps the speed it was deposited with."""
        self.settings = settings
        self.parties.apply(settings)
        self.passwords.apply(settings.accounts)

    def next_counter(self) -> int:
        """The counter of the next flow."""
        return _FIRST_FLOW + len(self.flows) + 1

    def add_flow(self, flow: Flow) -> None:
        """Keep a flow that was just deposited."""
        self.flows[flow.number] = flow
        heapq.heappush(self._underway, (flow.due_at, flow.counter, flow))

    def advance(self) -> datetime:
        """Integrate the flows that are due, in the order they came due; gives the present moment."""
        now = self.clock()
        while self._underway and self._underway[0][0] <= now:
            due_at, _, flow = heapq.heappop(self._underway)
            if flow.ending is None:
                self._integrate(flow, due_at, by_rule=True)
        return now

    def candidates(self, *, flow: str | None, number: str | None) -> Iterable[Invoice]:
        """The invoices of a flow or with a number, where one is given; else all of them."""
        if flow is not None:
            found = self.flows.get(flow)
            return [self.invoices[id] for id in found.invoice_ids] if found else ()
        if number is not None:
            return self._numbered.get(number, ())
        return self.invoices.values()

    def is_taken(self, supplier: str, number: str) -> bool:
        """Whether a supplier used this number already."""
        return (supplier, number) in self._taken

    def take(
        self,
        facts: InvoiceFacts,
        supplier: Structure,
        recipient: Structure,
        at: datetime,
        *,
        flow_number: str | None = None,
        deposited_at: datetime | None = None,
    ) -> Invoice:
        """Create an invoice, whichever way it came."""
        invoice = Invoice(
            id=_FIRST_INVOICE + len(self.invoices) + 1,
            facts=facts,
            flow_number=flow_number,
            supplier=supplier,
            recipient=recipient,
            deposited_at=deposited_at or at,
            integrated_at=at,
            shown_at=at + timedelta(seconds=self.settings.search_lag),
            status_step=timedelta(seconds=self.settings.status_step),
            validator=self.parties.validator_of(facts.framework),
        )
        self.invoices[invoice.id] = invoice
        self._taken.add((supplier.siret, facts.number))
        self._numbered[facts.number].append(invoice)
        return invoice

    def invoice_of(self, login: str, id: int | None) -> Invoice | None:
        """The invoice with this identifier, where this account may issue for its supplier."""
        invoice = self.invoices.get(id or 0)
        return invoice if invoice and self.parties.is_supplier(login, invoice.supplier.siret) else None

    def finish(self, flow: Flow) -> None:
        """Take a flow that is stuck or had an incident through its integration now, leaving rules aside."""
        self._integrate(flow, self.advance(), by_rule=False)

    def set_state(self, flow: Flow, state: str) -> None:
        """Put a flow into any state, where it stays."""
        now = self.advance()
        flow.ending, flow.ended_at = Ending(state=state), now

    def move_status(self, invoice_id: int, code: str, comment: str | None = None) -> Invoice:
        """Put an invoice into a status from now on, whoever does that; raises KeyError."""
        now = self.advance()
        invoice = self.invoices[invoice_id]
        invoice.move_status(code, now, comment)
        return invoice

    def to_json(self) -> dict[str, object]:
        """Everything there is, for the admin API."""
        now = self.advance()
        flows = [_flow(flow, now) for flow in self.flows.values()]
        invoices = [_invoice(invoice, now) for invoice in self.invoices.values()]
        return {
            "flows": {
                "count": len(flows),
                "by_state": dict(Counter(str(flow["state"]) for flow in flows)),
                "list": flows,
            },
            "invoices": {
                "count": len(invoices),
                "by_status": dict(Counter(str(invoice["status"]) for invoice in invoices)),
                "list": invoices,
            },
        }

    def _integrate(self, flow: Flow, at: datetime, *, by_rule: bool) -> None:
        flow.ending, taken = decide(
            flow,
            settings=self.settings,
            parties=self.parties,
            rules=self.rules if by_rule else Rules(),
            is_taken=self.is_taken,
        )
        flow.ended_at = at
        for facts in taken:
            supplier = self.parties.of_siret(facts.supplier_siret or "")
            recipient = self.parties.recipient(facts.recipient_siret)
            if supplier is None or recipient is None:  # pragma: no cover - the decision refuses such an invoice
                continue
            invoice = self.take(facts, supplier, recipient, at, flow_number=flow.number, deposited_at=flow.deposited_at)
            flow.invoice_ids.append(invoice.id)


def _flow(flow: Flow, now: datetime) -> dict[str, object]:
    state = flow.state(now)
    ending = flow.ending
    return {
        "number": flow.number,
        "name": flow.name,
        "syntax": flow.syntax,
        "account": flow.login,
        "deposited_at": flow.deposited_at,
        "state": state[0] if state else None,
        "since": state[1] if state else None,
        "digest": flow.digest,
        "numbers": [facts.number for facts in flow.facts],
        "invoices": list(flow.invoice_ids),
        "invoice_errors": [{"number": e.number, "text": e.text} for e in ending.invoice_errors] if ending else [],
        "file_errors": [{"code": e.code, "text": e.text} for e in ending.file_errors] if ending else [],
    }


def _invoice(invoice: Invoice, now: datetime) -> dict[str, object]:
    status = invoice.status(now)
    return {
        "id": invoice.id,
        "number": invoice.facts.number,
        "kind": invoice.facts.kind,
        "supplier": invoice.supplier.siret,
        "recipient": invoice.recipient.siret,
        "total": invoice.total,
        "currency": invoice.facts.currency,
        "flow": invoice.flow_number,
        "service": invoice.facts.service_code,
        "commitment": invoice.facts.commitment_number,
        "attachments": list(invoice.attachments),
        "rejection_treated": invoice.is_rejection_treated,
        "status": status.code,
        "since": status.at,
        "shown_at": invoice.shown_at,
    }
