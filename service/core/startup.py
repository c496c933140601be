"""Decides whether the settings make sense together, before anything is sent anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from service.core.identifiers import PLATFORM_SCHEMES, Mode, problem

SHUT_DOWN = "aife.economie.gouv.fr"
CERTIFICATE_PORT = 5443
OLD_HOST = "chorus-pro.gouv.fr"
QUALIFICATION = "/service-qualif"
TECHNICAL_ID = re.compile(r"[A-Za-z0-9]{6}")

PLATFORM_LENGTHS = {"1": (14, 14), "2": (1, 18), "3": (3, 18), "4": (9, 10), "5": (9, 9)}
"""Characters of a platform's identifier, by its type: SIRET, VAT number, country and name, RIDET, Tahiti number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is about to be reached, and as whom. Text settings are None when not given."""

    profile: str
    oauth_url: str
    api_url: str
    organisation: str
    client_id: str | None
    client_secret: str | None = field(repr=False)
    login: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    has_accounts_file: bool = False
    platform_id: str | None = None
    technical_platform_id: str | None = None
    platform_type: str = "1"
    requester_id: str | None = None
    requester_name: str | None = None
    identifiers: Mode = "warn"
    by_certificate: bool = False
    certificate_url: str = ""
    has_certificate: bool = False
    is_acknowledged: bool = False
    given_for_piste: tuple[str, ...] = ()
    given_for_certificate: tuple[str, ...] = ()
    """Variables that were set, by whom they concern."""

    @property
    def wants_dume(self) -> bool:
        """Whether anything of a DUME platform is configured."""
        return any((self.platform_id, self.technical_platform_id, self.requester_id, self.requester_name))

    @property
    def wants_chorus_pro(self) -> bool:
        """Whether a technical account is configured."""
        return self.has_accounts_file or any((self.login, self.password))


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One sentence about the settings; a fatal one stops the start."""

    text: str
    is_fatal: bool = True


def findings(plan: Plan) -> tuple[Finding, ...]:
    """Everything to say about the settings, what stops the start first; nothing when all is well."""
    checks = WITH_CERTIFICATE if plan.by_certificate else WITH_PISTE
    fatal = [Finding(text=t) for check in checks for t in check(plan)]
    notices = [Finding(text=t, is_fatal=False) for t in _notices(plan)]
    return (*fatal, *notices)


def _hosts(plan: Plan) -> Iterator[tuple[str, SplitResult]]:
    if plan.by_certificate:
        yield "RELAY_CERTIFICATE__URL", urlsplit(plan.certificate_url)
        return
    yield "RELAY_PISTE__OAUTH_URL", urlsplit(plan.oauth_url)
    yield "RELAY_PISTE__API_URL", urlsplit(plan.api_url)


def _world(url: SplitResult) -> str:
    """Whose machine an address is: production, sandbox, or elsewhere (a simulator)."""
    host = (url.hostname or "").rstrip(".")
    if host != "gouv.fr" and not host.endswith(".gouv.fr"):
        return "elsewhere"
    is_sandbox = host.startswith("sandbox") or url.path.startswith(QUALIFICATION)
    return "sandbox" if is_sandbox else "production"


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _pair(plan: Plan) -> Iterator[str]:
    oauth, api = (_world(url) for _, url in _hosts(plan))
    if oauth != api:
        yield (
            f"The token host is {oauth} and the API host is {api}: RELAY_PISTE__OAUTH_URL and RELAY_PISTE__API_URL must"
            " both be production or both be sandbox, because a token of one is worth nothing at the other."
        )


def _dead(plan: Plan) -> Iterator[str]:
    for name, url in _hosts(plan):
        host = url.hostname or ""
        if host == SHUT_DOWN or host.endswith("." + SHUT_DOWN):
            yield f"{name} names {host}, which was shut down in 2023; the hosts of today end in piste.gouv.fr."


def _scheme(plan: Plan) -> Iterator[str]:
    for name, url in _hosts(plan):
        host = url.hostname or ""
        if url.scheme != "https" and not _is_loopback(host) and not _is_neighbour(plan, host):
            yield f"{name} must be https: only a simulator on this machine may be called without."


def _is_neighbour(plan: Plan, host: str) -> bool:
    """Whether a host is another container of a local set-up: such a name has no dot, and means nothing outside."""
    return plan.profile == "local" and "." not in host and ":" not in host


def _organisation(plan: Plan) -> Iterator[str]:
    if plan.organisation == "universal" and plan.wants_dume:
        yield (
            "RELAY_PISTE__ORGANISATION is universal, which cannot reach the DUME Service: create the PISTE account"
            " under the DUME organisation and set dume, or remove the RELAY_DUME__ variables."
        )


def _only_piste(plan: Plan) -> Iterator[str]:
    for name, url in _hosts(plan):
        if url.port == CERTIFICATE_PORT:
            yield (
                f"{name} has port {CERTIFICATE_PORT}, where callers show a certificate in place of a token: use the"
                " address of PISTE, or say RELAY_AUTH=certificate and leave the RELAY_PISTE__ variables out."
            )
    if plan.given_for_certificate:
        yield (
            f"RELAY_AUTH is piste, but there is {', '.join(plan.given_for_certificate)}: certificate and PISTE are"
            " never mixed, so say RELAY_AUTH=certificate, or remove what is not for PISTE."
        )


def _only_certificate(plan: Plan) -> Iterator[str]:
    if plan.given_for_piste:
        yield (
            f"RELAY_AUTH is certificate, but there is {', '.join(plan.given_for_piste)}: certificate and PISTE are"
            " never mixed, so say RELAY_AUTH=piste, or remove what is for PISTE."
        )
    for name, url in _hosts(plan):
        if _world(url) != "elsewhere" and (url.hostname, url.port) != (OLD_HOST, CERTIFICATE_PORT):
            yield (
                f"{name} names {url.netloc}, where the State takes no certificate: the old addresses are all at"
                f" https://{OLD_HOST}:{CERTIFICATE_PORT}, and PISTE wants a token, with RELAY_AUTH=piste."
            )


def _acknowledged(plan: Plan) -> Iterator[str]:
    if not plan.is_acknowledged:
        yield (
            "RELAY_AUTH is certificate, whose end AIFE announced for Chorus Pro in 2021, and which was proven on the"
            " simulator only: say RELAY_CERTIFICATE__ACKNOWLEDGED=true if your body is still connected that way."
        )


def _shown(plan: Plan) -> Iterator[str]:
    if not plan.has_certificate:
        yield "RELAY_CERTIFICATE__CHAIN and RELAY_CERTIFICATE__KEY must name the files of the certificate and its key."
    if not plan.wants_chorus_pro:
        yield (
            "RELAY_CHORUS_PRO__LOGIN or RELAY_ACCOUNTS is missing: at the old addresses a technical account goes with"
            " every call, those to DUME included."
        )


def _credentials(plan: Plan) -> Iterator[str]:
    given = (("RELAY_PISTE__CLIENT_ID", plan.client_id), ("RELAY_PISTE__CLIENT_SECRET", plan.client_secret))
    for name, value in given:
        if not value:
            yield f"{name} is missing: it is on the PISTE portal, under OAuth Credentials of the application."
        elif value != value.strip():
            yield f"{name} has blanks around it, which usually come from copying."
    if plan.client_id and plan.client_id == plan.client_secret:
        yield "RELAY_PISTE__CLIENT_ID and RELAY_PISTE__CLIENT_SECRET are equal: one of them was pasted twice."


def _account(plan: Plan) -> Iterator[str]:
    if not plan.has_accounts_file and bool(plan.login) != bool(plan.password):
        missing = "RELAY_CHORUS_PRO__PASSWORD" if plan.login else "RELAY_CHORUS_PRO__LOGIN"
        yield f"{missing} is missing: a technical account of Chorus Pro is a login and its password."


def _platform(plan: Plan) -> Iterator[str]:
    if not plan.wants_dume:
        return
    lowest, highest = PLATFORM_LENGTHS[plan.platform_type]
    if not lowest <= len(plan.platform_id or "") <= highest:
        length = str(lowest) if lowest == highest else f"{lowest} to {highest}"
        yield f"RELAY_DUME__PLATFORM_ID must have {length} characters when its type is {plan.platform_type}."
    if not TECHNICAL_ID.fullmatch(plan.technical_platform_id or ""):
        yield "RELAY_DUME__TECHNICAL_PLATFORM_ID must be the six letters and digits given with the connection form."
    if bool(plan.requester_id) != bool(plan.requester_name):
        yield "RELAY_DUME__REQUESTER_ID and RELAY_DUME__REQUESTER_NAME go together: give both or none."


def _production(plan: Plan) -> Iterator[str]:
    if plan.profile != "production" and "production" in {_world(url) for _, url in _hosts(plan)}:
        yield (
            f"The hosts are those of production but RELAY_PROFILE is {plan.profile}: real invoices would be sent, so"
            " say RELAY_PROFILE=production if that is meant."
        )


def _identifiers(plan: Plan) -> Iterator[str]:
    if plan.identifiers == "off":
        return
    platform = ("RELAY_DUME__PLATFORM_ID", plan.platform_id, PLATFORM_SCHEMES[plan.platform_type])
    for name, identifier, scheme in (platform, ("RELAY_DUME__REQUESTER_ID", plan.requester_id, "siret")):
        wrong = problem(identifier, scheme) if identifier else None
        if wrong is not None:
            yield f"{name} {wrong}; check it, or say RELAY_DUME__IDENTIFIERS=off if it is meant."


def _notices(plan: Plan) -> Iterator[str]:
    yield from _identifiers(plan)
    if plan.organisation == "dume" and plan.wants_chorus_pro and not plan.by_certificate:
        yield (
            "Chorus Pro is called from the DUME organisation: its APIs must be subscribed there too; a 403 means they"
            " are not."
        )
    if plan.profile == "production" and "sandbox" in {_world(url) for _, url in _hosts(plan)}:
        yield "RELAY_PROFILE is production but the hosts are those of the sandbox: nothing sent here counts."
    if not plan.wants_chorus_pro and not plan.wants_dume:
        yield (
            "Neither a Chorus Pro account nor a DUME platform is configured, so every request will be answered"
            " `failed`."
        )


WITH_PISTE = (_pair, _dead, _scheme, _organisation, _only_piste, _credentials, _account, _platform, _production)
WITH_CERTIFICATE = (_acknowledged, _only_certificate, _shown, _account, _platform, _production)
