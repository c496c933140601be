"""What every command starts with: the settings, checked, and secrets that cannot be printed from then on."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from service.core.startup import Finding, Plan, findings
from service.settings import Settings, SettingsInvalid, load_settings

if TYPE_CHECKING:
    from service.observability.secrets import Secrets

UNUSABLE = 2
"""Exit code when the settings cannot be used."""
FAILED = 1
"""Exit code when something asked for was not done."""


def read_settings() -> Settings:
    """The settings; ends the command with every problem, one sentence each, when they cannot be used.

    From then on a command says what went wrong on standard error, and leaves standard output to what was asked for;
    neither shows a secret, whoever writes to it.
    """
    from service.observability.log import configure_logging
    from service.observability.output import MaskedOutput

    try:
        settings = load_settings()
    except SettingsInvalid as error:
        raise refuse(*error.sentences) from None
    secrets = hush(settings)
    configure_logging("console", "warning", secrets, stream=sys.stderr)
    sys.stdout, sys.stderr = MaskedOutput(sys.stdout, secrets), MaskedOutput(sys.stderr, secrets)
    return settings


def checked_settings() -> tuple[Settings, tuple[Finding, ...]]:
    """The settings after the start-up checks, with what is worth noticing; ends the command when one check fails."""
    settings = read_settings()
    found = (*findings(to_plan(settings)), *ordinary_secrets(settings))
    fatal = [finding.text for finding in found if finding.is_fatal]
    if fatal:
        raise refuse(*fatal)
    return settings, found


def refuse(*sentences: str, code: int = UNUSABLE) -> typer.Exit:
    """Say why on standard error, and the exit to raise."""
    for sentence in sentences:
        typer.echo(sentence, err=True)
    return typer.Exit(code)


def to_plan(settings: Settings) -> Plan:
    """What the start-up checks look at."""
    secret, password = settings.piste.client_secret, settings.chorus_pro.password
    return Plan(
        profile=settings.profile,
        oauth_url=settings.piste.oauth_url,
        api_url=settings.piste.api_url,
        organisation=settings.piste.organisation,
        client_id=settings.piste.client_id,
        client_secret=secret.get_secret_value() if secret else None,
        login=settings.chorus_pro.login,
        password=password.get_secret_value() if password else None,
        has_accounts_file=settings.accounts is not None,
        platform_id=settings.dume.platform_id,
        technical_platform_id=settings.dume.technical_platform_id,
        platform_type=settings.dume.platform_type,
        requester_id=settings.dume.requester_id,
        requester_name=settings.dume.requester_name,
        identifiers=settings.dume.identifiers,
        by_certificate=settings.auth == "certificate",
        certificate_url=settings.certificate.url,
        has_certificate=bool(settings.certificate.chain and settings.certificate.key),
        is_acknowledged=settings.certificate.acknowledged,
        given_for_piste=settings.given("RELAY_PISTE__"),
        given_for_certificate=settings.given("RELAY_CERTIFICATE__"),
    )


def ordinary_secrets(settings: Settings) -> Iterator[Finding]:
    """A notice for each secret somebody chose that cannot be hidden wherever it appears."""
    from service.observability.secrets import is_distinctive

    chosen = {variable for variable, part in settings.secret_parts() if not is_distinctive(part)}
    for variable in sorted(chosen):
        if settings.found(variable) is not None:
            yield Finding(
                text=f"{variable} holds a secret that is short or an ordinary word: it is masked in logs only where its"
                " place shows what it is.",
                is_fatal=False,
            )


def hush(settings: Settings) -> Secrets:
    """The register of secrets, holding those of the settings."""
    from service.observability.secrets import Secrets

    secrets = Secrets()
    for secret in settings.secrets():
        secrets.register(secret)
    return secrets
