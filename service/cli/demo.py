"""`piste-relay demo`: everything on this machine, shown as it happens, with a verdict at the end."""

from __future__ import annotations

from typing import Annotated

import typer

from service.cli.configured import FAILED, refuse


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running until Ctrl-C.")] = False,
) -> None:
    """Show invoices and tenders going through, a maintenance coming and going, and nothing lost."""
    from service.sandbox.broker import BrokerUnavailable
    from service.sandbox.demo import run
    from service.sandbox.demo.machine import StartFailed

    try:
        is_good = run(keep=keep)
    except (BrokerUnavailable, StartFailed) as error:
        raise refuse(f"{error}", code=FAILED) from None
    except KeyboardInterrupt:
        raise refuse("Stopped.", code=FAILED) from None
    if not is_good:
        raise typer.Exit(FAILED)
