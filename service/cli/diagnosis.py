"""Tries PISTE and the upstreams behind it, and says what each failure calls for."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service.accounts import AccountBook
from service.core.ending import Ending
from service.core.errors import (
    AccountRejected,
    CredentialsRejected,
    EventInvalid,
    NotSubscribed,
    Unreachable,
    UpstreamFailure,
)
from service.core.gate import Gates
from service.core.password import password_end
from service.upstream import CHORUS_PRO, DUME, ClientCertificate, Upstreams, UpstreamSettings
from service.upstream.chorus_pro import operations
from service.upstream.chorus_pro.models import Nothing
from service.upstream.oauth import Credentials, TokenFailure, TokenTrouble, ask_for_token
from service.upstream.transport import Transport

CREDENTIALS_ADVICE = "check RELAY_PISTE__CLIENT_ID and its SECRET: they are under OAuth Credentials, not under API Keys"
ADVICE: dict[type[UpstreamFailure], str] = {
    CredentialsRejected: CREDENTIALS_ADVICE,
    NotSubscribed: "subscribe the API on the PISTE portal, under the organisation that may reach it",
    AccountRejected: "renew the password of the technical account in Chorus Pro and change the secret",
    Unreachable: "check the address, and that a proxy or firewall lets this machine through",
}
ADVICE_ON_DUME = (
    "create the PISTE account under the DUME organisation, subscribe the API there, and use its credentials"
)
ADVICE_WITH_CERTIFICATE: dict[type[UpstreamFailure], str] = {
    CredentialsRejected: "check in the portal of Chorus Pro that this certificate is registered and in force",
    NotSubscribed: "the certificate opens no such address: AIFE announced the end of these calls in 2021",
    Unreachable: "check the address, that a firewall lets port 5443 through, and SSL_CERT_FILE if TLS fails",
}
"""What replaces the above where the old addresses are called."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing tried: `ok`, `warning` or `FAIL`, what it was, and what to do."""

    verdict: str
    name: str
    text: str

    @property
    def has_failed(self) -> bool:
        """Whether a worker cannot do without it."""
        return self.verdict == "FAIL"

    def __str__(self) -> str:
        return f"{self.verdict:<8} {self.name:<10} {self.text}"


def ok(name: str, text: str) -> Line:
    """It works."""
    return Line("ok", name, text)


def warning(name: str, text: str) -> Line:
    """It works, and is worth a look."""
    return Line("warning", name, text)


def fail(name: str, text: str) -> Line:
    """It does not work."""
    return Line("FAIL", name, text)


async def token(upstream: UpstreamSettings, on_token: Callable[[str], object]) -> Line:
    """Whether PISTE issues a token to this application."""
    credentials = Credentials(client_id=upstream.client_id, client_secret=upstream.client_secret, scope=upstream.scope)
    try:
        async with Transport(
            connect_timeout=upstream.connect_timeout,
            largest_answer=upstream.largest_answer,
            connections=1,
            user_agent=upstream.user_agent,
        ) as transport:
            issued = await ask_for_token(transport, upstream.oauth_url, credentials, upstream.token_timeout)
    except TokenFailure as failure:
        advice = CREDENTIALS_ADVICE if failure.trouble is TokenTrouble.REFUSED else "check RELAY_PISTE__OAUTH_URL"
        return fail("token", f"{failure.detail}; {advice}")
    on_token(issued.value)
    return ok("token", f"issued by {upstream.oauth_url}")


def certificate(shown: ClientCertificate, ahead: timedelta) -> Line:
    """How long the client certificate lasts; that it can be used is known by now."""
    end, now = Ending(at=shown.ends_at), datetime.now(UTC)
    text = f"{shown.path} expires on {end.at:%Y-%m-%d}, in {end.days_left(now)} days"
    if not end.is_near(now, ahead):
        return ok("certificate", text)
    return warning("certificate", f"{text}; renew it in the portal of Chorus Pro and replace the files")


async def health(
    upstream: UpstreamSettings, accounts: AccountBook, names: tuple[str, ...], ahead: timedelta
) -> AsyncIterator[Line]:
    """Whether each upstream answers, and Chorus Pro each technical account, whose password should last `ahead`."""
    async with Upstreams(upstream, Gates(interval=timedelta(seconds=30))) as upstreams:
        for name in names:
            try:
                if name != CHORUS_PRO or any(accounts.get(one).reaches_chorus_pro for one in accounts.names):
                    await upstreams.check_health(name)
            except UpstreamFailure as failure:
                yield fail(name, with_advice(failure, upstream))
                continue
            except EventInvalid as nobody:
                yield fail(name, nobody.detail)
                continue
            if name != CHORUS_PRO:
                yield ok(name, "answers")
                continue
            for account in accounts.names:
                taken = await _account(upstreams, upstream, accounts, account)
                yield taken
                if taken.verdict == "ok":
                    yield await _password(upstreams, accounts, account, ahead)


async def _account(upstreams: Upstreams, upstream: UpstreamSettings, accounts: AccountBook, name: str) -> Line:
    if not accounts.get(name).reaches_chorus_pro:
        return warning(CHORUS_PRO, f"account {name} has no login, so it reaches no Chorus Pro")
    try:
        await upstreams.client.probe(operations.HEALTH_CHECK, Nothing(), account=upstream.accounts(name))
    except UpstreamFailure as failure:
        return fail(CHORUS_PRO, f"account {name}: {with_advice(failure, upstream)}")
    return ok(CHORUS_PRO, f"answers, and takes account {name}")


async def _password(upstreams: Upstreams, accounts: AccountBook, name: str, ahead: timedelta) -> Line:
    """When the password expires; that nobody says so stops nothing."""
    account, now, why = accounts.get(name), datetime.now(UTC), ""
    told: Sequence[datetime] = ()
    try:
        directory = upstreams.directory(account=name, event="doctor")
        told = await directory.password_ends(first=account.suppliers)
    except UpstreamFailure as failure:
        why = f" ({with_advice(failure, upstreams.settings)})"
    end = password_end(told, account.password_changed, now)
    if end is None:
        text = f"account {name}: Chorus Pro does not show when it expires{why}; note the day it was changed on in"
        return ok("password", f"{text} RELAY_CHORUS_PRO__PASSWORD_CHANGED, or password_changed of the account")
    text = f"account {name}: expires on {end.at:%Y-%m-%d}, in {end.days_left(now)} days"
    counted = "" if end.is_told else ", counted from the day it was changed on"
    if not end.is_near(now, ahead):
        return ok("password", text + counted)
    return warning("password", f"{text}{counted}; have the main manager renew it in Chorus Pro and change the secret")


def with_advice(failure: UpstreamFailure, upstream: UpstreamSettings) -> str:
    """What went wrong, with what to do about it where that is known."""
    if isinstance(failure, NotSubscribed) and failure.facts.upstream == DUME and upstream.certificate is None:
        return f"{failure}; {ADVICE_ON_DUME}"
    known = ADVICE | ADVICE_WITH_CERTIFICATE if upstream.certificate else ADVICE
    advice = next((text for kind, text in known.items() if isinstance(failure, kind)), None)
    return f"{failure}; {advice}" if advice else str(failure)
