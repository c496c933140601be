"""Reads the header of a CII D16B CrossIndustryInvoice, alone or out of a Factur-X file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from service.core.documents.fields import Fields
from service.core.documents.stated import CREDIT_NOTE_CODES, Stated

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

ROOT: Final = "{urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100}CrossIndustryInvoice"

NAMESPACES: Final = {
    "rsm": "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
}
_PARTY_IDENTIFIERS: Final = (
    "ram:ID",
    "ram:GlobalID",
    "ram:SpecifiedLegalOrganization/ram:ID",
    "ram:URIUniversalCommunication/ram:URIID",
    "ram:SpecifiedTaxRegistration/ram:ID",
)
_PROCESS = "rsm:ExchangedDocumentContext/ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID"
_MEANS = "ram:SpecifiedTradeSettlementPaymentMeans/ram:TypeCode"


def read_cii(root: Element) -> Stated:
    """What the header states, missing values included."""
    file = Fields(root, NAMESPACES)
    header = file.at("rsm:ExchangedDocument")
    agreement = file.at("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement")
    settlement = file.at("rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement")
    totals = settlement.at("ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    return Stated(
        number=header.text("ram:ID"),
        is_credit_note=header.text("ram:TypeCode") in CREDIT_NOTE_CODES,
        supplier=agreement.at("ram:SellerTradeParty").identifiers(*_PARTY_IDENTIFIERS),
        recipient=agreement.at("ram:BuyerTradeParty").identifiers(*_PARTY_IDENTIFIERS),
        issued_on=header.day("ram:IssueDateTime/udt:DateTimeString"),
        currency=settlement.text("ram:InvoiceCurrencyCode"),
        total_including_tax=totals.amount("ram:GrandTotalAmount"),
        amount_due=totals.amount("ram:DuePayableAmount"),
        service_code=agreement.text("ram:BuyerReference"),
        commitment_number=agreement.text("ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID"),
        framework=file.text(_PROCESS),
        payment_means=settlement.text(_MEANS),
    )
