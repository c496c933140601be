"""`piste-relay doctor`: tries everything a worker needs, one line each, with what to do about what fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from importlib.metadata import version

import typer

from service import wiring
from service.accounts import AccountBook
from service.accounts_file import AccountsInvalid
from service.cli import diagnosis, ledger_health, mapping_check
from service.cli.configured import FAILED, hush, ordinary_secrets, read_settings, to_plan
from service.cli.diagnosis import Line, fail, ok, warning
from service.cli.topology import configured_topology
from service.core.calendar import CalendarInvalid, parse
from service.core.preflight import RulesInvalid
from service.core.startup import findings
from service.feed.wanted import wanted_feeds
from service.messaging.examine import Examined as ExaminedBroker
from service.messaging.examine import examine as examine_broker
from service.messaging.failures import BrokerRefused, BrokerTrouble
from service.observability.secrets import Secrets
from service.settings import Settings
from service.upstream import DUME, CertificateInvalid, MappingInvalid, UpstreamSettings

STREAMS_BUILT_IN = (3, 12)
"""From this version on the feature flag that safe dead-lettering needs can no longer be off."""
STREAMS_HINT = (
    "its feature flag stream_queue must be on (rabbitmqctl list_feature_flags); that cannot be seen from here"
)
OLDEST = (3, 10)


def doctor() -> None:
    """Check settings, broker, ledger, mapping, token and each upstream; exit code 1 when something fails."""
    settings = read_settings()
    secrets = hush(settings)
    failures = asyncio.run(_tell(settings, secrets))
    if failures:
        typer.echo(f"{failures} of these must be put right before a worker can run.", err=True)
        raise typer.Exit(FAILED)


async def _tell(settings: Settings, secrets: Secrets) -> int:
    failures = 0
    async for line in _lines(settings, secrets):
        failures += line.has_failed
        typer.echo(secrets.mask(str(line)))
    return failures


async def _lines(settings: Settings, secrets: Secrets) -> AsyncIterator[Line]:
    for line in (*_of_settings(settings), *_of_calendar(settings)):
        yield line
    yield await _of_broker(settings)
    for line in await ledger_health.ledger(settings):
        yield line
    try:
        accounts = wiring.account_book(settings, secrets)
        upstream = wiring.upstream_settings(settings, accounts, f"piste-relay/{version('piste-relay')}")
        wiring.preflight(settings, accounts)
        changes = mapping_check.changed(settings.mapping)
    except (AccountsInvalid, CertificateInvalid, MappingInvalid, RulesInvalid) as error:
        yield fail("mapping" if isinstance(error, MappingInvalid) else "upstreams", str(error))
        return
    for line in changes:
        yield line
    yield _of_feed(settings, accounts)
    async for line in _of_upstreams(settings, accounts, upstream, secrets.register_passing):
        yield line


def _of_settings(settings: Settings) -> Iterator[Line]:
    found = (*findings(to_plan(settings)), *ordinary_secrets(settings))
    if not found:
        caller = "a certificate" if settings.auth == "certificate" else f"organisation {settings.piste.organisation}"
        yield ok("settings", f"profile {settings.profile}, {caller}")
    for finding in found:
        yield fail("settings", finding.text) if finding.is_fatal else warning("settings", finding.text)


def _of_calendar(settings: Settings) -> Iterator[Line]:
    path = settings.maintenance.calendar
    if path is None:
        return
    try:
        windows = parse(path.read_text(encoding="utf-8"))
    except CalendarInvalid as error:
        yield fail("calendar", str(error))
    except (OSError, UnicodeDecodeError):
        yield fail("calendar", f"{path} cannot be read; RELAY_MAINTENANCE__CALENDAR must name a text file")
    else:
        yield ok("calendar", f"{len(windows)} windows in {path}")


def _of_feed(settings: Settings, accounts: AccountBook) -> Line:
    feeds = ", ".join(feed.name for feed in wanted_feeds(accounts, settings.feed.roles))
    if not feeds:
        return ok("feed", "off: RELAY_FEED__ROLES=supplier publishes changes of status without being asked")
    return ok("feed", f"{feeds}, every {settings.feed.interval:g} seconds")


async def _of_broker(settings: Settings) -> Line:
    topology = configured_topology(settings)
    try:
        seen = await examine_broker(settings.amqp.url.get_secret_value(), topology, may_declare=settings.amqp.declare)
    except BrokerRefused as error:
        return fail("broker", f"{error}; check user, password and virtual host in RELAY_AMQP__URL")
    except BrokerTrouble as error:
        return fail("broker", f"{error}; check RELAY_AMQP__URL, and that the broker runs and can be reached from here")
    return _judged(seen, may_declare=settings.amqp.declare)


def _judged(seen: ExaminedBroker, *, may_declare: bool) -> Line:
    name = f"{seen.product} {'.'.join(str(part) for part in seen.version)}"
    if seen.version and seen.version < OLDEST:
        return fail("broker", f"{name} is older than 3.10, the oldest the relay can use")
    if seen.differs or (seen.missing and not may_declare):
        return fail("broker", f"{name}: {seen.differs or seen.missing}")
    if seen.missing:
        return warning("broker", f"{name}: not everything is declared yet; a worker does it at start")
    hint = f"; {STREAMS_HINT}" if seen.version and seen.version < STREAMS_BUILT_IN else ""
    return ok("broker", f"{name}, everything is declared as it should be{hint}")


async def _of_upstreams(
    settings: Settings, accounts: AccountBook, upstream: UpstreamSettings, on_token: Callable[[str], object]
) -> AsyncIterator[Line]:
    if upstream.certificate is not None:
        line = diagnosis.certificate(upstream.certificate, timedelta(days=settings.certificate.warning))
    elif not settings.piste.client_id or not settings.piste.client_secret:
        yield warning("token", "not tried, because the credentials are missing")
        return
    else:
        line = await diagnosis.token(upstream, on_token)
    yield line
    if line.has_failed:
        return
    ahead, answers = timedelta(days=settings.chorus_pro.password_warning), False
    async for line in diagnosis.health(upstream, accounts, wiring.upstream_names(settings, accounts), ahead):
        answers = answers or (line.name == DUME and not line.has_failed)
        yield line
    if answers:
        async for line in mapping_check.compare(upstream):
            yield line
