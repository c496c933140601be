"""English words for the State's codes."""

import pytest

from contracts.words import INVOICE_STATUS_CODES, INVOICE_STATUS_WORDS, invoice_status, is_final_status


def test_should_have_a_word_for_each_of_the_56_statuses() -> None:
    """Chorus Pro publishes 56 codes."""
    assert len(INVOICE_STATUS_CODES) == 56


def test_should_give_each_code_a_word_of_its_own() -> None:
    """Two codes never become one word, or a change of status could be missed."""
    words = [invoice_status(code) for code in INVOICE_STATUS_CODES]

    assert len(set(words)) == len(words)


def test_should_not_call_an_ordered_payment_paid() -> None:
    """The code says that the order to pay was given, no more."""
    assert invoice_status("MISE_EN_PAIEMENT") == "payment_ordered"
    assert not any("paid" in word for word in INVOICE_STATUS_WORDS)


@pytest.mark.parametrize("code", ["", "NOUVEAU_STATUT", "deposee"])
def test_should_call_a_new_code_unknown(code: str) -> None:
    """A status invented tomorrow is no failure, and not final."""
    assert (invoice_status(code), is_final_status(code)) == ("unknown", False)


@pytest.mark.parametrize(
    ("code", "expected"),
    [("MISE_EN_PAIEMENT", True), ("REJETEE", True), ("DEPOSEE", False), ("SUSPENDUE", False), ("COMPTABILISEE", False)],
)
def test_should_know_which_statuses_are_final(code: str, expected: bool) -> None:  # noqa: FBT001 - a table
    """Final means that no change is expected any more."""
    assert is_final_status(code) is expected
