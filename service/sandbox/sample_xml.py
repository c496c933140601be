"""Writes the XML of one made-up invoice, in UBL 2.1 and in CII D16B."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final
from xml.sax.saxutils import escape

SUPPLIER: Final = "99911122200017"
RECIPIENT: Final = "99900012800010"
ISSUED_ON: Final = date(2026, 11, 23)
VAT_RATE: Final = Decimal(20)

_EN_16931: Final = "urn:cen.eu:en16931:2017"
_UBL: Final = "urn:oasis:names:specification:ubl:schema:xsd:"
_CII: Final = "urn:un:unece:uncefact:data:standard:"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleInvoice:
    """What a sample says: one line of services at the full VAT rate between two companies that do not exist."""

    number: str
    supplier: str = SUPPLIER
    recipient: str = RECIPIENT
    issued_on: date = ISSUED_ON
    total: str = "1200.00"
    currency: str = "EUR"
    credit_note: bool = False
    commitment: str | None = None
    service: str | None = None
    framework: str = "A1"
    payment_means: str | None = "30"

    @property
    def net(self) -> Decimal:
        """The amount before tax, to the cent."""
        return (Decimal(self.total) / (1 + VAT_RATE / 100)).quantize(Decimal("0.01"))

    @property
    def tax(self) -> Decimal:
        """The tax that makes net and tax the total."""
        return Decimal(self.total) - self.net


def to_ubl(sample: SampleInvoice) -> bytes:
    """A UBL 2.1 Invoice or CreditNote."""
    kind = "CreditNote" if sample.credit_note else "Invoice"
    due = "" if sample.credit_note else f"<cbc:DueDate>{sample.issued_on}</cbc:DueDate>"
    return _pack(
        f'<{kind} xmlns="{_UBL}{kind}-2" xmlns:cac="{_UBL}CommonAggregateComponents-2"'
        f' xmlns:cbc="{_UBL}CommonBasicComponents-2">',
        _leaf("cbc:CustomizationID", _EN_16931),
        _leaf("cbc:ProfileID", sample.framework),
        _leaf("cbc:ID", sample.number),
        _leaf("cbc:IssueDate", sample.issued_on.isoformat()),
        due,
        _leaf(f"cbc:{kind}TypeCode", "381" if sample.credit_note else "380"),
        _leaf("cbc:DocumentCurrencyCode", sample.currency),
        _leaf("cbc:BuyerReference", sample.service),
        _inside("cac:OrderReference", _leaf("cbc:ID", sample.commitment)),
        _ubl_party("AccountingSupplierParty", "ATELIER FICTIF DES LILAS", sample.supplier),
        _ubl_party("AccountingCustomerParty", "VILLE IMAGINAIRE DE VALCLAIR", sample.recipient),
        _ubl_payment(sample),
        _ubl_amounts(sample),
        _ubl_line(sample, kind),
        f"</{kind}>",
    )


def to_cii(sample: SampleInvoice) -> bytes:
    """A CII D16B CrossIndustryInvoice."""
    process = _inside("ram:BusinessProcessSpecifiedDocumentContextParameter", _leaf("ram:ID", sample.framework))
    guideline = _inside("ram:GuidelineSpecifiedDocumentContextParameter", _leaf("ram:ID", _EN_16931))
    return _pack(
        f'<rsm:CrossIndustryInvoice xmlns:rsm="{_CII}CrossIndustryInvoice:100"'
        f' xmlns:ram="{_CII}ReusableAggregateBusinessInformationEntity:100"'
        f' xmlns:udt="{_CII}UnqualifiedDataType:100">',
        _inside("rsm:ExchangedDocumentContext", process, guideline),
        _inside(
            "rsm:ExchangedDocument",
            _leaf("ram:ID", sample.number),
            _leaf("ram:TypeCode", "381" if sample.credit_note else "380"),
            _inside("ram:IssueDateTime", _cii_day(sample.issued_on)),
        ),
        _inside(
            "rsm:SupplyChainTradeTransaction",
            _cii_line(sample),
            _cii_agreement(sample),
            _inside("ram:ApplicableHeaderTradeDelivery", _cii_delivery(sample)),
            _cii_settlement(sample),
        ),
        "</rsm:CrossIndustryInvoice>",
    )


def _ubl_party(role: str, name: str, siret: str) -> str:
    return _inside(
        f"cac:{role}",
        _inside(
            "cac:Party",
            _inside("cac:PartyIdentification", f'<cbc:ID schemeID="0009">{escape(siret)}</cbc:ID>'),
            _inside("cac:PartyName", _leaf("cbc:Name", name)),
            "<cac:PostalAddress><cbc:CityName>Valclair</cbc:CityName><cbc:PostalZone>99999</cbc:PostalZone>"
            "<cac:Country><cbc:IdentificationCode>FR</cbc:IdentificationCode></cac:Country></cac:PostalAddress>",
            _inside(
                "cac:PartyLegalEntity",
                _leaf("cbc:RegistrationName", name),
                f'<cbc:CompanyID schemeID="0002">{escape(siret[:9])}</cbc:CompanyID>',
            ),
        ),
    )


def _ubl_payment(sample: SampleInvoice) -> str:
    return _inside("cac:PaymentMeans", _leaf("cbc:PaymentMeansCode", sample.payment_means))


def _ubl_amounts(sample: SampleInvoice) -> str:
    return _inside(
        "cac:TaxTotal",
        _money("cbc:TaxAmount", sample.tax, sample),
        _inside(
            "cac:TaxSubtotal",
            _money("cbc:TaxableAmount", sample.net, sample),
            _money("cbc:TaxAmount", sample.tax, sample),
            _inside("cac:TaxCategory", _UBL_VAT),
        ),
    ) + _inside(
        "cac:LegalMonetaryTotal",
        _money("cbc:LineExtensionAmount", sample.net, sample),
        _money("cbc:TaxExclusiveAmount", sample.net, sample),
        _money("cbc:TaxInclusiveAmount", sample.total, sample),
        _money("cbc:PayableAmount", sample.total, sample),
    )


def _ubl_line(sample: SampleInvoice, kind: str) -> str:
    quantity = "CreditedQuantity" if sample.credit_note else "InvoicedQuantity"
    return _inside(
        f"cac:{kind}Line",
        _leaf("cbc:ID", "1"),
        f'<cbc:{quantity} unitCode="C62">1</cbc:{quantity}>',
        _money("cbc:LineExtensionAmount", sample.net, sample),
        _inside("cac:Item", _leaf("cbc:Name", _SERVICE), _inside("cac:ClassifiedTaxCategory", _UBL_VAT)),
        _inside("cac:Price", _money("cbc:PriceAmount", sample.net, sample)),
    )


def _cii_agreement(sample: SampleInvoice) -> str:
    return _inside(
        "ram:ApplicableHeaderTradeAgreement",
        _leaf("ram:BuyerReference", sample.service),
        _cii_party("Seller", "ATELIER FICTIF DES LILAS", sample.supplier),
        _cii_party("Buyer", "VILLE IMAGINAIRE DE VALCLAIR", sample.recipient),
        _inside("ram:BuyerOrderReferencedDocument", _leaf("ram:IssuerAssignedID", sample.commitment)),
    )


def _cii_party(role: str, name: str, siret: str) -> str:
    return _inside(
        f"ram:{role}TradeParty",
        f'<ram:GlobalID schemeID="0009">{escape(siret)}</ram:GlobalID>',
        _leaf("ram:Name", name),
        _inside("ram:SpecifiedLegalOrganization", f'<ram:ID schemeID="0002">{escape(siret[:9])}</ram:ID>'),
        "<ram:PostalTradeAddress><ram:PostcodeCode>99999</ram:PostcodeCode><ram:CityName>Valclair</ram:CityName>"
        "<ram:CountryID>FR</ram:CountryID></ram:PostalTradeAddress>",
    )


def _cii_delivery(sample: SampleInvoice) -> str:
    happened = _inside("ram:OccurrenceDateTime", _cii_day(sample.issued_on))
    return _inside("ram:ActualDeliverySupplyChainEvent", happened)


def _cii_settlement(sample: SampleInvoice) -> str:
    return _inside(
        "ram:ApplicableHeaderTradeSettlement",
        _leaf("ram:InvoiceCurrencyCode", sample.currency),
        _inside("ram:SpecifiedTradeSettlementPaymentMeans", _leaf("ram:TypeCode", sample.payment_means)),
        _inside(
            "ram:ApplicableTradeTax",
            _leaf("ram:CalculatedAmount", str(sample.tax)),
            _leaf("ram:TypeCode", "VAT"),
            _leaf("ram:BasisAmount", str(sample.net)),
            _leaf("ram:CategoryCode", "S"),
            _leaf("ram:RateApplicablePercent", str(VAT_RATE)),
        ),
        _inside("ram:SpecifiedTradePaymentTerms", _inside("ram:DueDateDateTime", _cii_day(sample.issued_on))),
        _inside(
            "ram:SpecifiedTradeSettlementHeaderMonetarySummation",
            _leaf("ram:LineTotalAmount", str(sample.net)),
            _leaf("ram:TaxBasisTotalAmount", str(sample.net)),
            f'<ram:TaxTotalAmount currencyID="{escape(sample.currency)}">{sample.tax}</ram:TaxTotalAmount>',
            _leaf("ram:GrandTotalAmount", sample.total),
            _leaf("ram:DuePayableAmount", sample.total),
        ),
    )


def _cii_line(sample: SampleInvoice) -> str:
    price = _inside("ram:NetPriceProductTradePrice", _leaf("ram:ChargeAmount", str(sample.net)))
    amount = _leaf("ram:LineTotalAmount", str(sample.net))
    return _inside(
        "ram:IncludedSupplyChainTradeLineItem",
        _inside("ram:AssociatedDocumentLineDocument", _leaf("ram:LineID", "1")),
        _inside("ram:SpecifiedTradeProduct", _leaf("ram:Name", _SERVICE)),
        _inside("ram:SpecifiedLineTradeAgreement", price),
        _inside("ram:SpecifiedLineTradeDelivery", '<ram:BilledQuantity unitCode="C62">1</ram:BilledQuantity>'),
        _inside(
            "ram:SpecifiedLineTradeSettlement",
            f"<ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>"
            f"<ram:RateApplicablePercent>{VAT_RATE}</ram:RateApplicablePercent></ram:ApplicableTradeTax>",
            _inside("ram:SpecifiedTradeSettlementLineMonetarySummation", amount),
        ),
    )


_SERVICE: Final = "Entretien des massifs de lilas"
_UBL_VAT: Final = (
    f"<cbc:ID>S</cbc:ID><cbc:Percent>{VAT_RATE}</cbc:Percent><cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme>"
)


def _cii_day(day: date) -> str:
    return f'<udt:DateTimeString format="102">{day:%Y%m%d}</udt:DateTimeString>'


def _money(tag: str, amount: Decimal | str, sample: SampleInvoice) -> str:
    return f'<{tag} currencyID="{escape(sample.currency)}">{amount}</{tag}>'


def _leaf(tag: str, text: str | None) -> str:
    """The element, or nothing at all when there is nothing to say."""
    return f"<{tag}>{escape(text)}</{tag}>" if text else ""


def _inside(tag: str, *parts: str) -> str:
    inner = "".join(parts)
    return f"<{tag}>{inner}</{tag}>" if inner else ""


def _pack(*parts: str) -> bytes:
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', *(part for part in parts if part), ""]).encode()
