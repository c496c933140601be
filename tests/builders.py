"""Builds the requests of business services, between companies and bodies that do not exist."""

from __future__ import annotations

import base64
import secrets
from typing import Any

from service.sandbox.samples import RECIPIENT, make_ubl
from tests.support.bus import Json, request
from tests.support.canaries import piece

DEPOSIT = "invoice.deposit.requested.v1"
SIMPLIFIED = "tender.dume.simplified.requested.v1"
BUYER = {"id": RECIPIENT, "name": "VILLE IMAGINAIRE DE VALCLAIR"}


def new_number(start: str = "F") -> str:
    """An invoice number, or the id of a consultation, that nobody used before."""
    return f"{start}-{secrets.token_hex(5)}"


def deposit_of(name: str, content: bytes, *, id: str | None = None, **attributes: Any) -> Json:
    """A request to deposit this file; attributes are those of the envelope."""
    file = {"name": name, "content": base64.b64encode(content).decode()}
    return request(DEPOSIT, {"file": file}, id=id, **attributes)


def deposit(number: str, *, id: str | None = None, total: str = "1200.00", **attributes: Any) -> Json:
    """A request to deposit a UBL invoice of this number, with a bank account and a text nobody else may read."""
    return deposit_of(f"{number}.xml", with_secrets(make_ubl(number, total=total)), id=id, **attributes)


def with_secrets(document: bytes) -> bytes:
    """The same invoice in XML, its body and an account number in the midst and at the end of it."""
    begun, tag, rest = document.partition(b"</cbc:ID>")
    return begun + tag + piece("in the midst") + rest + piece("at the end") if tag else document + piece("at the end")


def simplified(consultation: str, *, id: str | None = None, **attributes: Any) -> Json:
    """A request to create the simplified DUME of a consultation."""
    data = {"consultation": {"id": consultation, "title": "Travaux imaginaires"}, "buyer": BUYER}
    return request(SIMPLIFIED, data, id=id, **attributes)
