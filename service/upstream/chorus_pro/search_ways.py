"""Says how each search is asked: the operation of each role and scope, and which criteria it takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from service.core.listed import CHECKS
from service.upstream.chorus_pro import read_operations as operations
from service.upstream.chorus_pro import search_models as models
from service.upstream.forms import PARIS
from service.upstream.operation import Operation
from service.upstream.paging import PAGE_SIZE

if TYPE_CHECKING:
    from contracts.events import InvoiceSearchRequested

MOST = 10_000
"""Results a search is asked for at most."""

_TWICE = timedelta(hours=1)
"""The hour that is there twice when the clocks are set back."""

_KINDS: Mapping[str, str] = MappingProxyType({"invoice": "FACTURE", "credit_note": "AVOIR"})
_ROLES: Mapping[str, str] = MappingProxyType({
    "supplier": "FOURNISSEUR", "recipient": "DESTINATAIRE", "validator": "VALIDEUR", "project_manager": "MOE",
    "project_owner": "MOA",
})  # fmt: skip
_WHERE: Mapping[str, str] = MappingProxyType({"payment_requests": "DEMANDE_PAIEMENT", "archive": "DP_ARCHIVE"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One search operation: how it is asked for a page, and the criteria it does not take.

    `asked` gets the request, the number of the page, and what Chorus Pro calls the structure of the account.
    """

    operation: Operation[Any, models.Listing]  # Any: each search has a request of its own
    asked: Callable[[InvoiceSearchRequested, int, int | None], Any]  # Any: the same
    untaken: frozenset[str] = frozenset()
    takes_maximum: bool = True
    has_pages: bool = True


def _bounded(page: int) -> models.BoundedPage:
    return models.BoundedPage(page=page, size=PAGE_SIZE, most=MOST)


def _plain(page: int) -> models.PlainPage:
    return models.PlainPage(page=page, size=PAGE_SIZE)


def _criteria(request: InvoiceSearchRequested) -> dict[str, Any]:  # Any: values of criteria, each of its own kind
    """What every search takes."""
    return {
        "number": request.invoice_number,
        "deposited_from": _start(request.deposited_from),
        "deposited_until": _end(request.deposited_until),
        "issued_from": _start(request.issued_from),
        "issued_until": _end(request.issued_until),
        "statuses": request.status_codes or None,
        "net_min": request.total_excluding_tax_min,
        "net_max": request.total_excluding_tax_max,
        "total_min": request.total_including_tax_min,
        "total_max": request.total_including_tax_max,
        "due_min": request.amount_due_min,
        "due_max": request.amount_due_max,
        "contract_number": request.contract_number,
        "commitment_number": request.commitment_number,
    }


def _changed(request: InvoiceSearchRequested) -> dict[str, str | None]:
    return {
        "changed_from": _moment(request.status_changed_from, -_TWICE),
        "changed_until": _moment(request.status_changed_until, _TWICE),
    }


def _as_supplier(request: InvoiceSearchRequested, page: int, own_id: int | None) -> models.SupplierSearch:
    return models.SupplierSearch(
        **_criteria(request),
        **_changed(request),
        page=_bounded(page),
        type=_KINDS.get(request.type or ""),
        supplier_id=own_id,
        flow_number=request.flow_number,
        original_number=request.original_invoice_number,
        rejection_acknowledged=request.rejection_acknowledged,
    )


def _as_recipient(request: InvoiceSearchRequested, page: int, own_id: int | None) -> models.RecipientSearch:
    return models.RecipientSearch(
        **_criteria(request),
        **_changed(request),
        page=_bounded(page),
        types=_types(request),
        recipient_id=own_id,
        downloaded=request.downloaded,
    )


def _as_validator(request: InvoiceSearchRequested, page: int, _: int | None) -> models.ValidatorSearch:
    return models.ValidatorSearch(**_criteria(request), page=_plain(page), types=_types(request))


def _to_do_of_supplier(_: InvoiceSearchRequested, page: int, own_id: int | None) -> models.SupplierToDo:
    return models.SupplierToDo(page=_bounded(page), structure_id=own_id)


def _to_do_of_recipient(_: InvoiceSearchRequested, page: int, own_id: int | None) -> models.RecipientToDo:
    return models.RecipientToDo(page=_plain(page), structure_id=own_id)


def _to_do_of_validator(request: InvoiceSearchRequested, page: int, _: int | None) -> models.ValidatorToDo:
    siret = request.validator_siret
    return models.ValidatorToDo(page=_plain(page), identifier=siret, identifier_type="SIRET" if siret else None)


def _payment_requests(request: InvoiceSearchRequested, _: int, __: int | None) -> models.PaymentRequestSearch:
    supplier, validator, recipient = request.supplier_siret, request.validator_siret, request.recipient_siret
    return models.PaymentRequestSearch(
        **_criteria(request),
        **_changed(request),
        role=_ROLES[request.role],
        where=_WHERE[request.scope],
        type=_KINDS.get(request.type or ""),
        original_number=request.original_invoice_number,
        supplier=models.SupplierOfRequest(identifier=supplier) if supplier else None,
        validator=models.ValidatorOfRequest(identifier=validator) if validator else None,
        recipient=models.RecipientOfRequest(identifier=recipient) if recipient else None,
    )


def _types(request: InvoiceSearchRequested) -> tuple[str, ...] | None:
    return (_KINDS[request.type],) if request.type else None


def _start(day: date | None) -> str | None:
    return f"{day}T00:00:00" if day else None


def _end(day: date | None) -> str | None:
    # Without a time the upper bound is the beginning of the day, which would leave that day out.
    return f"{day}T23:59:59" if day else None


def _moment(moment: datetime | None, margin: timedelta) -> str | None:
    """A moment as Paris writes it, the bound moved out where the hour is there twice; what fits is checked here."""
    if moment is None:
        return None
    local = moment.astimezone(PARIS)
    if local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset():
        local = (moment + margin).astimezone(PARIS)
    return f"{local:%Y-%m-%dT%H:%M:%S}"


PAYMENT_REQUESTS = Way(
    operation=operations.SEARCH_PAYMENT_REQUESTS, asked=_payment_requests, takes_maximum=False, has_pages=False
)
_EVERY_CRITERION = frozenset(CHECKS)
WAYS: Mapping[tuple[str, str], Way] = MappingProxyType({
    ("supplier", "all"): Way(operation=operations.SEARCH_AS_SUPPLIER, asked=_as_supplier),
    ("recipient", "all"): Way(operation=operations.SEARCH_AS_RECIPIENT, asked=_as_recipient),
    ("validator", "all"): Way(
        operation=operations.SEARCH_AS_VALIDATOR, asked=_as_validator, takes_maximum=False
    ),
    ("supplier", "to_do"): Way(
        operation=operations.TO_DO_OF_SUPPLIER, asked=_to_do_of_supplier, untaken=_EVERY_CRITERION
    ),
    ("recipient", "to_do"): Way(
        operation=operations.TO_DO_OF_RECIPIENT, asked=_to_do_of_recipient, untaken=_EVERY_CRITERION,
        takes_maximum=False,
    ),
    ("validator", "to_do"): Way(
        operation=operations.TO_DO_OF_VALIDATOR, asked=_to_do_of_validator, untaken=_EVERY_CRITERION,
        takes_maximum=False,
    ),
})  # fmt: skip
"""The search operation of each role and scope."""
