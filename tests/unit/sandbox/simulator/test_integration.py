"""The rules by which the simulated Chorus Pro takes or refuses an invoice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from service.core.documents import InvoiceFacts, Syntax, read
from service.sandbox.samples import make_ubl
from service.sandbox.simulator.flows import Ending, Flow
from service.sandbox.simulator.integration import decide
from service.sandbox.simulator.parties import Parties
from service.sandbox.simulator.rules import Rule, Rules
from service.sandbox.simulator.settings import SimulatorSettings

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
LOGIN = "TECH_1_1@cpro.fr"
PLAIN = read(make_ubl("F-1")).invoices[0]


def flow_of(*facts: InvoiceFacts, syntax: Syntax = Syntax.UBL) -> Flow:
    return Flow(
        number="CPP0011100000000000425001",
        counter=425_001,
        login=LOGIN,
        name="a.xml",
        syntax=Syntax.UBL,
        digest="",
        read=facts,
        read_syntax=syntax,
        deposited_at=NOW,
        known_at=NOW,
        due_at=NOW,
    )


def ending_of(
    *facts: InvoiceFacts,
    rules: tuple[Rule, ...] = (),
    is_taken: Callable[[str, str], bool] = lambda _, __: False,
    **settings: Any,
) -> Ending:
    told, decided = SimulatorSettings(**settings), Rules()
    for rule in rules:
        decided.add(rule)
    return decide(flow_of(*facts), settings=told, parties=Parties(told), rules=decided, is_taken=is_taken)[0]


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"number": "F" * 21}, "20 caracteres"),
        ({"number": "F.1"}, "caractere non autorise"),
        ({"number": "FÉ1"}, "caractere non autorise"),
        ({"supplier_siret": "99955566600013"}, "fournisseur inconnu"),
        ({"supplier_siret": None}, "fournisseur inconnu"),
        ({"recipient_siret": None}, "destinataire inconnu"),
        ({"framework": "M1"}, "Cadre de facturation inconnu"),
        ({"framework": "A26"}, "Cadre de facturation inconnu"),
        ({"payment_means": "ZZZ"}, "non autorisee"),
    ],
)
def test_should_refuse_what_chorus_pro_refuses(changes: dict[str, Any], word: str) -> None:
    """Each rule of the content has its sentence."""
    (error,) = ending_of(replace(PLAIN, **changes)).invoice_errors

    assert word in error.text


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"number": "F 1-2+3_4/5"},
        {"number": "F" * 20},
        {"recipient_siret": "99955566600013"},
        {"framework": None},
        {"framework": "A25"},
        {"payment_means": None},
    ],
)
def test_should_take_what_chorus_pro_takes(changes: dict[str, Any]) -> None:
    """Every allowed character, a recipient nobody listed, no payment means."""
    assert ending_of(replace(PLAIN, **changes)).state == "IN_INTEGRE"


@pytest.mark.parametrize(
    ("settings", "changes", "state"),
    [
        ({"any_recipient": False}, {"recipient_siret": "99955566600013"}, "IN_REJETE"),
        ({"framework_checked": False}, {"framework": "M1"}, "IN_INTEGRE"),
        ({"payment_means_required": True}, {"payment_means": None}, "IN_REJETE"),
        ({"payment_means_required": True}, {"payment_means": None, "kind": "credit_note"}, "IN_INTEGRE"),
    ],
)
def test_should_be_as_strict_as_told(settings: dict[str, Any], changes: dict[str, Any], state: str) -> None:
    """Some rules can be switched; a credit note never needs payment means."""
    assert ending_of(replace(PLAIN, **changes), **settings).state == state


def test_should_join_several_reasons_in_one_text() -> None:
    """Bars stand between the messages of one invoice, and the whole is cut at 200 characters."""
    (error,) = ending_of(replace(PLAIN, number="F." * 20, supplier_siret=None, recipient_siret=None)).invoice_errors

    assert (error.text.count("|"), len(error.text) <= 200) == (3, True)


def test_should_refuse_a_number_the_supplier_used_already() -> None:
    """The number is unique for a supplier."""
    assert ending_of(PLAIN, is_taken=lambda *used: used == (PLAIN.supplier_siret, "F-1")).state == "IN_REJETE"


def test_should_let_a_rule_decide_the_whole_flow() -> None:
    """A rule for one number ends the flow that holds it."""
    other = replace(PLAIN, number="F-2")

    assert ending_of(PLAIN, other, rules=(Rule(number="F-2", outcome="incident"),)).state == "IN_INCIDENTE"


def test_should_let_a_rule_refuse_one_invoice_of_several() -> None:
    """A refusal by rule leaves the other invoices alone."""
    ending = ending_of(PLAIN, replace(PLAIN, number="F-2"), rules=(Rule(number="F-2", outcome="refused", text="Non."),))

    assert (ending.state, [error.text for error in ending.invoice_errors]) == ("IN_INTEGRE_PARTIEL", ["Non."])


@pytest.mark.parametrize(
    "fields",
    [{"outcome": "refused"}, {"number": "1", "outcome": "state"}, {"number": "1", "outcome": "stuck", "state": "X"}],
)
def test_should_refuse_a_rule_that_says_too_little_or_too_much(fields: dict[str, Any]) -> None:
    """A rule names its invoices, and a state where the outcome is a state."""
    with pytest.raises(ValueError, match=r"rule needs|goes with"):
        Rule(**fields)
