"""Carries one HTTP request and its whole answer, and knows whether anything was sent when that fails."""

from __future__ import annotations

import io
import ssl
import time
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Literal, Self
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

from service.steady import steady
from service.upstream.certificate import CertificateUntimely, ClientCertificate

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType

LARGEST_MESSAGE = 1024 * 1024
"""Bytes; a larger answer holds a document."""

_CHUNK = 64 * 1024
_WORDS: tuple[tuple[type[Exception], str], ...] = (
    (aiohttp.ConnectionTimeoutError, "connect time-out"),
    (TimeoutError, "time-out"),
    (aiohttp.ClientConnectorDNSError, "the name of the host is unknown"),
    (aiohttp.ClientSSLError, "TLS failure"),
    (ssl.SSLError, "TLS failure"),
    (aiohttp.ClientHttpProxyError, "the proxy refused"),
    (aiohttp.ServerDisconnectedError, "disconnected before an answer"),
    (aiohttp.ClientPayloadError, "the answer was cut short"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """An answer read to its end; header names are in lower case."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    seconds: float = 0.0

    def repeatable(self, hide: Callable[[str], str]) -> HttpAnswer:
        """The same answer without what `hide` takes out of texts; a body too large to be a message stays as it is.

        Gateways repeat in their complaints what they were sent, and parts of an answer are published and logged.
        """
        said = "\n".join(self.headers.values())
        headers = self.headers if hide(said) == said else {name: hide(value) for name, value in self.headers.items()}
        if len(self.body) > LARGEST_MESSAGE:
            return replace(self, headers=headers)
        text = self.body.decode("utf-8", "surrogateescape")
        hidden = hide(text)
        body = self.body if hidden == text else hidden.encode("utf-8", "surrogateescape")
        return replace(self, headers=headers, body=body)


class TransportFailure(Exception):
    """No whole answer came back; `sent` tells whether the other side may have seen the request."""

    def __init__(self, detail: str, *, sent: bool, status: int | None = None, seconds: float = 0.0) -> None:
        super().__init__(detail)
        self.detail = detail
        self.sent = sent
        self.status = status
        self.seconds = seconds


class CertificateRefused(TransportFailure):
    """The client certificate has expired or the other side does not take it; nothing was sent."""


class AnswerTooLarge(TransportFailure):
    """The answer is larger than the relay accepts; the rest of it was not read."""


class Transport:
    """One pool of connections for the life of the worker.

    Nothing is retried and no redirection is followed here: whoever calls must know of every request that left.
    """

    def __init__(
        self,
        *,
        connect_timeout: float,
        largest_answer: int,
        connections: int,
        user_agent: str,
        certificate: ClientCertificate | None = None,
    ) -> None:
        self._connect_timeout = connect_timeout
        self._largest_answer = largest_answer
        self._connections = connections
        self._user_agent = user_agent
        self._certificate = certificate
        self._session: aiohttp.ClientSession | None = None
        self._proxies: dict[tuple[str, str | None], str | None] = {}

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=30.0),
            # Cookies of a gateway would tie all calls to one of its nodes, and survive its redeployment.
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._user_agent},
            trace_configs=[_tracing()],
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def send(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        timeout: float,
        largest_answer: int | None = None,
    ) -> HttpAnswer:
        """Return the whole answer, or raise TransportFailure; `timeout` is in seconds and covers everything.

        Nothing is sent once it has passed, even when this process was stopped meanwhile. `largest_answer` is in bytes,
        for answers of which less is taken than usual.
        """
        if self._session is None:
            raise TransportFailure("the connections are closed", sent=False)
        seen = SimpleNamespace(sent=False, status=None, until=steady() + timeout)
        started = time.monotonic()
        try:
            async with self._session.request(
                method,
                url,
                headers=headers,
                data=_outgoing(body),
                timeout=aiohttp.ClientTimeout(total=timeout, sock_connect=self._connect_timeout),
                proxy=self._proxy(url),
                allow_redirects=False,
                ssl=self._tls(),
                trace_request_ctx=seen,
            ) as response:
                seen.status = response.status
                content = await self._read(response, min(largest_answer or self._largest_answer, self._largest_answer))
                return HttpAnswer(
                    status=response.status,
                    headers=_plain(response),
                    body=content,
                    seconds=time.monotonic() - started,
                )
        except (aiohttp.ClientError, OSError, TimeoutError, CertificateUntimely) as error:
            raise self._failure(error, seen, time.monotonic() - started) from error

    def _failure(self, error: Exception, seen: SimpleNamespace, seconds: float) -> TransportFailure:
        if isinstance(error, CertificateUntimely):
            return CertificateRefused(str(error), sent=False)
        if self._certificate and not seen.sent and _is_about_us(error):
            return CertificateRefused("the client certificate is refused", sent=False)
        return TransportFailure(_in_words(error), sent=seen.sent, status=seen.status, seconds=seconds)

    def _tls(self) -> ssl.SSLContext | Literal[True]:
        """A replaced certificate is a context of its own, and connections are kept apart by their context."""
        return self._certificate.context() if self._certificate else True

    def _proxy(self, url: str) -> str | None:
        parsed = URL(url)
        key = (parsed.scheme, parsed.host)
        if key not in self._proxies:
            self._proxies[key] = proxy_for(parsed)
        return self._proxies[key]

    async def _read(self, response: aiohttp.ClientResponse, largest: int) -> bytes:
        content = bytearray()
        async for chunk in response.content.iter_chunked(_CHUNK):
            content += chunk
            if len(content) > largest:
                response.close()
                raise AnswerTooLarge(f"the answer is larger than {largest} bytes", sent=True, status=response.status)
        return bytes(content)


def proxy_for(url: URL) -> str | None:
    """Return the proxy that the usual variables ask for.

    The HTTP library could read them itself, but then it also reads .netrc, and refuses a token beside what it finds.
    """
    if url.host is None or proxy_bypass(url.host):
        return None
    return getproxies().get(url.scheme)


def _outgoing(body: bytes | None) -> bytes | io.BytesIO | None:
    """A large body as a file goes out piece by piece, with its length; at once it would hold up the loop."""
    return io.BytesIO(body) if body is not None and len(body) > _CHUNK else body


def _tracing() -> aiohttp.TraceConfig:
    """Mark a request as sent from the moment a connection is at hand: what follows may be on the wire.

    A process that was frozen meanwhile finds the connection ready before it hears of the time-out: it must not send.
    """

    async def at_hand(_: aiohttp.ClientSession, context: SimpleNamespace, __: object) -> None:
        if steady() > context.trace_request_ctx.until:
            raise TimeoutError
        context.trace_request_ctx.sent = True

    tracing = aiohttp.TraceConfig()
    tracing.on_connection_create_end.append(at_hand)
    tracing.on_connection_reuseconn.append(at_hand)
    return tracing


def _is_about_us(error: BaseException | None) -> bool:
    """Whether the other side ended the handshake with an alert; our own doubts about its certificate are none."""
    while error is not None:
        # Those of the HTTP library are SSL errors too, without a reason of their own.
        if isinstance(error, ssl.SSLError) and "_ALERT_" in (getattr(error, "reason", None) or ""):
            return True
        error = error.__cause__
    return False


def _plain(response: aiohttp.ClientResponse) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in response.headers.items():
        key = name.lower()
        headers[key] = f"{headers[key]}, {value}" if key in headers else value
    return headers


def _in_words(error: Exception) -> str:
    """Name a failure without repeating an address or a header, which may hold a secret."""
    for kind, words in _WORDS:
        if isinstance(error, kind):
            return words
    reason = error.strerror if isinstance(error, OSError) else None
    return f"{type(error).__name__}: {reason}" if reason else type(error).__name__
