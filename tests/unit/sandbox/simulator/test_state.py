"""Flows and invoices are what the time passed makes of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service.core.documents import read
from service.sandbox.samples import make_ubl
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.clock import Clock
from service.sandbox.simulator.flows import Ending, Flow
from service.sandbox.simulator.invoices import Invoice
from service.sandbox.simulator.parties import Structure
from service.sandbox.simulator.rules import Rule
from service.sandbox.simulator.settings import SimulatorSettings

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
FACTS = read(make_ubl("F-1")).invoices


def flow(counter: int = 1, *, due: float = 12.0) -> Flow:
    return Flow(
        number=f"CPP{counter}",
        counter=counter,
        login="TECH_1_1@cpro.fr",
        name="a.xml",
        syntax="IN_DP_E1_UBL_INVOICE",
        digest="",
        read=FACTS,
        read_syntax="IN_DP_E1_UBL_INVOICE",
        deposited_at=NOW,
        known_at=NOW + timedelta(seconds=2),
        due_at=NOW + timedelta(seconds=due),
    )


@pytest.mark.parametrize(
    ("seconds", "state"),
    [
        (0, None),
        (2, "IN_DEPOT_PORTAIL_EN_ATTENTE_TRAITEMENT_SE_CPP"),
        (4, "IN_RECU"),
        (6, "IN_TRAITE_SE_CPP"),
        (8, "IN_EN_ATTENTE_TRAITEMENT_CPP"),
        (11, "IN_EN_COURS_TRAITEMENT_CPP"),
        (99, "IN_EN_COURS_TRAITEMENT_CPP"),
    ],
)
def test_should_pass_through_every_state_while_it_is_under_way(seconds: float, state: str | None) -> None:
    """The way to the end is divided evenly, and begins with not being known."""
    seen = flow().state(NOW + timedelta(seconds=seconds))

    assert (seen and seen[0]) == state


def test_should_stay_at_its_end() -> None:
    """Once decided a flow has its final state since that moment."""
    ended = flow()
    ended.ending, ended.ended_at = Ending(state="IN_REJETE"), ended.due_at

    assert ended.state(NOW + timedelta(days=1)) == ("IN_REJETE", NOW + timedelta(seconds=12))


def test_should_integrate_in_the_order_flows_came_due() -> None:
    """Of two flows with one number the one due first wins, however late anybody looks."""
    clock = Clock(lambda: NOW)
    chorus_pro = ChorusPro(SimulatorSettings(), clock)
    late, early = flow(1, due=20), flow(2, due=10)
    for one in (late, early):
        chorus_pro.add_flow(one)
    clock.move(60)
    now = chorus_pro.advance()

    assert [(one.state(now) or ("", now))[0] for one in (late, early)] == ["IN_REJETE", "IN_INTEGRE"]


def test_should_integrate_a_stuck_flow_when_somebody_says_so() -> None:
    """What a rule held back is taken up without asking the rule again."""
    clock = Clock(lambda: NOW + timedelta(seconds=60))
    chorus_pro = ChorusPro(SimulatorSettings(), clock)
    chorus_pro.rules.add(Rule(contains="F", outcome="stuck"))
    stuck = flow()
    chorus_pro.add_flow(stuck)
    chorus_pro.advance()
    chorus_pro.finish(stuck)

    assert (stuck.ending, len(chorus_pro.invoices)) == (Ending(state="IN_INTEGRE"), 1)


def invoice() -> Invoice:
    party = Structure(id=1, siret="99911122200017", name="ATELIER FICTIF", is_public=False)
    return Invoice(
        id=1,
        facts=FACTS[0],
        flow_number="CPP1",
        supplier=party,
        recipient=party,
        deposited_at=NOW,
        integrated_at=NOW,
        shown_at=NOW,
        status_step=timedelta(seconds=10),
    )


@pytest.mark.parametrize(
    ("seconds", "status"), [(0, "DEPOSEE"), (10, "EN_COURS_ACHEMINEMENT"), (20, "MISE_A_DISPOSITION")]
)
def test_should_advance_by_itself(seconds: float, status: str) -> None:
    """Three statuses come with time."""
    assert invoice().status(NOW + timedelta(seconds=seconds)).code == status


def test_should_not_advance_by_itself_once_a_person_set_a_status() -> None:
    """From then on only persons move it."""
    one = invoice()
    one.move_status("REJETEE", NOW + timedelta(seconds=5), "Doublon")

    assert [status.code for status in one.statuses(NOW + timedelta(days=1))] == ["DEPOSEE", "REJETEE"]
