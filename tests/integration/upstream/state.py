"""A State small enough to fail exactly as told, and to remember every call it received."""

from __future__ import annotations

import asyncio
import base64
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.support.canaries import TOKEN

How = Callable[[web.Request], Awaitable[web.StreamResponse]]

MODEL = b"<QualificationApplicationRequest/>"
ANSWERS: dict[str, object] = {
    "deposer/flux": {
        "codeRetour": 0,
        "libelle": "GCU_MSG_01_000",
        "numeroFluxDepot": "CPP1",
        "dateDepot": "2026-11-23",
    },
    "consulterCRDetaille": {"codeRetour": 0, "libelle": "TRA_MSG_00.000", "etatCourantDepotFlux": "IN_INTEGRE"},
    "rechercher/fournisseur": {"codeRetour": 20000, "libelle": "TRA_MSG_00.015"},
    "recuperer/structures/actives/fournisseur": {
        "codeRetour": 0,
        "libelle": "TRA_MSG_00.000",
        "listeStructures": [{"idStructureCPP": 4711, "identifiant": "99900045800037"}],
    },
    "health-check": {"body": "disponible", "statusCodeValue": 200, "statusCode": "OK"},
    "healthCheck": {"response": {"messageList": [], "etat": "OK"}},
    "creerDumeSimple": {"response": {"messageList": [], "idDume": "k7p2x9qd", "statut": "brouillon"}},
    "enregistrerDume": {"response": {"messageList": [], "idDume": "k7p2x9qd", "statut": "brouillon"}},
    "recupererModelDume": {"response": {"dumeA": base64.b64encode(MODEL).decode()}},
    "rechercherDumes": {"response": {"dumes": []}},
}


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request as it arrived."""

    operation: str
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def json(self) -> dict[str, object]:
        document: dict[str, object] = json.loads(self.body)
        return document


class State:
    """Token host, gateway, Chorus Pro and DUME on one port of the loopback."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.answers = dict(ANSWERS)
        self.lifetime: object = 3600
        self.issued = 0
        self.revoked: set[str] = set()
        self.arrived = asyncio.Event()
        self.released = asyncio.Event()
        self._failures: dict[str, deque[How]] = {}
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=64 * 2**20)
        application.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(application, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.released.set()
        if self._runner is not None:
            await self._runner.cleanup()

    def fail_on(self, operation: str, how: How, times: int = 1) -> None:
        """Answer the next `times` calls of this operation in this way."""
        self._failures.setdefault(operation, deque()).extend([how] * times)

    def received(self, operation: str) -> list[Call]:
        """The calls of one operation, in order."""
        return [call for call in self.calls if call.operation == operation]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        operation = _operation(request.path, body)
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.calls.append(Call(operation=operation, headers=headers, body=body))
        failures = self._failures.get(operation)
        if failures:
            return await failures.popleft()(request)
        if operation == "token":
            self.issued += 1
            return web.json_response({"access_token": f"{TOKEN}{self.issued}", "expires_in": self.lifetime})
        refusal = self._without_token(headers)
        return refusal or web.json_response(self.answers[operation])

    def _without_token(self, headers: dict[str, str]) -> web.Response | None:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme != "Bearer":
            return web.Response(status=400, headers={"WWW-Authenticate": 'Bearer error="invalid_request"'})
        if token in self.revoked:
            return web.Response(status=401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        return None

    async def slow(self, _: web.Request) -> web.StreamResponse:
        """Do not answer until released."""
        self.arrived.set()
        await self.released.wait()
        return web.Response(status=500)


def _operation(path: str, body: bytes) -> str:
    if path.endswith("/oauth/token"):
        return "token"
    if path.startswith("/dume/"):
        return str(json.loads(body)["operation"])
    return path.partition("/v1/")[2]


def says(status: int, body: object = None, **headers: str) -> How:
    """Answer with this status; text is a page, anything else JSON."""

    async def how(_: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body is None:
            return web.Response(status=status, headers=named)
        if isinstance(body, str):
            return web.Response(status=status, text=body, content_type="text/html", headers=named)
        return web.json_response(body, status=status, headers=named)

    return how


async def lost(request: web.Request) -> web.StreamResponse:
    """Take the request, and cut the connection in place of an answer."""
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def truncated(request: web.Request) -> web.StreamResponse:
    """Announce a whole answer, and cut the connection in the middle of it."""
    response = web.StreamResponse(headers={"Content-Length": "1000", "Content-Type": "application/json"})
    await response.prepare(request)
    await response.write(b'{"codeRetour": 0, "numeroFl')
    if request.transport is not None:
        request.transport.close()
    return response
