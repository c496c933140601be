"""`piste-relay simulator`: the State on this machine, for trying the relay or for writing another client."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.configured import FAILED, refuse


def simulator(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8089,
    lifelike: Annotated[
        bool, typer.Option("--lifelike", help="As slow as the real thing, minutes for a flow.")
    ] = False,
    fast: Annotated[bool, typer.Option("--fast", help="Seconds for a flow (the default).")] = False,
) -> None:
    """Serve PISTE, Chorus Pro and DUME on one port until SIGTERM; nothing leaves this machine."""
    from service.sandbox.simulator import SimulatorSettings, run

    if fast and lifelike:
        raise refuse("Choose one of --fast and --lifelike.")
    try:
        run(host, port, SimulatorSettings.lifelike() if lifelike else SimulatorSettings())
    except OSError as error:
        raise refuse(f"Port {port} of {host} cannot be used: {error.strerror}.", code=FAILED) from None
