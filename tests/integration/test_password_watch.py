"""When passwords expire is asked of the simulated State, shown and warned of; whatever goes wrong stops nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.accounts import AccountBook
from service.core.account import DEFAULT, Account
from service.core.gate import Gate, Gates, Position, Scope
from service.ledger import open_ledger
from service.password_watch import EVENT, PasswordWatch
from service.rests import Rests
from service.sandbox.simulator import Account as Known
from service.sandbox.simulator import Application, Fault, Simulator
from service.upstream import CHORUS_PRO, Upstreams, UpstreamSettings, load_mapping
from service.wiring import technical_account
from tests.integration.simulator.caller import APPLICATION, LOGIN, PASSWORD
from tests.support.canaries import CLIENT_SECRET
from tests.support.canaries import LOGIN as CANARY_LOGIN
from tests.support.canaries import PASSWORD as CANARY_PASSWORD

DAY = timedelta(days=1)
ENDS = datetime(2027, 3, 4, 5, 6, 7, tzinfo=UTC)


@dataclass(slots=True)
class Watched:
    """One worker's watch over its accounts, and what it showed last."""

    simulator: Simulator
    accounts: AccountBook
    gates: Gates
    watch: PasswordWatch
    shown: dict[str, datetime | None] = field(default_factory=dict)

    def asked(self) -> int:
        """How often a structure was shown."""
        return len(self.simulator.journal.calls("consulterStructureAvecTVAIntraCom"))

    def expires(self, at: datetime, **account: object) -> None:
        """Have the account's password expire then."""
        known = Known(login=CANARY_LOGIN, password=CANARY_PASSWORD, password_expires_at=at)
        self.simulator.world.put_account(known.model_copy(update=account))


@pytest.fixture
async def watched(simulator: Simulator, tmp_path: Path) -> AsyncIterator[Watched]:
    """A watch of the one account, whose password is in a file."""
    password = tmp_path / "password"
    password.write_text(CANARY_PASSWORD)
    accounts = AccountBook(
        default=Account(name=DEFAULT, login=CANARY_LOGIN, password=CANARY_PASSWORD),
        reprobe=timedelta(hours=1),
        password_file=password,
    )
    gates = Gates(interval=timedelta(seconds=1))
    settings = UpstreamSettings(
        oauth_url=f"{simulator.url}/api/oauth/token",
        api_url=simulator.url,
        client_id=APPLICATION["client_id"],
        client_secret=CLIENT_SECRET,
        mapping=load_mapping(),
        accounts=lambda name: technical_account(accounts, name),
    )
    async with AsyncExitStack() as stack:
        ledger = await stack.enter_async_context(open_ledger(f"sqlite:///{tmp_path / 'ledger.db'}", lease=20.0))
        upstreams = await stack.enter_async_context(Upstreams(settings, gates))

        async def ask(name: str) -> Sequence[datetime]:
            return await upstreams.directory(account=name, event=EVENT).password_ends()

        shown: dict[str, datetime | None] = {}
        watch = PasswordWatch(
            accounts=accounts,
            rests=Rests(ledger=ledger, accounts=accounts),
            gates=gates,
            ask=ask,
            show=shown.__setitem__,
            ahead=30 * DAY,
            every=86_400.0,
        )
        yield Watched(simulator, accounts, gates, watch, shown)


async def test_should_show_when_a_password_expires(watched: Watched) -> None:
    """As one of the account's structures says, asked once a day."""
    watched.expires(ENDS)
    await watched.watch.look()
    once = watched.asked()
    await watched.watch.look()

    assert watched.shown == {DEFAULT: ENDS}
    assert (once, watched.asked()) == (3, 3)


async def test_should_find_the_structure_of_an_account_that_issues_for_none(watched: Watched) -> None:
    """A public body receives only: what its account is attached to is asked of the accounts themselves."""
    watched.expires(ENDS, suppliers=())
    await watched.watch.look()

    called = [call.operation for call in watched.simulator.journal.calls()]
    own, attached = "recupererStructuresActivesPourFournisseur", "recupererRattachementsMonCompteUtilisateur"
    assert [name for name in called if name in {own, attached}] == [own, attached]
    assert watched.shown == {DEFAULT: ENDS}


async def test_should_ask_again_when_a_password_was_changed(watched: Watched, tmp_path: Path) -> None:
    """Whoever renewed it sees the warning end within the minute, rather than tomorrow."""
    watched.expires(datetime.now(UTC) + DAY)
    await watched.watch.look()
    watched.expires(ENDS, password="a-new-password")
    (tmp_path / "password").write_text("a-new-password")
    await watched.watch.look()

    assert watched.shown == {DEFAULT: ENDS}


def out_of_service(watched: Watched) -> None:
    fault = Fault(kind="maintenance", operation="consulterStructureAvecTVAIntraCom")
    watched.simulator.faults.add(fault, watched.simulator.world.clock())


def not_subscribed(watched: Watched) -> None:
    application = Application(client_secret=CLIENT_SECRET, subscriptions=frozenset({"factures", "transverses"}))
    watched.simulator.world.put_application(application)


def unreadable(watched: Watched) -> None:
    fault = Fault(kind="html_200", operation="consulterStructureAvecTVAIntraCom")
    watched.simulator.faults.add(fault, watched.simulator.world.clock())


def paused(watched: Watched) -> None:
    closed = Gate(scope=Scope(upstream=CHORUS_PRO), position=Position.CLOSED)
    watched.gates.put(closed)


@pytest.mark.parametrize("trouble", [out_of_service, not_subscribed, unreadable, paused])
async def test_should_know_nothing_rather_than_stop_anything(
    watched: Watched, trouble: Callable[[Watched], None]
) -> None:
    """A read that fails shows no end, closes no gate, and is made again later."""
    before = watched.gates.is_paused(CHORUS_PRO)
    trouble(watched)
    is_ours = trouble is paused
    await watched.watch.look()
    await watched.watch.look()

    assert watched.shown == {DEFAULT: None}
    assert watched.gates.is_paused(CHORUS_PRO) is (before or is_ours)
    assert not watched.accounts.is_rejected(DEFAULT)


async def test_should_keep_what_was_shown_while_nobody_answers(watched: Watched) -> None:
    """An end that was shown yesterday still counts when today's question fails."""
    watched.watch.every = 0.0
    watched.expires(ENDS)
    await watched.watch.look()
    out_of_service(watched)
    await watched.watch.look()
    await watched.watch.look()

    assert watched.shown == {DEFAULT: ENDS}


async def test_should_let_an_account_rest_whose_password_has_expired(watched: Watched) -> None:
    """The State refuses it with 401: found here before an event has to, and not insisted on."""
    watched.watch.every = 0.0
    watched.expires(datetime.now(UTC) - DAY)
    await watched.watch.look()
    called = len(watched.simulator.journal.calls())
    await watched.watch.look()

    assert watched.accounts.is_rejected(DEFAULT)
    assert len(watched.simulator.journal.calls()) == called


async def test_should_expire_with_the_clock_and_begin_anew_with_a_new_password(simulator: Simulator) -> None:
    """The simulated State refuses a password after its days; the next one has as many."""
    passwords, account = simulator.world.chorus_pro.passwords, Known(login=LOGIN, password=PASSWORD)
    simulator.world.put_account(account)
    before = passwords.has_expired(account)
    simulator.world.clock.move(400 * 86_400.0)
    after = passwords.has_expired(account)
    renewed = account.model_copy(update={"password": "renewed"})
    simulator.world.put_account(renewed)

    assert (before, after, passwords.has_expired(renewed)) == (False, True, False)
