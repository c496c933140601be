"""Where an invoice is, from answers that leave parts of it out."""

from __future__ import annotations

import pytest

from service.upstream.chorus_pro.supplier_models import InvoiceNowFound

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("part", ["destinataire", "fournisseur", "references"])
@pytest.mark.parametrize("written", [None, ""])
def test_should_read_a_part_that_is_not_told_as_an_empty_one(part: str, written: str | None) -> None:
    """What is null or an empty text is as good as left out, as everywhere in the State's answers."""
    known = {"identifiantFactureCPP": 1, "numeroFacture": "F-1"}
    told = InvoiceNowFound.model_validate({"facture": {**known, part: written}})

    assert told == InvoiceNowFound.model_validate({"facture": known})
