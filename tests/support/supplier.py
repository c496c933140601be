"""Requests of a supplier besides deposits, and invoices that are at the State already."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from service.core.documents import read
from service.sandbox.samples import RECIPIENT, SUPPLIER, make_ubl
from service.sandbox.simulator.invoices import Invoice
from service.sandbox.simulator.world import World
from tests.support.bus import Json, request
from tests.support.canaries import piece

SUBMISSION = "invoice.submission.requested.v1"
SUPPLEMENT = "invoice.supplement.requested.v1"
RECYCLING = "invoice.recycling.requested.v1"
ACKNOWLEDGEMENT = "invoice.rejection.acknowledgement.requested.v1"
UPLOAD, SUBMIT, COMPLETE = "ajouterFichierDansSysteme", "soumettreFacture", "completerFacture"
RECYCLE, TREAT = "recyclerFacture", "traiterFacturesRejetees"
LONG_AGO = timedelta(hours=1)
AMOUNTS = {
    "vat": "on_debits",
    "total_excluding_tax": "1000.00",
    "total_tax": "200.00",
    "total_including_tax": "1200.00",
    "amount_due": "1200.00",
    "tax_lines": [{"tax_rate": "20.00", "base": "1000.00", "tax": "200.00"}],
}
LINE = {"name": "Prestation imaginaire", "quantity": "2", "unit_price": "500.00", "tax_rate": "20.00"}


def pdf(name: str) -> Json:
    """A file that begins like a PDF, and holds what nobody else may read."""
    content = b"%PDF-1.4\n" + piece("in a PDF") + b"\n%%EOF\n"
    return {"name": name, "content": base64.b64encode(content).decode()}


def attachment(name: str = "bon.pdf") -> Json:
    """A delivery note."""
    return {"file": pdf(name), "type_code": "BON_DE_LIVRAISON", "label": "Bon de livraison"}


def submission(number: str, **changes: Any) -> Json:
    """A request to hand in a PDF invoice with one attachment."""
    data = {
        "mode": "pdf",
        "invoice_number": number,
        "issued_on": "2026-11-20",
        "supplier_siret": SUPPLIER,
        "recipient_siret": RECIPIENT,
        "file": pdf(f"{number}.pdf"),
        "attachments": [attachment()],
        **AMOUNTS,
    }
    return request(SUBMISSION, {**data, **changes})


def entry(**changes: Any) -> Json:
    """A request to hand in an invoice line by line, which Chorus Pro numbers."""
    sides = {"supplier_siret": SUPPLIER, "recipient_siret": RECIPIENT}
    return request(SUBMISSION, {"mode": "entry", **sides, **AMOUNTS, "lines": [LINE], **changes})


def supplement(number: str, **changes: Any) -> Json:
    """A request to add a delivery note to an invoice."""
    data = {"invoice_number": number, "supplier_siret": SUPPLIER, "attachments": [attachment()], "comment": "Voici."}
    return request(SUPPLEMENT, {**data, **changes})


def recycling(number: str, service: str = "SVC-2", **changes: Any) -> Json:
    """A request to send an invoice on to another service."""
    data = {"invoice_number": number, "supplier_siret": SUPPLIER, "recipient_siret": RECIPIENT, "service_code": service}
    return request(RECYCLING, {**data, **changes})


def acknowledgement(*numbers: str) -> Json:
    """A request to mark rejected invoices as dealt with."""
    invoices = [{"invoice_number": number, "supplier_siret": SUPPLIER} for number in numbers]
    return request(ACKNOWLEDGEMENT, {"invoices": invoices})


def placed(world: World, number: str, status: str) -> Invoice:
    """An invoice that came to the State long ago, and that its recipient put into a status a moment ago."""
    (facts,) = read(make_ubl(number)).invoices
    supplier, recipient = world.chorus_pro.parties.of_siret(SUPPLIER), world.chorus_pro.parties.recipient(RECIPIENT)
    if supplier is None or recipient is None:
        raise AssertionError("the simulator's usual companies are gone")
    now = world.clock()
    invoice = world.chorus_pro.take(facts, supplier, recipient, now - LONG_AGO)
    invoice.move_status(status, now, "Une raison imaginaire.")
    return invoice
