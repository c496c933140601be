"""Takes an address apart so that its password is found, also where it should have been quoted and was not."""

from __future__ import annotations

from typing import NamedTuple


class Address(NamedTuple):
    """The parts of an address as written; `user` is None when there is none, `rest` are hosts and path."""

    scheme: str
    user: str | None
    password: str | None
    rest: str
    query: str


def split_address(url: str) -> Address:
    """The parts of any text with `://` in it; never raises.

    What stands before the last `@` is user and password: a raw `/`, `#` or `@` in a password does not end it, and a raw
    `?` only where no `@` comes before it.
    """
    scheme, _, rest = url.partition("://")
    if rest.startswith("/"):  # a path on this machine
        path, _, query = rest.partition("?")
        return Address(scheme, None, None, path, query)
    hosts, _, query = rest.partition("?")
    if "@" not in hosts and "@" in query:
        before, _, rest = rest.rpartition("@")
        hosts, _, query = rest.partition("?")
        hosts = f"{before}@{hosts}"
    before, at, hosts = hosts.rpartition("@")
    user, colon, password = before.partition(":")
    return Address(scheme, user if at else None, password if colon else None, hosts, query)
