"""Hands out what is kept of invoices, and lists what is kept to attach: telecharger…, rechercherPieceJointeSur…."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import io
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final
from xml.sax.saxutils import escape

from service.sandbox.samples import make_facturx
from service.sandbox.simulator import wire
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.details import UNKNOWN_INVOICE
from service.sandbox.simulator.invoices import Action, Invoice
from service.sandbox.simulator.operations import Caller, Done
from service.sandbox.simulator.parties import Structure
from service.sandbox.simulator.settings import SimulatorSettings
from service.sandbox.simulator.sight import sees
from service.sandbox.simulator.wire import Body, Page, Reply

UNKNOWN_FORMAT: Final = "SIM_MSG_12.001"
NOTHING_ATTACHED: Final = "SIM_MSG_12.002"
_BLOCK: Final = 32

File = tuple[str, bytes]


async def download_group(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """Give invoices as one file: the document itself where it is one, else a ZIP of all of them."""
    invoices, now = _meant(chorus_pro, caller, body), chorus_pro.advance()
    as_xml, with_attachments = _is_pivot(body), body.get("avecPiecesJointesComplementaires") == "Oui"
    content = await asyncio.to_thread(
        _group, invoices, chorus_pro.settings, as_xml=as_xml, with_attachments=with_attachments
    )
    _check_size(content, chorus_pro.settings)
    for one in invoices:
        _note(chorus_pro, caller, one, now)
    reply = wire.said(wire.DONE, fichierResultat=base64.b64encode(content).decode())
    return Done(reply=reply, summary=_summary(invoices, content))


async def download_attachments(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """Give what is attached to invoices as one file; of other objects the simulator keeps nothing."""
    if wire.text_of(body, "objetPieceJointe") != "DEMANDE_PAIEMENT":
        raise wire.Refused(20001, f"{NOTHING_ATTACHED} Aucune piece jointe")
    invoices = _meant(chorus_pro, caller, wire.object_of(body, "demandePaiement"))
    files = [file for one in invoices for file in _attachments(one, chorus_pro.settings)]
    if not files:
        raise wire.Refused(20001, f"{NOTHING_ATTACHED} Aucune piece jointe")
    content = await asyncio.to_thread(_packed, files)
    _check_size(content, chorus_pro.settings)
    reply = wire.said(wire.DONE, pieceJointe=base64.b64encode(content).decode())
    return Done(reply=reply, summary=_summary(invoices, content))


async def kept_by_structure(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """List what a structure keeps to attach: one made-up file for each company of the account."""
    wanted = wire.number_of(body, "idStructureCPP")
    return _kept(body, [known for known in chorus_pro.parties.suppliers_of(caller.login) if known.id == wanted])


async def kept_by_account(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """List what the technical account keeps to attach: the files of its companies."""
    return _kept(body, chorus_pro.parties.suppliers_of(caller.login))


def _kept(body: Body, structures: Sequence[Structure]) -> Done:
    page, part = Page.of(wire.object_of(body, "parametresRecherche")), body.get("pieceJointeDesignation") or ""
    rows: list[Reply] = [
        {
            "pieceJointeId": known.id * 10,
            "pieceJointeDesignation": "Conditions de paiement",
            "pieceJointeExtension": "PDF",
            "pieceJointeTypeCode": "04",
            "pieceJointeTypeLibelle": "Autre",
            "pieceJointeStructureId": known.id,
        }
        for known in structures
        if str(part).casefold() in "conditions de paiement"
    ]
    reply = wire.said(wire.FOUND, listePiecesJointes=page.cut(rows), parametresRetour=page.numbers(rows))
    return Done(reply=reply, summary={"found": len(rows)})


def _group(invoices: Sequence[Invoice], settings: SimulatorSettings, *, as_xml: bool, with_attachments: bool) -> bytes:
    files = [_document(one, as_xml=as_xml) for one in invoices]
    if with_attachments:
        files += [file for one in invoices for file in _attachments(one, settings)]
    return _packed(files)


def _meant(chorus_pro: ChorusPro, caller: Caller, body: Body) -> list[Invoice]:
    chorus_pro.advance()
    listed = [one for one in wire.list_of(body, "listeFacture") if isinstance(one, dict)]
    if not listed:
        raise wire.FieldMissing("listeFacture")
    _is_pivot(body)
    invoices = [chorus_pro.invoices.get(wire.number_of(one, "idFacture") or 0) for one in listed]
    known = [one for one in invoices if one is not None and sees(chorus_pro.parties, caller.login, one)]
    if len(known) != len(listed):
        raise wire.Refused(20000, UNKNOWN_INVOICE)
    return known


def _is_pivot(body: Body) -> bool:
    form = wire.text_of(body, "format")
    if form not in {"PDF", "PIVOT"}:
        raise wire.Refused(20002, f"{UNKNOWN_FORMAT} format inconnu")
    return form == "PIVOT"


def _document(invoice: Invoice, *, as_xml: bool) -> File:
    facts, name = invoice.facts, invoice.facts.number.replace("/", "_")
    if not as_xml:
        sample = make_facturx(
            facts.number,
            supplier=invoice.supplier.siret,
            recipient=invoice.recipient.siret,
            total=str(invoice.total),
            credit_note=facts.kind == "credit_note",
        )
        return f"{name}.pdf", sample
    # No public page shows the pivot format whole: this is a stand-in with the names that are known.
    told = {"NumeroFacture": facts.number, "CodeFournisseur": invoice.supplier.siret, "MontantTTC": str(invoice.total)}
    leaves = "".join(f"<{tag}>{escape(value)}</{tag}>" for tag, value in told.items())
    text = f'<?xml version="1.0" encoding="UTF-8"?>\n<CPPFacturePivot>{leaves}</CPPFacturePivot>\n'
    return f"{name}.xml", text.encode()


def _attachments(invoice: Invoice, settings: SimulatorSettings) -> list[File]:
    """Bytes that no packing makes smaller, the same each time."""
    name = invoice.facts.number.replace("/", "_")
    files = []
    for number in range(1, settings.attachments + 1):
        seed = hashlib.sha256(f"{invoice.id} {number}".encode()).digest()
        content = b"".join(
            hashlib.sha256(seed + block.to_bytes(4)).digest() for block in range(-(-settings.attachment_size // _BLOCK))
        )
        files.append((f"{name}-annexe-{number}.bin", content[: settings.attachment_size]))
    return files


def _packed(files: Sequence[File]) -> bytes:
    """The one file as it is, several in a ZIP."""
    if len(files) == 1:
        return files[0][1]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _told_apart(files):
            archive.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def _told_apart(files: Iterable[File]) -> Iterator[File]:
    """The files under names that are there once: two suppliers may choose one number."""
    seen: Counter[str] = Counter()
    for name, content in files:
        seen[name] += 1
        stem, dot, ending = name.rpartition(".")
        yield (name if seen[name] == 1 else f"{stem}_{seen[name]}{dot}{ending}"), content


def _check_size(content: bytes, settings: SimulatorSettings) -> None:
    if len(content) > settings.largest_download:
        raise wire.TooLarge


def _note(chorus_pro: ChorusPro, caller: Caller, invoice: Invoice, now: datetime) -> None:
    """A recipient's download is seen by the supplier; a supplier's own is nobody's business."""
    if sees(chorus_pro.parties, caller.login, invoice, "recipient"):
        invoice.is_downloaded = True
        invoice.actions.append(Action(code="TELECHARGEMENT_FACTURE", at=now))


def _summary(invoices: Sequence[Invoice], content: bytes) -> dict[str, object]:
    return {"invoices": [one.id for one in invoices], "bytes": len(content)}
