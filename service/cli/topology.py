"""`piste-relay topology`: shows the exchanges, queues and bindings of the relay, and puts them on the broker."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from typing import Annotated

import typer

from service.cli.configured import FAILED, read_settings, refuse
from service.messaging.declaring import apply, describe
from service.messaging.failures import BrokerTrouble, TopologyMismatch
from service.messaging.topology import Topology
from service.settings import Settings

topology = typer.Typer(help="Exchanges, queues and bindings.", no_args_is_help=True)


def configured_topology(settings: Settings) -> Topology:
    """The topology a worker with these settings declares."""
    from service import wiring

    return Topology(settings.amqp.prefix, wiring.waits(wiring.policies(settings)))


@topology.command("show")
def show(as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for machines.")] = False) -> None:
    """Print what the relay needs on the broker, without asking it."""
    described = describe(configured_topology(read_settings()))
    if as_json:
        typer.echo(json.dumps(described, indent=2))
        return
    for exchange in described["exchanges"]:
        typer.echo(f"exchange  {exchange['name']}  {exchange['type']}{_arguments(exchange)}")
    for queue in described["queues"]:
        typer.echo(f"queue     {queue['name']}{_arguments(queue)}")
    for binding in described["bindings"]:
        typer.echo(f"binding   {binding['exchange']} --{binding['routing_key'] or '(all)'}--> {binding['queue']}")


@topology.command("apply")
def put() -> None:
    """Declare all of it on the broker; what exists already stays as it is."""
    settings = read_settings()
    try:
        asyncio.run(apply(settings.amqp.url.get_secret_value(), configured_topology(settings)))
    except (BrokerTrouble, TopologyMismatch) as error:
        raise refuse(f"{error}.", code=FAILED) from None
    typer.echo("The broker has everything the relay needs.")


def _arguments(described: Mapping[str, object]) -> str:
    arguments = described.get("arguments")
    if not isinstance(arguments, Mapping) or not arguments:
        return ""
    return "  " + " ".join(f"{name}={value}" for name, value in arguments.items())
