"""The relay's own clients and the simulator understand each other."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from service.core.gate import Gates
from service.sandbox.samples import make_archive, make_ubl
from service.sandbox.simulator import Simulator
from service.upstream import Platform, Requester, TechnicalAccount, Upstreams, UpstreamSettings, load_mapping
from service.upstream.chorus_pro import ChorusPro, Deposited
from tests.integration.simulator.caller import APPLICATION, LOGIN, PASSWORD


@pytest.fixture
async def upstreams(simulator: Simulator) -> AsyncIterator[Upstreams]:
    """The relay's clients, with the credentials the simulator prints."""
    settings = UpstreamSettings(
        oauth_url=f"{simulator.url}/api/oauth/token",
        api_url=simulator.url,
        client_id=APPLICATION["client_id"],
        client_secret=APPLICATION["client_secret"],
        mapping=load_mapping(),
        accounts=lambda name: TechnicalAccount(name=name, login=LOGIN, password=PASSWORD),
        platform=Platform(platform_id="99900001100018", technical_platform_id="TND001"),
        requester=Requester(id="99900012800010", name="Ville de Sample"),
    )
    async with Upstreams(settings, Gates(interval=timedelta(seconds=1))) as clients:
        yield clients


async def deposited(chorus_pro: ChorusPro, content: bytes) -> str:
    answer = await chorus_pro.deposit(
        content_base64=base64.b64encode(content).decode(), name="F-1.xml", syntax="IN_DP_E1_UBL_INVOICE"
    )
    assert isinstance(answer, Deposited)
    return answer.flow_number


async def test_should_follow_a_deposit_to_its_invoice(upstreams: Upstreams, simulator: Simulator) -> None:
    """Deposit, report and search lead to one invoice with its exact total."""
    chorus_pro = upstreams.chorus_pro(account="default", event="e-1")
    number = await deposited(chorus_pro, make_ubl("F-1", total="1234.50"))
    before = await chorus_pro.flow_report(number)
    simulator.world.clock.move(10)
    after = await chorus_pro.flow_report(number)
    found = await chorus_pro.invoices_of_flow(number)

    assert (before.known, after.state, [(one.number, one.total_including_tax) for one in found]) == (
        False,
        "IN_INTEGRE",
        [("F-1", Decimal("1234.50"))],
    )


async def test_should_find_every_invoice_of_a_large_flow(upstreams: Upstreams, simulator: Simulator) -> None:
    """Two pages of a search, and null paging numbers among them, give all of 230 invoices."""
    simulator.world.apply(simulator.world.settings.changed(quirks=True))
    chorus_pro = upstreams.chorus_pro(account="default", event="e-1")
    files = [(f"{number}.xml", make_ubl(f"F-{number}")) for number in range(230)]
    number = await deposited(chorus_pro, make_archive(files))
    simulator.world.clock.move(10)
    counts = {len(await chorus_pro.invoices_of_flow(number)) for _ in range(5)}

    assert counts == {230}


async def test_should_read_why_an_invoice_was_refused(upstreams: Upstreams, simulator: Simulator) -> None:
    """The report gives each message of each invoice."""
    chorus_pro = upstreams.chorus_pro(account="default", event="e-1")
    number = await deposited(chorus_pro, make_ubl("F.1", framework="M1"))
    simulator.world.clock.move(10)
    (error,) = (await chorus_pro.flow_report(number)).invoice_errors

    assert (error.number, len(error.messages)) == ("F.1", 2)


@pytest.mark.parametrize("upstream", ["chorus-pro", "dume"])
async def test_should_be_healthy(upstreams: Upstreams, upstream: str) -> None:
    """Both health checks are green."""
    await upstreams.check_health(upstream)
