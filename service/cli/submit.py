"""`piste-relay submit`: deposits invoice files the way a service would, and prints what comes back."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from contracts.envelope import Envelope, structured_form
from service.cli.configured import FAILED, read_settings, refuse
from service.cli.topology import configured_topology
from service.messaging.asking import Requester
from service.messaging.failures import BrokerTrouble
from service.settings import Settings

TYPE = "invoice.deposit.requested.v1"
SOURCE = "/piste-relay/cli"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One file as a request event."""

    id: str
    name: str
    body: bytes = field(repr=False)


def submit(
    files: Annotated[list[Path], typer.Argument(help="Invoices: UBL, CII, Factur-X, or a tar.gz of several.")],
    event_id: Annotated[
        str | None, typer.Option("--id", help="Id of the request; by default made of the file's content.")
    ] = None,
    account: Annotated[str | None, typer.Option(help="Technical account, when several are configured.")] = None,
    wait: Annotated[float, typer.Option(help="Seconds to wait for the last result; 0 does not wait.")] = 600.0,
) -> None:
    """Ask a running worker to deposit files, and print the results until each has its last one."""
    if event_id and len(files) > 1:
        raise refuse("--id is for one file only: each request needs an id of its own.")
    asked = [_read(path, event_id, account) for path in files]
    try:
        unfinished = asyncio.run(_submit(read_settings(), asked, wait))
    except BrokerTrouble as error:
        raise refuse(f"{error}.", code=FAILED) from None
    if unfinished is None:
        return
    raise refuse(*unfinished, code=FAILED)


def _read(path: Path, event_id: str | None, account: str | None) -> Asked:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise refuse(f"{path} cannot be read ({error.strerror}).") from None
    digest = hashlib.sha256(content).hexdigest()
    envelope = Envelope(
        id=event_id or f"file-{digest[:32]}", source=SOURCE, type=TYPE, time=datetime.now(UTC), account=account
    )
    file = {"name": path.name, "content": base64.b64encode(content).decode(), "sha256": digest}
    return Asked(id=envelope.id, name=path.name, body=structured_form(envelope, {"file": file}))


async def _submit(settings: Settings, asked: list[Asked], wait: float) -> list[str] | None:
    """None when all went well, else a sentence per file that did not."""
    open_requests = {request.id: request.name for request in asked}
    failed: list[str] = []
    async with Requester(settings.amqp.url.get_secret_value(), configured_topology(settings)) as requester:
        for request in asked:
            await requester.ask(request.body, type=TYPE, id=request.id)
            typer.echo(f"{request.name}  asked as {request.id}")
        if wait <= 0:
            return None
        async for request_id, body in requester.results(wait):
            result = json.loads(body)
            name = open_requests.get(request_id or "")
            if name is None or result.get("source") != f"/piste-relay/{settings.profile}":
                continue
            typer.echo(f"{name}  {result['type']}  {json.dumps(result.get('data'), ensure_ascii=False)}")
            if result.get("final"):
                del open_requests[request_id or ""]
                if not result["type"].startswith("invoice.deposit.done."):
                    failed.append(f"{name} was not deposited: {result['type']}.")
            if not open_requests:
                break
    pending = [f"{name} has no last result yet; it goes on without this command." for name in open_requests.values()]
    return [*failed, *pending] or None
