"""Acts as PISTE: gives tokens, and lets a call through only after the checks of the gateway, in its order."""

from __future__ import annotations

import random
import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.sandbox.simulator.answers import Answer, challenge
from service.sandbox.simulator.settings import Api, Application, SimulatorSettings

_ALPHABET = string.ascii_letters + string.digits
_TOKEN_LENGTH = 54
_NEAR_QUOTA = 0.2
_NO_TOKEN = "Unable to find token in the message"  # noqa: S105 - the gateway's own words
_UNKNOWN_TOKEN = "Unable to find the access token in persistent storage."  # noqa: S105 - the same
_EXPIRED_TOKEN = "The access token expired."  # noqa: S105 - the same
_NO_APPLICATION = "The client app was not found or is disabled."


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    """A call that may go on to the back end; `headers` are added to its answer."""

    application: Application
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Issued:
    client_id: str
    until: float


class Gateway:
    """Tokens, subscriptions and quotas. Applications are read from the settings at each call."""

    def __init__(self, settings: SimulatorSettings) -> None:
        self.settings = settings
        self._chance = random.Random(settings.seed)
        self._tokens: dict[str, _Issued] = {}
        self._counted: dict[tuple[str, int], int] = {}

    def reset(self) -> None:
        """Forget every token, which clients see as revoked, and what was counted."""
        self._tokens.clear()
        self._counted.clear()

    def revoke(self) -> int:
        """Take back every token; gives how many there were."""
        count = len(self._tokens)
        self._tokens.clear()
        return count

    @property
    def tokens(self) -> int:
        """How many tokens are out."""
        return len(self._tokens)

    def correlation(self) -> dict[str, str]:
        """The header by which support finds a call again."""
        return {"x-correlationid": f"Id-{self._chance.getrandbits(96):024x} 0"}

    def token(self, content_type: str, form: Mapping[str, Any], now: datetime, *, as_text: bool = False) -> Answer:
        """Answer a request for a token; `as_text` gives its lifetime as a string. Form fields may be of any type."""
        if content_type != "application/x-www-form-urlencoded":
            return _oauth_error(400, "invalid_request", "The request is not a form.")
        if not form.get("grant_type"):
            return _oauth_error(400, "invalid_request", "grant_type is missing.")
        if form["grant_type"] != "client_credentials":
            return _oauth_error(400, "unsupported_grant_type", "Only client_credentials is granted here.")
        if not form.get("client_id") or not form.get("client_secret"):
            return _oauth_error(400, "invalid_request", "client_id or client_secret is missing.")
        application = self._application(str(form["client_id"]))
        if application is None or application.client_secret != form["client_secret"] or not application.enabled:
            return _oauth_error(self.settings.invalid_client_status, "invalid_client")
        return self._grant(application, str(form.get("scope") or "openid"), now, as_text=as_text)

    def admit(self, api: Api, authorization: str, now: datetime) -> Admitted | Answer:
        """Let a call of a known path through, or answer what the gateway answers in its place."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return Answer(status=400, headers=challenge("invalid_request", _NO_TOKEN))
        issued = self._tokens.get(token.strip())
        if issued is None:
            return Answer(status=401, headers=challenge("invalid_token", _UNKNOWN_TOKEN))
        if now.timestamp() >= issued.until:
            return Answer(status=401, headers=challenge("invalid_token", _EXPIRED_TOKEN))
        application = self._application(issued.client_id)
        if application is None or not application.enabled:
            return Answer(status=401, headers=challenge("invalid_token", _NO_APPLICATION))
        if api not in application.subscriptions or (api == "dume" and application.organisation != "dume"):
            return Answer(status=403, headers=self.correlation())
        return self._within_quota(application, now)

    def _grant(self, application: Application, scope: str, now: datetime, *, as_text: bool) -> Answer:
        lifetime = self.settings.token_lifetime
        token = self.settings.token_start + "".join(self._chance.choices(_ALPHABET, k=_TOKEN_LENGTH))
        self._tokens = {key: kept for key, kept in self._tokens.items() if kept.until > now.timestamp() - 3600}
        self._tokens[token] = _Issued(client_id=application.client_id, until=now.timestamp() + lifetime)
        seconds = int(lifetime) if lifetime == int(lifetime) else lifetime
        body = {"access_token": token, "token_type": "Bearer", "scope": scope}
        return Answer(
            body=body | {"expires_in": str(seconds) if as_text else seconds},
            headers={"Cache-Control": "no-store"},
            effect="created",
            summary={"client_id": application.client_id},
        )

    def _application(self, client_id: str) -> Application | None:
        return next((known for known in self.settings.applications if known.client_id == client_id), None)

    def _within_quota(self, application: Application, now: datetime) -> Admitted | Answer:
        """Windows begin at full multiples of their length, as those of the gateway do."""
        quota, length = self.settings.quota, self.settings.quota_window
        if quota is None:
            return Admitted(application=application, headers={})
        window = int(now.timestamp() // length)
        self._counted = {key: count for key, count in self._counted.items() if key[1] == window}
        count = self._counted.get((application.client_id, window), 0)
        if count >= quota:
            wait = max(1, int((window + 1) * length - now.timestamp() + 0.999))
            return Answer(status=429, headers={"Retry-After": str(wait)})
        self._counted[application.client_id, window] = count + 1
        left = quota - count - 1
        said = f'[{{"window":{length:g},"type":"throttle","remaining":{left}}}]'
        return Admitted(application=application, headers={"X-Rate-Limit": said} if left <= quota * _NEAR_QUOTA else {})


def _oauth_error(status: int, error: str, description: str | None = None) -> Answer:
    body = {"error": error} | ({"error_description": description} if description else {})
    return Answer(status=status, body=body, headers={"Cache-Control": "no-store"})
