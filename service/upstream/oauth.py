"""Holds the one PISTE token of this worker: asked for once for everybody, renewed before it expires."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from service.upstream.headers import is_json, retry_after
from service.upstream.transport import HttpAnswer, Transport, TransportFailure

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

ASSUMED_LIFETIME = 300.0
"""Seconds, when the answer does not say how long its token lasts."""

REFUSED_FOR = 300.0
"""Seconds during which refused credentials are not tried again, unless somebody insists."""

NOT_AGAIN_FOR = 5.0
"""Seconds between two early renewals while the token host fails and the present token still serves."""

_OK = 200
_REFUSALS = (400, 401, 403)
_THROTTLED = 429


class TokenTrouble(StrEnum):
    """Why there is no token."""

    UNREACHABLE = "unreachable"
    UNAVAILABLE = "unavailable"
    THROTTLED = "throttled"
    REFUSED = "refused"


class TokenFailure(Exception):
    """No token could be had, so nothing was sent to the API. Holds no secret."""

    def __init__(
        self, trouble: TokenTrouble, detail: str, *, status: int | None = None, retry_after: float = 0.0
    ) -> None:
        super().__init__(detail)
        self.trouble = trouble
        self.detail = detail
        self.status = status
        self.retry_after = retry_after

    def again(self) -> TokenFailure:
        """Give each waiter an exception of its own: a shared one would gather all their tracebacks."""
        return TokenFailure(self.trouble, self.detail, status=self.status, retry_after=self.retry_after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What the token host granted; `lifetime` in seconds."""

    value: str = field(repr=False)
    lifetime: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The PISTE application that asks, and the scope it asks for."""

    client_id: str
    client_secret: str = field(repr=False)
    scope: str = "openid"


class TokenProvider:
    """Gives a token that is good for the next call.

    However many tasks ask, one request is under way at a time, and it goes on when the task that began it is cancelled.
    """

    def __init__(
        self,
        ask: Callable[[], Awaitable[Token]],
        *,
        margin: float = 60.0,
        clock: Callable[[], float] = time.monotonic,
        on_renewal: Callable[[str], None] | None = None,
    ) -> None:
        self._ask = ask
        self._margin = margin
        self._clock = clock
        self._on_renewal = on_renewal
        self._token: Token | None = None
        self._renew_at = 0.0
        self._expires_at = 0.0
        self._refusal: TokenFailure | None = None
        self._refused_until = 0.0
        self._asking: asyncio.Task[Token] | None = None

    def ready(self) -> str | None:
        """Return the token when there is one that need not be renewed yet."""
        if self._token is None or self._clock() >= min(self._renew_at, self._expires_at):
            return None
        return self._token.value

    async def token(self, *, insist: bool = False) -> str:
        """Return a token, asking for one when needed; raises TokenFailure. `insist` retries refused credentials."""
        now = self._clock()
        if self._token is None or now >= self._expires_at:
            return (await self._shared(insist=insist)).value
        if now >= self._renew_at:
            # Still good: this call need not wait, and a failing token host costs nothing yet.
            self._renew_at = now + NOT_AGAIN_FOR
            self._start()
        return self._token.value

    async def instead_of(self, refused: str, *, insist: bool = False) -> str:
        """Return a token other than `refused`; calls refused together cause one renewal between them."""
        if self._token is not None and self._token.value == refused:
            self._token = None
        return await self.token(insist=insist)

    async def close(self) -> None:
        """Give up the request under way."""
        if self._asking is not None:
            self._asking.cancel()
            await asyncio.wait([self._asking], timeout=5.0)

    async def _shared(self, *, insist: bool) -> Token:
        if self._refusal is not None and not insist and self._clock() < self._refused_until:
            raise self._refusal.again()
        asking = self._start()
        # wait() leaves the shared request alone when this waiter is cancelled.
        await asyncio.wait([asking])
        if asking.cancelled():
            raise TokenFailure(TokenTrouble.UNREACHABLE, "the worker is closing")
        error = asking.exception()
        if isinstance(error, TokenFailure):
            raise error.again() from error
        return asking.result()

    def _start(self) -> asyncio.Task[Token]:
        if self._asking is None:
            self._asking = asyncio.create_task(self._renew(), name="piste-token")
            self._asking.add_done_callback(self._asked)
        return self._asking

    def _asked(self, asking: asyncio.Task[Token]) -> None:
        self._asking = None
        if not asking.cancelled():
            asking.exception()  # looked at, so that nobody waiting for it is no reason to complain

    async def _renew(self) -> Token:
        try:
            token = await self._ask()
        except TokenFailure as failure:
            if failure.trouble is TokenTrouble.REFUSED:
                self._refusal, self._refused_until = failure.again(), self._clock() + REFUSED_FOR
            raise
        now = self._clock()
        self._token, self._refusal = token, None
        self._expires_at = now + token.lifetime
        self._renew_at = self._expires_at - min(self._margin, token.lifetime * 0.2)
        if self._on_renewal is not None:
            self._on_renewal(token.value)
        return token


async def ask_for_token(transport: Transport, url: str, credentials: Credentials, timeout: float) -> Token:
    """Ask the token host once, with the client credentials in the body; raises TokenFailure."""
    form = {
        "grant_type": "client_credentials",
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "scope": credentials.scope,
    }
    try:
        answer = await transport.send(
            "POST",
            url,
            headers={"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
            body=urlencode({name: value for name, value in form.items() if value}).encode(),
            timeout=timeout,
        )
    except TransportFailure as failure:
        raise TokenFailure(TokenTrouble.UNREACHABLE, f"token host: {failure.detail}") from failure
    return read_token(answer)


def read_token(answer: HttpAnswer) -> Token:
    """Read what the token host said; raises TokenFailure."""
    document = _document(answer)
    if answer.status == _OK:
        return _granted(document, answer)
    if answer.status == _THROTTLED:
        raise TokenFailure(
            TokenTrouble.THROTTLED, "token host: quota used up", status=429, retry_after=retry_after(answer.headers)
        )
    error = document.get("error")
    if answer.status in _REFUSALS and isinstance(error, str):
        raise TokenFailure(TokenTrouble.REFUSED, f"token host: {_word(error)}", status=answer.status)
    raise TokenFailure(TokenTrouble.UNAVAILABLE, f"token host: HTTP {answer.status}", status=answer.status)


def _granted(document: dict[str, object], answer: HttpAnswer) -> Token:
    value = document.get("access_token")
    # A token goes into a header: anything but visible ASCII there is not a token.
    if not isinstance(value, str) or not value or not (value.isascii() and value.isprintable()) or " " in value:
        raise TokenFailure(TokenTrouble.UNAVAILABLE, "token host: an answer without a token", status=answer.status)
    return Token(value=value, lifetime=_lifetime(document.get("expires_in")))


def _lifetime(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return ASSUMED_LIFETIME
    try:
        seconds = float(value)
    except ValueError:
        return ASSUMED_LIFETIME
    return seconds if 0 < seconds < float("inf") else ASSUMED_LIFETIME


def _document(answer: HttpAnswer) -> dict[str, object]:
    if not is_json(answer.headers, answer.body):
        return {}
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}


def _word(error: str) -> str:
    """The error code of OAuth, or nothing of what else might stand there."""
    return error if error.replace("_", "").isalnum() and len(error) <= 40 else "refused"  # noqa: PLR2004 - a code
