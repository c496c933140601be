"""Takes each call in at the door: writes it down, has it checked, lets a fault have its way, and answers."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import Any, Final, Literal
from urllib.parse import parse_qsl

from aiohttp import web

from service.sandbox.simulator import authority, back_end, injection
from service.sandbox.simulator.answers import Answer
from service.sandbox.simulator.catalogue import CATALOGUE
from service.sandbox.simulator.dume import HEALTH_CHECK
from service.sandbox.simulator.dume_domains import ALL, DOMAINS
from service.sandbox.simulator.faults import TOKEN, Fault
from service.sandbox.simulator.gateway import Admitted
from service.sandbox.simulator.journal import Call
from service.sandbox.simulator.operations import Operation
from service.sandbox.simulator.settings import Api
from service.sandbox.simulator.world import World

TOKEN_PATH: Final = "/api/oauth/token"  # noqa: S105 - a path
UNKNOWN: Final = "unknown"
_BY_PATH: Final = {operation.path: operation for operation in CATALOGUE}
_LONGEST_NAME: Final = 60
_DUME_NAMES: Final = {HEALTH_CHECK.lower(): HEALTH_CHECK} | {
    name.lower(): operation.name for operation in ALL for name in (operation.name, *operation.aliases)
}
_WRONG_LOGIN: Final = Answer(status=401, headers={"WWW-Authenticate": 'Basic realm="Chorus Pro"'})
_CHORUS_PRO: Final = "chorus-pro"
_DUME: Final = "dume"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Way:
    """Where a path leads: the token host, an operation of Chorus Pro, a domain of DUME, or nowhere."""

    upstream: Literal["gateway", "chorus-pro", "dume"]
    name: str
    method: str
    api: Api | None = None
    operation: Operation | None = None
    domain: str = ""
    by_certificate: bool = False


class Front:
    """The door of the simulator. The work of a call goes on when its client leaves, as it does behind a gateway."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.closing = asyncio.Event()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer any call outside the admin API."""
        content = await _read(request)
        find = _way_with_certificate if request.secure else _way
        way = find(request.path, content or b"")
        call = self.world.journal.received(
            at=self.world.clock(),
            operation=way.name if way else UNKNOWN,
            upstream=way.upstream if way else "gateway",
            method=request.method,
            path=request.path,
            body=content or b"",
        )
        if content is None:
            return self._send(call, Answer(status=413))
        if way is None:
            return self._send(call, Answer(status=403))
        if request.method != way.method:
            return self._send(call, Answer(status=405, headers={"Allow": way.method}))
        return await self._serve(request, way, call, content)

    async def _serve(self, request: web.Request, way: _Way, call: Call, content: bytes) -> web.StreamResponse:
        admitted = self._admit(request, way, call)
        if isinstance(admitted, Answer):
            return self._send(call, admitted)
        fault = self.world.faults.strike(
            operation=way.name, upstream=way.upstream, body=content, now=self.world.clock()
        )
        if fault is None:
            answer = await self._work(request, way, call, content)
            if way.domain and self.world.dume.hangs(way.domain, back_end.json_object(content) or {}):
                call.effect, call.summary = answer.effect, answer.summary
                return await injection.stay_silent(request, self.closing)
            return self._send(call, _with(answer, admitted))
        call.fault = fault.kind
        return await self._meet(request, way, call, content, fault)

    def _admit(self, request: web.Request, way: _Way, call: Call) -> Admitted | Answer | None:
        """The gateway's verdict; None at the token host, which checks nobody at the door."""
        if way.api is None:
            return None
        call.account_login = _login(request, way)
        if way.by_certificate:
            return self._admit_with_certificate(request, call)
        admitted = self.world.gateway.admit(way.api, request.headers.get("Authorization", ""), self.world.clock())
        call.token_ok = isinstance(admitted, Admitted) or admitted.status in {403, 429}
        if isinstance(admitted, Admitted):
            call.client_id = admitted.application.client_id
        return admitted

    def _admit_with_certificate(self, request: web.Request, call: Call) -> Answer | None:
        """Whoever came so far has shown a certificate; DUME wants the technical account as well as Chorus Pro does."""
        call.client_id = authority.common_name(request.get_extra_info("peercert"))
        sent = back_end.sent_account(request.headers, by_certificate=True)
        return None if back_end.technical_account(self.world, sent) else _WRONG_LOGIN

    async def _meet(
        self, request: web.Request, way: _Way, call: Call, content: bytes, fault: Fault
    ) -> web.StreamResponse:
        """Let a fault have its way with the call, before or after the work is done."""
        if fault.kind == "revoke_tokens":
            self.world.gateway.revoke()
        if fault.kind == "reset_before":
            return await injection.cut(request)
        if injection.replaces_work(fault):
            return self._send(call, injection.substitute(fault))
        if fault.kind == "slow":
            await self._wait(float(fault.params.get("seconds", 5.0)))
        answer = await self._work(request, way, call, content, as_text=fault.kind == "expires_in_string")
        call.effect, call.summary = answer.effect, answer.summary
        match fault.kind:
            case "lost_answer":
                return await injection.cut(request)
            case "timeout_after":
                return await injection.stay_silent(request, self.closing)
            case "truncated":
                return await injection.break_off(request, self._send(call, answer))
            case _:
                sent = injection.substitute(fault) if injection.changes_answer(fault) else answer
                return self._send(call, _marked(sent, answer))

    async def _work(
        self, request: web.Request, way: _Way, call: Call, content: bytes, *, as_text: bool = False
    ) -> Answer:
        if way.api is None:
            form = dict(parse_qsl(content.decode(errors="replace"), keep_blank_values=True))
            answer = self.world.gateway.token(request.content_type, form, self.world.clock(), as_text=as_text)
            call.client_id = form.get("client_id")
            return answer
        if way.operation is not None:
            sent = back_end.sent_account(request.headers, by_certificate=way.by_certificate)
            return await back_end.answer_chorus_pro(self.world, way.operation, sent, request.content_type, content)
        return back_end.answer_dume(self.world, way.domain, request.content_type, content)

    async def _wait(self, seconds: float) -> None:
        """Let time pass, unless the simulator stops."""
        try:
            async with asyncio.timeout(seconds):
                await self.closing.wait()
        except TimeoutError:
            return

    def _send(self, call: Call, answer: Answer) -> web.Response:
        call.status, call.effect, call.summary = answer.status, answer.effect, answer.summary
        headers = self.world.gateway.correlation() | dict(answer.headers)
        if answer.content_type is not None:
            headers["Content-Type"] = answer.content_type
        return web.Response(status=answer.status, body=answer.content, headers=headers)


def _login(request: web.Request, way: _Way) -> str | None:
    """The technical account a call names; None where none goes with it."""
    if way.upstream != _CHORUS_PRO and not way.by_certificate:
        return None
    return back_end.credentials(back_end.sent_account(request.headers, by_certificate=way.by_certificate))[0] or None


async def _read(request: web.Request) -> bytes | None:
    """The body; None when it is larger than the gateway takes."""
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        return None


def _way(path: str, content: bytes) -> _Way | None:
    if path == TOKEN_PATH:
        return _Way(upstream="gateway", name=TOKEN, method="POST")
    operation = _BY_PATH.get(path)
    if operation is not None:
        return _Way(
            upstream=_CHORUS_PRO, name=operation.name, method=operation.method, api=operation.api, operation=operation
        )
    prefix, _, domain = path.lstrip("/").partition("/")
    if prefix in {"dume", "dumes"} and domain in DOMAINS:
        return _Way(upstream=_DUME, name=_asked(content), method="POST", api="dume", domain=domain)
    return None


def _way_with_certificate(path: str, content: bytes) -> _Way | None:
    """The same at the old addresses: another beginning, and no version."""
    _, root, api, rest = (*path.split("/", 3), "", "", "")[:4]
    if root not in {"service", "service-qualif"}:
        return None
    way = _way(f"/dume/{rest}" if api == _DUME else f"/cpro/{api}/v1/{rest}", content)
    return replace(way, by_certificate=True) if way else None


def _asked(content: bytes) -> str:
    """The operation that a body names, by its first name; DUME has one address for many."""
    body: dict[str, Any] = back_end.json_object(content) or {}  # Any: JSON of a client
    name = body.get("operation")
    if not isinstance(name, str) or not name:
        return UNKNOWN
    return _DUME_NAMES.get(name.lower(), name[:_LONGEST_NAME])


def _with(answer: Answer, admitted: Admitted | None) -> Answer:
    """The answer with what the gateway adds to it."""
    if admitted is None or not admitted.headers:
        return answer
    return replace(answer, headers={**answer.headers, **admitted.headers})


def _marked(sent: Answer, done: Answer) -> Answer:
    """The answer that goes out, remembered with what was done."""
    return replace(sent, effect=done.effect, summary=done.summary)
