"""Decisions are asked for in words or codes, and say why where they must."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from contracts.events import (
    InvoiceRecipientDecisionRequested,
    InvoiceValidatorCorrectionRequested,
    InvoiceValidatorDecisionRequested,
    data_invalid,
)
from contracts.words import INVOICE_STATUS_CODES, invoice_status, invoice_status_code

NAMED = {"invoice_number": "F-1", "supplier_siret": "99900012300018"}


def _problem(model: type[Any], data: object) -> str:  # Any: one of the three requests
    with pytest.raises(ValidationError) as caught:
        model.model_validate(data)
    return data_invalid(caught.value)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("suspended", "SUSPENDUE"),
        (" Rejected ", "REJETEE"),
        ("to_recycle", "A_RECYCLER"),
        ("mandated", "MANDATEE"),
        ("payment_authorised", "MANDATEE"),
        ("MISE_EN_PAIEMENT", "MISE_EN_PAIEMENT"),
        ("STATUT_NOUVEAU", "STATUT_NOUVEAU"),
    ],
)
def test_should_take_a_word_or_a_code(said: str, code: str) -> None:
    """Our words, the State's codes, and codes it may invent tomorrow."""
    asked = InvoiceRecipientDecisionRequested.model_validate({**NAMED, "status": said, "reason": "Il manque tout."})

    assert asked.status_code == code


def test_should_lead_from_every_word_back_to_its_code() -> None:
    """Whatever a result tells can be asked for."""
    known = INVOICE_STATUS_CODES - {"TECHNIQUE_INCONNU"}

    assert {invoice_status_code(invoice_status(code)) for code in known} == known


@pytest.mark.parametrize("said", ["suspendue?", "unknown", "", "set aside", 5])
def test_should_refuse_what_is_no_status(said: object) -> None:
    """A slip is answered at once, and names the field."""
    assert _problem(InvoiceRecipientDecisionRequested, {**NAMED, "status": said}).startswith("data.status: ")


@pytest.mark.parametrize("status", ["suspended", "REJETEE"])
def test_should_ask_why(status: str) -> None:
    """Nobody may suspend or reject without a reason."""
    assert _problem(InvoiceRecipientDecisionRequested, {**NAMED, "status": status}) == (
        "data: takes a reason when the invoice is suspended or rejected."
    )


@pytest.mark.parametrize("named", [{}, {"invoice_number": "F-1"}, {"supplier_siret": "99900012300018"}])
def test_should_ask_which_invoice(named: dict[str, str]) -> None:
    """A number without its supplier could be anybody's."""
    assert _problem(InvoiceValidatorCorrectionRequested, {**named, "validator_siret": "99941414100013"}) == (
        "data: takes chorus_pro_id, or invoice_number with supplier_siret."
    )


def test_should_ask_a_validator_for_a_code() -> None:
    """A refusal has one of the State's own reasons."""
    assert _problem(InvoiceValidatorDecisionRequested, {"chorus_pro_id": 1, "decision": "Refused"}) == (
        "data: takes a reason_code when the invoice is refused."
    )
