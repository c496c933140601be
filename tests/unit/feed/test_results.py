"""What is said of a change, in the words of the contract."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from contracts.changes import FeedRole, answer_with, is_action_required
from contracts.results import InvoiceStatusChanged
from service.core.feed import Change, Feed, step
from service.core.invoices import FoundInvoice
from service.feed.results import News, Speaker, key_of
from service.upstream.mapping import load_mapping

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
INVOICE = FoundInvoice(
    chorus_pro_id=8420001,
    number="F-1",
    kind="invoice",
    supplier_siret="99900012300018",
    recipient_siret="99900012800010",
    issued_on=date(2026, 11, 23),
    deposited_on=date(2026, 11, 23),
    total_including_tax=Decimal("1200.00"),
    currency="EUR",
    status_code="SUSPENDUE",
)
CODES = load_mapping().chorus_pro.reform_codes


def said(code: str, *, role: FeedRole = FeedRole.SUPPLIER, previous: str | None = None) -> InvoiceStatusChanged:
    """The data of one change."""
    change = Change(step=step(code, NOW), previous=previous)
    speaker = Speaker(feed=Feed(account="north", role=role), profile="local", reform_codes=CODES)
    data = speaker.result(News(invoice=INVOICE, change=change, sent_by_relay=True), NOW).data
    assert isinstance(data, InvoiceStatusChanged)
    return data


@pytest.mark.parametrize(
    ("code", "status", "answer", "reform", "final"),
    [
        ("SUSPENDUE", "suspended", "invoice.supplement", "208", False),
        ("A_RECYCLER", "to_recycle", "invoice.recycling", None, False),
        ("REJETEE", "rejected", "new_invoice", "210", True),
        ("ERREUR_FOURNISSEUR_SUR_VALIDEUR", "wrong_validator_by_supplier", "invoice.validator.correction", None, False),
        ("MISE_EN_PAIEMENT", "payment_ordered", None, "211", True),
        ("MISE_A_DISPOSITION", "made_available", None, "203", False),
        ("STATUT_NOUVEAU", "unknown", None, None, False),
    ],
)
def test_should_say_what_a_status_asks_for(
    code: str, status: str, answer: str | None, reform: str | None, final: object
) -> None:
    """The word, the request that answers it, and the status of the reform that comes nearest."""
    data = said(code)

    assert (data.status, data.status_code, data.answer_with, data.reform_code) == (status, code, answer, reform)
    assert (data.final, data.action_required) == (final, answer is not None)


def test_should_ask_nothing_of_a_recipient() -> None:
    """It is the supplier's turn."""
    data = said("SUSPENDUE", role=FeedRole.RECIPIENT)

    assert (data.action_required, data.answer_with) == (False, None)


def test_should_say_when_something_is_to_be_done_in_the_portal_alone() -> None:
    """Action without a request of the relay."""
    assert is_action_required("A_COMPLETER", FeedRole.SUPPLIER)
    assert answer_with("A_COMPLETER", FeedRole.SUPPLIER) is None


def test_should_have_one_id_for_one_change() -> None:
    """The same whoever tells it and however often; another for each account, role, invoice, status and date."""

    def id_of(role: FeedRole, code: str, at: datetime, now: datetime) -> str:
        change = Change(step=step(code, at), previous=None)
        speaker = Speaker(feed=Feed(account="north", role=role), profile="local", reform_codes=CODES)
        return speaker.result(News(invoice=INVOICE, change=change, sent_by_relay=False), now).id

    ids = {
        id_of(role, code, at, now)
        for role in FeedRole
        for code in ("SUSPENDUE", "COMPLETEE")
        for at in (NOW, NOW + timedelta(seconds=2))
        for now in (NOW, NOW + timedelta(days=1))
    }

    assert len(ids) == 8


def test_should_be_dated_by_the_change() -> None:
    """Told later, it is the same event to the byte."""
    change = Change(step=step("SUSPENDUE", NOW), previous="DEPOSEE")
    speaker = Speaker(feed=Feed(account="north", role=FeedRole.SUPPLIER), profile="local", reform_codes=CODES)
    news = News(invoice=INVOICE, change=change, sent_by_relay=True)
    result = speaker.result(news, NOW + timedelta(days=1))

    assert result.published == speaker.result(news, NOW).published
    assert (result.time, result.subject, result.account) == (NOW, "99900012300018/F-1", "north")
    assert key_of(INVOICE) == "99900012300018 F-1"
