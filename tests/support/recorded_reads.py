"""What is read from the recorded answers to searches, histories and downloads: no bank details, no persons."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

from contracts.events import InvoiceSearchRequested
from contracts.reasons import Reason
from service.core.invoices import FoundInvoice
from service.core.listed import ListedInvoice
from service.upstream import Refusal, Upstreams
from service.upstream.chorus_pro import ChorusPro, StatusPassed
from service.upstream.chorus_pro import document_models as documents
from service.upstream.chorus_pro import read_operations as read
from service.upstream.chorus_pro.downloads import Downloaded, Downloads
from service.upstream.chorus_pro.histories import ActionTaken, EventPassed, Histories, WholeHistory
from service.upstream.chorus_pro.models import Paging
from service.upstream.chorus_pro.searching import Listed, Searches

Ask = Callable[[Upstreams], Awaitable[object]]

SENT = ListedInvoice(
    chorus_pro_id=9100001,
    number="FA-0001",
    kind="invoice",
    supplier_siret="99900045800037",
    recipient_siret="99900012800010",
    service_code="COMPTA",
    validator_sirets=("99955566600013",),
    issued_on=date(2026, 11, 20),
    deposited_on=date(2026, 11, 23),
    total_including_tax=Decimal("1200.1"),
    total_excluding_tax=Decimal("1000.08"),
    amount_due=Decimal("1200.1"),
    currency="EUR",
    status_code="STATUT_NOUVEAU",
    status_since=datetime(2026, 11, 23, 9, 11, 10, 551000, tzinfo=UTC),
    contract_number="M-7",
    commitment_number="BC-1",
    flow_number="CPP0011100000000000700001",
)
TOLD_LITTLE = ListedInvoice(
    chorus_pro_id=9100001,
    number="FA-0001",
    kind="invoice",
    supplier_siret="99900045800037",
    recipient_siret="99900012800010",
)
RECEIVED = replace(
    TOLD_LITTLE,
    number="AV-0001",
    kind="credit_note",
    supplier_siret="999 000 458 00037",
    issued_on=date(2026, 11, 20),
    deposited_on=date(2026, 11, 23),
    total_including_tax=Decimal(-50),
    total_excluding_tax=Decimal("-41.67"),
    amount_due=Decimal(-50),
    currency="EUR",
    status_code="MISE_A_DISPOSITION",
    status_since=datetime(2026, 11, 23, 9, 11, tzinfo=UTC),
    downloaded=True,
)
TO_VALIDATE = replace(
    TOLD_LITTLE,
    validator_sirets=("99955566600013",),
    issued_on=date(2026, 11, 20),
    deposited_on=date(2026, 11, 23),
    total_including_tax=Decimal(1200),
    total_excluding_tax=Decimal(1000),
    amount_due=Decimal(1200),
    currency="EUR",
    status_code="A_VALIDER_1",
    commitment_number="EJ-1",
)
DETAIL = FoundInvoice(
    chorus_pro_id=9100001,
    number="FA-0001",
    kind="invoice",
    supplier_siret="99900045800037",
    recipient_siret="99900012800010",
    issued_on=date(2026, 11, 20),
    deposited_on=date(2026, 11, 23),
    total_including_tax=Decimal("1200.1"),
    currency="EUR",
    status_code="MISE_A_DISPOSITION",
)


def _as(use: Callable[[ChorusPro], Awaitable[object]]) -> Ask:
    return lambda upstreams: use(upstreams.chorus_pro(account="main", event="event"))


def _search(**criteria: str) -> Ask:
    request = InvoiceSearchRequested.model_validate(criteria)
    return _as(lambda chorus_pro: Searches(chorus_pro=chorus_pro, unbounded_most=200).find(request))


def _detail(role: str) -> Ask:
    return _as(lambda chorus_pro: Histories(chorus_pro=chorus_pro).detail(role, 9100001))


def _group() -> Ask:
    return _as(
        lambda chorus_pro: Downloads(chorus_pro=chorus_pro).get(
            "invoices", [9100001], format="pdf", with_attachments=False
        )
    )


def _found(*invoices: ListedInvoice) -> Listed:
    return Listed(invoices=invoices, complete=True)


KEPT = documents.KeptFile(
    id=5100001,
    name="Conditions de paiement",
    ending="PDF",
    type_code="04",
    type_label="TYPE_NOUVEAU",
    structure_id=26346730,
)

READS: list[tuple[str, Ask, object]] = [
    ("read.search-supplier", _search(), _found(SENT)),
    ("read.search-recipient", _search(role="recipient"), _found(RECEIVED)),
    ("read.search-validator", _search(role="validator"), _found(TO_VALIDATE)),
    (
        "read.to-do-supplier",
        _search(scope="to_do"),
        _found(
            replace(
                TOLD_LITTLE,
                issued_on=date(2026, 11, 20),
                deposited_on=date(2026, 11, 23),
                total_including_tax=Decimal("1200.1"),
                currency="EUR",
                status_code="SUSPENDUE",
            )
        ),
    ),
    (
        "read.to-do-recipient",
        _search(role="recipient", scope="to_do"),
        _found(replace(TOLD_LITTLE, status_code="MISE_A_DISPOSITION")),
    ),
    ("read.to-do-validator", _search(role="validator", scope="to_do"), _found(TO_VALIDATE)),
    (
        "read.payment-requests",
        _search(role="project_owner", scope="archive"),
        _found(
            replace(
                TOLD_LITTLE,
                service_code="COMPTA",
                issued_on=date(2026, 11, 20),
                deposited_on=date(2026, 11, 23),
                total_including_tax=Decimal("1200.1"),
                status_code="ABANDONNEE",
                status_since=datetime(2026, 11, 23, 9, 11, 10, 551000, tzinfo=UTC),
            )
        ),
    ),
    (
        "read.search-refused",
        _search(),
        Refusal(
            operation="rechercherFactureParFournisseur",
            code="GDP_MSG_11.005",
            text="GDP_MSG_11.005 Utilisateur non habilité",
            reason=Reason.NOT_ENTITLED,
            http_status=400,
        ),
    ),
    ("read.search-nothing-found", _search(role="recipient"), _found()),
    ("read.search-empty-list", _search(role="validator"), _found()),
    (
        "read.whole-history",
        _as(lambda chorus_pro: Histories(chorus_pro=chorus_pro).whole(9100001)),
        WholeHistory(
            chorus_pro_id=9100001,
            number="FA-0001",
            status_code="SUSPENDUE",
            deposit_mode_code="UPLOAD_API",
            statuses=(
                StatusPassed(code="DEPOSEE", at=datetime(2026, 11, 23, 9, 9, 12, 345000, tzinfo=UTC), comment=None),
                StatusPassed(
                    code="SUSPENDUE",
                    at=datetime(2026, 11, 23, 23, 0, tzinfo=UTC),
                    comment="IBAN FR08… à confirmer",
                ),
            ),
            events=(EventPassed(label="Transfert de service", at=datetime(2026, 11, 23, 10, 0, tzinfo=UTC)),),
            actions=(ActionTaken(code="ACTION_NOUVELLE", at=datetime(2026, 11, 23, 11, 0, tzinfo=UTC)),),
        ),
    ),
    ("read.detail-recipient", _detail("recipient"), DETAIL),
    ("read.detail-validator", _detail("validator"), DETAIL),
    ("read.group", _group(), Downloaded(content=b"%PDF-1.7 ...")),
    (
        "read.attachments",
        _as(
            lambda chorus_pro: Downloads(chorus_pro=chorus_pro).get(
                "attachments", [9100001], format="pivot", with_attachments=True
            )
        ),
        Downloaded(content=b"PK\x03\x04 ..."),
    ),
    (
        "read.group-too-large",
        _group(),
        Refusal(
            operation="telechargerGroupeFacture",
            code="413",
            text="La taille du fichier est trop grande",
            reason=Reason.UPSTREAM_DOCUMENT_TOO_LARGE,
            http_status=413,
        ),
    ),
    (
        "read.kept-by-structure",
        _as(lambda client: client.call(read.KEPT_BY_STRUCTURE, documents.KeptByStructure(structure_id=26346730))),
        documents.KeptFiles(paging=Paging(pages=1, size=100, total=1), rows=(KEPT,)),
    ),
    (
        "read.kept-by-account",
        _as(lambda chorus_pro: chorus_pro.call(read.KEPT_BY_ACCOUNT, documents.KeptByAccount(name="RIB"))),
        documents.KeptFiles(paging=Paging()),
    ),
]
