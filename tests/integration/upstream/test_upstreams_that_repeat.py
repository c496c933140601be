"""Whatever the State repeats of what it was sent, nothing of it that is secret comes back into the relay."""

from __future__ import annotations

import base64
import json
import logging
import traceback

import pytest
from aiohttp import web

from contracts.events import Consultation
from service.core.errors import UpstreamFailure
from service.observability.calls import calls_recorded
from service.observability.secrets import MASK, Secrets
from service.upstream import Refusal, Upstreams
from tests.integration.upstream.conftest import Opened
from tests.integration.upstream.state import How, State, lost, says, truncated
from tests.support.canaries import BODY, CLIENT_SECRET, IBAN, LOGIN, PASSWORD, TOKEN, leaks_in, piece

FILE = base64.b64encode(b"<Invoice>" + piece("in the midst") * 3 + b"</Invoice>").decode()
ACCOUNT = base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()


async def _request(request: web.Request) -> str:
    """All of a request as a careless gateway shows it."""
    headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
    return f"{request.method} {request.path}\n{headers}\n\n{(await request.read()).decode()}"


def repeats(status: int, shape: str) -> How:
    """Answer with everything that was sent, in a page, in the service's JSON, in a challenge, or as a correlation."""

    async def how(request: web.Request) -> web.StreamResponse:
        seen = await _request(request)
        match shape:
            case "page":
                return web.Response(status=status, text=f"<h1>Error</h1><pre>{seen}</pre>", content_type="text/html")
            case "json":
                return web.json_response({"codeRetour": 12, "libelle": f"GDP_MSG_11.001 {seen}"}, status=status)
            case "dume":
                messages = [{"type": "ERREUR", "code": seen[:300], "message": f"refused: {seen}"}]
                return web.json_response({"response": {"messageList": messages}}, status=status)
            case "another json":
                return web.json_response({"error": seen, seen: "error"}, status=status)
            case "challenge":
                error = request.headers["Authorization"]
                return web.Response(status=status, headers={"WWW-Authenticate": f'Bearer error="{error}"'})
            case _:
                headers = {"x-correlationid": f"{request.headers['Authorization']} {request.headers['cpro-account']}"}
                return web.json_response({"codeRetour": 12, "libelle": "no"}, status=status, headers=headers)

    return how


@pytest.fixture
async def upstreams(opened: Opened) -> Upstreams:
    """Clients that hide what a worker hides."""
    secrets = Secrets()
    for secret in (CLIENT_SECRET, PASSWORD, ACCOUNT):
        secrets.register(secret)
    clients: Upstreams = await opened(hide=secrets.mask_registered, on_renewal=secrets.register_passing)
    return clients


async def _said(upstreams: Upstreams) -> str:
    """Everything that is left of a deposit that did not work: the refusal or the whole traceback, and the calls."""
    deposit = upstreams.chorus_pro(account="main", event="e-1").deposit(
        content_base64=FILE, name="F-1.xml", syntax="IN_DP_E1_UBL_INVOICE"
    )
    with calls_recorded() as calls:
        try:
            answer = await deposit
        except UpstreamFailure as failure:
            words = "".join(traceback.format_exception(failure))
            return f"{words} {failure!r} {failure.facts!r} {failure.__cause__!r} {calls!r}"
    assert isinstance(answer, Refusal)
    return f"{answer!r} {calls!r}"


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 413, 429, 500, 503])
@pytest.mark.parametrize("shape", ["page", "json", "another json", "challenge", "correlation"])
async def test_should_take_over_no_secret(state: State, upstreams: Upstreams, shape: str, status: int) -> None:
    """Token, technical account, file: in no refusal, failure, traceback or record of the call."""
    await upstreams.check_health("chorus-pro")
    state.fail_on("deposer/flux", repeats(status, shape), times=3)
    said = await _said(upstreams)

    assert leaks_in(said) == []


@pytest.mark.parametrize("status", [200, 400])
async def test_should_take_over_no_secret_from_dume(state: State, upstreams: Upstreams, status: int) -> None:
    """DUME repeats in messages with a code of their own."""
    await upstreams.check_health("dume")
    state.fail_on("rechercherDumes", repeats(status, "dume"))
    refusal = await upstreams.dume(account="main", event="e-1").search(consultation_id="C-1", buyer_id=None)

    assert isinstance(refusal, Refusal)
    assert MASK in refusal.text
    assert leaks_in(repr(refusal)) == []


@pytest.mark.parametrize("status", [200, 400, 401, 403, 429, 500])
@pytest.mark.parametrize("shape", ["page", "json", "another json", "error", "description"])
async def test_should_take_over_no_secret_from_the_token_host(
    state: State, upstreams: Upstreams, shape: str, status: int
) -> None:
    """The client secret is in the body of the request, and a careless host says it back."""

    async def how(request: web.Request) -> web.StreamResponse:
        if shape in {"error", "description"}:
            form = await request.post()
            said = {"error": "invalid_client", "error_description": form["client_secret"]}
            return web.json_response(said if shape == "description" else {"error": CLIENT_SECRET}, status=status)
        return await repeats(status, shape)(request)

    state.fail_on("token", how, times=3)

    assert leaks_in(await _said(upstreams)) == []


@pytest.mark.parametrize("how", [lost, truncated, says(503), says(403), says(400), says(502, "<html></html>")])
async def test_should_put_no_secret_into_a_failure(state: State, upstreams: Upstreams, how: How) -> None:
    """Neither token nor credentials nor file are in the words of what fails, nor in those of its cause."""
    state.fail_on("deposer/flux", how, times=3)

    assert leaks_in(f"{await _said(upstreams)} {upstreams.settings!r} {upstreams.client!r}") == []


async def test_should_shorten_what_a_flow_report_says(state: State, upstreams: Upstreams) -> None:
    """The texts of a report are published: account numbers, tokens and documents are not in them."""
    text = f"IBAN {IBAN} refusé, jeton {TOKEN}1, fichier {FILE}"
    errors = [{"numeroFacture": "F-1", "libelleErreurDP": text}, {"libelleErreurDP": text}]
    file = [{"codeErreur": "E1", "libelleErreur": text, "natureErreur": text}]
    state.answers["consulterCRDetaille"] = {
        "codeRetour": 0, "libelle": "TRA_MSG_00.000", "etatCourantDepotFlux": "IN_REJETE",
        "listeErreurDP": errors, "listeErreurTechnique": file,
    }  # fmt: skip
    await upstreams.check_health("chorus-pro")
    report = await upstreams.chorus_pro(account="main", event="e-1").flow_report("CPP1")

    assert report.invoice_errors or report.technical_errors
    assert leaks_in(repr(report)) == []


async def test_should_say_nothing_of_it_at_debug(
    state: State, upstreams: Upstreams, caplog: pytest.LogCaptureFixture
) -> None:
    """What the HTTP library logs at its most talkative holds neither headers nor bodies."""
    caplog.set_level(logging.DEBUG)
    await _said_or_done(upstreams)
    state.fail_on("deposer/flux", truncated)
    await _said(upstreams)

    assert leaks_in(caplog.text) == []


async def _said_or_done(upstreams: Upstreams) -> None:
    await upstreams.check_health("dume")
    found = await upstreams.dume(account="main", event="e-2").create_simple(Consultation(id="C-1"), None)
    assert not isinstance(found, Refusal)


def test_should_be_looked_for_at_all() -> None:
    """What the State is sent here is what the search would find."""
    assert leaks_in(FILE) != []
    assert leaks_in(json.dumps({"x": ACCOUNT})) != []
    assert BODY in base64.b64decode(FILE).decode()
