"""The commands, each thin and in a module of its own, loaded only when it is the one asked for."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass

import typer


@dataclass(frozen=True, slots=True)
class Command:
    """Where a command lives: a function, or an app with commands of its own."""

    module: str
    attribute: str


COMMANDS = {
    "worker": Command("service.cli.worker", "worker"),
    "submit": Command("service.cli.submit", "submit"),
    "doctor": Command("service.cli.doctor", "doctor"),
    "demo": Command("service.cli.demo", "demo"),
    "simulator": Command("service.cli.simulator", "simulator"),
    "topology": Command("service.cli.topology", "topology"),
    "deadletters": Command("service.cli.waiting", "deadletters"),
    "parked": Command("service.cli.waiting", "parked"),
    "doubt": Command("service.cli.doubt", "doubt"),
    "gates": Command("service.cli.gates", "gates"),
    "trace": Command("service.cli.trace", "trace"),
    "contracts": Command("service.cli.contracts", "contracts_command"),
    "config": Command("service.cli.config", "config"),
}


def build(only: str | None = None) -> Callable[..., object]:
    """The command line; with a known command in `only`, nothing but that command is loaded."""
    app = typer.Typer(
        name="piste-relay",
        help="Carries invoices and tenders between RabbitMQ and the French State (Chorus Pro, DUME) through PISTE.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    app.callback()(_root)
    wanted = {only: COMMANDS[only]} if only in COMMANDS else COMMANDS
    for name, command in wanted.items():
        found = getattr(importlib.import_module(command.module), command.attribute)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name)
        else:
            app.command(name)(found)
    return typer.main.get_command(app)


def _root() -> None:
    """Carries invoices and tenders between RabbitMQ and the French State (Chorus Pro, DUME) through PISTE."""
