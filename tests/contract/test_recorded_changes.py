"""What the State writes when it is asked what changed, read as the status feed does."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from contracts.changes import FeedRole
from service.core.feed import Window, step
from service.upstream.chorus_pro.changes import RECEIVED, SENT, ChangedPage, ReceivedSearch, SentSearch, _shown, au, du

pytestmark = pytest.mark.contract
ANSWERS = Path(__file__).parent / "answers" / "changes"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ASKED: dict[FeedRole, tuple[Any, Any, str, str]] = {  # Any: two operations, each with models of its own
    FeedRole.SUPPLIER: (SENT, SentSearch, "sent", "rechercheFactureParFournisseur"),
    FeedRole.RECIPIENT: (RECEIVED, ReceivedSearch, "received", "paramRecherche"),
}


@pytest.mark.parametrize("role", FeedRole)
def test_should_read_what_changed(role: FeedRole) -> None:
    """For a supplier and for a recipient: two names of the number, two places of the paging, two forms of the date."""
    operation, _, name, _ = ASKED[role]
    recorded: dict[str, Any] = json.loads((ANSWERS / f"{name}.json").read_text(encoding="utf-8"))  # Any: a tree of JSON
    found: Any = operation.answer.model_validate(recorded["body"])  # Any: one of two models
    (row,) = found.invoices
    shown = _shown(row)
    since = datetime(2026, 11, 23, 9, 11, 10 if role is FeedRole.SUPPLIER else 0, tzinfo=UTC)

    assert recorded["operation"] == operation.name
    assert (shown.invoice.chorus_pro_id, shown.invoice.number) == (9100001, "FA-0001")
    assert shown.step == step("SUSPENDUE", since, "Bon de livraison manquant")
    assert (found.total if role is FeedRole.RECIPIENT else found.paging.total) == 1


@pytest.mark.parametrize("role", FeedRole)
def test_should_ask_under_the_names_of_the_state(role: FeedRole) -> None:
    """Both bounds with their time, and a page of a hundred in an order that holds."""
    _, search, _, paging = ASKED[role]
    window = Window(since=NOW)
    request = search(since=du(window.since), until=au(window.until, NOW), page=ChangedPage(page=2))

    assert request.model_dump(mode="json", by_alias=True) == {
        "periodeDateHeureEtatCourantDu": "2026-11-24T10:00:00",
        "periodeDateHeureEtatCourantAu": "2026-11-25T23:59:59",
        paging: {
            "pageResultatDemandee": 2,
            "nbResultatsParPage": 100,
            "nbResultatsMaximum": 10_000,
            "triColonne": "NumeroFacture",
            "triSens": "Ascendant",
        },
    }
