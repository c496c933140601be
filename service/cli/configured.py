"""What every command starts with: the settings, checked, and secrets that cannot be printed from then on."""

from __future__ import annotations

import sys
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

    From then on a command says what went wrong on standard error, and leaves standard output to what was asked for.
    """
    from service.observability.log import configure_logging

    try:
        settings = load_settings()
    except SettingsInvalid as error:
        raise refuse(*error.sentences) from None
    configure_logging("console", "warning", hush(settings), stream=sys.stderr)
    return settings


def checked_settings() -> tuple[Settings, tuple[Finding, ...]]:
    """The settings after the start-up checks, with what is worth noticing; ends the command when one check fails."""
    settings = read_settings()
    found = findings(to_plan(settings))
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
    )


def hush(settings: Settings) -> Secrets:
    """The register of secrets, holding those of the settings."""
    from service.observability.secrets import Secrets

    secrets = Secrets()
    for secret in settings.secrets():
        secrets.register(secret)
    return secrets
