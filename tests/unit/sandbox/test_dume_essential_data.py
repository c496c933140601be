"""The essential data of the simulator: what it takes, what it publishes, what it refuses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from service.sandbox.simulator.dume_essential_register import Rules
from tests.support.dume_desk import BUYER, OTHER, Desk, Json, refused, taken

DOMAIN = "donneesEssentielles"
MARKET: Json = {
    "typeDE": "MP",
    "acheteur": {"id": BUYER},
    "id": "M-1",
    "objet": "Toiture imaginaire",
    "nature": "Marché",
    "procedure": "Procédure adaptée",
    "montant": 100.5,
    "titulaires": [{"titulaire": {"id": "99900045800037", "typeIdentifiant": "SIRET"}}],
}
CONCESSION: Json = {
    "typeDE": "CC",
    "autoriteConcedante": {"id": BUYER},
    "id": "C-1",
    "objet": "Port imaginaire",
    "nature": "Concession de service",
    "procedure": "Procédure négociée ouverte",
    "valeurGlobale": 1000,
}


def desk(**rules: Any) -> Desk:
    """A desk at which data are published ten seconds after they were taken."""
    return Desk(essential_data=Rules(**{"published_after": 10.0, **rules}))


def publish(at: Desk, data: Json | None = None, **changes: Any) -> str:
    """Hand in a contract; gives its reference."""
    answer = at.ask("enregistrerDE", domain=DOMAIN, donneesEssentielles={**(data or MARKET), **changes})
    return str(taken(answer)["referenceUnique"])


def found(at: Desk, operation: str = "recupererDEV2", **criteria: Any) -> list[Json]:
    """The rows of a search."""
    return list(taken(at.ask(operation, domain=DOMAIN, **criteria))["donneesEssentielles"])


def test_should_publish_after_a_while() -> None:
    """What was taken is not shown before it is published; then in either form."""
    at = desk()
    reference = publish(at)
    before = found(at)
    at.now += timedelta(seconds=11)
    (row,), (older,) = found(at), found(at, "recupererDE")
    base = older["domainListDonneesEssentiellesMP"]["domainRecuperDEDeBase"]

    assert (reference.startswith("AIFEDUME-"), len(reference), before) == (True, 17, [])
    assert (row["referenceUnique"], row["donneesMP"]["idAcheteur"], row["donneesMP"]["montant"]) == (
        reference,
        BUYER,
        100.5,
    )
    assert (base["acheteur"]["id"], base["titulaires"]["id"], base["autoriteConcedante"]) == (
        BUYER,
        "99900045800037",
        None,
    )


def test_should_show_concessions_under_their_own_names() -> None:
    """The part of a market is missing then."""
    at = desk(published_after=0.0)
    publish(at, CONCESSION)
    (row,) = found(at, typeDE="CC", idAutoriteConcedante=BUYER)

    assert ("donneesMP" in row, row["donneesCC"]["valeurGlobale"]) == (False, 1000)


def test_should_lag_behind_in_searches() -> None:
    """Published, and not shown yet."""
    at = Desk(essential_data=Rules(published_after=0.0), search_lag=60.0)
    publish(at)
    early = found(at)
    at.now += timedelta(seconds=61)

    assert (early, len(found(at))) == ([], 1)


def test_should_make_two_of_two() -> None:
    """Nothing tells the second from the first, unless the simulator is told to be strict."""
    at, strict = desk(), desk(is_unique=True)
    same = [publish(at), publish(at)]
    publish(strict)

    assert len(set(same)) == 2
    assert refused(strict.ask("enregistrerDE", domain=DOMAIN, donneesEssentielles=MARKET)) == "SIM-DE-011"


def test_should_show_a_hundred_rows_at_most() -> None:
    """No page follows."""
    at = desk(published_after=0.0)
    for number in range(105):
        publish(at, id=f"M-{number}")

    assert (len(found(at)), len(found(at, "recupererDE")), len(found(at, id="M-104"))) == (100, 100, 1)


def test_should_change_what_is_not_published_and_add_to_what_is() -> None:
    """One version before, two afterwards, and what was published stays."""
    at = desk()
    reference = publish(at)
    named = {"referenceUnique": reference}
    update = "MettreAJourDonneesEssentielles"
    first = at.ask(update, domain=DOMAIN, **named, donneesEssentielles={"montant": 7})
    at.now += timedelta(seconds=11)
    late = at.ask(update, domain=DOMAIN, **named, donneesEssentielles={"montant": 8})
    change = {"modifications": [{"modification": {"id": 1, "montant": 9}}]}
    added = [at.ask(update, domain=DOMAIN, **named, donneesEssentielles=change) for _ in range(2)]
    at.now += timedelta(seconds=11)

    assert (first.effect, refused(late)) == ("changed", "SIM-DE-022")
    assert [answer.effect for answer in added] == ["changed", "none"]
    assert [(row["donneesMP"]["montant"], row["modifications"]) for row in found(at, **named)] == [
        (7, None),
        (7, [{"id": 1, "montant": 9}]),
    ]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"objet": None}, "SIM-PARAM-002"),
        ({"acheteur": None}, "SIM-PARAM-002"),
        ({"id": "M" * 17}, "SIM-DE-020"),
        ({"objet": "O" * 1001}, "SIM-DE-020"),
        ({"acheteur": {"id": "123"}}, "SIM-DE-020"),
        ({"codeCPV": "123"}, "SIM-DE-020"),
        ({"dateNotification": "28/10/2026"}, "SIM-DE-020"),
        ({"montant": "100"}, "SIM-DE-020"),
        ({"nature": "Concession de service"}, "SIM-DE-021"),
        ({"procedure": "Procedure adaptee"}, "SIM-DE-021"),
        ({"typeDE": "XX"}, "SIM-DE-021"),
    ],
)
def test_should_refuse_what_does_not_fit(changes: Json, code: str) -> None:
    """Missing, too long, of another form, in no list."""
    answer = desk().ask("enregistrerDE", domain=DOMAIN, donneesEssentielles={**MARKET, **changes})

    assert refused(answer) == code


def test_should_keep_platforms_apart() -> None:
    """What is published everybody sees; only who handed it in may change it."""
    at = desk(published_after=0.0)
    reference = publish(at)
    at.platform = OTHER
    answer = at.ask(
        "MettreAJourDonneesEssentielles", domain=DOMAIN, referenceUnique=reference, donneesEssentielles={"montant": 1}
    )

    assert (refused(answer), len(found(at))) == ("SIM-DE-010", 1)


@pytest.mark.parametrize(
    "criteria",
    [
        {"dateDebutPublication": "2026-13-01"},
        {"dateDebutPublication": "2026-02-01", "dateFinPublication": "2026-01-01"},
        {"typeDE": "XX"},
    ],
)
def test_should_refuse_criteria_without_sense(criteria: Json) -> None:
    """Days that are none, or in the wrong order, and a kind there is not."""
    assert refused(desk().ask("recupererDEV2", domain=DOMAIN, **criteria)) == "SIM-DE-001"


def test_should_find_by_each_criterion() -> None:
    """What fits, and nothing else."""
    at = desk(published_after=0.0)
    publish(at, codeCPV="45000000")
    publish(at, CONCESSION)
    today = at.now.date().isoformat()
    fitting = (
        {"typeDE": "MP"},
        {"idAcheteur": BUYER, "typeDE": "MP"},
        {"idTitulaire": "99900045800037"},
        {"codeCPV": "45000000"},
        {"nature": "marche"},
        {"procedure": "Procédure adaptée"},
        {"id": "M-1", "dateDebutPublication": today, "dateFinPublication": today},
    )

    assert [[row["id"] for row in found(at, **criteria)] for criteria in fitting] == [["M-1"]] * len(fitting)


def test_should_show_people_what_it_holds() -> None:
    """The state of the simulator has one line for each."""
    at = desk()
    reference = publish(at, donneesConsultation={"idConsultation": "C-9"})
    state: Any = at.service.state()  # Any: JSON of our own
    (held,) = state["essential_data"]

    assert (held["referenceUnique"], held["idConsultation"], held["versions"]) == (reference, "C-9", 1)
    at.service.reset()
    assert at.service.state()["essential_data"] == []
