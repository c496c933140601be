"""Settings that belong together, each with its unit, the reason of its default, and what happens at the edge."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, field_validator

from contracts.changes import FeedRole
from service.settings.addresses import split_address
from service.settings.durations import to_amount, to_steps


def to_words(text: object) -> object:
    """A list of words as people write it, with commas; anything else as it is."""
    return [word for part in text.split(",") if (word := part.strip().lower())] if isinstance(text, str) else text


Seconds = Annotated[float, BeforeValidator(lambda text: to_amount(text, "s"))]
Days = Annotated[float, BeforeValidator(lambda text: to_amount(text, "d"))]
Steps = Annotated[tuple[timedelta, ...], BeforeValidator(to_steps), Field(min_length=1, max_length=32)]
Roles = Annotated[frozenset[FeedRole], BeforeValidator(to_words)]
Word = Annotated[str, Field(min_length=1, max_length=200)]

TOKEN_PATH = "/api/oauth/token"  # noqa: S105  the path of the token endpoint, not a token


class Group(BaseModel):
    """Settings that belong together: RELAY_GROUP__FIELD."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True, hide_input_in_errors=True)


class Amqp(Group):
    """The broker."""

    url: SecretStr = SecretStr("amqp://guest:guest@127.0.0.1:5672/")
    """amqp:// or amqps:// address with user, password and virtual host; a cluster without a load balancer before it has
    its nodes named one after the other (user:password@one:5672,two:5672), and each connection takes one that answers.
    The default is a RabbitMQ just installed on this machine; RabbitMQ itself refuses that user from anywhere else."""
    prefix: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]([A-Za-z0-9_.-]{0,62}[A-Za-z0-9_-])?$")] = "relay"
    """First part of the name of every exchange and queue, so that several relays share a virtual host. Changing it
    leaves the old queues, and what they hold, behind."""
    declare: bool = True
    """Whether exchanges and queues are declared at start. False only checks them, for brokers where the relay's user
    may not configure: a missing or different one stops the start with its name."""

    @field_validator("url")
    @classmethod
    def _usable(cls, url: SecretStr) -> SecretStr:
        parts = urlsplit(url.get_secret_value())
        for host in parts.netloc.rpartition("@")[2].split(","):
            _check_url(f"{parts.scheme}://{host}", {"amqp", "amqps"})
        return url


class LedgerGroup(Group):
    """What was asked of an upstream, and what it answered."""

    url: SecretStr
    """sqlite:///relative/path.db or sqlite:////absolute/path.db, on a local disk, for the workers of one machine; or
    postgresql://user:password@host:5432/database, for workers on any number of machines, a cluster with all its nodes
    (one:5432,two:5432). By default var/ledger.db in the working folder for the local profile,
    /var/lib/piste-relay/ledger.db otherwise. Losing it makes every write that comes back one to look up first."""
    lease: Annotated[Seconds, Field(ge=1, le=3600)] = 120.0
    """Seconds a worker owns an event without renewing. No call takes longer than four fifths of it: shorter, and slow
    answers count as lost; longer, and the events of a killed worker wait for it."""
    retention: Annotated[Days, Field(ge=1, le=3650)] = 400.0
    """Days a finished write is remembered: longer than a year of invoicing, so that a replayed request gets its first
    answer. Afterwards a copy of it from the dead letters is looked up before it is sent; published anew, it is new."""

    @field_validator("url")
    @classmethod
    def _usable(cls, url: SecretStr) -> SecretStr:
        if not url.get_secret_value().startswith(("sqlite:///", "postgresql://")):
            raise ValueError("write sqlite:///path/ledger.db (sqlite:////absolute/path.db) or postgresql://…")
        return url


class Piste(Group):
    """The gateway and the application declared there."""

    client_id: str | None = None
    """OAuth client id of the application (not an "API key": that is the other panel of the portal)."""
    client_secret: SecretStr | None = None
    """OAuth client secret of the application."""
    organisation: Literal["universal", "dume"]
    """The organisation chosen when the PISTE account was created: `universal` reaches Chorus Pro only, `dume` both. By
    default `dume` when a DUME platform is configured, else `universal`."""
    oauth_url: str
    """Token endpoint, or only its host (then /api/oauth/token is added). By default the profile's."""
    api_url: str
    """Address in front of /cpro and /dume. By default the profile's."""

    @field_validator("oauth_url", "api_url")
    @classmethod
    def _usable(cls, url: str) -> str:
        _check_url(url, {"http", "https"})
        if split_address(url).user is not None:
            raise ValueError("write the address without user and password; they are not used there")
        return url.rstrip("/")

    @field_validator("oauth_url")
    @classmethod
    def _complete(cls, url: str) -> str:
        return url if urlsplit(url).path.strip("/") else url + TOKEN_PATH


class CertificateGroup(Group):
    """The old addresses of the State, in place of PISTE; only with RELAY_AUTH=certificate."""

    acknowledged: bool = False
    """That you know: AIFE announced the end of these calls for Chorus Pro in 2021, and the relay made them to its own
    simulator only. Must be true with RELAY_AUTH=certificate."""
    chain: Path | None = None
    """File of the client certificate in PEM, before those that signed it, if any; read again when it or the key
    changes. It is to be registered in the portal of Chorus Pro."""
    key: Path | None = None
    """File of its private key in PEM."""
    key_password: SecretStr | None = None
    """Password of that file, where it has one; read at start only."""
    url: str
    """Address in front of /factures and /dume. By default the profile's: production or qualification at port 5443 of
    chorus-pro.gouv.fr, or the simulator on this machine."""
    warning: Annotated[Days, Field(ge=0, le=3650)] = 30.0
    """Days before the end of the certificate from which on `doctor` and the log warn of it; 0 only once it has expired.
    Afterwards nothing is called with it: events wait until it is replaced."""

    @field_validator("url")
    @classmethod
    def _usable(cls, url: str) -> str:
        _check_url(url, {"https"})
        if split_address(url).user is not None:
            raise ValueError("write the address without user and password; they are not used there")
        return url.rstrip("/")


class ChorusProGroup(Group):
    """The technical account of the one company served; several are named in RELAY_ACCOUNTS instead."""

    login: Word | None = None
    """Login of the technical account (TECH_…@cpro.fr)."""
    password: SecretStr | None = None
    """Its password; read again when the file it comes from changes, so that a renewal needs no restart."""
    reprobe: Annotated[Seconds, Field(ge=1)] = 3600.0
    """Seconds a rejected technical account is left alone. An hour, because Chorus Pro locks accounts that insist; a
    changed password is tried at once."""
    password_changed: date | None = None
    """Day the password was last changed on (2026-11-24). Only used where Chorus Pro does not show when it expires: that
    is 424 days later."""
    password_warning: Annotated[Days, Field(ge=0, le=424)] = 30.0
    """Days before the end of a password from which on `doctor` and the log warn of it, of every account; 0 warns of
    passwords that have expired only. Only the main manager of the company can change it, who may be away."""
    password_check: Annotated[Seconds, Field(ge=0, le=604_800)] = 86_400.0
    """Seconds between two questions when the password of an account expires; each worker asks for itself, at start and
    then a day later: some calls for each account. 0 never asks; `password_changed` counts all the same."""


class DumeGroup(Group):
    """The buyer platform known to the DUME Service, and who asks when the event names no buyer."""

    platform_id: Word | None = None
    """Identifier of the platform's owner; its length depends on the type (a SIRET has 14 digits)."""
    technical_platform_id: Word | None = None
    """Six letters and digits, given with the connection form. Must be registered together with `platform_id`."""
    platform_type: Literal["1", "2", "3", "4", "5"] = "1"
    """What `platform_id` is: 1 SIRET, 2 VAT number, 3 country and name, 4 RIDET, 5 Tahiti number."""
    requester_id: Annotated[str, Field(min_length=1, max_length=18)] | None = None
    """SIRET of the buyer when the event names none. Without it such events are answered `failed`."""
    requester_name: Annotated[str, Field(min_length=1, max_length=100)] | None = None
    """Name of that buyer."""
    identifiers: Literal["off", "warn", "refuse"] = "warn"
    """What becomes of a SIRET, VAT number, RIDET or Tahiti number that cannot be right: `warn` sends it, and says so
    in the result and the log; `refuse` answers `failed`. A warning, because DUME itself takes made-up ones."""
    remember: Annotated[Seconds, Field(ge=0, le=2_592_000)] = 86_400.0
    """Seconds each worker remembers lists of codes, labels and evidence; 0 never. A day, because they change a few
    times a year; results tell in `as_of` how old they are."""
    remember_longer: Annotated[Seconds, Field(ge=0, le=2_592_000)] = 604_800.0
    """Seconds beyond that for which they are still told while DUME cannot be asked; 0 never. A week, because an old
    list serves better than none."""


class Http(Group):
    """Probes and metrics."""

    host: Word = "0.0.0.0"  # noqa: S104  Kubernetes probes a container from outside; nothing secret is served
    """Address to listen on. All of them, because probes come from outside the container; only counts are served."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    """Port of /healthz, /readyz and /metrics; 0 takes a free one and logs it."""


class Maintenance(Group):
    """When an upstream must not be called."""

    calendar: Path | None = None
    """File of announced windows (JSON or YAML), read again when it changes. Without it only what is noticed counts."""
    probe_interval: Annotated[Seconds, Field(ge=0.1, le=3600)] = 30.0
    """Seconds between two health checks of a closed gate, doubled after each relapse up to fifteen minutes."""


class Tracking(Group):
    """How often a deposit is followed up."""

    steps: Steps = to_steps("10s,30s,1m,2m,5m,15m")
    """Waits between two looks at a flow, in order; the last one for ever. The sandbox integrates within a minute,
    production within minutes to hours."""


class FeedGroup(Group):
    """The schedule that publishes `invoice.status.changed` without being asked."""

    roles: Roles = frozenset()
    """As whom the accounts hear of changes: `supplier`, `recipient`, both separated by a comma, or nothing. Nothing by
    default: it calls the State all day, with a quota that is shared, and somebody must have bound a queue for what it
    publishes. An account can have roles of its own in the accounts file."""
    interval: Annotated[Seconds, Field(ge=0.2, le=86400)] = 900.0
    """Seconds between two looks: how late a change is told at the usual load. One call for each account and role, and
    one more for each page and each changed invoice."""
    overlap: Annotated[Seconds, Field(ge=0, le=604800)] = 3600.0
    """Seconds by which a look goes back behind what was seen before. Longer than the State's index is late, or a change
    is missed; what was told already is not told again."""
    first_window: Annotated[Seconds, Field(ge=0, le=34560000)] = 86400.0
    """Seconds before its first look from which a feed tells what happened; afterwards nothing is left out, however long
    the relay stood still."""
    history: bool = True
    """Whether the history of each changed invoice is read too, one more call for each: statuses that came and went
    between two looks are told as well, and the previous one is known. Without it only the present one is told."""


class Delay(Group):
    """How patiently a passing failure is retried."""

    steps: Steps = to_steps("10s,1m,15m,6h")
    """Waits between counted attempts, in order. Used up, the event is answered `failed` when nothing was sent, and
    looked up when something may have been."""


class DoubtGroup(Group):
    """What to do about a write whose answer was lost."""

    wait: Annotated[Seconds, Field(ge=0.1)] = 900.0
    """Seconds before each look upstream. Longer than the usual integration: a pending flow is invisible to the search,
    so a look that comes early proves nothing."""
    looks: Annotated[int, Field(ge=1, le=100)] = 3
    """Empty looks needed before absence is believed."""
    then: Literal["resend", "ask"] = "resend"
    """After the last empty look: send again (Chorus Pro refuses a number it already has), or hold it for a person."""


class PreflightGroup(Group):
    """What an invoice file is checked for before anything is sent."""

    mode: Literal["off", "warn", "enforce"] = "enforce"
    """Whether files are checked: `enforce` refuses what breaks a rule that is sure and warns of the rest, `warn` sends
    all and warns, `off` checks nothing. An account may say otherwise in RELAY_ACCOUNTS."""
    rules: Path | None = None
    """File that overrides or adds rules; merged over those in the program, and read again when it changes."""
    lookup: bool = False
    """Whether recipients are looked up too, so that a missing or unknown service code is told, and with a change of
    status whether the recipient reports payments. Off, because it takes a subscription to the API Structures and some
    calls for each recipient not seen lately. An account may say so itself."""
    remember: Annotated[Seconds, Field(ge=0, le=604_800)] = 3600.0
    """Seconds a recipient is remembered. An hour, because services come and go; what speaks against an invoice is asked
    anew when it is older than a minute."""


class Log(Group):
    """What is written to standard output."""

    format: Literal["json", "console"] = "json"
    """One JSON object per line for machines, or coloured lines for people."""
    level: Literal["debug", "info", "warning", "error"] = "info"
    """At `info` one line per delivery, and changes of state."""

    @field_validator("level", mode="before")
    @classmethod
    def _lower(cls, level: object) -> object:
        return level.lower() if isinstance(level, str) else level


def _check_url(url: str, schemes: set[str]) -> None:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in schemes and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid:
        raise ValueError(f"write an address such as {min(schemes)}://host:port")
