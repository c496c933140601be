"""Reads the header of a UBL 2.1 Invoice or CreditNote."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from service.core.documents.fields import Fields
from service.core.documents.stated import CREDIT_NOTE_CODES, Stated

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

INVOICE_ROOT: Final = "{urn:oasis:names:specification:ubl:schema:xsd:Invoice-2}Invoice"
CREDIT_NOTE_ROOT: Final = "{urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2}CreditNote"

NAMESPACES: Final = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}
_PARTY_IDENTIFIERS: Final = (
    "cac:PartyIdentification/cbc:ID",
    "cac:PartyLegalEntity/cbc:CompanyID",
    "cbc:EndpointID",
    "cac:PartyTaxScheme/cbc:CompanyID",
)


def read_ubl(root: Element) -> Stated:
    """What the header states, missing values included."""
    header = Fields(root, NAMESPACES)
    totals = header.at("cac:LegalMonetaryTotal")
    return Stated(
        number=header.text("cbc:ID"),
        is_credit_note=root.tag == CREDIT_NOTE_ROOT or header.text("cbc:InvoiceTypeCode") in CREDIT_NOTE_CODES,
        supplier=header.at("cac:AccountingSupplierParty/cac:Party").identifiers(*_PARTY_IDENTIFIERS),
        recipient=header.at("cac:AccountingCustomerParty/cac:Party").identifiers(*_PARTY_IDENTIFIERS),
        issued_on=header.day("cbc:IssueDate"),
        currency=header.text("cbc:DocumentCurrencyCode"),
        total_including_tax=totals.amount("cbc:TaxInclusiveAmount"),
        amount_due=totals.amount("cbc:PayableAmount"),
        service_code=header.text("cbc:BuyerReference"),
        commitment_number=header.text("cac:OrderReference/cbc:ID"),
        framework=header.text("cbc:ProfileID"),
        payment_means=header.text("cac:PaymentMeans/cbc:PaymentMeansCode"),
    )
