"""`piste-relay config`: every setting as it is in effect, where it came from, and no secret."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer
from pydantic import SecretStr

from service.cli.configured import read_settings
from service.observability.secrets import MASK
from service.settings import Settings, values
from service.settings.addresses import split_address
from service.settings.durations import to_text


def config(as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False) -> None:
    """Print the effective settings, secrets masked, and where each came from."""
    lines = rows(read_settings())
    if as_json:
        typer.echo(json.dumps({name: {"value": value, "from": origin} for name, value, origin in lines}, indent=2))
        return
    widest = max(len(name) for name, _, _ in lines)
    for name, value, origin in lines:
        typer.echo(f"{name:<{widest}}  {value or '(none)'}  [{origin}]")


def rows(settings: Settings) -> list[tuple[str, str | None, str]]:
    """Name, printable value and origin of every setting."""
    listed = []
    for name, value in values(settings):
        found = settings.found(name)
        listed.append((name, printable(value), found.origin if found else "default"))
    return listed


def printable(value: object) -> str | None:
    """A value as it is written in the environment, without what must not be seen."""
    match value:
        case None:
            return None
        case SecretStr():
            return _masked(value.get_secret_value())
        case bool():
            return str(value).lower()
        case float():
            return f"{value:g}"
        case tuple() | frozenset():
            return ",".join(to_text(one) if isinstance(one, timedelta) else str(one) for one in sorted(value))
        case Path() | str() | int():
            return str(value)
        case _:
            raise TypeError(f"no way to write a {type(value).__name__}")


def _masked(secret: str) -> str:
    """An address keeps everything but its password, and but parameters, which may hold one; all else is hidden."""
    if "://" not in secret:
        return MASK
    address = split_address(secret)
    user = "" if address.user is None else f"{address.user}{'' if address.password is None else f':{MASK}'}@"
    return f"{address.scheme}://{user}{address.rest}{f'?{MASK}' if address.query else ''}"
