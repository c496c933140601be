"""Turns settings into the values each part is made of, so that no part knows the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contracts.reasons import Reason
from service.accounts import AccountBook
from service.core.account import DEFAULT, Account
from service.core.doubt import DoubtPolicy
from service.core.errors import EventInvalid
from service.core.feed import FeedPlan
from service.core.recoverability import RetryPolicy
from service.password_watch import DAY, PasswordWatch
from service.password_watch import EVENT as WATCH
from service.preflight import Preflight
from service.rests import Rests
from service.task import Policies
from service.upstream import (
    CHORUS_PRO,
    DUME,
    CertificateInvalid,
    ClientCertificate,
    Platform,
    Requester,
    TechnicalAccount,
    Upstreams,
    UpstreamSettings,
    load_mapping,
)
from service.upstream.chorus_pro import changes as chorus_pro_changes
from service.upstream.chorus_pro import decision_operations, read_operations, reference_operations, supplier_operations
from service.upstream.chorus_pro import operations as chorus_pro_operations
from service.upstream.chorus_pro import structure_operations as chorus_pro_structures
from service.upstream.dume import bidder_operations, essential_data_operations
from service.upstream.dume import documents_operations as dume_documents
from service.upstream.dume import operations as dume_operations
from service.upstream.dume import reference_operations as dume_reference
from service.upstream.operation import Operation

if TYPE_CHECKING:
    from service.observability.secrets import Secrets
    from service.settings import Settings

CALL_SHARE_OF_LEASE = 0.8
"""A call ends before the lease it is made under: its time-out is at most this share of it."""

LONGEST_ACCOUNT_WAIT = timedelta(minutes=15)
"""Events of a rejected account come back at least this often to see whether its secret changed; that costs no call."""


def policies(settings: Settings) -> Policies:
    """How patient this worker is."""
    return Policies(
        retries=RetryPolicy(
            steps=settings.delay.steps,
            doubt_wait=timedelta(seconds=settings.doubt.wait),
            account_wait=min(LONGEST_ACCOUNT_WAIT, timedelta(seconds=settings.chorus_pro.reprobe)),
        ),
        doubt=DoubtPolicy(wait=settings.doubt.wait, looks=settings.doubt.looks, resend=settings.doubt.then == "resend"),
        tracking=settings.tracking.steps,
        hold=settings.ledger.lease * CALL_SHARE_OF_LEASE,
        feed=timedelta(seconds=settings.feed.interval),
    )


def feed_plan(settings: Settings) -> FeedPlan:
    """How often statuses are read, and how far back."""
    return FeedPlan(
        interval=timedelta(seconds=settings.feed.interval),
        overlap=timedelta(seconds=settings.feed.overlap),
        first_window=timedelta(seconds=settings.feed.first_window),
        retention=timedelta(days=settings.ledger.retention),
        smallest=min(settings.delay.steps),
        lease=settings.ledger.lease,
        history=settings.feed.history,
    )


def waits(chosen: Policies) -> tuple[timedelta, ...]:
    """The union of all waits an event may be asked to make; each gets its delay queue."""
    retries = chosen.retries
    return tuple(sorted({*retries.steps, retries.doubt_wait, retries.account_wait, *chosen.tracking, chosen.feed}))


def account_book(settings: Settings, secrets: Secrets) -> AccountBook:
    """The technical accounts; raises AccountsInvalid."""
    password = settings.chorus_pro.password
    found = settings.found("RELAY_CHORUS_PRO__PASSWORD")
    return AccountBook(
        default=Account(
            name=DEFAULT,
            login=settings.chorus_pro.login,
            password=password.get_secret_value() if password else None,
            password_changed=settings.chorus_pro.password_changed,
        ),
        reprobe=timedelta(seconds=settings.chorus_pro.reprobe),
        file=settings.accounts,
        password_file=found.file if found else None,
        on_secret=secrets.register,
    )


def preflight(settings: Settings, accounts: AccountBook) -> Preflight:
    """How files are checked before they are sent; raises RulesInvalid."""
    chosen = settings.preflight
    return Preflight(accounts=accounts, mode=chosen.mode, looks_up=chosen.lookup, rules=chosen.rules)


def upstream_settings(settings: Settings, accounts: AccountBook, user_agent: str) -> UpstreamSettings:
    """Where and as whom the upstreams are called; raises MappingInvalid and CertificateInvalid."""
    secret = settings.piste.client_secret
    dume = settings.dume
    certificate = client_certificate(settings)
    return UpstreamSettings(
        oauth_url=settings.piste.oauth_url,
        api_url=settings.certificate.url if certificate else settings.piste.api_url,
        certificate=certificate,
        client_id=settings.piste.client_id or "",
        client_secret=secret.get_secret_value() if secret else "",
        mapping=load_mapping(Path(settings.mapping) if settings.mapping else None),
        accounts=lambda name: technical_account(accounts, name),
        health_account=lambda: health_account(accounts),
        platform=Platform(
            platform_id=dume.platform_id, technical_platform_id=dume.technical_platform_id, type=dume.platform_type
        )
        if dume.platform_id and dume.technical_platform_id and may_reach_dume(settings)
        else None,
        requester=Requester(id=dume.requester_id, name=dume.requester_name)
        if dume.requester_id and dume.requester_name
        else None,
        concurrency=settings.concurrency,
        timeouts={operation.name: bounded(operation.timeout, settings.ledger.lease) for operation in operations()},
        user_agent=user_agent,
        remember_recipients=settings.preflight.remember,
        remember_reference=dume.remember,
        stale_reference=dume.remember_longer,
    )


def client_certificate(settings: Settings) -> ClientCertificate | None:
    """What is shown in place of a token; raises CertificateInvalid when it cannot be used, or no longer."""
    if settings.auth != "certificate":
        return None
    given, password = settings.certificate, settings.certificate.key_password
    if given.chain is None or given.key is None:
        raise CertificateInvalid("The files of the client certificate and its key are not named.")
    certificate = ClientCertificate(
        path=given.chain, key_path=given.key, key_password=password.get_secret_value() if password else None
    )
    certificate.check()
    return certificate


def password_watch(
    settings: Settings,
    accounts: AccountBook,
    upstreams: Upstreams,
    rests: Rests,
    show: Callable[[str, datetime | None], None],
) -> PasswordWatch:
    """What asks when passwords expire, as each account may."""

    async def ask(name: str) -> Sequence[datetime]:
        directory = upstreams.directory(account=name, event=WATCH)
        return await directory.password_ends(first=accounts.get(name).suppliers)

    return PasswordWatch(
        accounts=accounts,
        rests=rests,
        gates=upstreams.gates,
        ask=ask if settings.chorus_pro.password_check else None,
        show=show,
        ahead=timedelta(days=settings.chorus_pro.password_warning),
        every=settings.chorus_pro.password_check or DAY,
    )


def health_account(accounts: AccountBook) -> str:
    """The account a health check asks with: the first that reaches Chorus Pro and is not rejected, if there is one.

    A rejected one would serve too, but each try brings it nearer to being locked.
    """
    names = accounts.names
    reaching = [name for name in names if accounts.get(name).reaches_chorus_pro] or names[:1]
    return next((name for name in reaching if not accounts.is_rejected(name)), reaching[0])


def bounded(timeout: float, lease: float) -> float:
    """Seconds a call may take under a lease of so many seconds."""
    return min(timeout, lease * CALL_SHARE_OF_LEASE)


def operations() -> Iterator[Operation[Any, Any]]:
    """Every operation the relay can call."""
    for module in (
        chorus_pro_operations,
        chorus_pro_structures,
        chorus_pro_changes,
        supplier_operations,
        decision_operations,
        read_operations,
        reference_operations,
        dume_operations,
        dume_documents,
        bidder_operations,
        essential_data_operations,
        dume_reference,
    ):
        yield from (value for value in vars(module).values() if isinstance(value, Operation))


def technical_account(accounts: AccountBook, name: str) -> TechnicalAccount:
    """The technical account of this name as it is now; raises EventInvalid when it reaches no Chorus Pro."""
    account = accounts.get(name)
    if not account.login or not account.password:
        raise EventInvalid(
            Reason.NOT_CONFIGURED, f"Account {account.name} has no technical account of Chorus Pro: login and password."
        )
    return TechnicalAccount(name=account.name, login=account.login, password=account.password)


def upstream_names(settings: Settings, accounts: AccountBook) -> tuple[str, ...]:
    """The upstreams this worker is configured for; probes and the calendar concern these.

    A file of accounts may hold one that reaches Chorus Pro tomorrow.
    """
    chorus_pro = settings.accounts or any(accounts.get(name).reaches_chorus_pro for name in accounts.names)
    dume = settings.dume.platform_id and may_reach_dume(settings)
    return tuple(name for name, on in ((CHORUS_PRO, chorus_pro), (DUME, dume)) if on)


def may_reach_dume(settings: Settings) -> bool:
    """Whether DUME may be called at all: through PISTE, only by an application of the DUME organisation."""
    return settings.auth == "certificate" or settings.piste.organisation == "dume"
