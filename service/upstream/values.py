"""What the upstream clients are told: who calls, with which secrets, where, and how patiently."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from service.core.account import mark_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from service.upstream.certificate import ClientCertificate
    from service.upstream.mapping import UpstreamMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicalAccount:
    """A technical account of Chorus Pro; `name` is how events and logs call it."""

    name: str
    login: str = field(repr=False)
    password: str = field(repr=False)

    @property
    def header(self) -> str:
        """The value of `cpro-account`."""
        return base64.b64encode(f"{self.login}:{self.password}".encode()).decode()

    @property
    def mark(self) -> str:
        """Tells this sign-in from any other."""
        return mark_of(self.login, self.password)


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """The buyer platform as registered at AIFE; `type` is the code of its identifier, "1" for a SIRET."""

    platform_id: str
    technical_platform_id: str
    type: str = "1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requester:
    """The public body that DUME requests are made for when an event names no buyer."""

    id: str
    name: str
    scheme: Literal["siret", "vat", "non_eu", "ridet", "tahiti"] = "siret"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpstreamSettings:
    """Everything the clients need.

    `accounts` gives the technical account of a name, read anew each time so that a changed secret is seen; it raises
    EventInvalid for a name it does not know. `platform` and `requester` are None when DUME is not configured.
    `timeouts` are seconds by operation name, over those of the operations themselves. With a `certificate` the old
    addresses are called, which want it in place of a token: `api_url` is one of them, `oauth_url` is not called.
    """

    oauth_url: str
    api_url: str
    client_id: str
    client_secret: str = field(repr=False)
    mapping: UpstreamMapping = field(repr=False)
    accounts: Callable[[str], TechnicalAccount] = field(repr=False)
    health_account: Callable[[], str] = lambda: "default"
    scope: str = "openid"
    platform: Platform | None = None
    requester: Requester | None = None
    concurrency: int = 16
    connect_timeout: float = 5.0
    token_timeout: float = 10.0
    token_margin: float = 60.0
    largest_answer: int = 200 * 1024 * 1024
    timeouts: Mapping[str, float] = field(default_factory=dict)
    remember_recipients: float = 3600.0
    remember_reference: float = 0.0
    stale_reference: float = 0.0
    certificate: ClientCertificate | None = None
    user_agent: str = "piste-relay"
