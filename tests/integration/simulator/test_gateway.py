"""The simulated gateway answers as PISTE was seen to answer."""

from __future__ import annotations

import pytest

from service.sandbox.simulator import Application, Simulator
from tests.integration.simulator.caller import DEPOSIT, HEALTH, PASSWORD, Caller, account


async def test_should_grant_an_opaque_token(caller: Caller) -> None:
    """A token is 54 letters and digits and lives an hour."""
    granted = (await caller.ask_token()).json

    assert (len(granted.pop("access_token")), granted) == (
        54,
        {"token_type": "Bearer", "expires_in": 3600, "scope": "openid"},
    )


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"client_id": "nobody"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "invalid_request"),
        ({"client_secret": ""}, "invalid_request"),
    ],
)
async def test_should_refuse_a_token_as_piste_does(caller: Caller, fields: dict[str, str], error: str) -> None:
    """Every refusal is a 400 with a code of OAuth."""
    refused = await caller.ask_token(**fields)

    assert (refused.status, refused.json["error"]) == (400, error)


async def test_should_take_a_form_only(caller: Caller) -> None:
    """Credentials as JSON are no request for a token."""
    refused = await caller.post("/api/oauth/token", {"grant_type": "client_credentials"})

    assert (refused.status, refused.json["error"]) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("headers", "status", "words"),
    [
        ({}, 400, "Unable to find token in the message"),
        ({"Authorization": "Bearer nobody-gave-this"}, 401, "Unable to find the access token"),
    ],
)
async def test_should_want_a_token_it_gave(caller: Caller, headers: dict[str, str], status: int, words: str) -> None:
    """No token is a 400 with a challenge, an unknown one a 401."""
    refused = await caller.send("GET", HEALTH, headers=headers)

    assert (refused.status, words in refused.challenge) == (status, True)


async def test_should_let_tokens_expire(caller: Caller, simulator: Simulator) -> None:
    """After its lifetime a token is refused."""
    simulator.world.clock.move(3600)

    refused = await caller.send("GET", HEALTH)

    assert (refused.status, "expired" in refused.challenge) == (401, True)


async def test_should_revoke_every_token(caller: Caller) -> None:
    """A revoked token is unknown at once."""
    await caller.post("/_sim/tokens/revoke")

    assert (await caller.send("GET", HEALTH)).status == 401


@pytest.mark.parametrize("path", ["/cpro/factures/v1/consulter/cr", "/dume/nothing", "/anything"])
async def test_should_answer_an_unknown_path_with_an_empty_403(caller: Caller, path: str) -> None:
    """A path nobody claims is forbidden, and can be traced."""
    refused = await caller.post(path)

    assert (refused.status, refused.text, "x-correlationid" in refused.headers) == (403, "", True)


async def test_should_keep_universal_applications_from_dume(caller: Caller) -> None:
    """The organisation decides which APIs can be reached."""
    application = Application(client_id="universal", client_secret="secret", organisation="universal")
    await caller.post("/_sim/applications", application.model_dump(mode="json"))
    await caller.sign_in(client_id="universal", client_secret="secret")

    statuses = [(await caller.post("/dume/dumeA")).status, (await caller.send("GET", HEALTH)).status]

    assert statuses == [403, 200]


async def test_should_want_each_api_subscribed(caller: Caller) -> None:
    """Without the subscription even a good token gets a 403."""
    application = Application(client_id="few", client_secret="secret", subscriptions=frozenset({"transverses"}))
    await caller.post("/_sim/applications", application.model_dump(mode="json"))
    await caller.sign_in(client_id="few", client_secret="secret")

    statuses = [(await caller.post(DEPOSIT)).status, (await caller.send("GET", HEALTH)).status]

    assert statuses == [403, 200]


async def test_should_throttle_beyond_the_quota(caller: Caller) -> None:
    """A call too many gets a 429 that says how long to wait."""
    await caller.post("/_sim/settings", {"quota": 2, "quota_window": 86_400})

    answers = [await caller.send("GET", HEALTH) for _ in range(3)]

    assert ([one.status for one in answers], int(answers[-1].headers["retry-after"]) > 0) == ([200, 200, 429], True)


@pytest.mark.parametrize("header", [account("TECH_1_1@cpro.fr", "wrong"), account("nobody", PASSWORD), "%%", ""])
async def test_should_refuse_a_wrong_technical_account(caller: Caller, header: str) -> None:
    """Even the health check needs login and password, and says so in a challenge of its own."""
    refused = await caller.send("GET", HEALTH, headers=caller.headers | {"cpro-account": header})

    assert (refused.status, refused.challenge) == (
        401,
        'Bearer realm="PISTE",error="Unauthorized",error_description="login or password incorrects"',
    )


async def test_should_check_the_account_before_the_content(caller: Caller) -> None:
    """A wrong account hides a wrong content type, and that hides broken JSON."""
    wrong = caller.headers | {"cpro-account": ""}
    statuses = [
        (await caller.send("POST", DEPOSIT, data=b"{", headers=wrong)).status,
        (await caller.send("POST", DEPOSIT, data=b"{")).status,
        (
            await caller.send("POST", DEPOSIT, data=b"{", headers=caller.headers | {"Content-Type": "application/json"})
        ).status,
    ]

    assert statuses == [401, 415, 400]
