"""All the settings as one immutable value, and how they are read from the environment and from files."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, cast
from urllib.parse import parse_qsl, unquote

from pydantic import BaseModel, Field, PrivateAttr, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from service.settings.addresses import split_address
from service.settings.groups import (
    Amqp,
    CertificateGroup,
    ChorusProGroup,
    Delay,
    DoubtGroup,
    DumeGroup,
    FeedGroup,
    Group,
    Http,
    LedgerGroup,
    Log,
    Maintenance,
    Piste,
    PreflightGroup,
    Seconds,
    Tracking,
)
from service.settings.sources import PREFIX, Found, Kind, collect

SIMULATOR = "http://127.0.0.1:8089"
HOSTS = {
    "production": ("https://oauth.piste.gouv.fr", "https://api.piste.gouv.fr"),
    "sandbox": ("https://sandbox-oauth.piste.gouv.fr", "https://sandbox-api.piste.gouv.fr"),
    "local": (SIMULATOR, SIMULATOR),
}
OLD_HOSTS = {
    "production": "https://chorus-pro.gouv.fr:5443/service",
    "sandbox": "https://chorus-pro.gouv.fr:5443/service-qualif",
    "local": "https://127.0.0.1:5443/service",
}
LEDGERS = {
    "production": "sqlite:////var/lib/piste-relay/ledger.db",
    "sandbox": "sqlite:////var/lib/piste-relay/ledger.db",
    "local": "sqlite:///var/ledger.db",
}

PLATFORM = {"platform_id", "technical_platform_id", "requester_id", "requester_name"}
"""The settings of DUME that say who calls."""

VERBATIM = {
    "RELAY_PISTE__CLIENT_ID",
    "RELAY_PISTE__CLIENT_SECRET",
    "RELAY_CHORUS_PRO__PASSWORD",
    "RELAY_CERTIFICATE__KEY_PASSWORD",
}
"""Taken as typed: blanks around the first two are complained about at start, and may belong to the others."""


class SettingsInvalid(Exception):
    """The settings cannot be used; `sentences` holds everything that is wrong, one sentence each, without secrets."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class Settings(BaseSettings):
    """Everything that can be configured; immutable. Built by `load_settings`."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, hide_input_in_errors=True
    )

    profile: Literal["production", "sandbox", "local"] = "local"
    """Which PISTE is meant. `local` (the simulator on this machine) by default, so that nothing reaches the State by
    accident; production hosts are refused without the `production` profile."""
    auth: Literal["piste", "certificate"] = "piste"
    """How the State is told who calls: `piste`, a token of PISTE; `certificate`, for bodies connected that way before
    January 2020: a client certificate at the old addresses (see docs/operations.md)."""
    amqp: Amqp = Amqp()
    ledger: LedgerGroup
    piste: Piste
    certificate: CertificateGroup
    chorus_pro: ChorusProGroup = ChorusProGroup()
    dume: DumeGroup = DumeGroup()
    http: Http = Http()
    concurrency: Annotated[int, Field(ge=1, le=1000)] = 16
    """Calls under way at once to each upstream; of each queue, twice as many events are in hand, so that the next one
    is ready. Sixteen keep the gateway's usual quotas out of sight; more mostly waits upstream."""
    shutdown_grace: Annotated[Seconds, Field(ge=0, le=3600)] = 30.0
    """Seconds running work may take after SIGTERM. What has not ended then goes back to the broker, and a write that
    was being sent is looked up first."""
    maintenance: Maintenance = Maintenance()
    tracking: Tracking = Tracking()
    feed: FeedGroup = FeedGroup()
    delay: Delay = Delay()
    doubt: DoubtGroup = DoubtGroup()
    mapping: Path | None = None
    """File that overrides names and constants of the upstream mapping; merged over the one in the program."""
    preflight: PreflightGroup = PreflightGroup()
    log: Log = Log()
    accounts: Path | None = None
    """File of technical accounts by name, each with its supplier SIRETs; read again when it changes. Without it there
    is one account, `default`, from RELAY_CHORUS_PRO__LOGIN and RELAY_CHORUS_PRO__PASSWORD."""

    _found: Mapping[str, Found] = PrivateAttr(default_factory=dict)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003  the signature is the library's
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load_settings` collected, so that the origin of each value is known."""
        return (init_settings,)

    @model_validator(mode="before")
    @classmethod
    def _profile_defaults(cls, given: dict[str, Any]) -> dict[str, Any]:  # Any: raw values, checked field by field next
        profile = given.get("profile", "local")
        oauth, api = HOSTS.get(profile, HOSTS["local"])
        organisation = "dume" if PLATFORM & given.get("dume", {}).keys() else "universal"
        piste = {"oauth_url": oauth, "api_url": api, "organisation": organisation, **given.get("piste", {})}
        certificate = {"url": OLD_HOSTS.get(profile, OLD_HOSTS["local"]), **given.get("certificate", {})}
        ledger = {"url": LEDGERS.get(profile, LEDGERS["local"]), **given.get("ledger", {})}
        return {**given, "piste": piste, "certificate": certificate, "ledger": ledger}

    def found(self, variable: str) -> Found | None:
        """Where the value of `variable` came from; None when it is a default."""
        return self._found.get(variable)

    def given(self, prefix: str) -> tuple[str, ...]:
        """The variables with this prefix that somebody set."""
        return tuple(variable for variable in sorted(self._found) if variable.startswith(prefix))

    def remember(self, found: Mapping[str, Found]) -> Self:
        """The same settings, knowing where each value came from."""
        self._found = dict(found)
        return self

    def secrets(self) -> Iterator[str]:
        """Every value that must never be printed, passwords inside addresses included."""
        yield from (part for _, part in self.secret_parts())

    def secret_parts(self) -> Iterator[tuple[str, str]]:
        """The same, each with its variable."""
        for variable, value in values(self):
            if isinstance(value, SecretStr):
                yield from ((variable, part) for part in _secret_parts(value.get_secret_value()))


def variables(model: type[BaseModel] = Settings, prefix: str = PREFIX) -> dict[str, tuple[str, ...]]:
    """Every known variable and the path of its field."""
    known: dict[str, tuple[str, ...]] = {}
    for name, field in model.model_fields.items():
        variable = prefix + name.upper()
        if isinstance(field.annotation, type) and issubclass(field.annotation, Group):
            known |= {k: (name, *path) for k, path in variables(field.annotation, variable + "__").items()}
        else:
            known[variable] = (name,)
    return known


def kinds() -> dict[str, Kind]:
    """How the text of every variable is taken."""
    taken = {}
    for variable, path in variables().items():
        model: type[BaseModel] = Settings
        for name in path[:-1]:
            model = cast("type[BaseModel]", model.model_fields[name].annotation)
        expected = str(model.model_fields[path[-1]].annotation)
        if variable in VERBATIM:
            taken[variable] = Kind.VERBATIM
        else:
            taken[variable] = Kind.PATH if "pathlib.Path" in expected else Kind.PLAIN
    return taken


def values(settings: Settings) -> Iterator[tuple[str, object]]:
    """Every variable with its effective value, in the order of the fields."""
    for variable, path in variables().items():
        value: object = settings
        for name in path:
            value = getattr(value, name)
        yield variable, value


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """The settings of this environment; raises SettingsInvalid with every problem at once."""
    known = variables()
    collected = collect(os.environ if environ is None else environ, kinds())
    given: dict[str, Any] = {}  # Any: raw values, checked field by field next
    for variable, found in collected.found.items():
        *groups, name = known[variable]
        group = given
        for part in groups:
            group = group.setdefault(part, {})
        group[name] = found.value
    problems = list(collected.problems)
    try:
        settings = Settings(**given)
    except ValidationError as error:
        raise SettingsInvalid(*problems, *_sentences(error, collected.found)) from None
    if problems:
        raise SettingsInvalid(*problems)
    return settings.remember(collected.found)


def _sentences(error: ValidationError, found: Mapping[str, Found]) -> Iterator[str]:
    secret = {"RELAY_AMQP__URL", "RELAY_LEDGER__URL", *VERBATIM}
    for problem in error.errors(include_url=False, include_context=False, include_input=False):
        variable = PREFIX + "__".join(str(part) for part in problem["loc"] if isinstance(part, str)).upper()
        reason = problem["msg"].removeprefix("Value error, ")
        given = found.get(variable)
        # An address may hold a password although none belongs there.
        shown = f" is {given.value!r}" if given and variable not in secret and "@" not in given.value else ""
        yield f"{variable}{shown}: {reason[:1].lower()}{reason[1:]}."


def _secret_parts(secret: str) -> Iterator[str]:
    """What must not be seen of a secret: of an address its password, also written in a way no library would read."""
    if "://" not in secret:
        yield secret
        return
    address = split_address(secret)
    parts = (address.password, *(value for name, value in parse_qsl(address.query) if "pass" in name.lower()))
    for part in filter(None, parts):
        yield from {part, unquote(part)}
