"""When a body is still connected by certificate: the same requests end the same way, at the old addresses alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.sandbox.broker import Broker
from service.sandbox.simulator import Authority
from tests.builders import deposit, new_number, simplified
from tests.support.command import run
from tests.support.scene import Scene

DONE = ["invoice.deposit.done.v1", "tender.dume.simplified.done.v1", "invoice.deposit.done.v1"]
NO_PISTE = dict.fromkeys(
    (f"RELAY_PISTE__{name}" for name in ("CLIENT_ID", "CLIENT_SECRET", "ORGANISATION", "OAUTH_URL", "API_URL")), ""
)
"""Taken away from the usual variables: an empty one counts as not set."""


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """The test authority of the simulated State, whose first certificate ends soon."""
    made = Authority(tmp_path / "authority")
    made.issue(ends_at=datetime.now(UTC) + timedelta(days=20))
    return made


@pytest.fixture
async def scene(broker: Broker, tmp_path: Path, authority: Authority) -> AsyncIterator[Scene]:
    """A scene whose State serves the old addresses too."""
    async with Scene(broker, tmp_path, authority=authority) as ready:
        yield ready


def variables(scene: Scene, authority: Authority, **changes: str) -> dict[str, str]:
    """What a worker needs in place of an application at PISTE."""
    return {
        **NO_PISTE,
        "RELAY_AUTH": "certificate",
        "RELAY_CERTIFICATE__ACKNOWLEDGED": "true",
        "RELAY_CERTIFICATE__URL": scene.simulator.certificate_url,
        "RELAY_CERTIFICATE__CHAIN": str(authority.folder / "client.pem"),
        "RELAY_CERTIFICATE__KEY": str(authority.folder / "client.key"),
        "SSL_CERT_FILE": str(authority.ca),
        **changes,
    }


async def test_should_carry_invoices_and_tenders(scene: Scene, authority: Authority) -> None:
    """Without a token and over real TLS; a certificate that ends soon is told, and replaced without a restart."""
    worker = await scene.start_worker(**variables(scene, authority))
    first, tender, later = deposit(new_number()), simplified(new_number()), deposit(new_number())
    await scene.publish_all(first, tender)
    await scene.audit.ended([first["id"], tender["id"]])
    warned = await worker.line("certificate_end_neared")
    doctor = await run("doctor", environment=scene.environment(**variables(scene, authority)))
    renewed, key = authority.issue("renewed")
    key.replace(authority.folder / "client.key")
    renewed.replace(authority.folder / "client.pem")
    await scene.bus.publish(later)
    await scene.audit.ended([later["id"]])

    asked = (first["id"], tender["id"], later["id"])
    assert [one["type"] for id in asked for one in scene.audit.endings(id)] == DONE
    calls = scene.simulator.journal.calls()
    assert [call.path for call in calls if not call.path.startswith("/service/")] == []
    assert {call.client_id for call in calls} == {"client", "renewed"}
    assert warned["days_left"] == 19
    assert "piste_relay_certificate_expiry_timestamp_seconds" in await worker.metrics()
    assert (doctor.code, "warning  certificate" in doctor.out, "token" in doctor.out) == (0, True, False)


async def test_should_not_start_with_an_expired_certificate(scene: Scene, authority: Authority) -> None:
    """One sentence says since when, and what to do."""
    authority.issue(ends_at=datetime(2026, 3, 4, tzinfo=UTC))
    ended = await run("worker", environment=scene.environment(**variables(scene, authority)))

    assert ended.code == 1
    assert "client.pem expired on 2026-03-04: renew it in the portal of Chorus Pro" in ended.out


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"RELAY_CERTIFICATE__URL": "https://sandbox-api.piste.gouv.fr"}, "the State takes no certificate"),
        ({"RELAY_PISTE__API_URL": "https://sandbox-api.piste.gouv.fr"}, "RELAY_PISTE__API_URL: certificate and PISTE"),
        ({"RELAY_CERTIFICATE__ACKNOWLEDGED": ""}, "RELAY_CERTIFICATE__ACKNOWLEDGED=true"),
    ],
)
async def test_should_refuse_to_be_mixed_with_piste(
    scene: Scene, authority: Authority, changes: dict[str, str], expected: str
) -> None:
    """A host of PISTE stops the start with a sentence, and so does a certificate nobody acknowledged."""
    environment = scene.environment(**variables(scene, authority, RELAY_PROFILE="sandbox", **changes))
    ended = await run("worker", environment=environment)

    assert (ended.code, expected in ended.errors) == (2, True)
