"""The effective settings can be shown to anybody."""

import pytest
from pydantic import SecretStr

from service.cli.config import printable, rows
from service.observability.secrets import MASK
from service.settings import SettingsInvalid, load_settings, variables

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
        ("amqp://user:w/o?r#d@broker/", f"amqp://user:{MASK}@broker/"),
        (
            "postgresql://user:w/rd@one:5432,two:5432/db?sslmode=require",
            f"postgresql://user:{MASK}@one:5432,two:5432/db?{MASK}",
        ),
        ("postgresql:///db?user=relay&password=word@x", f"postgresql:///db?{MASK}"),
        ("amqp://broker:5672/", "amqp://broker:5672/"),
        ("sqlite:////var/a@b/ledger.db", "sqlite:////var/a@b/ledger.db"),
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


@pytest.mark.parametrize(
    ("variable", "address"),
    [
        ("RELAY_AMQP__URL", "amqp://relay:{}@broker/"),
        ("RELAY_AMQP__URL", "amqp://relay:{}@broker:port/"),
        ("RELAY_AMQP__URL", "http://relay:{}@broker/"),
        ("RELAY_LEDGER__URL", "postgresql://relay:{}/x@base/relay"),
        ("RELAY_LEDGER__URL", "mysql://relay:{}@base/relay"),
        ("RELAY_LEDGER__URL", "postgresql://relay@base/relay?sslpassword={}"),
        ("RELAY_PISTE__API_URL", "https://relay:{}@api.example/"),
        ("RELAY_PISTE__OAUTH_URL", "ftp://relay:{}@api.example/"),
    ],
)
def test_should_never_repeat_the_password_of_an_address(variable: str, address: str) -> None:
    """Neither where it can be used nor in the sentence that says why it cannot."""
    try:
        said = str(rows(load_settings({variable: address.format(CANARY)})))
    except SettingsInvalid as error:
        said = str(error)

    assert variable in said
    assert CANARY not in said


def test_should_hold_no_secret_in_what_settings_show_of_themselves() -> None:
    """Settings end up in tracebacks and debuggers."""
    given = {
        "RELAY_AMQP__URL": f"amqp://relay:{CANARY}@broker/",
        "RELAY_LEDGER__URL": f"postgresql://relay:{CANARY}@base/relay",
        "RELAY_PISTE__CLIENT_SECRET": CANARY,
        "RELAY_CHORUS_PRO__PASSWORD": CANARY,
    }
    settings = load_settings(given)
    found = settings.found("RELAY_PISTE__CLIENT_SECRET")

    assert CANARY not in f"{settings!r} {settings!s} {settings.model_dump()} {settings.model_dump_json()} {found!r}"
    assert set(settings.secrets()) == {CANARY}
