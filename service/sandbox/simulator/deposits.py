"""Takes files and reports on them: deposerFluxFacture, consulterCRDetaille, consulterCR."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
from datetime import timedelta
from typing import Final

from service.core.documents import MAX_FILE_BYTES, DocumentInvalid, InvoiceFacts, read
from service.sandbox.simulator import wire
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.flows import INTERFACES, Ending, Flow
from service.sandbox.simulator.operations import Caller, Done
from service.sandbox.simulator.wire import Body, Reply

LONGEST_NAME: Final = 200
TOO_LARGE: Final = "GDP_MSG_11.022"
# No public page lists these codes: their first letters tell that they are the simulator's own.
UNKNOWN_SYNTAX: Final = "SIM_MSG_11.001"
NOT_BASE64: Final = "SIM_MSG_11.002"
NAME_TOO_LONG: Final = "SIM_MSG_11.003"
_EMPTY_REPORT: Final = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


async def deposit(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """Keep a file and give its flow a number; whether its invoices are taken is decided later."""
    name, syntax = wire.text_of(body, "nomFichier"), wire.text_of(body, "syntaxeFlux")
    content = _content(wire.text_of(body, "fichierFlux"))
    if len(content) > MAX_FILE_BYTES:
        raise wire.Refused(20001, TOO_LARGE)
    if syntax not in INTERFACES:
        raise wire.Refused(20002, f"{UNKNOWN_SYNTAX} syntaxeFlux inconnue")
    if len(name) > LONGEST_NAME:
        raise wire.Refused(20004, f"{NAME_TOO_LONG} nomFichier de plus de {LONGEST_NAME} caracteres")
    found, found_syntax = await asyncio.to_thread(_read, content, name)
    flow = _keep(chorus_pro, caller, name, syntax, content, found, found_syntax)
    reply = wire.said(
        wire.DONE, numeroFluxDepot=flow.number, dateDepot=wire.day(flow.deposited_at), syntaxeFlux=flow.syntax
    )
    return Done(reply=reply, effect="created", summary=_summary(flow))


async def report(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """Tell where a flow stands, and what was wrong with it."""
    flow, reply = _look_up(chorus_pro, caller, body)
    ending = flow.ending or Ending(state="")
    rows: list[Reply] = [
        {
            "identifiantFournisseur": error.supplier,
            "identifiantDestinataire": error.recipient,
            "numeroDP": error.number,
            "libelleErreurDP": error.text,
        }
        for error in ending.invoice_errors
    ]
    as_object = chorus_pro.settings.quirks and len(rows) == 1 and flow.counter % 2 == 0
    files = [{"natureErreur": e.kind, "codeErreur": e.code, "libelleErreur": e.text} for e in ending.file_errors]
    state, since = reply
    said = wire.said(
        wire.FOUND,
        codeInterfaceDepotFlux=flow.interface,
        nomFichier=f"{flow.interface}_CPP001_{flow.number}",
        dateDepotFlux=wire.precise(flow.deposited_at),
        etatCourantDepotFlux=state,
        dateHeureEtatCourantFlux=since,
        listeErreurDP=rows[0] if as_object else rows,
        listeErreurTechnique=files,
    )
    return Done(reply=said, summary=_summary(flow) | {"state": state})


async def report_as_pdf(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """Tell where a flow stands in the older words, with an empty PDF for a report."""
    flow, (state, since) = _look_up(chorus_pro, caller, body)
    said = wire.said(
        wire.FOUND,
        codeInterfaceFlux=flow.interface,
        dateDepotFlux=wire.precise(flow.deposited_at),
        dateHeureEtatCourantFlux=since,
        etatCourantFlux=state,
        fichierCR=base64.b64encode(_EMPTY_REPORT).decode(),
        nomFichierFlux=flow.name,
        numeroFluxDepot=flow.number,
    )
    return Done(reply=said, summary=_summary(flow) | {"state": state})


def _content(text: str) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise wire.Refused(20003, f"{NOT_BASE64} fichierFlux n'est pas du base64") from error


def _read(content: bytes, name: str) -> tuple[tuple[InvoiceFacts, ...] | DocumentInvalid, str | None]:
    try:
        document = read(content, name=name)
    except DocumentInvalid as problem:
        return problem, None
    return document.invoices, document.syntax.value


def _keep(
    chorus_pro: ChorusPro,
    caller: Caller,
    name: str,
    syntax: str,
    content: bytes,
    found: tuple[InvoiceFacts, ...] | DocumentInvalid,
    found_syntax: str | None,
) -> Flow:
    """Number the flow. From here on nothing waits, so two deposits cannot get one number."""
    now, settings = chorus_pro.advance(), chorus_pro.settings
    counter = chorus_pro.next_counter()
    flow = Flow(
        number=f"CPP001{INTERFACES[syntax]}{counter:015d}",
        counter=counter,
        login=caller.login,
        name=name,
        syntax=syntax,
        digest=hashlib.sha256(content).hexdigest(),
        read=found,
        read_syntax=found_syntax,
        deposited_at=now,
        known_at=now + timedelta(seconds=min(settings.unknown_for, settings.integrated_after)),
        due_at=now + timedelta(seconds=settings.integrated_after),
    )
    chorus_pro.add_flow(flow)
    for facts in flow.facts:
        # At the deposit, so that whoever asks meanwhile may already search among this company's invoices.
        chorus_pro.parties.meet_supplier(caller.login, facts.supplier_siret)
    return flow


def _look_up(chorus_pro: ChorusPro, caller: Caller, body: Body) -> tuple[Flow, tuple[str, str]]:
    now = chorus_pro.advance()
    flow = chorus_pro.flows.get(wire.text_of(body, "numeroFluxDepot"))
    state = flow.state(now) if flow is not None and flow.login == caller.login else None
    if flow is None or state is None:
        raise wire.Refused(20000, wire.NOTHING_FOUND)
    return flow, (state[0], wire.precise(state[1]))


def _summary(flow: Flow) -> dict[str, object]:
    return {"flow": flow.number, "file": flow.name, "numbers": [facts.number for facts in flow.facts]}
