"""Every operation of Chorus Pro that the relay calls, each described once."""

from __future__ import annotations

from service.upstream.chorus_pro.history_models import HistoryAsked, HistoryFound
from service.upstream.chorus_pro.models import (
    FlowAsked,
    FlowDeposited,
    FlowState,
    FlowToDeposit,
    Health,
    InvoiceAsked,
    InvoiceFound,
    InvoiceSearch,
    InvoicesFound,
    Nothing,
    StructuresFound,
)
from service.upstream.operation import Doubt, Operation

UPSTREAM = "chorus-pro"

DEPOSIT_FLOW = Operation(
    name="deposerFluxFacture",
    upstream=UPSTREAM,
    api="factures",
    path="/deposer/flux",
    request=FlowToDeposit,
    answer=FlowDeposited,
    timeout=60.0,
    doubt=Doubt.LOOK_UP,
    does="hands in a file of invoices",
)
FLOW_REPORT = Operation(
    name="consulterCRDetaille",
    upstream=UPSTREAM,
    api="transverses",
    path="/consulterCRDetaille",
    request=FlowAsked,
    answer=FlowState,
    timeout=30.0,
    doubt=Doubt.REPEAT,
    is_read=True,
    does="tells where a deposited file stands",
)
SEARCH_INVOICES = Operation(
    name="rechercherFactureParFournisseur",
    upstream=UPSTREAM,
    api="factures",
    path="/rechercher/fournisseur",
    request=InvoiceSearch,
    answer=InvoicesFound,
    timeout=30.0,
    doubt=Doubt.REPEAT,
    is_read=True,
    does="finds invoices of a supplier",
)
INVOICE_HISTORY = Operation(
    name="consulterHistoriqueFacture",
    upstream=UPSTREAM,
    api="factures",
    path="/consulter/historique",
    request=HistoryAsked,
    answer=HistoryFound,
    timeout=30.0,
    doubt=Doubt.REPEAT,
    is_read=True,
    does="tells everything that happened to an invoice",
)
INVOICE_DETAIL = Operation(
    name="consulterFactureParFournisseur",
    upstream=UPSTREAM,
    api="factures",
    path="/consulter/fournisseur",
    request=InvoiceAsked,
    answer=InvoiceFound,
    timeout=30.0,
    doubt=Doubt.REPEAT,
    is_read=True,
    does="shows an invoice of a supplier",
)
SUPPLIER_STRUCTURES = Operation(
    name="recupererStructuresActivesPourFournisseur",
    upstream=UPSTREAM,
    api="transverses",
    path="/recuperer/structures/actives/fournisseur",
    request=Nothing,
    answer=StructuresFound,
    timeout=30.0,
    doubt=Doubt.REPEAT,
    is_read=True,
    does="tells in whose name the account may issue",
    certainty="client",
)
HEALTH_CHECK = Operation(
    name="healthCheck",
    upstream=UPSTREAM,
    api="transverses",
    path="/health-check",
    request=Nothing,
    answer=Health,
    timeout=10.0,
    doubt=Doubt.REPEAT,
    method="GET",
    is_read=True,
    does="tells whether Chorus Pro is up",
    certainty="client",
)
