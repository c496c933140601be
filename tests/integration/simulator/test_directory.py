"""The directory of the simulated State, asked by the relay's own client and remembered as it remembers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta

import pytest

from service.core.errors import RequestRejected, UpstreamFailure
from service.core.gate import Gates
from service.core.recipient import Recipient
from service.sandbox.sample_xml import RECIPIENT
from service.sandbox.simulator import Fault, Simulator
from service.sandbox.simulator.settings import DEMANDING, Party, PartyService
from service.upstream import Refusal, TechnicalAccount, Upstreams, UpstreamSettings, load_mapping
from service.upstream.chorus_pro.directory import PAGE_SIZE, Directory
from service.upstream.chorus_pro.recipients import REST, Recipients
from tests.integration.simulator.caller import APPLICATION, LOGIN, PASSWORD

DEMANDS = ("commitment_number", "service_code", "both", "either", "service_code", "nothing")


@pytest.fixture
async def directory(simulator: Simulator) -> AsyncIterator[Directory]:
    """The relay's client of the directory."""
    settings = UpstreamSettings(
        oauth_url=f"{simulator.url}/api/oauth/token",
        api_url=simulator.url,
        client_id=APPLICATION["client_id"],
        client_secret=APPLICATION["client_secret"],
        mapping=load_mapping(),
        accounts=lambda name: TechnicalAccount(name=name, login=LOGIN, password=PASSWORD),
    )
    async with Upstreams(settings, Gates(interval=timedelta(seconds=1))) as clients:
        yield clients.directory(account="default", event="e-1")


class Clock:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def asked(simulator: Simulator) -> list[str]:
    """The operations of the directory that were called, in order."""
    return [call.operation for call in simulator.journal.calls() if "tructure" in call.operation]


async def detailed(directory: Directory, siret: str) -> Recipient:
    (found,) = await directory.find(siret=siret)
    shown = await directory.detailed(found)
    assert isinstance(shown, Recipient)
    return shown


@pytest.mark.parametrize(
    ("party", "demands"), list(zip(DEMANDING, DEMANDS, strict=True)), ids=[one.name for one in DEMANDING]
)
async def test_should_tell_what_each_kind_demands(directory: Directory, party: Party, demands: str) -> None:
    """Structures of every kind are told as they were set up."""
    shown = await detailed(directory, party.siret)

    assert (shown.name, shown.demands, shown.is_active) == (party.name, demands, party.active)
    assert (shown.reports_payments, shown.is_public) == (party.reports_payments, True)
    assert set(shown.services or {}) == {service.code for service in party.services}


async def test_should_tell_a_service_in_detail(directory: Directory) -> None:
    """A service says whether it demands a commitment number, and since when it is valid."""
    shown = await detailed(directory, DEMANDING[1].siret)
    service = await directory.service(shown.id or 0, (shown.services or {})["ECOLES"])

    assert not isinstance(service, Refusal)
    assert (service.demands_commitment, service.valid_from, service.valid_until) == (True, date(2020, 1, 1), None)


async def test_should_find_by_a_part_of_the_name(directory: Directory) -> None:
    """Names and postcodes find public bodies alone, and nothing found is no failure in either of its forms."""
    several = await directory.find(name="commune fictive", postcode="99999")
    nothing = [await directory.find(name="commune fictive", postcode="11111") for _ in range(2)]
    private = await directory.find(name="ATELIER")

    assert [one.siret for one in several] == [one.siret for one in DEMANDING[:4]]
    assert (nothing, private) == ([(), ()], ())


async def test_should_read_every_page_of_services(directory: Directory, simulator: Simulator) -> None:
    """More services than a page holds are all listed, whatever the paging numbers leave out."""
    services = tuple(PartyService(code=f"S{number:04}") for number in range(PAGE_SIZE + 20))
    party = Party(siret="99900077700011", name="GRANDE VILLE FICTIVE", services=services)
    settings = simulator.world.settings
    simulator.world.apply(settings.changed(recipients=(*settings.recipients, party), quirks=True))
    shown = await detailed(directory, party.siret)

    assert len(shown.services or {}) == len(services)


async def test_should_change_with_the_settings(directory: Directory, simulator: Simulator) -> None:
    """A body that begins to demand something keeps its identifier."""
    before = await detailed(directory, RECIPIENT)
    party = Party(siret=RECIPIENT, name="VILLE IMAGINAIRE DE VALCLAIR", demands="both", active=False)
    simulator.world.apply(simulator.world.settings.changed(recipients=(party,)))
    after = await detailed(directory, RECIPIENT)

    assert (before.demands, after.demands, after.is_active, after.id) == ("nothing", "both", False, before.id)


async def test_should_refuse_what_it_does_not_know(directory: Directory) -> None:
    """An unknown structure is a refusal when shown, and a failure where a list was asked for."""
    shown = await directory.detailed(Recipient(siret=RECIPIENT, exists=True, id=1))

    assert isinstance(shown, Refusal)
    assert shown.code == "SIM_MSG_20.001"
    with pytest.raises(RequestRejected):
        await directory.services(1)


async def test_should_list_spaces_and_memberships(directory: Directory) -> None:
    """The two operations that only tell of the portal."""
    shown = await detailed(directory, RECIPIENT)
    (supplier,) = await directory.find(siret="99911122200017")

    assert [one.label for one in await directory.spaces(shown.id or 0)] == ["Factures recues", "Factures a valider"]
    assert await directory.memberships(shown.id or 0, "nobody@example.org") == ()
    assert await directory.memberships(supplier.id or 0, "nobody@example.org") == ()


async def test_should_ask_once_for_many_invoices(directory: Directory, simulator: Simulator) -> None:
    """A recipient is asked about once, its named service too; an old answer is asked anew."""
    clock = Clock()
    recipients, siret = Recipients(keep=100.0, clock=clock), DEMANDING[1].siret
    first = [await recipients.find(siret, "COMPTA", directory) for _ in range(3)]
    once = asked(simulator)
    await recipients.find(siret, "ECOLES", directory)
    more = asked(simulator)[len(once) :]
    clock.now += 60
    await recipients.find(siret, "COMPTA", directory, at_most=30)
    clock.now += 101
    await recipients.find(siret, None, directory)

    assert first[0] == first[2]
    assert once == [
        "rechercherStructure", "consulterStructureAvecTVAIntraCom", "rechercherServicesStructure",
        "consulterServiceStructure",
    ]  # fmt: skip
    assert more == ["consulterServiceStructure"]
    assert asked(simulator).count("rechercherStructure") == 3


async def test_should_remember_that_there_is_none(directory: Directory, simulator: Simulator) -> None:
    """A SIRET that is in no directory is asked for once, too."""
    recipients = Recipients(keep=100.0)
    found = [await recipients.find("99900099900099", None, directory) for _ in range(3)]

    assert [one is not None and one.exists for one in found] == [False] * 3
    assert asked(simulator) == ["rechercherStructure"]


async def test_should_leave_a_directory_alone_that_fails(directory: Directory, simulator: Simulator) -> None:
    """A failure is raised and remembered for a minute, and nothing is taken for an answer."""
    clock = Clock()
    recipients = Recipients(keep=100.0, clock=clock)
    simulator.faults.add(Fault(kind="maintenance", operation="rechercherStructure"), simulator.world.clock())
    with pytest.raises(UpstreamFailure):
        await recipients.find(RECIPIENT, None, directory)
    recipients.rest()
    resting = recipients.is_resting
    clock.now += REST

    assert (resting, recipients.is_resting) == (True, False)
