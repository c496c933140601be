"""Whether company data is in a bidder's DUME is told by the document itself, and by nothing more than it shows."""

from __future__ import annotations

import pytest

from service.core.bid_document import ROOT, company_data_in

pytestmark = pytest.mark.unit


def document(inside: str) -> bytes:
    """A bidder's DUME with this inside."""
    return f'<{ROOT} xmlns:c="urn:c" xmlns:b="urn:b">{inside}</{ROOT}>'.encode()


def party(inside: str) -> bytes:
    """One that says this of the company."""
    return document(f"<c:EconomicOperatorParty><c:Party>{inside}</c:Party></c:EconomicOperatorParty>")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (party("<c:PartyName><b:Name>Atelier Exemple</b:Name></c:PartyName>"), "included"),
        (party("<c:PartyLegalEntity><b:RegistrationName>A</b:RegistrationName></c:PartyLegalEntity>"), "included"),
        (party("<c:PartyIdentification><b:ID>99900045800037</b:ID></c:PartyIdentification>"), "unknown"),
        (party("<c:PartyName><b:Name>  </b:Name></c:PartyName>"), "missing"),
        (party(""), "missing"),
        (document("<c:ContractingParty><b:Name>Ville</b:Name></c:ContractingParty>"), "missing"),
        (document(""), "missing"),
        (b"not XML", "unknown"),
        (b"<QualificationApplicationRequest/>", "unknown"),
        (b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "unknown"),
        (None, "unknown"),
    ],
)
def test_should_say_what_the_document_shows_of_the_company(given: bytes | None, expected: str) -> None:
    """A name was filled in; an identifier alone may be what was asked for; nothing at all is missing."""
    assert company_data_in(given) == expected
