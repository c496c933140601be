"""One round: searched to the end page by page, divided where there is too much, told in small portions."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from contracts.changes import FeedRole
from contracts.results import InvoiceStatusChanged, ResultEvent
from service.core.errors import RequestRejected
from service.core.feed import Feed, FeedPlan
from service.core.gate import Gates
from service.feed.payments import Payments
from service.feed.reading import AT_ONCE, Reading
from service.feed.results import Speaker
from service.ledger import open_ledger
from service.ledger.base import Ledger
from service.sandbox.samples import RECIPIENT
from service.sandbox.simulator import Fault, Simulator
from service.sandbox.simulator.settings import Account, Party
from service.upstream import TechnicalAccount, Upstreams, UpstreamSettings, load_mapping
from service.upstream.chorus_pro.changes import MOST, Changes
from tests.support.canaries import CLIENT_SECRET, LOGIN, PASSWORD
from tests.support.feed import put_invoice

RETICENT = "99900067800055"
OTHER = "99900067800022"

PLAN = FeedPlan(
    interval=timedelta(minutes=15),
    overlap=timedelta(hours=1),
    first_window=timedelta(days=1),
    retention=timedelta(days=400),
    smallest=timedelta(seconds=10),
    lease=60.0,
)


@dataclass(slots=True)
class Reader:
    """Reads one feed as often as asked, and keeps what it publishes, portion by portion."""

    upstreams: Upstreams
    ledger: Ledger
    plan: FeedPlan = PLAN
    role: FeedRole = FeedRole.SUPPLIER
    most: int = MOST
    failures: int = 0
    looks_up: bool = False
    portions: list[Sequence[ResultEvent]] = field(default_factory=list)

    @property
    def told(self) -> list[tuple[str, str]]:
        """Number and status of each change told."""
        data = (result.data for portion in self.portions for result in portion)
        return [(one.invoice_number, one.status_code) for one in data if isinstance(one, InvoiceStatusChanged)]

    async def read(self) -> Reading:
        """One round."""
        feed = Feed(account="default", role=self.role)
        (tick,) = await self.ledger.feeds.seed([feed], first_window=PLAN.first_window, due=0.0)
        taken = await self.ledger.feeds.take(tick, "one", first_window=PLAN.first_window, lease=60.0, due=0.0)
        chorus_pro = self.upstreams.chorus_pro(account="default", event="feed")
        payments = Payments(upstreams=self.upstreams, looks_up=lambda _: self.looks_up)
        reading = Reading(
            plan=self.plan,
            tick=replace(tick, failures=self.failures),
            owner="one",
            taken=taken,
            upstream=Changes(chorus_pro=chorus_pro, role=self.role, most=self.most),
            ledger=self.ledger,
            speaker=Speaker(feed=feed, profile="local", reform_codes={}),
            publish=self._publish,
            alive=self._nothing,
            serves=lambda _: True,
            reported=lambda sirets: payments.reported(feed, sirets, "feed"),
        )
        await reading.run()
        await self.ledger.feeds.finish(tick, "one", reading.mark if reading.is_complete else None, due=0.0)
        return reading

    async def _publish(self, results: Sequence[ResultEvent]) -> None:
        if results:
            self.portions.append(results)

    async def _nothing(self) -> None:
        """Nobody asks."""


@pytest.fixture
async def reader(simulator: Simulator, tmp_path: Path) -> AsyncIterator[Reader]:
    """A reader of the simulated State."""
    settings = UpstreamSettings(
        oauth_url=f"{simulator.url}/api/oauth/token",
        api_url=simulator.url,
        client_id="sim-client",
        client_secret=CLIENT_SECRET,
        mapping=load_mapping(),
        accounts=lambda name: TechnicalAccount(name=name, login=LOGIN, password=PASSWORD),
    )
    ledger = open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", lease=60.0)
    async with Upstreams(settings, Gates(interval=timedelta(seconds=1))) as upstreams, ledger:
        yield Reader(upstreams, ledger)


async def test_should_read_a_busy_day_in_small_portions(reader: Reader, simulator: Simulator) -> None:
    """Whatever a page holds, no more than a handful is in hand at once; then nothing of it is told again."""
    numbers = [f"F-{place:03}" for place in range(230)]
    for number in numbers:
        put_invoice(simulator.world, number)
    first = await reader.read()
    second = await reader.read()

    assert sorted(reader.told) == [(number, "DEPOSEE") for number in numbers]
    assert max(len(portion) for portion in reader.portions) <= AT_ONCE
    assert (first.invoices, first.told, first.is_complete) == (230, 230, True)
    assert (second.invoices, second.told, second.is_complete) == (230, 0, True)
    assert len(simulator.journal.calls("consulterHistoriqueFacture")) == 230


async def test_should_say_which_recipients_report_payments(reader: Reader, simulator: Simulator) -> None:
    """The directory is asked once for each recipient, where it may be asked; changes are told without it too."""
    reader.looks_up = True
    for place in range(6):
        put_invoice(simulator.world, f"F-{place}", to=(RECIPIENT, RETICENT)[place % 2])
    await reader.read()
    simulator.world.faults.add(Fault(operation="rechercherStructure", kind="reset_before"), simulator.world.clock())
    put_invoice(simulator.world, "F-6", to=OTHER)
    await reader.read()

    data = [one.data for portion in reader.portions for one in portion]
    said = {
        one.invoice_number: one.payment_reported_by_recipient for one in data if isinstance(one, InvoiceStatusChanged)
    }
    assert said == {f"F-{place}": (True, False)[place % 2] for place in range(6)} | {"F-6": None}
    assert len(simulator.journal.calls("consulterStructureAvecTVAIntraCom")) == 2


async def test_should_divide_what_is_too_much_for_one_search(reader: Reader, simulator: Simulator) -> None:
    """A search that tells no more than eight invoices, and thirty that changed within the hour."""
    numbers = [f"F-{place:03}" for place in range(30)]
    simulator.world.clock.move(-3600)
    for number in numbers:
        put_invoice(simulator.world, number)
        simulator.world.clock.move(120)
    reader.most = 8
    reading = await reader.read()

    assert sorted(reader.told) == [(number, "DEPOSEE") for number in numbers]
    assert reading.is_complete


async def test_should_go_on_where_it_ran_out_of_time(reader: Reader, simulator: Simulator) -> None:
    """A round has an end; it comes no further by it, and what it told is not told again."""
    numbers = [f"F-{place:03}" for place in range(130)]
    for number in numbers:
        put_invoice(simulator.world, number)
    reader.plan = replace(PLAN, longest=timedelta(0))
    first = await reader.read()
    reader.plan = PLAN
    second = await reader.read()

    assert (first.told, first.is_complete, second.told, second.is_complete) == (100, False, 30, True)
    assert second.taken.mark == first.taken.mark
    assert second.mark > first.taken.mark


async def test_should_come_to_the_end_however_slowly_pages_come(reader: Reader, simulator: Simulator) -> None:
    """Pages without anything new take none of a round's time: the next one comes further than the one before."""
    for place in range(230):
        put_invoice(simulator.world, f"F-{place:03}")
    reader.plan = replace(PLAN, longest=timedelta(0), history=False)
    rounds = [await reader.read() for _ in range(4)]

    assert [(one.told, one.is_complete) for one in rounds] == [(100, False), (100, False), (30, False), (0, True)]


async def test_should_tell_the_present_status_alone_without_histories(reader: Reader, simulator: Simulator) -> None:
    """No call for each invoice; the status before is what was told last."""
    invoice = put_invoice(simulator.world, "F-1")
    reader.plan = replace(PLAN, history=False)
    await reader.read()
    simulator.world.clock.move(5)
    simulator.world.chorus_pro.move_status(invoice, "SUSPENDUE")
    simulator.world.clock.move(5)
    simulator.world.chorus_pro.move_status(invoice, "COMPLETEE", "Voir IBAN FR7630006000011234567890189")
    await reader.read()
    ((first,), (last,)) = reader.portions
    data = last.data

    assert reader.told == [("F-1", "DEPOSEE"), ("F-1", "COMPLETEE")]
    assert isinstance(data, InvoiceStatusChanged)
    assert (data.previous_status, data.comment) == ("deposited", "Voir IBAN FR76…")
    assert first.id != last.id
    assert simulator.journal.calls("consulterHistoriqueFacture") == []


async def test_should_not_let_one_invoice_hold_up_the_others_for_ever(reader: Reader, simulator: Simulator) -> None:
    """A history that cannot be read stops a round; after some rounds it is told without one."""
    put_invoice(simulator.world, "F-1")
    world = simulator.world
    world.faults.add(Fault(operation="consulterHistoriqueFacture", kind="empty_400"), world.clock())
    with pytest.raises(RequestRejected):
        await reader.read()
    before = list(reader.told)
    reader.failures = 3
    await reader.read()

    assert (before, reader.told) == ([], [("F-1", "DEPOSEE")])


async def test_should_hear_as_a_recipient(reader: Reader, simulator: Simulator) -> None:
    """The invoices the account receives, under the names of another search."""
    body = Party(siret=RECIPIENT, name="VILLE IMAGINAIRE DE VALCLAIR")
    simulator.world.put_account(Account(login=LOGIN, password=PASSWORD, suppliers=(), recipients=(body,)))
    invoice = put_invoice(simulator.world, "F-1")
    reader.role = FeedRole.RECIPIENT
    await reader.read()
    simulator.world.chorus_pro.move_status(invoice, "SUSPENDUE", "Il manque un bon.")
    await reader.read()
    data = reader.portions[-1][0].data

    assert reader.told == [("F-1", "DEPOSEE"), ("F-1", "SUSPENDUE")]
    assert isinstance(data, InvoiceStatusChanged)
    assert (data.role, data.chorus_pro_id, data.action_required) == ("recipient", invoice, False)
    assert simulator.journal.calls("rechercherFactureParFournisseur") == []


async def test_should_not_tell_what_happened_before_it_began(reader: Reader, simulator: Simulator) -> None:
    """Only what is in the first window, also of an invoice that changes later."""
    simulator.world.clock.move(-1.5 * 86_400)
    invoice = put_invoice(simulator.world, "F-1")
    simulator.world.clock.set_right()
    await reader.read()
    simulator.world.chorus_pro.move_status(invoice, "SUSPENDUE")
    await reader.read()
    data = reader.portions[0][0].data

    assert reader.told == [("F-1", "EN_COURS_ACHEMINEMENT"), ("F-1", "SUSPENDUE")]
    assert isinstance(data, InvoiceStatusChanged)
    assert data.previous_status == "deposited"
    assert data.status_since is not None
    assert data.status_since < datetime.now(UTC)
