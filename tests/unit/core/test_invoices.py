"""An invoice is ours only when all that both sides tell agrees, and every invoice of a file is accounted for."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.documents import InvoiceFacts
from service.core.documents.facts import Syntax
from service.core.invoices import Agreement, FlowEnd, FoundInvoice, account_for, agree, compared, filled

SENT = InvoiceFacts(
    number="F-1",
    kind="invoice",
    supplier_siret="99900012800010",
    supplier_id="99900012800010",
    recipient_siret="99900012800028",
    issued_on=date(2026, 11, 2),
    currency="EUR",
    total_including_tax=Decimal("1200.00"),
    amount_due=Decimal("1200.00"),
    service_code=None,
    commitment_number=None,
    framework=None,
    payment_means=None,
    syntax=Syntax.UBL,
)
FOUND = FoundInvoice(
    chorus_pro_id=7,
    number="F-1",
    kind="invoice",
    supplier_siret="99900012800010",
    recipient_siret="99900012800028",
    issued_on=date(2026, 11, 2),
    deposited_on=date(2026, 11, 3),
    total_including_tax=Decimal("1200.0"),
    currency="EUR",
    status_code="DEPOSEE",
    status_since=None,
    flow_number=None,
)


UNTOLD = replace(FOUND, total_including_tax=None)


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (UNTOLD, Agreement.UNTOLD),
        (replace(UNTOLD, currency=None), Agreement.UNTOLD),
        (replace(UNTOLD, currency="USD"), Agreement.OTHER),
        (replace(UNTOLD, number="F-2"), Agreement.OTHER),
        (FOUND, Agreement.SAME),
    ],
)
def test_should_not_go_by_a_total_that_is_not_told(found: FoundInvoice, expected: Agreement) -> None:
    """What is not shown can neither agree nor disagree; what is shown can."""
    assert compared(SENT, found) is expected


def test_should_fill_in_what_a_search_left_out() -> None:
    """The row of a search tells the flow, the invoice itself the rest."""
    row = replace(UNTOLD, currency=None, flow_number="CPP1")

    assert filled(row, FOUND) == replace(FOUND, flow_number="CPP1")


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (FOUND, True),
        (replace(FOUND, number=" F-1 "), True),
        (replace(FOUND, number="F-2"), False),
        (replace(FOUND, supplier_siret="99900012800036"), False),
        (replace(FOUND, supplier_siret=None), True),
        (replace(FOUND, recipient_siret="99900012800036"), False),
        (replace(FOUND, recipient_siret=None), True),
        (replace(FOUND, issued_on=date(2026, 11, 3)), False),
        (replace(FOUND, issued_on=None), True),
        (replace(FOUND, currency="USD"), False),
        (replace(FOUND, currency=None), True),
        (replace(FOUND, total_including_tax=Decimal("1200.01")), False),
        (replace(FOUND, total_including_tax=Decimal("-1200.00")), True),
        (replace(FOUND, total_including_tax=None), False),
    ],
)
def test_should_take_for_ours_only_what_agrees(found: FoundInvoice, expected: bool) -> None:  # noqa: FBT001  # a column of the table
    """One differing value is enough to say no; an untold value says nothing, except the total."""
    same = agree(SENT, found)

    assert same is expected


def test_should_compare_totals_told_by_neither_as_equal() -> None:
    """A file without a total is recognised by the rest."""
    same = agree(replace(SENT, total_including_tax=None), replace(FOUND, total_including_tax=None))

    assert same is True


def test_should_find_what_the_flow_shows() -> None:
    """An invoice shown for its flow is found, whatever else the report says of it."""
    account = account_for([SENT], [FOUND], {"F-1": "une erreur"}, FlowEnd.INTEGRATED)

    assert (dict(account.found), dict(account.refused), account.missing) == ({"F-1": FOUND}, {}, ())


def test_should_split_a_partial_integration_by_number() -> None:
    """Each number is found, refused with its text, or still missing."""
    sent = [SENT, replace(SENT, number="F-2"), replace(SENT, number="F-3")]

    account = account_for(sent, [FOUND], {" F-2": "doublon"}, FlowEnd.PARTIAL)

    assert (set(account.found), dict(account.refused), account.missing) == ({"F-1"}, {"F-2": "doublon"}, ("F-3",))


def test_should_refuse_all_that_is_not_shown_of_a_rejected_flow() -> None:
    """A rejected flow leaves nothing to wait for."""
    sent = [SENT, replace(SENT, number="F-2")]

    account = account_for(sent, [], {"F-2": "doublon"}, FlowEnd.REJECTED)

    assert (dict(account.refused), account.missing) == ({"F-1": "", "F-2": "doublon"}, ())


NUMBERS = st.lists(st.sampled_from("ABCDEF"), unique=True)


@given(sent=NUMBERS, found=NUMBERS, refused=NUMBERS, end=st.sampled_from(FlowEnd))
def test_should_account_for_each_invoice_exactly_once(
    sent: list[str], found: list[str], refused: list[str], end: FlowEnd
) -> None:
    """Found, refused and missing make up the file, without overlap."""
    account = account_for(
        [replace(SENT, number=n) for n in sent],
        [replace(FOUND, number=n) for n in found],
        dict.fromkeys(refused, "non"),
        end,
    )

    assert sorted([*account.found, *account.refused, *account.missing]) == sorted(sent)
