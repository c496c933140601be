"""`piste-relay contracts`: lists, prints, checks and writes the published language."""

import json
from pathlib import Path
from typing import Annotated

import typer

import contracts
from contracts.generate import differences, example_events, write
from contracts.registry import REQUESTS, RESULTS
from contracts.schema import event_schema

_ROOT = Path(contracts.__file__).resolve().parent.parent


def contracts_command(
    name: Annotated[str | None, typer.Argument(help="A type, such as invoice.deposit.requested.v1.")] = None,
    example: Annotated[bool, typer.Option("--example", help="Print an example of the type (default).")] = False,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of the type.")] = False,
    check: Annotated[bool, typer.Option("--check", help="Fail when a generated file differs from the models.")] = False,
    write_files: Annotated[bool, typer.Option("--write", help="Bring the generated files up to date.")] = False,
    root: Annotated[Path, typer.Option(help="The repository to check or write.")] = _ROOT,
) -> None:
    """Show what may be asked and answered; keep the generated files true to the models."""
    if check and write_files:
        raise typer.BadParameter("--check and --write exclude each other")
    if write_files:
        _write(root)
    elif check:
        _check(root)
    elif name is None:
        _list()
    else:
        _show(name, schema=schema and not example)


def _list() -> None:
    for title, names in (("Requests", REQUESTS), ("Results", RESULTS)):
        typer.echo(f"{title}:")
        for name, model in names.items():
            typer.echo(f"  {name:<40} {(model.__doc__ or '').strip()}")


def _show(name: str, *, schema: bool) -> None:
    if name not in REQUESTS and name not in RESULTS:
        typer.echo(f"No such type: {name}. `piste-relay contracts` lists them.", err=True)
        raise typer.Exit(2)
    shown = event_schema(name) if schema else example_events()[name]
    typer.echo(json.dumps(shown, indent=2, ensure_ascii=False))


def _write(root: Path) -> None:
    changed = write(root)
    for path in changed:
        typer.echo(path)
    typer.echo(f"{len(changed)} generated files changed.")


def _check(root: Path) -> None:
    wrong = differences(root)
    for path in wrong:
        typer.echo(f"differs: {path}", err=True)
    if wrong:
        typer.echo("Run `piste-relay contracts --write` and commit the result.", err=True)
        raise typer.Exit(1)
    typer.echo("The generated contracts are up to date.")
