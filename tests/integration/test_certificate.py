"""The relay shows its certificate to the simulated State over real TLS, and takes a replaced one into use."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from cryptography.hazmat.primitives import serialization
from structlog.testing import capture_logs

from service.certificate_watch import CertificateWatch
from service.core.errors import AccountRejected, CredentialsRejected, UpstreamFailure
from service.core.gate import Gates
from service.sandbox.simulator import Authority, Simulator
from service.upstream import (
    CertificateInvalid,
    ClientCertificate,
    Platform,
    Requester,
    TechnicalAccount,
    Upstreams,
    UpstreamSettings,
    load_mapping,
)
from service.watched import stamp
from tests.integration.simulator.caller import LOGIN, PASSWORD

DAY = timedelta(days=1)
PAIR = {"client.pem", "client.key"}


@dataclass(slots=True)
class Door:
    """The simulator behind its certificate, and clients that try to come in."""

    simulator: Simulator
    authority: Authority
    stack: AsyncExitStack

    async def upstreams(self, certificate: ClientCertificate, *, password: str = PASSWORD) -> Upstreams:
        """The relay's clients with this certificate."""
        settings = UpstreamSettings(
            oauth_url="https://127.0.0.1:1/nobody",
            api_url=self.simulator.certificate_url,
            client_id="",
            client_secret="",
            mapping=load_mapping(),
            accounts=lambda name: TechnicalAccount(name=name, login=LOGIN, password=password),
            platform=Platform(platform_id="99900001100018", technical_platform_id="TND001"),
            requester=Requester(id="99900012800010", name="Ville de Sample"),
            certificate=certificate,
        )
        return await self.stack.enter_async_context(Upstreams(settings, Gates(interval=timedelta(seconds=1))))

    async def failure(self, certificate: ClientCertificate) -> UpstreamFailure:
        """What keeps a certificate out."""
        clients = await self.upstreams(certificate)
        with pytest.raises(UpstreamFailure) as caught:
            await clients.check_health("chorus-pro")
        return caught.value

    def callers(self) -> list[str | None]:
        """The names in the certificates of the calls that came in."""
        return [call.client_id for call in self.simulator.journal.calls()]


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Authority:
    """A test authority that this process trusts, as an operator would have it trust one."""
    made = Authority(tmp_path / "authority")
    monkeypatch.setenv("SSL_CERT_FILE", str(made.ca))
    return made


@pytest.fixture
async def door(authority: Authority) -> AsyncIterator[Door]:
    """The old addresses, and nobody inside yet."""
    async with AsyncExitStack() as stack:
        simulator = await stack.enter_async_context(Simulator(authority=authority))
        yield Door(simulator, authority, stack)


def certificate(authority: Authority, name: str = "client", **changes: Any) -> ClientCertificate:
    """A certificate that this authority signs now; `begins_at` and `ends_at` are when it is valid."""
    valid = {side: changes.pop(side, None) for side in ("begins_at", "ends_at")}
    path, key_path = authority.issue(name, **valid)
    return ClientCertificate(path=path, key_path=key_path, **changes)


@pytest.mark.parametrize("upstream", ["chorus-pro", "dume"])
async def test_should_let_the_right_certificate_in(door: Door, upstream: str) -> None:
    """With the technical account, and without any token; DUME wants the account too."""
    clients = await door.upstreams(certificate(door.authority))
    await clients.check_health(upstream)
    (call,) = door.simulator.journal.calls()

    assert (call.status, call.client_id, call.account_login) == (200, "client", LOGIN)
    assert call.path.startswith("/service/")


async def ask_chorus_pro(clients: Upstreams) -> object:
    return await clients.chorus_pro(account="default", event="e-1").flow_report("CPP1")


async def ask_dume(clients: Upstreams) -> object:
    return await clients.dume(account="default", event="e-1").search(consultation_id="C-1", buyer_id=None)


@pytest.mark.parametrize("ask", [ask_chorus_pro, ask_dume])
async def test_should_tell_a_wrong_password_from_a_wrong_certificate(
    door: Door, ask: Callable[[Upstreams], Awaitable[object]]
) -> None:
    """The account rests; the certificate is good."""
    clients = await door.upstreams(certificate(door.authority), password="wrong")
    with pytest.raises(AccountRejected):
        await ask(clients)


async def test_should_keep_out_whom_another_authority_signed(door: Door, tmp_path: Path) -> None:
    """Nothing was sent, and the failure says that it is about the certificate."""
    failure = await door.failure(certificate(Authority(tmp_path / "another")))

    assert isinstance(failure, CredentialsRejected)
    assert "the client certificate is refused" in str(failure)
    assert door.callers() == []


async def test_should_keep_out_who_shows_an_expired_one(door: Door) -> None:
    """The State decides by its own clock, whatever ours says."""
    past = datetime.now(UTC) - DAY
    expired = certificate(door.authority, ends_at=past, clock=lambda: past - DAY)

    assert isinstance(await door.failure(expired), CredentialsRejected)
    assert door.callers() == []


async def test_should_not_show_an_expired_one(door: Door) -> None:
    """What cannot be taken is not tried."""
    failure = await door.failure(certificate(door.authority, ends_at=datetime.now(UTC) - DAY))

    assert isinstance(failure, CredentialsRejected)
    assert "expired on" in str(failure)


async def test_should_keep_out_who_shows_none(door: Door, authority: Authority) -> None:
    """Nor does the old door serve PISTE, nor PISTE the old paths."""
    path = "/service/transverses/health-check"
    seen = ClientCertificate(path=authority.folder / "client.pem", key_path=authority.folder / "client.key")
    async with aiohttp.ClientSession() as session:
        with pytest.raises(aiohttp.ClientConnectorError):
            await session.get(door.simulator.certificate_url)
        plain = await session.get(door.simulator.url + path)
        piste = await session.get(
            door.simulator.certificate_url.removesuffix("/service") + "/cpro/transverses/v1/health-check",
            ssl=seen.context(),
        )

    assert (plain.status, piste.status) == (403, 403)


async def test_should_show_a_renewed_certificate_from_the_next_call_on(door: Door) -> None:
    """Also where the former one had a connection open, and had expired by now; no restart is needed."""
    clock = [datetime.now(UTC)]
    shown = certificate(door.authority, ends_at=clock[0] + DAY, clock=lambda: clock[0])
    clients = await door.upstreams(shown)
    await clients.check_health("chorus-pro")
    clock[0] += 2 * DAY
    with pytest.raises(CredentialsRejected):
        await clients.check_health("chorus-pro")
    renewed, key = door.authority.issue("renewed", ends_at=clock[0] + 400 * DAY)
    key.replace(shown.key_path)
    still = shown.ends_at
    renewed.replace(shown.path)
    await clients.check_health("chorus-pro")

    assert door.callers() == ["client", "renewed"]
    assert still < clock[0] < shown.ends_at


async def test_should_warn_once_a_day_and_show_the_end(authority: Authority) -> None:
    """Thirty days ahead; a renewed certificate ends the warning and moves the end."""
    soon, later = datetime.now(UTC) + 20 * DAY, datetime.now(UTC) + 400 * DAY
    shown: list[datetime] = []
    watch = CertificateWatch(
        certificate=certificate(authority, ends_at=soon), show=lambda _, end: shown.append(end), ahead=30 * DAY
    )
    with capture_logs() as lines:
        watch.look()
        watch.look()
        authority.issue(ends_at=later)
        watch.look()
    warned = [line for line in lines if line["event"] == "certificate_end_neared"]

    assert [line["days_left"] for line in warned] == [19]
    assert shown == [end.replace(microsecond=0) for end in (soon, soon, later)]


def test_should_keep_the_former_one_while_the_new_one_cannot_be_used(authority: Authority) -> None:
    """Two files are not replaced in one moment; each failure is said once."""
    shown = certificate(authority)
    before = shown.context()
    with capture_logs() as lines:
        shown.path.write_text("no certificate")
        after = (shown.context(), shown.context())

    assert after == (before, before)
    assert [line["event"] for line in lines] == ["certificate_found_unreadable"]


@pytest.mark.parametrize("first", ["client.pem", "client.key"])
def test_should_use_the_former_pair_until_both_files_are_replaced(authority: Authority, first: str) -> None:
    """A new certificate with the old key, or the old one with a new key, is no pair, and neither is shown."""
    shown = certificate(authority)
    before, former = shown.context(), {name: (authority.folder / name).read_bytes() for name in PAIR}
    authority.issue(ends_at=datetime.now(UTC) + 40 * DAY)
    renewed = {name: (authority.folder / name).read_bytes() for name in PAIR}
    [other] = PAIR - {first}
    (authority.folder / other).write_bytes(former[other])
    half = shown.context()
    (authority.folder / other).write_bytes(renewed[other])

    assert half is before
    assert shown.context() is not before


def test_should_try_again_once_it_may_read_the_files(authority: Authority) -> None:
    """New rights leave content and date as they were, and may be all that a renewed key was waiting for."""
    key = authority.folder / "server.key"
    before = stamp(key)
    key.chmod(0o640)

    assert stamp(key) != before


@pytest.mark.parametrize(
    ("path", "key_path", "expected"),
    [
        ("none.pem", "client.key", "none.pem cannot be read: No such file or directory."),
        ("client.pem", "none.key", "none.key cannot be read: No such file or directory."),
        ("client.key", "client.key", "client.key holds no certificate in PEM."),
        ("client.pem", "server.key", "server.key: they are not of one pair."),
        ("client.pem", "locked.key", "locked.key: wrong password, or no PEM."),
        ("client.pem", "client.pem", "client.pem: wrong password, or no PEM."),
    ],
)
def test_should_say_why_a_certificate_cannot_be_used(
    authority: Authority, path: str, key_path: str, expected: str
) -> None:
    """One sentence with the file it is about."""
    _locked(authority.folder)
    with pytest.raises(CertificateInvalid) as caught:
        ClientCertificate(path=authority.folder / path, key_path=authority.folder / key_path)

    assert str(caught.value).endswith(expected)


def test_should_open_a_key_with_its_password(authority: Authority) -> None:
    """The password is in no representation."""
    locked = ClientCertificate(
        path=authority.folder / "client.pem", key_path=_locked(authority.folder), key_password="a-pass-phrase"
    )

    assert locked.context() is locked.context()
    assert "a-pass-phrase" not in repr(locked)


def test_should_refuse_to_start_with_an_expired_one(authority: Authority) -> None:
    """Said in one sentence with its day."""
    expired = certificate(authority, ends_at=datetime(2026, 3, 4, tzinfo=UTC))
    with pytest.raises(CertificateInvalid, match=r"client\.pem expired on 2026-03-04: renew it in the portal"):
        expired.check()


async def test_should_not_show_one_of_the_future(door: Door) -> None:
    """What cannot be taken yet is not tried."""
    failure = await door.failure(certificate(door.authority, begins_at=datetime.now(UTC) + DAY))

    assert isinstance(failure, CredentialsRejected)
    assert "not valid before" in str(failure)
    assert door.callers() == []


def _locked(folder: Path) -> Path:
    """The key of the client, with a password."""
    key = serialization.load_pem_private_key((folder / "client.key").read_bytes(), None)
    how = serialization.BestAvailableEncryption(b"a-pass-phrase")
    kind = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8)
    (folder / "locked.key").write_bytes(key.private_bytes(*kind, how))
    return folder / "locked.key"
