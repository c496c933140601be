"""Reads the criteria of a search that do not depend on the present moment, under any of their names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from service.sandbox.simulator import wire
from service.sandbox.simulator.invoices import Invoice
from service.sandbox.simulator.wire import Body

Check = Callable[[Invoice], bool]
_KINDS: Final = {"invoice": "FACTURE", "credit_note": "AVOIR"}


def type_of(invoice: Invoice) -> str:
    """The kind of invoice in Chorus Pro's word."""
    return _KINDS[invoice.facts.kind]


def criteria_of(body: Body) -> Check:
    """Whether an invoice fits all of them; one that is absent lets everything through."""
    checks = (
        _days(body, "periodeDateFacture", lambda one: one.facts.issued_on),
        _days(body, "periodeDateDepot", lambda one: wire.day(one.deposited_at)),
        _amounts(body, "montantHT", lambda one: one.net),
        _amounts(body, "montantTTC", lambda one: one.total),
        _amounts(body, "montantApayer", lambda one: one.due),
        _amounts(body, "montantAPayer", lambda one: one.due),
        _kinds(body),
        _suppliers(body),
        _recipients(body),
        _commitment(body),
        _marks(body),
    )
    return lambda invoice: all(check(invoice) for check in checks)


def _days(body: Body, name: str, told: Callable[[Invoice], date | None]) -> Check:
    first, last = wire.moment_of(body, f"{name}Du"), wire.moment_of(body, f"{name}Au")

    def fits(invoice: Invoice) -> bool:
        day = told(invoice)
        if day is None:
            return first is None and last is None
        return (first is None or day >= wire.day(first)) and (last is None or day <= wire.day(last))

    return fits


def _amounts(body: Body, name: str, told: Callable[[Invoice], Decimal]) -> Check:
    least, most = _amount(body, f"{name}Min"), _amount(body, f"{name}Max")
    return lambda invoice: (least is None or told(invoice) >= least) and (most is None or told(invoice) <= most)


def _amount(body: Body, name: str) -> Decimal | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        # The field is a number in every description; amounts written as text are refused.
        raise wire.FieldMissing(name)
    try:
        return Decimal(str(value))
    except InvalidOperation as error:
        raise wire.FieldMissing(name) from error


def _kinds(body: Body) -> Check:
    wanted = set(wire.list_of(body, "listeTypeFacture"))
    if (one := wire.optional_text_of(body, "typeFacture")) is not None:
        wanted.add(one)
    return lambda invoice: not wanted or type_of(invoice) in wanted


def _suppliers(body: Body) -> Check:
    supplier = wire.number_of(body, "idFournisseur")
    siret = wire.object_of(body, "structureFournisseur").get("identifiantStructureFournisseur")
    return lambda invoice: supplier in {None, invoice.supplier.id} and siret in {None, invoice.supplier.siret}


def _recipients(body: Body) -> Check:
    listed = [one for one in wire.list_of(body, "listeDestinataire") if isinstance(one, dict)]
    wanted = {wire.number_of(one, "idDestinataire") for one in listed}
    if (own := wire.number_of(body, "idDestinataire")) is not None:
        wanted.add(own)
    siret = wire.object_of(body, "structureDestinataire").get("identifiantStructureDestinataire")
    return lambda invoice: (not wanted or invoice.recipient.id in wanted) and siret in {None, invoice.recipient.siret}


def _commitment(body: Body) -> Check:
    number = wire.optional_text_of(body, "numeroBonCommande") or wire.optional_text_of(body, "numeroEngagement")
    return lambda invoice: number in {None, invoice.facts.commitment_number}


def _marks(body: Body) -> Check:
    downloaded, handled = body.get("factureTelechargeeParDestinataire"), body.get("rejetTraite")
    # No invoice here has a contract number, or one it takes the place of.
    elsewhere = body.get("numeroMarche") or body.get("numeroFactureOrigine")
    return lambda invoice: (
        downloaded in {None, invoice.is_downloaded}
        and handled in {None, invoice.is_rejection_treated}
        and not elsewhere
    )
