"""`piste-relay simulator`: the State on this machine, for trying the relay or for writing another client."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.cli.configured import FAILED, refuse


def simulator(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8089,
    lifelike: Annotated[
        bool, typer.Option("--lifelike", help="As slow as the real thing, minutes for a flow.")
    ] = False,
    certificates: Annotated[
        Path | None, typer.Option(help="Serve the old addresses too, with certificates it makes in this folder.")
    ] = None,
    certificate_port: Annotated[int, typer.Option(min=0, max=65535, help="Port of those.")] = 5443,
    fast: Annotated[bool, typer.Option("--fast", help="Seconds for a flow (the default).")] = False,
) -> None:
    """Serve PISTE, Chorus Pro and DUME on one port until SIGTERM; nothing leaves this machine."""
    from service.sandbox.simulator import Authority, SimulatorSettings, run

    if fast and lifelike:
        raise refuse("Choose one of --fast and --lifelike.")
    try:
        authority = Authority(certificates) if certificates else None
    except OSError as error:
        raise refuse(f"{certificates} cannot be used for certificates: {error.strerror}.", code=FAILED) from None
    except ImportError:
        raise refuse("--certificates needs a package: pip install 'piste-relay[certificate]'.", code=FAILED) from None
    settings = SimulatorSettings.lifelike() if lifelike else SimulatorSettings()
    ports = f"Port {port}{f' or {certificate_port}' if authority else ''}"
    try:
        run(host, port, settings, authority=authority, certificate_port=certificate_port)
    except OSError as error:
        raise refuse(f"{ports} of {host} cannot be used: {error.strerror}.", code=FAILED) from None
