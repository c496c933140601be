"""What becomes of a tick: whatever one invoice or one account does, it comes back, and the others are heard of."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from contracts.results import InvoiceStatusChanged, ResultEvent
from service.core.outcome import RetryLater
from service.sandbox.simulator import Fault, Simulator, wire
from tests.support.feed import put_invoice
from tests.support.feed_desk import FeedDesk, open_feed_desk

HISTORY, SEARCH = "consulterHistoriqueFacture", "rechercherFactureParFournisseur"


@pytest.fixture
async def desk(simulator: Simulator, tmp_path: Path) -> AsyncIterator[FeedDesk]:
    """One account that hears as a supplier."""
    async with open_feed_desk(tmp_path, simulator) as ready:
        yield ready


@pytest.fixture
async def plain_desk(simulator: Simulator, tmp_path: Path) -> AsyncIterator[FeedDesk]:
    """The same, which reads no histories."""
    async with open_feed_desk(tmp_path, simulator, {"RELAY_FEED__HISTORY": "false"}) as ready:
        yield ready


def answer(simulator: Simulator, operation: str, body: object, **fields: object) -> None:
    """Let the State answer this instead."""
    params = {"status": 200, "body": body}
    fault = Fault.model_validate({"operation": operation, "kind": "status", "params": params, **fields})
    simulator.world.faults.add(fault, simulator.world.clock())


def written(simulator: Simulator, seconds: float = 0.0) -> str:
    """A moment from now, as the State writes it."""
    return wire.rounded(simulator.world.clock() + timedelta(seconds=seconds))


def history(*steps: tuple[str, str | None]) -> dict[str, object]:
    """The history of an invoice, as the State tells it."""
    rows = [{"histoStatutCode": code, "histoStatutDatePassage": at} for code, at in steps]
    return {"codeRetour": 0, "statutCourantCode": steps[-1][0], "historiquesDesStatuts": {"histoStatut": rows}}


async def test_should_tell_of_an_invoice_whose_history_has_a_date_before_all_time(
    desk: FeedDesk, simulator: Simulator
) -> None:
    """A date that stands for none, which no universal time has, holds up neither that invoice nor the feed."""
    put_invoice(simulator.world, "F-1")
    answer(simulator, HISTORY, history(("BROUILLON", "0001-01-01T00:00:00"), ("DEPOSEE", written(simulator))))
    outcome = await desk.turn()

    assert isinstance(outcome, RetryLater), outcome
    assert outcome.reason == "read"
    assert desk.told[-1:] == [("F-1", "DEPOSEE")]


async def test_should_read_a_history_that_comes_latest_first(desk: FeedDesk, simulator: Simulator) -> None:
    """The order that was asked for is not always the one that comes: nothing is left out by it, nothing told again."""
    put_invoice(simulator.world, "F-1")
    await desk.turn()
    life = [("DEPOSEE", written(simulator)), ("SUSPENDUE", written(simulator, 5)), ("COMPLETEE", written(simulator, 9))]
    simulator.world.clock.move(9)
    simulator.world.chorus_pro.move_status(9_000_000, "COMPLETEE")
    answer(simulator, HISTORY, history(*reversed(life)))
    await desk.turn()

    assert desk.told == [("F-1", "DEPOSEE"), ("F-1", "SUSPENDUE"), ("F-1", "COMPLETEE")]


async def test_should_read_the_longest_history_to_its_end(desk: FeedDesk, simulator: Simulator) -> None:
    """Without a maximum the State shows 200 statuses, and calls that all there are."""
    invoice = put_invoice(simulator.world, "F-1")
    await desk.turn()
    for place in range(210):
        simulator.world.clock.move(2)
        simulator.world.chorus_pro.move_status(invoice, ("SUSPENDUE", "COMPLETEE")[place % 2])
    await desk.turn()

    assert len(desk.told) == len({one.id for one in desk.published}) == 211


async def test_should_catch_up_after_more_days_than_the_ledger_remembers(simulator: Simulator, tmp_path: Path) -> None:
    """A maintenance longer than the retention: what happened meanwhile was never told, and is no old news."""
    world = simulator.world
    variables = {"RELAY_LEDGER__RETENTION": "2", "RELAY_FEED__FIRST_WINDOW": "10d"}
    async with open_feed_desk(tmp_path, simulator, variables) as desk:
        world.clock.move(-6 * 86_400)
        invoice = put_invoice(world, "F-1")
        await desk.turn()
        world.clock.move(43_200)
        world.chorus_pro.move_status(invoice, "SUSPENDUE")
        world.clock.move(86_400)
        put_invoice(world, "F-2")
        world.clock.set_right()
        await desk.feed.ledger.purge(0)
        for _ in range(2):
            await desk.turn()

    assert sorted(set(desk.told)) == [
        ("F-1", "DEPOSEE"), ("F-1", "SUSPENDUE"), ("F-2", "DEPOSEE"), ("F-2", "EN_COURS_ACHEMINEMENT"),
        ("F-2", "MISE_A_DISPOSITION"),
    ]  # fmt: skip
    assert len({one.id for one in desk.published}) == len(desk.published) == 5


async def test_should_not_let_an_invoice_without_a_number_hide_the_others(desk: FeedDesk, simulator: Simulator) -> None:
    """A draft may have none yet: whatever else is on its page is told, and it under its number once it has one."""
    row = {"statut": "BROUILLON", "dateHeureEtatCourant": written(simulator), "codeFournisseur": "99911122200017"}
    rows = [{**row, "identifiantFactureCPP": place, "numeroFacture": f"F-{place}"} for place in (1, 2, 3)]
    answer(simulator, HISTORY, history(("BROUILLON", written(simulator))))
    numberless = [rows[0], {**rows[1], "numeroFacture": None}, rows[2]]
    outcomes = []
    for listed in (numberless, rows):
        body = {"codeRetour": 0, "listeFactures": listed, "parametresRetour": {"pages": 1, "total": 3}}
        answer(simulator, SEARCH, body, count=1)
        outcomes.append((await desk.turn()).reason)

    assert outcomes == ["read", "read"]
    assert desk.told == [("F-1", "BROUILLON"), ("F-3", "BROUILLON"), ("F-2", "BROUILLON")]


async def test_should_come_back_after_a_mistake_of_the_relay(desk: FeedDesk, simulator: Simulator) -> None:
    """Whatever goes wrong, the tick waits like any that failed: it is neither hammered nor lost."""
    put_invoice(simulator.world, "F-1")
    publish = desk.feed.publish

    async def broken(_results: object) -> None:
        raise ZeroDivisionError

    desk.feed.publish = broken
    outcome = await desk.turn()
    desk.feed.publish = publish
    await desk.turn()

    assert isinstance(outcome, RetryLater)
    assert (outcome.reason, outcome.detail) == ("internal_error", "ZeroDivisionError")
    assert desk.told == [("F-1", "DEPOSEE")]


async def test_should_lose_nothing_to_a_page_that_came_back_empty(plain_desk: FeedDesk, simulator: Simulator) -> None:
    """The middle of three pages is empty once: what stood on it and behind it is told, in this round or the next."""
    for place in range(250):
        put_invoice(simulator.world, f"F-{place:03}")
    answer(simulator, SEARCH, {"codeRetour": 0, "listeFactures": []}, skip=1, count=1)
    await plain_desk.turn()

    assert len(set(plain_desk.told)) == 250


async def test_should_not_take_for_read_what_never_came(plain_desk: FeedDesk, simulator: Simulator) -> None:
    """A page that stays empty is a failure, after which the mark stays; in the end the others are told."""
    for place in range(250):
        put_invoice(simulator.world, f"F-{place:03}")
    empty = {"codeRetour": 0, "listeFactures": [], "parametresRetour": {"pages": 3, "total": 250}}
    answer(simulator, SEARCH, empty, contains='"pageResultatDemandee":2')
    outcomes = [await plain_desk.turn() for _ in range(4)]
    reasons = [outcome.reason for outcome in outcomes if isinstance(outcome, RetryLater)]
    (standing,) = await plain_desk.feed.ledger.feeds.standings()

    assert reasons == ["upstream_answer_unreadable"] * 3 + ["read"]
    assert len(set(plain_desk.told)) == len(plain_desk.told) == 150
    assert standing.succeeded_at is not None


async def test_should_tell_again_under_the_same_ids_what_it_died_before_noting(
    desk: FeedDesk, simulator: Simulator
) -> None:
    """Published and not noted: whoever goes on publishes it under the ids it had, also when more happened since."""
    invoice = put_invoice(simulator.world, "F-1")
    publish = desk.feed.publish

    async def dying(results: Sequence[ResultEvent]) -> None:
        await publish(results)
        raise ConnectionError

    desk.feed.publish = dying
    await desk.turn()
    simulator.world.clock.move(5)
    simulator.world.chorus_pro.move_status(invoice, "SUSPENDUE")
    await desk.turn()
    desk.feed.publish = publish
    await desk.turn()
    ids = {(code, one.id) for one, (_, code) in zip(desk.published, desk.told, strict=True)}

    assert [code for _, code in desk.told] == ["DEPOSEE", "DEPOSEE", "SUSPENDUE", "DEPOSEE", "SUSPENDUE"]
    assert sorted(code for code, _ in ids) == ["DEPOSEE", "SUSPENDUE"]


async def test_should_read_once_more_where_rows_of_one_number_change_places(
    plain_desk: FeedDesk, simulator: Simulator
) -> None:
    """Nothing puts these in order: at the edge of a page one may come twice, and another one not at all."""
    row = {"statut": "DEPOSEE", "dateHeureEtatCourant": written(simulator), "codeFournisseur": "99911122200017"}
    rows = [{**row, "identifiantFactureCPP": place, "numeroFacture": f"F-{place // 2}"} for place in range(1, 103)]
    paging = {"pages": 2, "total": 102}
    for page, listed, count in ((1, rows[:100], 9), (2, rows[99:101], 1), (2, rows[100:], 9)):
        body = {"codeRetour": 0, "listeFactures": listed, "parametresRetour": paging}
        answer(simulator, SEARCH, body, contains=f'"pageResultatDemandee":{page}', count=count)
    await plain_desk.turn()

    told = [one.data for one in plain_desk.published]
    assert {one.chorus_pro_id for one in told if isinstance(one, InvoiceStatusChanged)} == set(range(1, 103))
