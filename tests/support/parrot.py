"""A careless gateway: answers every call by repeating all of it, headers and body, as loudly as it is told."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from aiohttp import web

LARGEST = 64 * 2**20  # bytes


class Parrot:
    """Listens on a free port of loopback while inside `async with`; gives a token that `token` names."""

    def __init__(self, token: str) -> None:
        self.shape = "json"
        self.status = 400
        self.asked = 0
        self.url = ""
        self._token = token
        self._runner: web.AppRunner | None = None

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=LARGEST)
        application.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        body = (await request.read()).decode("utf-8", "replace")
        if request.path.endswith("/token") and self.shape != "token":
            return web.json_response({"access_token": self._token, "token_type": "Bearer", "expires_in": 3600})
        if "health" in request.path:
            return web.json_response({"body": "disponible", "statusCodeValue": 200, "statusCode": "OK"})
        self.asked += 1
        headers = "\n".join(f"{name}: {value}" for name, value in request.headers.items())
        seen = f"{request.method} {request.path}\n{headers}\n\n{body}"
        # What stands in a header of an answer has no line of its own.
        challenge = {
            "WWW-Authenticate": f'Bearer error="{request.headers.get("Authorization", "")}"',
            "x-correlationid": request.headers.get("cpro-account", ""),
        }
        match self.shape:
            case "page":
                return web.Response(status=self.status, text=f"<pre>{seen}</pre>", content_type="text/html")
            case "challenge":
                return web.Response(status=self.status, headers=challenge)
            case "token":
                return web.json_response({"error": "invalid_client", "error_description": seen}, status=self.status)
            case _:
                said = {"codeRetour": 12, "libelle": f"GDP_MSG_11.001 refusé : {seen}"}
                return web.json_response(said, status=self.status, headers={"x-correlationid": "Id-1"})
