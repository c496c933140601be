"""Requests that only read, and a State with many invoices to read."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from typing import Any

from service.sandbox.samples import make_archive, make_ubl
from service.sandbox.simulator import Simulator
from service.sandbox.simulator.deposits import deposit
from service.sandbox.simulator.invoices import Invoice
from service.sandbox.simulator.operations import Caller
from tests.support.bus import Json, request
from tests.support.canaries import LOGIN

SEARCH = "invoice.search.requested.v1"
DOWNLOAD = "invoice.download.requested.v1"
STATUS = "invoice.status.requested.v1"
MOST_IN_A_FLOW = 400


def search(*, account: str | None = None, **criteria: Any) -> Json:  # Any: criteria of every kind
    """A request to search by these criteria."""
    return request(SEARCH, criteria, **({"account": account} if account else {}))


def download(invoices: Sequence[Json], *, account: str | None = None, **wanted: Any) -> Json:  # Any: as above
    """A request to download the documents of these invoices."""
    return request(DOWNLOAD, {"invoices": list(invoices), **wanted}, **({"account": account} if account else {}))


def status(**named: Any) -> Json:  # Any: as above
    """A request for everything about one invoice."""
    return request(STATUS, named)


async def keep(simulator: Simulator, numbers: Sequence[str], *, login: str = LOGIN, **facts: Any) -> list[Invoice]:
    """Let the State have invoices of these numbers, deposited long enough ago to show; gives them in that order."""
    chorus_pro = simulator.world.chorus_pro
    for start in range(0, len(numbers), MOST_IN_A_FLOW):
        files = [(f"{one}.xml", make_ubl(one, **facts)) for one in numbers[start : start + MOST_IN_A_FLOW]]
        content = b64encode(make_archive(files)).decode()
        body = {"nomFichier": "many.tar.gz", "syntaxeFlux": "IN_DP_E1_UBL_INVOICE", "fichierFlux": content}
        await deposit(chorus_pro, Caller(login=login), body)
    simulator.world.clock.move(60)
    chorus_pro.advance()
    by_number = {one.facts.number: one for one in chorus_pro.invoices.values()}
    return [by_number[number] for number in numbers]


def by_id(invoice: Invoice) -> Json:
    """An invoice named by what Chorus Pro calls it."""
    return {"chorus_pro_id": invoice.id}


def by_number(invoice: Invoice) -> Json:
    """An invoice named by its number and supplier."""
    return {"invoice_number": invoice.facts.number, "supplier_siret": invoice.supplier.siret}
