"""The effective settings can be shown to anybody."""

import pytest
from pydantic import SecretStr

from service.cli.config import printable, rows
from service.observability.secrets import MASK
from service.settings import load_settings, variables

CANARY = "canary-93ab10"


def test_should_mask_every_secret_wherever_it_hides() -> None:
    """Passwords inside addresses and in their parameters are secrets too."""
    settings = load_settings(
        {
            "RELAY_AMQP__URL": f"amqps://user:{CANARY}@broker:5671/vhost?password={CANARY}",
            "RELAY_LEDGER__URL": f"postgresql://relay:{CANARY}@base/relay",
            "RELAY_PISTE__CLIENT_SECRET": CANARY,
            "RELAY_CHORUS_PRO__PASSWORD": CANARY,
        }
    )

    assert CANARY not in str(rows(settings))


@pytest.mark.parametrize(
    ("secret", "expected"),
    [
        ("amqp://user:word@broker:5672/vhost", f"amqp://user:{MASK}@broker:5672/vhost"),
        ("amqp://user:w@rd@broker/", f"amqp://user:{MASK}@broker/"),
        ("sqlite:////var/ledger.db", "sqlite:////var/ledger.db"),
        ("word", MASK),
    ],
)
def test_should_show_of_an_address_all_but_its_password(secret: str, expected: str) -> None:
    """An operator compares hosts, users and paths."""
    assert printable(SecretStr(secret)) == expected


def test_should_list_every_variable_with_its_value_and_origin() -> None:
    """What is in effect, and why."""
    listed = {name: (value, origin) for name, value, origin in rows(load_settings({"RELAY_DELAY__STEPS": "5s,60s"}))}

    assert set(listed) == set(variables())
    assert listed["RELAY_DELAY__STEPS"] == ("5s,1m", "environment")
    assert listed["RELAY_HTTP__PORT"] == ("8080", "default")
