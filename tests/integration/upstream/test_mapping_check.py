"""The doctor compares the mapping with what the simulated DUME says of its domains and codes."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from service import wiring
from service.cli import mapping_check
from service.core.gate import Gates
from service.observability.secrets import Secrets
from service.sandbox.simulator import Fault, Simulator
from service.settings import load_settings
from service.upstream import Upstreams, UpstreamSettings
from tests.support.worker import worker_environment

DOMAINS = ("attestations", "donnees", "donneesEssentielles", "dumeOE", "ecertis", "metadonnees", "referentiels")


def upstream(simulator: Simulator, folder: Path, mapping: str = "") -> UpstreamSettings:
    """Where the simulator is called, by a mapping with these changes."""
    (folder / "mapping.yaml").write_text(mapping, encoding="utf-8")
    usual = worker_environment(amqp_url="amqp://nobody@127.0.0.1:1/", prefix="x", api_url=simulator.url, folder=folder)
    settings = load_settings({**usual, "RELAY_MAPPING": str(folder / "mapping.yaml")})
    return wiring.upstream_settings(settings, wiring.account_book(settings, Secrets()), "test")


async def said(settings: UpstreamSettings) -> list[tuple[str, str]]:
    """Verdict and text of every line."""
    return [(line.verdict, line.text) async for line in mapping_check.compare(settings)]


async def test_should_find_everything_in_agreement(simulator: Simulator, tmp_path: Path) -> None:
    """Each domain answers its own health check, and no list differs."""
    assert await said(upstream(simulator, tmp_path)) == [
        *(("ok", f"{domain}: answers") for domain in DOMAINS),
        ("ok", "7 of 7 other domains of DUME answer; 5 lists of codes were compared, and agree"),
    ]


async def test_should_name_what_differs_and_fail_nothing(simulator: Simulator, tmp_path: Path) -> None:
    """A state that is new, a list that is not there, and one that is not to be compared."""
    states = {"brouillon": "brouillon", "validé": "validé", "publié": "publié", "remplacé": "x", "04": "supprimé"}
    world = simulator.world
    world.apply(world.settings.changed(dume_code_lists={"STATUT_DUME": {**states, "05": "expiré"}}))
    lists = "dume: {reference: {code_lists: {formats: NOWHERE, id_types: null}}}"
    told = await said(upstream(simulator, tmp_path, lists))
    differing = [text for verdict, text in told if verdict != "ok"]

    assert {verdict for verdict, _ in told} == {"ok", "warning"}
    assert differing[0].startswith("formats: there is no list NOWHERE to compare with (SIM-REF-001")
    assert "STATUT_DUME" in differing[0]
    assert differing[1:] == [
        (
            'states: DUME writes "05" or "expiré", which the mapping does not know:'
            " add it under dume.states in RELAY_MAPPING"
        ),
        'states: DUME writes "remplacé" or "x", known in part: add "x": replaced under dume.states in RELAY_MAPPING',
        "7 of 7 other domains of DUME answer; 4 lists of codes were compared, and 2 of them differ or could not be",
    ]


async def test_should_name_domains_and_lists_that_cannot_be_asked(simulator: Simulator, tmp_path: Path) -> None:
    """A path that is wrong, and an operation out of order: what needs them is told, and the rest compared."""
    broken = Fault.model_validate({"operation": "listerValeursDeReferentiel", "kind": "maintenance"})
    simulator.world.faults.add(broken, simulator.world.clock())
    paths = "dume: {prefixes: {ecertis: /dume/nowhere}}"
    told = await said(upstream(simulator, tmp_path, paths))

    assert [text for verdict, text in told if verdict == "warning" and text.startswith("ecertis: ")]
    assert sum("not compared with" in text for _, text in told) == 5
    assert told[-1][1].startswith("6 of 7 other domains of DUME answer")


@pytest.mark.parametrize("domain", DOMAINS)
async def test_should_ask_each_domain_at_its_own_address(simulator: Simulator, tmp_path: Path, domain: str) -> None:
    """A health check of one domain says nothing of another."""
    async with Upstreams(upstream(simulator, tmp_path), Gates(interval=timedelta(seconds=1))) as upstreams:
        refusal = await upstreams.dume(account="default", event="doctor").reference.health(domain)

    assert refusal is None
    assert [call.path for call in simulator.journal.calls("healthCheck")] == [f"/dume/{domain}"]
