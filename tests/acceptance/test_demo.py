"""The demonstration, run as a person runs it."""

import os
import subprocess
import sys

import pytest

from service.sandbox.simulator import Account, Application
from tests.support.evidence import EVIDENCE

LIMIT = 120.0  # seconds; it takes about twenty-five


@pytest.fixture
def shown(amqp_url: str) -> "subprocess.CompletedProcess[str]":
    """What the command printed, on a broker it was given."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("RELAY_")}
    done = subprocess.run(
        [sys.executable, "-m", "service", "demo"],
        env=inherited | {"RELAY_AMQP__URL": amqp_url},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    EVIDENCE.text("the demonstration", done.stdout + done.stderr)
    return done


def test_should_show_that_nothing_is_lost_or_doubled(shown: "subprocess.CompletedProcess[str]") -> None:
    """Every request ends as it must, through a maintenance, and the exit code says so."""
    assert shown.returncode == 0, shown.stdout[-3000:] + shown.stderr[-3000:]

    lines = shown.stdout.splitlines()
    assert {"Not as expected: 0", "Doubled: 0", "Lost: 0", "Everything went as it must."} <= set(lines)
    assert sum(line.endswith(": parked") for line in lines) >= 5
    assert [secret for secret in (Application().client_secret, Account().password) if secret in shown.stdout] == []
