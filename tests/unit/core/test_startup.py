"""Settings that cannot work together are refused before anything is sent."""

from dataclasses import replace

import pytest

from service.core.startup import Plan, findings

OAUTH = "https://sandbox-oauth.piste.gouv.fr/api/oauth/token"
GOOD = Plan(
    profile="sandbox",
    oauth_url=OAUTH,
    api_url="https://sandbox-api.piste.gouv.fr",
    organisation="universal",
    client_id="an-id",
    client_secret="a-secret",
    login="TECH_1_1@cpro.fr",
    password="a-password",
)
DUME = replace(GOOD, organisation="dume", platform_id="99900001100018", technical_platform_id="TND001")
PRODUCTION = replace(GOOD, oauth_url="https://oauth.piste.gouv.fr/api/oauth/token", api_url="https://api.piste.gouv.fr")
LOCAL = replace(GOOD, profile="local", oauth_url="http://127.0.0.1:8089/t", api_url="http://localhost:8089")


def fatal(plan: Plan) -> list[str]:
    """The sentences that stop the start."""
    return [finding.text for finding in findings(plan) if finding.is_fatal]


@pytest.mark.parametrize(
    "plan",
    [
        GOOD,
        DUME,
        LOCAL,
        replace(PRODUCTION, profile="production"),
        replace(LOCAL, oauth_url="http://[::1]:1/t", api_url="http://simulator:8089"),
        replace(GOOD, oauth_url="https://proxy.example/t", api_url="https://proxy.example"),
        replace(GOOD, login=None, password=None, has_accounts_file=True),
        replace(DUME, platform_type="4", platform_id="123456789"),
    ],
)
def test_should_let_a_sound_plan_start(plan: Plan) -> None:
    """Nothing stands in the way of settings that fit together."""
    assert fatal(plan) == []


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (replace(GOOD, api_url="https://api.piste.gouv.fr"), "must both be production or both be sandbox"),
        (replace(GOOD, api_url="http://127.0.0.1:1"), "must both be production or both be sandbox"),
        (replace(GOOD, api_url="https://sandbox-api.aife.economie.gouv.fr"), "shut down"),
        (replace(GOOD, api_url="http://sandbox-api.piste.gouv.fr"), "must be https"),
        (replace(LOCAL, api_url="http://simulator.example:8089"), "must be https"),
        (replace(DUME, organisation="universal"), "cannot reach the DUME Service"),
        (replace(GOOD, api_url="https://sandbox-api.piste.gouv.fr:5443"), "certificate"),
        (replace(GOOD, client_id=None), "CLIENT_ID is missing"),
        (replace(GOOD, client_secret=""), "CLIENT_SECRET is missing"),
        (replace(GOOD, client_secret=" a-secret"), "blanks around it"),
        (replace(GOOD, client_secret="an-id"), "are equal"),
        (replace(GOOD, password=None), "PASSWORD is missing"),
        (replace(GOOD, login=None), "LOGIN is missing"),
        (replace(DUME, platform_id="9990000110001"), "must have 14 characters"),
        (replace(DUME, platform_type="4", platform_id="1234"), "9 to 10 characters"),
        (replace(DUME, platform_id=None), "PLATFORM_ID must have"),
        (replace(DUME, technical_platform_id="TND-01"), "six letters and digits"),
        (replace(DUME, requester_id="99900012800010"), "go together"),
        (PRODUCTION, "RELAY_PROFILE is sandbox"),
        (replace(PRODUCTION, profile="local"), "RELAY_PROFILE is local"),
    ],
)
def test_should_refuse_what_cannot_work(plan: Plan, expected: str) -> None:
    """Each mistake is named in a sentence that says what to change."""
    assert any(expected in text for text in fatal(plan))


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        (DUME, "must be subscribed there too"),
        (replace(GOOD, profile="production"), "those of the sandbox"),
        (replace(GOOD, login=None, password=None), "Neither"),
        (replace(DUME, platform_id="99900001100019"), "RELAY_DUME__PLATFORM_ID is not a SIRET"),
        (replace(DUME, platform_type="4", platform_id="12345678X"), "RELAY_DUME__PLATFORM_ID is not a RIDET"),
        (
            replace(DUME, requester_id="99900012800011", requester_name="Ville"),
            "RELAY_DUME__REQUESTER_ID is not a SIRET",
        ),
    ],
)
def test_should_notice_what_is_worth_knowing_and_start(plan: Plan, expected: str) -> None:
    """A notice stops nothing."""
    notices = [finding.text for finding in findings(plan) if not finding.is_fatal]

    assert fatal(plan) == []
    assert any(expected in text for text in notices)


@pytest.mark.parametrize("plan", [DUME, replace(DUME, platform_id="99900001100019", identifiers="off")])
def test_should_say_nothing_of_identifiers_that_are_right_or_not_looked_at(plan: Plan) -> None:
    """Whoever tests with made-up numbers can have silence."""
    assert [finding.text for finding in findings(plan) if "is not a" in finding.text] == []


def test_should_not_show_secrets_in_its_findings() -> None:
    """Findings end up in logs."""
    plan = replace(GOOD, client_secret=" a-secret", password="a-password", login=None)

    assert "a-secret" not in f"{plan} {findings(plan)}"
