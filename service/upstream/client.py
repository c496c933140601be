"""Makes one call of one operation: gate, window, token, transport, interpretation; brief retries where harmless."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

import orjson
from pydantic import ValidationError

from contracts.reasons import Reason
from service.core.errors import (
    AccountRejected,
    AnswerUnreadable,
    CallFacts,
    GateClosed,
    Throttled,
    Unavailable,
    Unreachable,
    UpstreamFailure,
)
from service.core.gate import Position
from service.observability.calls import CallSeen, record_call
from service.steady import NEVER, steady
from service.upstream.failures import without_answer, without_token
from service.upstream.headers import correlation_id
from service.upstream.interpret import (
    Document,
    Reader,
    TokenRefused,
    interpret,
    read_chorus_pro,
    read_dume,
    read_health,
    still_refused,
)
from service.upstream.oauth import TokenFailure, TokenProvider
from service.upstream.operation import AnswerT, Operation, Refusal, RequestT
from service.upstream.reply_names import SEEN, ReplyNames
from service.upstream.retry import tried_briefly
from service.upstream.transport import HttpAnswer, Transport, TransportFailure
from service.upstream.values import TechnicalAccount
from service.upstream.window import StillPaused, Window

if TYPE_CHECKING:
    from service.core.gate import Gates

CHORUS_PRO = "chorus-pro"
DUME = "dume"

OnCall = Callable[[str, str, str, float], None]
Reasons = Callable[[str, str | None], Reason]
"""Told of each HTTP call: upstream, operation, status (`200`, `503`, … or `not-sent`, `lost`), seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Call:
    """One call ready to be sent as often as needed, all of it over by `deadline` (of the steady clock)."""

    facts: CallFacts
    method: str
    url: str
    body: bytes | None = field(repr=False)
    timeout: float
    deadline: float
    account: TechnicalAccount | None
    read: Reader
    largest_answer: int | None
    headers: Mapping[str, str] = field(repr=False)

    @property
    def remaining(self) -> float:
        return self.deadline - steady()

    @property
    def account_name(self) -> str | None:
        return self.account.name if self.account else None


@dataclass(slots=True, kw_only=True)
class Client:
    """The way to every upstream. Failures are those of core.errors; a refusal for a business reason is returned.

    `reasons` has for each upstream what gives the reason of a refusal by operation and code. `hide` takes out of a text
    what must not be repeated: answers may be published and logged, secrets may not. `replies` is how answers of DUME
    are written, `headers` has by its name what an operation wants besides. Without `tokens` the connection itself
    proves who calls, by a certificate, and the technical account goes along with it.
    """

    transport: Transport
    tokens: TokenProvider | None
    gates: Gates
    windows: Mapping[str, Window]
    api_url: str
    prefixes: Mapping[str, Mapping[str, str]]
    transient_codes: Mapping[str, frozenset[str]] = field(default_factory=dict)
    reasons: Mapping[str, Reasons] = field(default_factory=dict)
    replies: ReplyNames = SEEN
    timeouts: Mapping[str, float] = field(default_factory=dict)
    headers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    on_call: OnCall | None = None
    hide: Callable[[str], str] = str

    async def call(
        self,
        operation: Operation[RequestT, AnswerT],
        request: RequestT,
        *,
        event: str,
        account: TechnicalAccount | None = None,
        until: float = NEVER,
    ) -> AnswerT | Refusal:
        """Return the answer or the refusal; raises an UpstreamFailure.

        Tried again at most twice within three seconds, and only when that cannot do the work twice. All of it, waiting
        for a place and for a token included, is over within the time-out of the operation, and before `until` (of the
        steady clock): nothing is sent afterwards.
        """
        call = self._prepare(operation, request, account, until)

        async def once() -> Document | Refusal:
            self._admit(operation, event)
            return await self._in_window(call, lambda: self._admit(operation, event))

        said = await tried_briefly(operation, once)
        self.gates.answered(operation.upstream, operation.name)
        return said if isinstance(said, Refusal) else _fit(operation, said, call.facts)

    async def probe(
        self, operation: Operation[RequestT, AnswerT], request: RequestT, *, account: TechnicalAccount | None = None
    ) -> AnswerT | Refusal:
        """Call once, whatever gate and window say: for health checks. Refused credentials are tried again."""
        call = self._prepare(operation, request, account, NEVER)
        said = await self._exchange(call, insist=True)
        return said if isinstance(said, Refusal) else _fit(operation, said, call.facts)

    def _prepare(
        self, operation: Operation[RequestT, AnswerT], request: RequestT, account: TechnicalAccount | None, until: float
    ) -> _Call:
        prefix = self.prefixes[operation.upstream][operation.api]
        timeout = self.timeouts.get(operation.name, operation.timeout)
        body = request.model_dump(mode="json", by_alias=True, exclude_none=True)
        return _Call(
            facts=CallFacts(upstream=operation.upstream, operation=operation.name),
            method=operation.method,
            url=f"{self.api_url.rstrip('/')}{prefix}{operation.path}",
            body=None if operation.method == "GET" else orjson.dumps(body),
            timeout=timeout,
            deadline=min(steady() + timeout, until),
            # The account is a secret of Chorus Pro, and of nobody else: the old addresses are all its own.
            account=account if operation.upstream == CHORUS_PRO or self.tokens is None else None,
            read=self._reader(operation),
            largest_answer=operation.largest_answer,
            headers=self.headers.get(operation.name, {}),
        )

    def _reader(self, operation: Operation[RequestT, AnswerT]) -> Reader:
        if operation.upstream == DUME:
            return partial(read_dume, names=self.replies)
        return read_health if operation.method == "GET" else read_chorus_pro

    def _admit(self, operation: Operation[RequestT, AnswerT], event: str) -> None:
        gate = self.gates.admit(operation.upstream, operation.name, event)
        if gate is not None:
            facts = CallFacts(upstream=operation.upstream, operation=operation.name)
            raise GateClosed(facts, gate.cause, gate.until, is_tried=gate.position is Position.PROBING)

    async def _in_window(self, call: _Call, admit: Callable[[], None]) -> Document | Refusal:
        window = self.windows[call.facts.upstream]
        try:
            # Half of the time at most: a write that begins late is more likely to end in doubt.
            async with window.place(patience=min(call.timeout / 2, call.remaining)):
                # The gate may have closed while the call waited for its place.
                admit()
                said = await self._exchange(call, insist=False)
        except StillPaused as paused:
            raise Throttled(call.facts, "asked not to be called for a while", retry_after=paused.seconds) from paused
        except Throttled as throttled:
            window.throttled(throttled.retry_after)
            raise
        window.answered()
        return said

    async def _exchange(self, call: _Call, *, insist: bool) -> Document | Refusal:
        """Send, and name the sign-in when that is refused: by now the account may have another."""
        try:
            return await self._send_with_token(call, insist=insist)
        except AccountRejected as rejected:
            rejected.mark = call.account.mark if call.account is not None else None
            raise

    async def _send_with_token(self, call: _Call, *, insist: bool) -> Document | Refusal:
        """Send, and once more with a new token when the gateway wants one: it refused before any work was done."""
        token = None
        if self.tokens is not None:
            token = await self._token(self.tokens, call, None, insist=insist)
            try:
                return await self._send(call, token)
            except TokenRefused:
                token = await self._token(self.tokens, call, token, insist=insist)
        try:
            return await self._send(call, token)
        except TokenRefused as refused:
            raise still_refused(refused, call.account_name) from refused

    async def _token(self, tokens: TokenProvider, call: _Call, refused: str | None, *, insist: bool) -> str:
        ready = tokens.ready() if refused is None else None
        if ready is not None:
            return ready
        try:
            async with asyncio.timeout(call.remaining):
                if refused is None:
                    return await tokens.token(insist=insist)
                return await tokens.instead_of(refused, insist=insist)
        except TimeoutError as error:
            raise Unreachable(call.facts, "no token in time") from error
        except TokenFailure as failure:
            raise without_token(call.facts, failure) from failure

    async def _send(self, call: _Call, token: str | None) -> Document | Refusal:
        started = time.monotonic()
        if call.remaining <= 0:
            raise Unreachable(call.facts, "no time left to send anything")
        try:
            answer = await self.transport.send(
                call.method,
                call.url,
                headers=_headers(call, token),
                body=call.body,
                timeout=call.remaining,
                largest_answer=call.largest_answer,
            )
            answer = answer.repeatable(self.hide)
            said = interpret(call.facts, answer, call.read, call.account_name)
        except TransportFailure as failure:
            error = without_answer(call.facts, failure)
            self._saw(error.facts, started, "lost" if failure.sent else "not-sent")
            raise error from failure
        except (UpstreamFailure, TokenRefused) as failure:
            self._saw(failure.facts, started)
            raise
        facts = _facts_of(call.facts, answer, said)
        self._saw(facts, started)
        return self._settled(facts, said)

    def _settled(self, facts: CallFacts, said: Document | Refusal) -> Document | Refusal:
        """A refusal with its reason; one whose code is listed as transient is a passing failure, no answer."""
        if not isinstance(said, Refusal):
            return said
        if said.code in self.transient_codes.get(facts.upstream, ()):
            raise Unavailable(facts, f"refused for now ({said.code})")
        reasons = self.reasons.get(facts.upstream)
        return replace(said, reason=reasons(said.operation, said.code)) if reasons else said

    def _saw(self, facts: CallFacts, started: float, status: str | None = None) -> None:
        seconds = time.monotonic() - started
        record_call(
            CallSeen(
                upstream=facts.upstream,
                operation=facts.operation,
                http_status=facts.http_status,
                code=facts.code,
                correlation_id=facts.correlation_id,
                seconds=seconds,
            )
        )
        if self.on_call is not None:
            self.on_call(facts.upstream, facts.operation, status or str(facts.http_status), seconds)


def _headers(call: _Call, token: str | None) -> dict[str, str]:
    headers = {**call.headers, "Accept": "application/json;charset=utf-8"}
    if call.body is not None:
        headers["Content-Type"] = "application/json;charset=utf-8"
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    if call.account is not None:
        name, scheme = ("Authorization", "Basic ") if token is None else ("cpro-account", "")
        headers[name] = scheme + call.account.header
    return headers


def _facts_of(facts: CallFacts, answer: HttpAnswer, said: Document | Refusal) -> CallFacts:
    code = said.code if isinstance(said, Refusal) else None
    return replace(facts, http_status=answer.status, code=code, correlation_id=correlation_id(answer.headers))


def _fit(operation: Operation[RequestT, AnswerT], document: Document, facts: CallFacts) -> AnswerT:
    """Validate an answer apart from everything else: a changed API is not the fault of the event."""
    try:
        return operation.answer.model_validate(document)
    except ValidationError as error:
        fields = ", ".join(sorted({".".join(str(part) for part in found["loc"]) for found in error.errors()})[:5])
        raise AnswerUnreadable(facts, f"fields that do not fit: {fields}") from error
