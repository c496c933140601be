"""Talks to the State's APIs over HTTP, and is alone in doing so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self

from contracts.reasons import Reason
from service.core.errors import AccountRejected, AnswerLost, CallFacts, EventInvalid, Unavailable
from service.steady import NEVER
from service.upstream.certificate import CertificateInvalid, ClientCertificate
from service.upstream.chorus_pro import ChorusPro, Structures
from service.upstream.chorus_pro import operations as chorus_pro_operations
from service.upstream.chorus_pro.directory import Directory
from service.upstream.chorus_pro.models import Nothing
from service.upstream.chorus_pro.recipients import Recipients
from service.upstream.client import CHORUS_PRO, DUME, Client, OnCall
from service.upstream.dume import Dume, Models
from service.upstream.dume import operations as dume_operations
from service.upstream.dume.remembered import Remembered
from service.upstream.dume.wire import NO_PLATFORM, Wire
from service.upstream.mapping import MappingInvalid, UpstreamMapping, load_mapping
from service.upstream.oauth import Credentials, Token, TokenProvider, ask_for_token
from service.upstream.operation import Operation, Refusal
from service.upstream.transport import Transport
from service.upstream.values import Platform, Requester, TechnicalAccount, UpstreamSettings
from service.upstream.window import Window

if TYPE_CHECKING:
    from types import TracebackType

    from contracts.events import Buyer
    from service.core.gate import Gates

HEALTH_TIMEOUT = 10.0
"""Seconds that a health check may take, its token included."""


class Upstreams:
    """What handlers get: each upstream as an object bound to one event. Opened and closed once per worker.

    `on_call` is told of every HTTP call, `on_renewal` of every new token, so that it is never printed; `hide` takes
    secrets out of what upstreams say.
    """

    def __init__(
        self,
        settings: UpstreamSettings,
        gates: Gates,
        *,
        on_call: OnCall | None = None,
        on_renewal: Callable[[str], None] | None = None,
        hide: Callable[[str], str] = str,
    ) -> None:
        self.settings = settings
        self.gates = gates
        self.mapping: UpstreamMapping = settings.mapping
        self._transport = Transport(
            connect_timeout=settings.connect_timeout,
            largest_answer=settings.largest_answer,
            connections=2 * settings.concurrency + 4,
            user_agent=settings.user_agent,
            certificate=settings.certificate,
        )
        self._tokens = TokenProvider(self._ask, margin=settings.token_margin, on_renewal=on_renewal)
        self._windows = {upstream: Window(settings.concurrency) for upstream in (CHORUS_PRO, DUME)}
        self._structures = Structures()
        self._models = Models()
        self.recipients = Recipients(keep=settings.remember_recipients)
        self._remembered = Remembered(keep=settings.remember_reference, stale=settings.stale_reference)
        self._opened = AsyncExitStack()
        self.client = self._calling(on_call, hide)

    async def __aenter__(self) -> Self:
        await self._opened.enter_async_context(self._transport)
        self._opened.push_async_callback(self._tokens.close)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._opened.aclose()

    def chorus_pro(self, *, account: str, event: str, until: float = NEVER) -> ChorusPro:
        """Chorus Pro for one event, called before `until`; raises EventInvalid when its account is not known."""
        return ChorusPro(
            client=self.client,
            account=self.settings.accounts(account),
            event=event,
            structures=self._structures,
            nothing_found=self.mapping.chorus_pro.nothing_found,
            until=until,
        )

    def directory(self, *, account: str, event: str, until: float = NEVER) -> Directory:
        """The directory of structures for one event; raises EventInvalid when its account is not known."""
        return Directory(
            client=self.client,
            account=self.settings.accounts(account),
            event=event,
            structures=self._structures,
            nothing_found=self.mapping.chorus_pro.nothing_found,
            ignored=self.mapping.chorus_pro.ignored_services,
            until=until,
        )

    @property
    def signs_dume(self) -> bool:
        """Whether DUME is called in the name of the technical account, as the old addresses want it."""
        return self.settings.certificate is not None

    def dume(self, *, account: str, event: str, until: float = NEVER, asker: Buyer | None = None) -> Dume:
        """DUME for one event, called before `until`; raises EventInvalid when no buyer platform is configured.

        One platform serves all accounts. The `asker` stands in where no requester is configured.
        """
        if self.settings.platform is None:
            raise EventInvalid(Reason.NOT_CONFIGURED, NO_PLATFORM)
        signed = self.settings.accounts(account) if self.signs_dume else None
        return Dume(
            client=self.client,
            wire=self._wire(asker),
            event=event,
            models=self._models,
            remembered=self._remembered,
            account=signed,
            until=until,
        )

    async def check_health(self, upstream: str) -> None:
        """Return when the upstream is up; raises UpstreamFailure within ten seconds when it is not.

        Gates are not asked. A refused technical account counts as up: the service itself refused it. Raises
        EventInvalid when nothing is configured to ask with.
        """
        facts = CallFacts(upstream=upstream, operation="healthCheck")
        try:
            async with asyncio.timeout(HEALTH_TIMEOUT):
                await (self._check_chorus_pro() if upstream == CHORUS_PRO else self._check_dume())
        except AccountRejected:
            return
        except TimeoutError as error:
            raise AnswerLost(facts, "no answer to the health check in time") from error

    def has_room(self, upstream: str) -> bool:
        """Whether a call of this upstream would start at once, rather than wait for its place."""
        return self._windows[upstream].has_room

    def reset_window(self, upstream: str) -> None:
        """Begin again with one call at a time: the gate of this upstream has just opened."""
        self._windows[upstream].reset()

    async def _check_chorus_pro(self) -> None:
        account = self.settings.accounts(self.settings.health_account())
        answer = await self.client.probe(chorus_pro_operations.HEALTH_CHECK, Nothing(), account=account)
        if not isinstance(answer, Refusal) and answer.status_code not in {None, 200}:
            facts = CallFacts(upstream=CHORUS_PRO, operation="healthCheck", http_status=answer.status_code)
            raise Unavailable(facts, f"the health check says {answer.status_code}")

    async def _check_dume(self) -> None:
        # A refusal comes from the service itself, which is thereby up.
        account = self.settings.accounts(self.settings.health_account()) if self.signs_dume else None
        await self.client.probe(dume_operations.HEALTH_CHECK, self._wire().health(), account=account)

    def _calling(self, on_call: OnCall | None, hide: Callable[[str], str]) -> Client:
        settings = self.settings
        return Client(
            transport=self._transport,
            tokens=None if settings.certificate else self._tokens,
            gates=self.gates,
            windows=self._windows,
            api_url=settings.api_url,
            prefixes=self.mapping.certificate_prefixes if settings.certificate else self.mapping.prefixes,
            transient_codes=self.mapping.transient_codes,
            reasons={CHORUS_PRO: self.mapping.chorus_pro.reason_of, DUME: self.mapping.dume.reason_of},
            replies=self.mapping.dume.replies,
            timeouts=settings.timeouts,
            headers=self.mapping.dume.essential_data.headers,
            on_call=on_call,
            hide=hide,
        )

    def _wire(self, asker: Buyer | None = None) -> Wire:
        requester = self.settings.requester
        if requester is None and asker is not None:
            requester = Requester(id=asker.id, name=asker.name or asker.id, scheme=asker.scheme)
        return Wire(mapping=self.mapping.dume, platform=self.settings.platform, requester=requester)

    async def _ask(self) -> Token:
        settings = self.settings
        credentials = Credentials(
            client_id=settings.client_id, client_secret=settings.client_secret, scope=settings.scope
        )
        return await ask_for_token(self._transport, settings.oauth_url, credentials, settings.token_timeout)


__all__ = [
    "CHORUS_PRO",
    "DUME",
    "CertificateInvalid",
    "ChorusPro",
    "ClientCertificate",
    "Dume",
    "MappingInvalid",
    "Operation",
    "Platform",
    "Refusal",
    "Requester",
    "TechnicalAccount",
    "UpstreamMapping",
    "UpstreamSettings",
    "Upstreams",
    "load_mapping",
]
