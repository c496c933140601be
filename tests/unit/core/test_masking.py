"""Account numbers in messages of the State."""

from __future__ import annotations

import base64

import pytest

from service.core.masking import LONGEST, masked

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("IBAN FR7630006000011234567890189 inconnu", "IBAN FR76… inconnu"),
        ("IBAN FR76 3000 6000 0112 3456 7890 189 inconnu", "IBAN FR76… inconnu"),
        ("compte fr7630006000011234567890189.", "compte fr76…."),
        ("DE89370400440532013000", "DE89…"),
        ("RIB 30006 00001 12345678901 89 clos", "RIB 30006… clos"),
        ("RIB 30006000011234567890189", "RIB 30006…"),
        ("l'IBAN FR76\u00a03000\u00a06000\u00a00112\u00a03456\u00a07890\u00a0189 est clos", "l'IBAN FR76… est clos"),
        ("FR76\u202f3000\u202f6000\u202f0112\u202f3456\u202f7890\u202f189", "FR76…"),
        ("IBAN FR76-3000-6000-0112-3456-7890-189, BIC AGRIFRPP", "IBAN FR76…, BIC AGRIFRPP"),
        ("le compte BE68 5390 0754 7034 pour les frais", "le compte BE68… pour les frais"),
        ("(MT84MALT011000012345MTLCAST001S)", "(MT84…)"),
        ("IBAN : FR76300060000112345678 trop court", "IBAN : FR76… trop court"),
        ("IBAN n° FR7630006000011234567890189123 trop long", "IBAN n° FR76… trop long"),
        ("RIB 30006 - 00001 - 12345678901 - 89 clos", "RIB 30006… clos"),
        ("Facture FA20260001234567890 du 12", "Facture FA20260001234567890 du 12"),
        ("Facture FR202600012345 du 12", "Facture FR202600012345 du 12"),
        ("Les factures FA20 2026 0001 2345 6789 du 12", "Les factures FA20 2026 0001 2345 6789 du 12"),
        ("TVA FR40303265045", "TVA FR40303265045"),
        ("GDP_MSG_11.022", "GDP_MSG_11.022"),
        ("Facture F-2026-000123 du fournisseur 99900012800010", "Facture F-2026-000123 du fournisseur 99900012800010"),
        ("Flux CPP0011117000000000425977", "Flux CPP0011117000000000425977"),
        ("", ""),
    ],
)
def test_should_mask_account_numbers_and_nothing_else(text: str, expected: str) -> None:
    """Numbers of invoices, flows and companies stay readable, whatever letters they begin with."""
    assert masked(text) == expected


def test_should_repeat_no_document() -> None:
    """A message that repeats the request holds the file; its reader has it already, others must not."""
    document = base64.b64encode(bytes(range(150))).decode()

    assert masked(f'refused: {{"fichierFlux":"{document}","nomFichier":"F-1.xml"}}') == (
        'refused: {"fichierFlux":"…","nomFichier":"F-1.xml"}'
    )


def test_should_cut_a_message_that_is_none() -> None:
    """A page in place of a message is cut."""
    assert masked("un mot " * 1000) == f"{('un mot ' * 1000)[:LONGEST]}…"
