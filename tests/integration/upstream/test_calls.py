"""What goes over the wire to the State, and how often."""

from __future__ import annotations

import asyncio
import base64
import socket
import time
from datetime import UTC, date, datetime
from urllib.parse import quote_plus

import pytest

from contracts.events import Consultation
from service.core.errors import (
    AccountRejected,
    AnswerLost,
    AnswerUnreadable,
    CredentialsRejected,
    GateClosed,
    NotSubscribed,
    Throttled,
    Unavailable,
    Unreachable,
    UpstreamFailure,
)
from service.core.gate import Gate, Position, Scope
from service.observability.calls import calls_recorded
from service.upstream import Refusal, Upstreams
from service.upstream.chorus_pro import ChorusPro, Deposited
from service.upstream.dume import Saved
from tests.integration.upstream.conftest import Opened
from tests.integration.upstream.state import MODEL, How, State, lost, says, truncated
from tests.support.canaries import CLIENT_SECRET, LOGIN, PASSWORD, TOKEN

pytestmark = pytest.mark.integration

PAGE = "<html><h1>Maintenance en cours</h1></html>"
BAD_ACCOUNT = 'Bearer realm="PISTE",error="Unauthorized", error_description="login or password incorrects"'
CONSULTATION = Consultation(id="C-1")


def chorus_pro(upstreams: Upstreams, event: str = "event-1") -> ChorusPro:
    return upstreams.chorus_pro(account="main", event=event)


async def deposit(upstreams: Upstreams, event: str = "event-1") -> Deposited | Refusal:
    return await chorus_pro(upstreams, event).deposit(
        content_base64="PHhtbC8+", name="F-1.xml", syntax="IN_DP_E1_UBL_INVOICE"
    )


async def test_should_deposit_with_both_proofs(state: State, upstreams: Upstreams) -> None:
    """A token for the gateway, the technical account for Chorus Pro, JSON in and out."""
    answer = await deposit(upstreams)

    (call,) = state.received("deposer/flux")
    assert answer == Deposited(flow_number="CPP1", deposited_on=date(2026, 11, 23))
    assert call.headers["authorization"] == f"Bearer {TOKEN}1"
    assert base64.b64decode(call.headers["cpro-account"]).decode() == f"{LOGIN}:{PASSWORD}"
    assert call.headers["content-type"] == "application/json;charset=utf-8"
    assert call.headers["user-agent"] == "piste-relay/test"
    assert call.json == {
        "fichierFlux": "PHhtbC8+",
        "nomFichier": "F-1.xml",
        "syntaxeFlux": "IN_DP_E1_UBL_INVOICE",
        "avecSignature": False,
    }


async def test_should_send_a_large_file_with_its_length(state: State, upstreams: Upstreams) -> None:
    """A file of ten megabytes goes out in pieces, but not without saying how long it is."""
    content = "A" * 13_981_016

    await chorus_pro(upstreams).deposit(content_base64=content, name="F.pdf", syntax="IN_DP_E2_CII_FACTURX")

    (call,) = state.received("deposer/flux")
    assert call.json["fichierFlux"] == content
    assert call.headers["content-length"] == str(len(call.body))


async def test_should_keep_secrets_to_whom_they_belong(state: State, upstreams: Upstreams) -> None:
    """The technical account goes neither to the token host nor to DUME."""
    await upstreams.dume(account="main", event="event-1").create_simple(CONSULTATION, None)
    await upstreams.check_health("dume")

    assert [call.operation for call in state.calls if "cpro-account" in call.headers] == []
    assert len(state.calls) == 3


async def test_should_ask_for_a_token_as_the_gateway_wants_it(state: State, upstreams: Upstreams) -> None:
    """A form in the body, the secret in it, and nothing in the headers."""
    await upstreams.check_health("chorus-pro")

    (call,) = state.received("token")
    secret = quote_plus(CLIENT_SECRET)
    expected = f"grant_type=client_credentials&client_id=an-application&client_secret={secret}&scope=openid"
    assert call.body == expected.encode()
    assert call.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in call.headers


async def test_should_share_one_token_among_fifty_calls(state: State, upstreams: Upstreams) -> None:
    """Calls that begin together wait for the same request."""
    await asyncio.gather(*(chorus_pro(upstreams, str(n)).flow_report("CPP1") for n in range(50)))

    assert (len(state.received("token")), len(state.received("consulterCRDetaille"))) == (1, 50)


async def test_should_renew_a_revoked_token_once_for_all(state: State, upstreams: Upstreams) -> None:
    """Fifty calls refused together cause one renewal, and each is sent once more."""
    await chorus_pro(upstreams).flow_report("CPP1")
    state.revoked.add(f"{TOKEN}1")

    await asyncio.gather(*(chorus_pro(upstreams, str(n)).flow_report("CPP1") for n in range(50)))

    assert len(state.received("token")) == 2
    assert {call.headers["authorization"] for call in state.calls[-20:]} == {f"Bearer {TOKEN}2"}


async def test_should_replay_a_deposit_that_was_refused_for_its_token(state: State, upstreams: Upstreams) -> None:
    """The gateway refused it before any work, so that sending it again is safe."""
    state.fail_on("deposer/flux", says(400, www_authenticate='Bearer realm="DefaultRealm", error="invalid_request"'))

    answer = await deposit(upstreams)

    assert isinstance(answer, Deposited)
    assert [call.headers["authorization"] for call in state.received("deposer/flux")] == [
        f"Bearer {TOKEN}1",
        f"Bearer {TOKEN}2",
    ]


async def test_should_stop_when_a_new_token_is_refused_too(state: State, upstreams: Upstreams) -> None:
    """The second refusal is a fault of the set-up, whatever is tried."""
    state.fail_on("deposer/flux", says(401, www_authenticate='Bearer error="invalid_token"'), times=9)

    with pytest.raises(CredentialsRejected) as caught:
        await deposit(upstreams)

    assert not caught.value.sent
    assert len(state.received("deposer/flux")) == 2


async def test_should_not_hammer_a_technical_account(state: State, upstreams: Upstreams) -> None:
    """A wrong password is tried once: accounts lock after a few."""
    state.fail_on("deposer/flux", says(401, www_authenticate=BAD_ACCOUNT), times=9)

    with pytest.raises(AccountRejected) as caught:
        await deposit(upstreams)

    assert caught.value.account == "main"
    assert (len(state.received("deposer/flux")), len(state.received("token"))) == (1, 1)


@pytest.mark.parametrize("status", [400, 401])
async def test_should_not_ask_again_with_refused_credentials(state: State, upstreams: Upstreams, status: int) -> None:
    """One request tells; the health check alone insists."""
    state.fail_on("token", says(status, {"error": "invalid_client"}), times=2)

    for _ in range(3):
        with pytest.raises(CredentialsRejected):
            await deposit(upstreams)
    asked = len(state.received("token"))
    with pytest.raises(CredentialsRejected):
        await upstreams.check_health("chorus-pro")
    await upstreams.check_health("chorus-pro")
    answer = await deposit(upstreams)

    assert asked == 1
    assert isinstance(answer, Deposited)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (says(503, PAGE), Unavailable),
        (says(500), Unavailable),
        (says(200, PAGE), Unavailable),
        (lost, Unreachable),
        (says(429, retry_after="30"), Throttled),
    ],
)
async def test_should_have_sent_nothing_when_there_is_no_token(
    state: State, upstreams: Upstreams, how: How, expected: type[UpstreamFailure]
) -> None:
    """Whatever is wrong with the token host, the API has seen nothing."""
    state.fail_on("token", how, times=9)

    with pytest.raises(expected) as caught:
        await deposit(upstreams)

    assert not caught.value.sent
    assert state.received("deposer/flux") == []


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        pytest.param(lost, AnswerLost, id="answer lost"),
        pytest.param(truncated, AnswerLost, id="answer cut short"),
        pytest.param(says(500), AnswerLost, id="500"),
        pytest.param(says(502, PAGE), AnswerLost, id="502"),
        pytest.param(says(504), AnswerLost, id="504"),
        pytest.param(says(503, PAGE), Unavailable, id="maintenance page"),
        pytest.param(says(200, PAGE), Unavailable, id="page with 200"),
        pytest.param(says(200, {"codeRetour": 0, "libelle": ""}), AnswerUnreadable, id="no flow number"),
        pytest.param(says(200, {"unexpected": 1}), AnswerUnreadable, id="another shape"),
    ],
)
async def test_should_send_a_deposit_once_and_say_that_it_may_be_done(
    state: State, upstreams: Upstreams, how: How, expected: type[UpstreamFailure]
) -> None:
    """After anything that may have done the work, nothing is sent again from here."""
    state.fail_on("deposer/flux", how, times=9)

    with pytest.raises(expected) as caught:
        await deposit(upstreams)

    assert caught.value.sent
    assert len(state.received("deposer/flux")) == 1


async def test_should_not_send_a_post_again_on_a_connection_that_was_cut(state: State, upstreams: Upstreams) -> None:
    """A kept connection that breaks under a deposit is doubt: the HTTP library must not repeat it unseen."""
    await upstreams.check_health("chorus-pro")
    state.fail_on("deposer/flux", lost)

    with pytest.raises(AnswerLost) as caught:
        await deposit(upstreams)

    assert caught.value.sent
    assert len(state.received("deposer/flux")) == 1


async def test_should_call_a_slow_deposit_doubtful(state: State, opened: Opened) -> None:
    """A time-out after sending says nothing about what was done."""
    upstreams = await opened(timeouts={"deposerFluxFacture": 0.2})
    state.fail_on("deposer/flux", state.slow)

    with pytest.raises(AnswerLost) as caught:
        await deposit(upstreams)

    assert (caught.value.sent, caught.value.detail) == (True, "time-out")
    assert len(state.received("deposer/flux")) == 1


async def test_should_end_a_call_in_time_whatever_it_waits_for(state: State, opened: Opened) -> None:
    """A token that does not come uses up the time of the call, and nothing is sent after it."""
    upstreams = await opened(timeouts={"deposerFluxFacture": 0.3})
    state.fail_on("token", state.slow)
    started = time.monotonic()

    with pytest.raises(Unreachable) as caught:
        await deposit(upstreams)

    assert not caught.value.sent
    assert time.monotonic() - started < 2.0
    assert state.received("deposer/flux") == []


@pytest.mark.parametrize("how", [lost, truncated, says(500), says(502, PAGE), says(504), says(400), says(404)])
async def test_should_read_again_at_once(state: State, upstreams: Upstreams, how: How) -> None:
    """A read that met an accident is tried once more: it harms nobody."""
    state.fail_on("consulterCRDetaille", how)

    report = await chorus_pro(upstreams).flow_report("CPP1")

    assert report.state == "IN_INTEGRE"
    assert len(state.received("consulterCRDetaille")) == 2


async def test_should_not_read_again_for_ever(state: State, upstreams: Upstreams) -> None:
    """Two more tries, within three seconds; beyond that the broker is patient."""
    state.fail_on("consulterCRDetaille", says(502), times=9)
    started = time.monotonic()

    with pytest.raises(AnswerLost):
        await chorus_pro(upstreams).flow_report("CPP1")

    assert len(state.received("consulterCRDetaille")) == 3
    assert time.monotonic() - started < 3.5


@pytest.mark.parametrize("how", [says(503, PAGE), says(403)])
async def test_should_not_read_again_during_a_maintenance(state: State, upstreams: Upstreams, how: How) -> None:
    """Whoever is closed is not asked again at once."""
    state.fail_on("consulterCRDetaille", how, times=9)

    with pytest.raises((Unavailable, NotSubscribed)):
        await chorus_pro(upstreams).flow_report("CPP1")

    assert len(state.received("consulterCRDetaille")) == 1


async def test_should_say_that_nothing_was_sent_when_nobody_listens(opened: Opened) -> None:
    """A refused connection is safe to try again, for writes too."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        upstreams = await opened(api_url=f"http://127.0.0.1:{port}")

        with pytest.raises(Unreachable) as caught:
            await deposit(upstreams)

    assert not caught.value.sent


async def test_should_say_that_nothing_was_sent_when_tls_fails(state: State, opened: Opened) -> None:
    """No word of the request leaves before the other side has proved who it is."""
    upstreams = await opened(api_url=state.url.replace("http://", "https://"))

    with pytest.raises(Unreachable) as caught:
        await deposit(upstreams)

    assert not caught.value.sent
    assert state.received("deposer/flux") == []


async def test_should_wait_shortly_when_asked_to(state: State, upstreams: Upstreams) -> None:
    """A wait of a second is not worth the broker's; a throttled deposit was not done."""
    state.fail_on("deposer/flux", says(429, retry_after="1"))
    started = time.monotonic()

    answer = await deposit(upstreams)

    assert isinstance(answer, Deposited)
    assert 1.0 <= time.monotonic() - started < 3.0
    assert len(state.received("deposer/flux")) == 2


async def test_should_stop_calling_the_whole_upstream_when_throttled(state: State, upstreams: Upstreams) -> None:
    """The quota is the application's: other calls are not even tried, the other upstream is."""
    state.fail_on("deposer/flux", says(429, retry_after="60"))

    with pytest.raises(Throttled) as first:
        await deposit(upstreams)
    with pytest.raises(Throttled) as second:
        await chorus_pro(upstreams, "event-2").flow_report("CPP1")
    saved = await upstreams.dume(account="main", event="event-3").create_simple(CONSULTATION, None)

    assert first.value.retry_after == 60
    assert 58 < second.value.retry_after <= 60
    assert state.received("consulterCRDetaille") == []
    assert isinstance(saved, Saved)


async def test_should_not_call_through_a_closed_gate(state: State, upstreams: Upstreams) -> None:
    """A maintenance costs no call at all."""
    now = datetime.now(UTC)
    scope = Scope(upstream="chorus-pro")
    upstreams.gates.put(Gate(scope=scope, position=Position.CLOSED, cause="announced", since=now, until=now))

    with pytest.raises(GateClosed) as caught:
        await deposit(upstreams)

    assert (caught.value.cause, caught.value.until, caught.value.sent) == ("announced", now, False)
    assert state.calls == []


async def test_should_check_health_through_a_closed_gate(state: State, upstreams: Upstreams) -> None:
    """That is how it opens again."""
    scope = Scope(upstream="chorus-pro")
    upstreams.gates.put(Gate(scope=scope, position=Position.CLOSED, cause="unavailable"))

    await upstreams.check_health("chorus-pro")

    (call,) = state.received("health-check")
    assert "cpro-account" in call.headers


async def test_should_find_health_behind_a_refused_account(state: State, upstreams: Upstreams) -> None:
    """Chorus Pro itself refused the account, so it works."""
    state.fail_on("health-check", says(401, www_authenticate=BAD_ACCOUNT))

    await upstreams.check_health("chorus-pro")

    assert len(state.received("health-check")) == 1


@pytest.mark.parametrize(
    ("upstream", "operation", "how", "expected"),
    [
        ("chorus-pro", "health-check", says(503, PAGE), Unavailable),
        ("chorus-pro", "health-check", says(200, {"statusCodeValue": 503, "statusCode": "KO"}), Unavailable),
        ("chorus-pro", "health-check", says(403), NotSubscribed),
        ("dume", "healthCheck", says(503, PAGE), Unavailable),
        ("dume", "healthCheck", says(200, PAGE), Unavailable),
        ("dume", "token", says(400, {"error": "invalid_client"}), CredentialsRejected),
    ],
)
async def test_should_say_what_ails_an_upstream(
    state: State, upstreams: Upstreams, upstream: str, operation: str, how: How, expected: type[UpstreamFailure]
) -> None:
    """One call, and the failure by name."""
    state.fail_on(operation, how)

    with pytest.raises(expected) as caught:
        await upstreams.check_health(upstream)

    assert caught.value.facts.upstream == upstream


async def test_should_record_what_was_called(state: State, opened: Opened) -> None:
    """The one log line of a delivery and the metrics tell the same."""
    told: list[tuple[str, str, str]] = []
    renewed: list[str] = []
    upstreams = await opened(
        on_call=lambda upstream, operation, status, _: told.append((upstream, operation, status)),
        on_renewal=renewed.append,
    )
    state.fail_on("deposer/flux", says(400, {"codeRetour": 20001, "libelle": "GDP_MSG_11.022"}, x_correlationid="Id-1"))

    with calls_recorded() as calls:
        answer = await deposit(upstreams)

    (call,) = calls
    assert isinstance(answer, Refusal)
    assert (call.operation, call.http_status, call.code) == ("deposerFluxFacture", 400, "GDP_MSG_11.022")
    assert (call.correlation_id, answer.correlation_id) == ("Id-1", "Id-1")
    assert (told, renewed) == ([("chorus-pro", "deposerFluxFacture", "400")], [f"{TOKEN}1"])


async def test_should_not_read_an_endless_answer(state: State, opened: Opened) -> None:
    """An answer has a size, however long it is in arriving."""
    upstreams = await opened(largest_answer=10_000)
    state.answers["consulterCRDetaille"] = {"codeRetour": 0, "libelle": "x" * 50_000}

    with pytest.raises(AnswerUnreadable, match="larger than 10000"):
        await chorus_pro(upstreams).flow_report("CPP1")


async def test_should_come_back_with_one_call_at_a_time(state: State, upstreams: Upstreams) -> None:
    """After a maintenance, calls wait for the first answer."""
    upstreams.reset_window("chorus-pro")
    state.fail_on("consulterCRDetaille", state.slow)
    waiting = [asyncio.create_task(chorus_pro(upstreams, str(n)).flow_report("CPP1")) for n in range(5)]

    async with asyncio.timeout(5):
        await state.arrived.wait()
    at_first = (len(state.received("consulterCRDetaille")), len(upstreams._windows["chorus-pro"]._waiting))
    state.released.set()
    await asyncio.gather(*waiting)

    assert at_first == (1, 4)


async def test_should_ask_for_the_model_once_a_day(state: State, upstreams: Upstreams) -> None:
    """The blank document changes rarely."""
    dume = upstreams.dume(account="main", event="event-1")

    given = [await dume.model(), await dume.model()]

    assert (given, len(state.received("recupererModelDume"))) == ([MODEL, MODEL], 1)


@pytest.mark.parametrize(("dume_id", "validated"), [("k7p2x9qd", False), ("k7p2x9qd", True), (None, False)])
async def test_should_save_only_once(
    state: State, upstreams: Upstreams, dume_id: str | None, *, validated: bool
) -> None:
    """Where saving again would leave one effect too, that is for the ledger to decide, which counts what was sent."""
    state.fail_on("enregistrerDume", lost)
    dume = upstreams.dume(account="main", event="event-1")

    saving = dume.save(document=MODEL, validated=validated, consultation=CONSULTATION, buyer=None, dume_id=dume_id)
    (said,) = await asyncio.gather(saving, return_exceptions=True)

    assert isinstance(said, AnswerLost)
    assert len(state.received("enregistrerDume")) == 1


async def test_should_look_for_an_invoice_by_its_supplier(state: State, upstreams: Upstreams) -> None:
    """The supplier goes by its Chorus Pro number, asked once per account and again before one is said to be unseen."""
    row = {"identifiantFactureCPP": 1, "numeroFacture": "F-1", "codeFournisseur": "99900045800037"}
    other = {**row, "identifiantFactureCPP": 2, "codeFournisseur": "99900078900019"}
    state.answers["rechercher/fournisseur"] = {"codeRetour": 0, "libelle": "", "listeFactures": [row, other]}

    found = await chorus_pro(upstreams).invoices_numbered("F-1", "99900045800037")
    seen = [await chorus_pro(upstreams).sees_supplier(siret) for siret in ("99900045800037", "99900078900019")]

    assert [invoice.chorus_pro_id for invoice in found] == [1]
    assert state.received("rechercher/fournisseur")[0].json["idFournisseur"] == 4711
    assert seen == [True, False]
    assert len(state.received("recuperer/structures/actives/fournisseur")) == 2


@pytest.mark.parametrize("how", [says(403), says(404), says(200, {"codeRetour": 20001, "libelle": "GDP_MSG_11.005"})])
async def test_should_look_without_the_supplier_when_it_may_not_ask(
    state: State, upstreams: Upstreams, how: How
) -> None:
    """That side question belongs to another API; without it the look goes on by number."""
    state.fail_on("recuperer/structures/actives/fournisseur", how, times=9)

    found = await chorus_pro(upstreams).invoices_numbered("F-1", "99900045800037")

    assert found == ()
    assert "idFournisseur" not in state.received("rechercher/fournisseur")[0].json
    assert await chorus_pro(upstreams).sees_supplier("99900045800037") is None


async def test_should_not_take_a_refused_search_for_an_empty_one(state: State, upstreams: Upstreams) -> None:
    """A search that was refused proves nothing, and must not lead to a second deposit."""
    state.answers["rechercher/fournisseur"] = {"codeRetour": 20001, "libelle": "GDP_MSG_11.005"}

    with pytest.raises(UpstreamFailure) as caught:
        await chorus_pro(upstreams).invoices_of_flow("CPP1")

    assert caught.value.facts.code == "GDP_MSG_11.005"
