"""Files of the client certificate that come too early, or go, keep nobody from working, and are spoken of."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from service.certificate_watch import CertificateWatch
from service.sandbox.simulator import Authority
from service.upstream import CertificateInvalid, ClientCertificate

DAY = timedelta(days=1)
PAIR = {"client.pem", "client.key"}


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    """A test authority."""
    return Authority(tmp_path / "authority")


def certificate(
    authority: Authority,
    *,
    begins_at: datetime | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> ClientCertificate:
    """A certificate that this authority signs now."""
    path, key_path = authority.issue(begins_at=begins_at)
    return ClientCertificate(path=path, key_path=key_path, clock=clock)


def test_should_refuse_to_start_with_one_of_the_future(authority: Authority) -> None:
    """It would be refused at the first call; said in one sentence with the moment from which on it is good."""
    future = certificate(authority, begins_at=datetime.now(UTC) + DAY)
    with pytest.raises(CertificateInvalid, match=r"client\.pem is valid only from 20\d\d-\d\d-\d\d \d\d:\d\d UTC on"):
        future.check()


def test_should_show_the_former_one_until_the_new_one_is_valid(authority: Authority) -> None:
    """Put there ahead of its time, it is taken into use at its time, without another change of the files."""
    clock = [datetime.now(UTC)]
    shown = certificate(authority, clock=lambda: clock[0])
    before, former_end = shown.context(), shown.ends_at
    with capture_logs() as lines:
        authority.issue(begins_at=clock[0] + DAY)
        meanwhile, end = shown.context(), shown.ends_at
        clock[0] += 2 * DAY
        after = shown.context()

    assert (meanwhile is before, end, after is before) == (True, former_end, False)
    assert [line["event"] for line in lines] == ["certificate_not_valid_yet_found", "certificate_read"]


@pytest.mark.parametrize("gone", sorted(PAIR))
def test_should_say_once_that_a_file_has_vanished(authority: Authority, gone: str) -> None:
    """Calls go on with what was read; a restart would fail, so somebody has to know."""
    shown = certificate(authority)
    watch = CertificateWatch(certificate=shown, show=lambda _, __: None, ahead=DAY)
    moved = (authority.folder / gone).rename(authority.folder / "moved")
    with capture_logs() as lines:
        watch.look()
        watch.look()
        moved.rename(authority.folder / gone)
        watch.look()
        (authority.folder / gone).rename(moved)
        watch.look()
    said = [line for line in lines if line["event"] == "certificate_missed"]

    assert [line["path"] for line in said] == [str(authority.folder / gone)] * 2
