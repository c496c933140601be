"""Carries a fault out on the wire: another answer, none at all, or half of one."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from service.sandbox.simulator.answers import MAINTENANCE_PAGE, Answer, challenge
from service.sandbox.simulator.faults import Fault
from service.sandbox.simulator.settings import LONGEST

LONGEST_SILENCE: Final = 900.0
"""Seconds after which a client that never leaves is let go."""
_LEFT_EVERY: Final = 0.05
_BEFORE: Final = frozenset(
    {
        "status", "maintenance", "throttle", "reset_before", "gateway_timeout_before", "html_200", "revoke_tokens",
        "empty_400",
    }
)  # fmt: skip
_BODIES: Final[Mapping[str, object]] = {"html": MAINTENANCE_PAGE, "json": {"error": "simulated"}, "empty": None}
_REVOKED: Final = "Unable to find the access token in persistent storage."


class FaultParamsInvalid(ValueError):
    """The params of a fault do not fit its kind."""


def replaces_work(fault: Fault) -> bool:
    """Whether the call is answered without anything being done; `work: true` has it done all the same."""
    return fault.kind in _BEFORE and not fault.params.get("work", False)


def check_params(fault: Fault) -> None:
    """Raise FaultParamsInvalid when the fault could not be carried out."""
    known: dict[str, set[str]] = {
        "status": {"status", "body", "headers", "work"},
        "maintenance": {"retry_after"},
        "throttle": {"retry_after"},
        "slow": {"seconds"},
        "html_200": {"work", "page"},
    }
    unknown = set(fault.params) - known.get(fault.kind, set())
    if unknown:
        raise FaultParamsInvalid(f"{fault.kind} does not know the params {sorted(unknown)}")
    if fault.kind == "status":
        _status(fault)
    if not _is_duration(fault.params.get("seconds", 1)):
        raise FaultParamsInvalid("params.seconds is a number of seconds")
    wait = fault.params.get("retry_after", 1)
    if not _is_duration(wait) and not (isinstance(wait, str) and wait.isprintable()):
        raise FaultParamsInvalid("params.retry_after is a number of seconds, or a date as headers write it")


def substitute(fault: Fault) -> Answer:
    """The answer that a fault gives in place of the service's own."""
    match fault.kind:
        case "status":
            answer = _status(fault)
        case "maintenance":
            answer = Answer(status=503, body=MAINTENANCE_PAGE, headers=_wait(fault.params.get("retry_after")))
        case "throttle":
            answer = Answer(status=429, headers=_wait(fault.params.get("retry_after", 1)))
        case "gateway_timeout_before" | "gateway_timeout_after":
            answer = Answer(status=504)
        case "html_200":
            answer = Answer(status=200, body=str(fault.params.get("page", MAINTENANCE_PAGE)))
        case "revoke_tokens":
            answer = Answer(status=401, headers=challenge("invalid_token", _REVOKED))
        case _:
            answer = Answer(status=400)
    return answer


def changes_answer(fault: Fault) -> bool:
    """Whether another answer goes out than the service's own, once its work is done."""
    return fault.kind == "gateway_timeout_after" or fault.kind in _BEFORE


async def cut(request: web.Request) -> web.StreamResponse:
    """Reset the connection: the client sees no answer."""
    transport = request.transport
    if transport is not None:
        connection = transport.get_extra_info("socket")
        if connection is not None:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        transport.abort()
    return web.Response()


async def stay_silent(request: web.Request, closing: asyncio.Event) -> web.StreamResponse:
    """Say nothing until the client leaves or the simulator stops."""
    loop = asyncio.get_running_loop()
    end = loop.time() + LONGEST_SILENCE
    while loop.time() < end and not closing.is_set():
        if request.transport is None or request.transport.is_closing():
            break
        await asyncio.sleep(_LEFT_EVERY)
    return await cut(request)


async def break_off(request: web.Request, response: web.Response) -> web.StreamResponse:
    """Announce the whole answer, send half of it and cut the connection."""
    body = response.body if isinstance(response.body, bytes) else b""
    half = web.StreamResponse(status=response.status, headers=response.headers)
    half.content_length = max(len(body), 2)
    await half.prepare(request)
    await half.write(body[: len(body) // 2] or b"{")
    if request.transport is not None:
        request.transport.close()
    return half


def _status(fault: Fault) -> Answer:
    status, body = fault.params.get("status", 500), fault.params.get("body", "empty")
    if not isinstance(status, int) or not 200 <= status <= 599:  # noqa: PLR2004 - the statuses of final answers
        raise FaultParamsInvalid("params.status is an HTTP status from 200 to 599")
    if isinstance(body, str) and body not in _BODIES:
        raise FaultParamsInvalid("params.body is html, json, empty, or a JSON object")
    said = _BODIES[body] if isinstance(body, str) else body
    return Answer(status=status, body=said, headers=_texts(fault.params.get("headers")))


def _is_duration(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= LONGEST


def _wait(seconds: object) -> dict[str, str]:
    return {} if seconds is None else {"Retry-After": str(seconds)}


def _texts(headers: Any) -> dict[str, str]:  # Any: JSON of the admin API
    if headers is None:
        return {}
    if not isinstance(headers, dict):
        raise FaultParamsInvalid("params.headers is an object of texts")
    texts = {str(name): str(value) for name, value in headers.items()}
    if not all(text.isprintable() for text in (*texts, *texts.values())):
        raise FaultParamsInvalid("params.headers holds a character that no header can carry")
    return texts
