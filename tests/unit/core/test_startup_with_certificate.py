"""Calls with a certificate are asked for twice, go to the old addresses alone, and are never mixed with PISTE."""

from dataclasses import replace

import pytest

from service.core.startup import Plan, findings

QUALIFICATION = "https://chorus-pro.gouv.fr:5443/service-qualif"
PRODUCTION = "https://chorus-pro.gouv.fr:5443/service"
PISTE = "https://sandbox-api.piste.gouv.fr"
GOOD = Plan(
    profile="sandbox",
    oauth_url="https://sandbox-oauth.piste.gouv.fr/api/oauth/token",
    api_url=PISTE,
    organisation="universal",
    client_id=None,
    client_secret=None,
    login="TECH_1_1@cpro.fr",
    password="a-password",
    by_certificate=True,
    certificate_url=QUALIFICATION,
    has_certificate=True,
    is_acknowledged=True,
)
DUME = replace(GOOD, organisation="dume", platform_id="99900001100018", technical_platform_id="TND001")


def fatal(plan: Plan) -> list[str]:
    """The sentences that stop the start."""
    return [finding.text for finding in findings(plan) if finding.is_fatal]


@pytest.mark.parametrize(
    "plan",
    [
        GOOD,
        DUME,
        replace(GOOD, profile="production", certificate_url=PRODUCTION),
        replace(GOOD, profile="local", certificate_url="https://127.0.0.1:5443/service"),
        replace(GOOD, certificate_url="https://proxy.example/service-qualif"),
        replace(GOOD, login=None, password=None, has_accounts_file=True),
    ],
)
def test_should_let_a_sound_plan_start(plan: Plan) -> None:
    """Credentials of PISTE are not missed, and nothing is worth a notice."""
    assert findings(plan) == ()


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (replace(GOOD, is_acknowledged=False), "RELAY_CERTIFICATE__ACKNOWLEDGED=true"),
        (replace(GOOD, has_certificate=False), "must name the files"),
        (replace(GOOD, certificate_url=PISTE), "names sandbox-api.piste.gouv.fr, where"),
        (replace(GOOD, certificate_url="https://chorus-pro.gouv.fr/service-qualif"), "names chorus-pro.gouv.fr, where"),
        (replace(GOOD, certificate_url=f"{PISTE}:5443/service"), "takes no certificate"),
        (replace(GOOD, given_for_piste=("RELAY_PISTE__CLIENT_ID",)), "there is RELAY_PISTE__CLIENT_ID"),
        (replace(GOOD, certificate_url=PRODUCTION), "RELAY_PROFILE is sandbox"),
        (replace(GOOD, login=None, password=None), "a technical account goes with every call"),
        (replace(GOOD, password=None), "PASSWORD is missing"),
        (replace(DUME, technical_platform_id="TND-01"), "six letters and digits"),
        (replace(GOOD, by_certificate=False, given_for_certificate=("RELAY_CERTIFICATE__KEY",)), "RELAY_AUTH is piste"),
        (replace(GOOD, by_certificate=False, api_url=f"{PISTE}:5443"), "RELAY_AUTH=certificate"),
    ],
)
def test_should_refuse_what_cannot_work(plan: Plan, expected: str) -> None:
    """Each mistake is named in a sentence that says what to change."""
    assert [text for text in fatal(plan) if expected in text] != []
