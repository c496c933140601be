"""Takes files that invoices will name: ajouterFichierDansSysteme, deposerPdfFacture."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from service.core.attachments import LONGEST_NAME, MAX_ATTACHMENT_BYTES, MEDIA_TYPES
from service.sandbox.simulator import wire
from service.sandbox.simulator.chorus_pro import ChorusPro
from service.sandbox.simulator.operations import Caller, Done
from service.sandbox.simulator.wire import Body

# No public page lists these codes: their first letters tell that they are the simulator's own.
NOT_BASE64: Final = "SIM_MSG_12.001"
TOO_LARGE: Final = "SIM_MSG_12.002"
NAME_TOO_LONG: Final = "SIM_MSG_12.003"
UNKNOWN_EXTENSION: Final = "SIM_MSG_12.004"
_FORMS: Final = {"PDF_NON_SIGNE", "PDF_SIGNE_PADES", "PDF_SIGNE_XADES"}
_LONGEST_PDF_NAME: Final = 200


async def add_file(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """Keep a file and give it an identifier."""
    name, extension = wire.text_of(body, "pieceJointeNom"), wire.text_of(body, "pieceJointeExtension")
    wire.text_of(body, "pieceJointeTypeMime")
    content = _content(wire.text_of(body, "pieceJointeFichier"))
    if len(name) > LONGEST_NAME:
        raise wire.Refused(20092, f"{NAME_TOO_LONG} pieceJointeNom de plus de {LONGEST_NAME} caracteres")
    if extension.upper() not in MEDIA_TYPES:
        raise wire.Refused(20093, f"{UNKNOWN_EXTENSION} Extension non autorisee")
    return _kept(chorus_pro, caller, name, extension, content)


async def read_pdf(chorus_pro: ChorusPro, caller: Caller, body: Body) -> Done:
    """Keep the PDF of an invoice; the simulator reads nothing of it, and guesses nothing."""
    name = wire.text_of(body, "nomFichier")
    content = _content(wire.text_of(body, "fichierFacture"))
    if wire.text_of(body, "formatDepot") not in _FORMS:
        raise wire.FieldMissing("formatDepot")
    if len(name) > _LONGEST_PDF_NAME:
        raise wire.Refused(20092, f"{NAME_TOO_LONG} nomFichier de plus de {_LONGEST_PDF_NAME} caracteres")
    return _kept(chorus_pro, caller, name, "PDF", content)


def _kept(chorus_pro: ChorusPro, caller: Caller, name: str, extension: str, content: bytes) -> Done:
    added = chorus_pro.attachments.add(login=caller.login, name=name, extension=extension, content=content)
    # Without an effect: what no invoice names changes nothing for anybody.
    return Done(reply=wire.said(wire.DONE, pieceJointeId=added.id), summary={"attachment": added.id, "file": name})


def _content(text: str) -> bytes:
    try:
        content = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise wire.Refused(20090, f"{NOT_BASE64} Le fichier n'est pas du base64") from error
    if len(content) > MAX_ATTACHMENT_BYTES:
        raise wire.Refused(20091, f"{TOO_LARGE} Fichier de plus de 10 Mo")
    return content
