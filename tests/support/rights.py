"""Gives the relay a user of its own at the broker, whose password is recognised wherever it is written."""

from __future__ import annotations

from service.sandbox.broker import Broker
from tests.support.canaries import BROKER_PASSWORD, BROKER_USER, with_password


def open_vhost(broker: Broker, name: str) -> str:
    """The address of a virtual host nobody used before, with the relay's own user; a given broker's own address."""
    url = broker.vhost(name)
    if not broker.is_controlled:
        return url
    broker.evaluate(_add_user(BROKER_USER, BROKER_PASSWORD, name))
    return with_password(url, BROKER_PASSWORD)


def _add_user(user: str, password: str, vhost: str) -> str:
    """The Erlang expression that makes a user, unless there is one, and lets it do everything in a virtual host."""
    named, every = _binary(user), _binary(".*")
    return (
        f"rabbit_auth_backend_internal:exists({named}) orelse "
        f"rabbit_auth_backend_internal:add_user({named}, {_binary(password)}, {_binary('relay')}), "
        f"rabbit_auth_backend_internal:set_permissions({named}, {_binary(vhost)}, {every}, {every}, {every}, "
        f"{_binary('relay')})."
    )


def _binary(text: str) -> str:
    """A text as Erlang reads it, byte by byte, so that it needs no escaping."""
    return f"<<{','.join(str(byte) for byte in text.encode())}>>"
