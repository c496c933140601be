"""Answers of the State as they are written, read by the clients that handlers use."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from contracts.events import Consultation
from contracts.reasons import Reason
from service import wiring
from service.core.gate import Gates
from service.core.invoices import FoundInvoice
from service.core.recipient import Recipient, Service
from service.upstream import (
    Platform,
    Refusal,
    Requester,
    TechnicalAccount,
    Upstreams,
    UpstreamSettings,
    load_mapping,
)
from service.upstream.chorus_pro import (
    Deposited,
    FlowReport,
    InvoiceError,
    InvoiceHistory,
    StatusPassed,
    TechnicalError,
)
from service.upstream.chorus_pro.decisions import Decisions, OfferedReason
from service.upstream.chorus_pro.directory import Directory
from service.upstream.chorus_pro.structure_models import AttachmentRow, MembershipRow, SpaceRow
from service.upstream.dume import FoundDume, Saved
from service.upstream.operation import Operation
from tests.contract.supplier_rows import SUPPLIER_ROWS
from tests.support.recorded_decisions import CANAL, DECISIONS, LISTS
from tests.support.recorded_reads import READS

pytestmark = pytest.mark.contract

ANSWERS = Path(__file__).parent / "answers"
MODEL = b"<QualificationApplicationRequest/>"
INVOICE = FoundInvoice(
    chorus_pro_id=9100001,
    number="FA-0001",
    kind="invoice",
    supplier_siret="99900045800037",
    recipient_siret="99900012800010",
    issued_on=date(2026, 11, 20),
    deposited_on=date(2026, 11, 23),
    total_including_tax=Decimal("1200.1"),
    currency="EUR",
    status_code="STATUT_NOUVEAU",
    status_since=datetime(2026, 11, 23, 9, 11, 10, 551000, tzinfo=UTC),
    flow_number="CPP0011100000000000700001",
)
CREDIT_NOTE = FoundInvoice(
    chorus_pro_id=9100002,
    number="AV-0001",
    kind="credit_note",
    supplier_siret="99900045800037",
    recipient_siret="99900012800010",
    issued_on=None,
    deposited_on=date(2026, 11, 23),
    total_including_tax=Decimal(-50),
    currency=None,
    status_code=None,
    status_since=datetime(2026, 11, 23, 9, 11, 10, 551000, tzinfo=UTC),
    flow_number="CPP0011100000000000700001",
)

TOWN = Recipient(siret="99900012800010", exists=True, id=26346724, name="VILLE D'EXEMPLEVILLE", is_active=True)
ACCOUNTING = Service(id=10657669, code="COMPTA", label="Service comptabilité", is_active=True)
RECEIVED = replace(
    INVOICE,
    number="FA-0001 ",
    status_code="MISE_A_DISPOSITION",
    status_since=datetime(2026, 11, 23, 9, 11, tzinfo=UTC),
    flow_number=None,
)

Recorded = dict[str, Any]  # Any: a tree of JSON, as recorded
Ask = Callable[[Upstreams], Awaitable[object]]


def recorded(name: str) -> Recorded:
    """One recorded answer."""
    document: Recorded = json.loads((ANSWERS / f"{name}.json").read_text(encoding="utf-8"))
    return document


class Player:
    """Plays one recorded answer to whatever is asked, behind a token host."""

    def __init__(self) -> None:
        self.answer: Recorded = {}

    async def play(self, request: web.Request) -> web.Response:
        """Answer whatever is asked."""
        if request.path.endswith("/oauth/token"):
            return web.json_response({"access_token": "a-token", "expires_in": "3600"})
        body = json.dumps(self.answer["body"], ensure_ascii=False)
        return web.Response(status=self.answer["status"], headers=self.answer["headers"], body=body.encode())


@pytest.fixture
async def player() -> Player:
    """What is played next."""
    return Player()


@pytest.fixture
async def upstreams(player: Player) -> AsyncIterator[Upstreams]:
    """The clients, in front of the player."""
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", player.play)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    settings = UpstreamSettings(
        oauth_url=f"{url}/api/oauth/token",
        api_url=url,
        client_id="an-application",
        client_secret="its-secret",
        mapping=load_mapping(),
        accounts=lambda name: TechnicalAccount(name=name, login="TECH_1@cpro.fr", password="password"),
        platform=Platform(platform_id="99900001100018", technical_platform_id="TND001"),
        requester=Requester(id="99900012800010", name="Ville de Exempleville"),
    )
    async with Upstreams(settings, Gates(interval=timedelta(seconds=1))) as clients:
        yield clients
    await runner.cleanup()


def cpro(ask: Callable[[Any], Awaitable[object]]) -> Ask:  # Any: a bound method of ChorusPro
    return lambda upstreams: ask(upstreams.chorus_pro(account="main", event="event"))


def dume(ask: Callable[[Any], Awaitable[object]]) -> Ask:  # Any: a bound method of Dume
    return lambda upstreams: ask(upstreams.dume(account="main", event="event"))


def directory(ask: Callable[[Any], Awaitable[object]]) -> Ask:  # Any: a bound method of Directory
    return lambda upstreams: ask(upstreams.directory(account="main", event="event"))


def decisions(ask: Callable[[Decisions], Awaitable[object]]) -> Ask:
    return cpro(lambda client: ask(Decisions(chorus_pro=client)))


def asked(operation: Operation[Any, Any], request: object) -> Ask:  # Any: each has models of its own
    return cpro(lambda client: client.call(operation, request))


def deposit() -> Ask:
    return cpro(lambda client: client.deposit(content_base64="AAAA", name="a.xml", syntax="IN_DP_E1_UBL_INVOICE"))


async def shown_town(client: Directory) -> tuple[object, ...]:
    """What a town demands, asked without its services, which are another operation."""
    shown = await client.detailed(TOWN, with_services=False)
    assert isinstance(shown, Recipient)
    return shown.demands, shown.is_public, shown.reports_payments


def flow_report() -> Ask:
    return cpro(lambda client: client.flow_report("CPP1"))


def create() -> Ask:
    return dume(lambda client: client.create_simple(Consultation(id="C-1"), None))


def search_dume() -> Ask:
    return dume(lambda client: client.search(consultation_id="C-1", buyer_id=None))


ROWS: list[tuple[str, Ask, object]] = [
    (
        "deposit.received",
        deposit(),
        Deposited(flow_number="CPP0011100000000000700001", deposited_on=date(2026, 11, 23)),
    ),
    (
        "deposit.received-old-style",
        deposit(),
        Deposited(flow_number="CPP0011100000000000700002", deposited_on=date(2026, 11, 23)),
    ),
    (
        "deposit.too-large",
        deposit(),
        Refusal(
            operation="deposerFluxFacture",
            code="GDP_MSG_11.022",
            text="GDP_MSG_11.022",
            http_status=400,
            reason=Reason.UPSTREAM_FILE_TOO_LARGE,
        ),
    ),
    (
        "flow.integrated",
        flow_report(),
        FlowReport(known=True, state="IN_INTEGRE", since=datetime(2026, 11, 23, 9, 9, 12, 345000, tzinfo=UTC)),
    ),
    (
        "flow.partial-single-object",
        flow_report(),
        FlowReport(
            known=True,
            state="IN_INTEGRE_PARTIEL",
            since=datetime(2026, 11, 23, 9, 9, 12, tzinfo=UTC),
            invoice_errors=(
                InvoiceError(
                    number="FA-0002",
                    supplier="99900045800037",
                    recipient="99900012800010",
                    text="Mode de paiement absent.|IBAN FR76… inconnu.",
                ),
            ),
        ),
    ),
    (
        "flow.rejected-file",
        flow_report(),
        FlowReport(
            known=True,
            state="IN_REJETE",
            technical_errors=(TechnicalError(code="XSD", text="Fichier non conforme."),),
        ),
    ),
    ("flow.new-state", flow_report(), FlowReport(known=True, state="IN_ETAT_NOUVEAU")),
    (
        "flow.not-known-yet",
        flow_report(),
        FlowReport(
            known=False,
            refusal=Refusal(
                operation="consulterCRDetaille", code="TRA_MSG_00.015", text="TRA_MSG_00.015", http_status=200
            ),
        ),
    ),
    ("search.one-page", cpro(lambda client: client.invoices_of_flow("CPP1")), (INVOICE, CREDIT_NOTE)),
    ("search.without-paging", cpro(lambda client: client.invoices_of_flow("CPP1")), ()),
    ("search.nothing-found", cpro(lambda client: client.invoices_of_flow("CPP1")), ()),
    (
        "history.three-statuses",
        cpro(lambda client: client.history(9100001)),
        InvoiceHistory(
            chorus_pro_id=9100001,
            number="FA-0001",
            status_code="SUSPENDUE",
            statuses=(
                StatusPassed(code="DEPOSEE", at=datetime(2026, 11, 23, 9, 9, 12, 345000, tzinfo=UTC), comment=None),
                StatusPassed(code="MISE_A_DISPOSITION", at=datetime(2026, 11, 23, 9, 11, tzinfo=UTC), comment=None),
                StatusPassed(
                    code="SUSPENDUE",
                    at=datetime(2026, 11, 23, 23, 0, tzinfo=UTC),
                    comment="Bon de livraison manquant",
                ),
            ),
        ),
    ),
    (
        "detail.invoice",
        cpro(lambda client: client.invoice(9100001)),
        FoundInvoice(
            chorus_pro_id=9100001,
            number="FA-0001",
            kind="invoice",
            supplier_siret="99900045800037",
            recipient_siret="99900012800010",
            issued_on=date(2026, 11, 20),
            deposited_on=date(2026, 11, 23),
            total_including_tax=Decimal("1200.1"),
            currency="EUR",
            status_code="MISE_EN_PAIEMENT",
        ),
    ),
    ("structures.two", cpro(lambda client: client.sees_supplier("999 000 458 00037")), True),
    (
        "directory.found",
        directory(lambda client: client.find(siret="99900012800010")),
        (TOWN, Recipient(siret=TOWN.siret, exists=True, id=26346725, is_active=False)),
    ),
    (
        "directory.found-as-object",
        directory(lambda client: client.find(name="ville")),
        (Recipient(siret=TOWN.siret, exists=True, id=26346724, is_active=True),),
    ),
    ("directory.structure", directory(shown_town), ("service_code", True, False)),
    (
        "directory.services",
        directory(lambda client: client.services(26346724)),
        (ACCOUNTING, Service(id=10657671, code="ANCIEN", label=None, is_active=False)),
    ),
    (
        "directory.service",
        directory(lambda client: client.service(26346724, ACCOUNTING)),
        replace(ACCOUNTING, demands_commitment=True, valid_from=date(2020, 1, 1), valid_until=date(2027, 12, 31)),
    ),
    (
        "directory.memberships",
        directory(lambda client: client.memberships(26346724, "nobody@example.org")),
        (
            MembershipRow(
                id=7,
                service_id=10657669,
                code="COMPTA",
                name="Service comptabilité",
                status="STATUT_NOUVEAU",
                starts=date(2020, 1, 1),
            ),
        ),
    ),
    (
        "directory.spaces",
        directory(lambda client: client.spaces(26346724)),
        (SpaceRow(id=12, code="1", label="Factures reçues", state="ACTIVE", right="HABILITATION_NOUVELLE"),),
    ),
    (
        "directory.attachments",
        directory(lambda client: client.attachments()),
        (
            AttachmentRow(
                id=26346724,
                identifier="99900012800010",
                name="VILLE DE EXEMPLEVILLE",
                role="ROLE_NOUVEAU",
                status="VALIDEE",
            ),
        ),
    ),
    ("health.chorus-pro", lambda upstreams: upstreams.check_health("chorus-pro"), None),
    ("dume.created", create(), Saved(dume_id="k7p2x9qd", state_code="brouillon")),
    (
        "dume.refused",
        create(),
        Refusal(
            operation="creerDumeSimple",
            code="EX-031",
            text="Un DUME existe pour cette consultation",
            http_status=200,
        ),
    ),
    (
        "dume.validated-with-message",
        dume(
            lambda client: client.save(
                document=MODEL, validated=True, consultation=None, buyer=None, dume_id="k7p2x9qd"
            )
        ),
        Saved(dume_id="k7p2x9qd", state_code="validé", messages=("Enregistré",)),
    ),
    ("dume.model", dume(lambda client: client.model()), MODEL),
    ("dume.document", dume(lambda client: client.document("k7p2x9qd")), MODEL),
    (
        "dume.found",
        search_dume(),
        (
            FoundDume(dume_id="k7p2x9qd", state_code="remplacé", consultation_id="C-1", lot_number="1"),
            FoundDume(dume_id="m4w8z1ra", state_code="VALIDE", consultation_id="C-1", lot_number=None),
        ),
    ),
    (
        "dume.found-identifiers-only",
        search_dume(),
        (FoundDume(dume_id="k7p2x9qd", state_code=None, consultation_id=None, lot_number=None),),
    ),
    ("health.dume", lambda upstreams: upstreams.check_health("dume"), None),
    (
        "decision.received-found",
        decisions(lambda client: client.received("FA-0001", "99900045800037")),
        (replace(RECEIVED, supplier_siret="999 000 458 00037"),),
    ),
    (
        "decision.validator-found",
        decisions(lambda client: client.to_validate("FA-0001", "99900045800037")),
        (replace(RECEIVED, status_code="A_VALIDER_1"),),
    ),
    ("decision.next-statuses", decisions(lambda client: client.next_statuses("X")), ("SUSPENDUE", "STATUT_NOUVEAU")),
    (
        "decision.refusal-reasons",
        decisions(lambda client: client.refusal_reasons()),
        (OfferedReason(code="MOTIF_INVENTE", label="Motif inventé"),),
    ),
    (
        "decision.visible-statuses",
        decisions(lambda client: client.visible_statuses()),
        ("A_VALIDER_1", "STATUT_NOUVEAU"),
    ),
    ("decision.attachments", decisions(lambda client: client.attachments()), (CANAL,)),
    *READS,
    *((name, asked(operation, request), answer) for name, operation, request, answer in (*DECISIONS, *LISTS)),
    *SUPPLIER_ROWS,
]


@pytest.mark.parametrize(("name", "ask", "expected"), ROWS, ids=[name for name, _, _ in ROWS])
async def test_should_read_what_the_state_writes(
    upstreams: Upstreams, player: Player, name: str, ask: Ask, expected: object
) -> None:
    """Three forms of dates, lists that are objects, numbers as text, unknown codes and fields: all are read."""
    player.answer = recorded(name)

    assert await ask(upstreams) == expected


def test_should_have_an_answer_of_every_operation() -> None:
    """A new operation is not done before an answer to it was written down and read."""
    called = {operation.name for operation in wiring.operations()}

    elsewhere = (f"{file.parent.name}/{file.stem}" for file in ANSWERS.glob("*/*.json"))

    assert called == {recorded(name)["operation"] for name in (*elsewhere, *(name for name, _, _ in ROWS))}


def test_should_read_every_recorded_answer() -> None:
    """No recording lies about without a row that reads it."""
    assert sorted(file.stem for file in ANSWERS.glob("*.json")) == sorted(name for name, _, _ in ROWS)
