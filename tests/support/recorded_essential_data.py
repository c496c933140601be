"""Recorded answers about essential data: the question that each answers, and what is read in it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal

from contracts.events import TenderEssentialDataPublicationRequested, TenderEssentialDataUpdateRequested
from contracts.results import (
    EssentialDataListed,
    ExecutionYearListed,
    ModificationListed,
    OperatorListed,
    PlaceListed,
    TariffListed,
)
from service.core.sweep import Slice
from service.upstream import Refusal, Upstreams
from service.upstream.dume.essential_data import EssentialData, Published, Shown, Updated
from service.upstream.dume.essential_data_wire import Named
from tests.support.essential_data import contract

Ask = Callable[[Upstreams], Awaitable[object]]

_BUYER = {"id": "99900012800010"}
_PUBLICATION = TenderEssentialDataPublicationRequested.model_validate({"buyer": _BUYER, "contract": contract()})
_UPDATE = TenderEssentialDataUpdateRequested.model_validate(
    {"reference": "AIFEDUME-a1b2c3d4", "modifications": [{"number": 1}]}
)
_HOLDER = OperatorListed(id="99900045800037", scheme="SIRET")

MARKET = EssentialDataListed(
    reference="AIFEDUME-a1b2c3d4",
    kind="contract",
    id="M-2026-7",
    buyer_id="99900012800010",
    object="Toiture d'une école imaginaire",
    nature="Marché",
    procedure="Dialogue compétitif",
    techniques=("Sans objet",),
    modalities=("Tranches", "Bons de commande"),
    cpv="09331000",
    place=PlaceListed(code="01001", code_type="Code commune"),
    duration_months=12,
    published_on=date(2026, 11, 20),
    notified_on=date(2026, 10, 1),
    amount=Decimal("100.1"),
    price_form="Mixte",
    price_types=("Provisoire",),
    holders=(_HOLDER,),
    grouping="Solidaire",
    ccag="Travaux",
    offers_received=3,
    innovative=True,
    advance_granted=True,
    advance_rate=Decimal("0.1"),
    modifications=(
        ModificationListed(number=1, notified_on=date(2026, 11, 10), amount=Decimal("120.5"), holders=(_HOLDER,)),
    ),
)
CONCESSION = EssentialDataListed(
    reference="AIFEDUME-e5f6g7h8",
    kind="concession",
    id="C-7",
    buyer_id="99900045600014",
    object="Bac fluvial imaginaire",
    nature="Délégation de service public",
    procedure="Procédure négociée ouverte",
    signed_on=date(2026, 5, 5),
    total_value=Decimal(5000000),
    holders=(OperatorListed(id="FR00999000000", scheme="TVA"),),
    execution=(
        ExecutionYearListed(
            published_on=date(2027, 5, 5),
            investment=Decimal(10),
            tariffs=(TariffListed(name="Passage", amount=Decimal("2.5")),),
        ),
    ),
)
OLDER = EssentialDataListed(
    reference="AIFEDUME-i9j0k1l2",
    kind="contract",
    id="M-2026-8",
    buyer_id="99900012800010",
    buyer_name="Ville imaginaire",
    consultation_id="C-2026-8",
    consultation_reference="R/8",
    lot_number="3",
    object="Bancs imaginaires",
    nature="Marché",
    procedure="Procédure adaptée",
    cpv="39160000",
    place=PlaceListed(code="99999", code_type="Code postal", name="Exempleville"),
    duration_months=2,
    published_on=date(2026, 11, 21),
    amount=Decimal(1000),
    total_value=Decimal(1000),
    price_form="Unitaire",
    holders=(OperatorListed(id="99900045800037", scheme="SIRET", name="Atelier imaginaire"),),
)


def _asked(ask: Callable[[EssentialData], Awaitable[object]]) -> Ask:
    return lambda upstreams: ask(upstreams.dume(account="main", event="event").essential_data)


ESSENTIAL_DATA: list[tuple[str, Ask, object]] = [
    (
        "essential-data.published",
        _asked(lambda client: client.publish(_PUBLICATION)),
        Published(reference="AIFEDUME-a1b2c3d4", notices=("Données reçues",)),
    ),
    (
        "essential-data.published-without-reference",
        _asked(lambda client: client.publish(_PUBLICATION)),
        Published(reference=None),
    ),
    (
        "essential-data.updated",
        _asked(lambda client: client.update(_UPDATE)),
        Updated(changed=True, notices=("Les données ont été modifiées.",)),
    ),
    (
        "essential-data.refused",
        _asked(lambda client: client.update(_UPDATE)),
        Refusal(operation="MettreAJourDonneesEssentielles", code="EX-3", text="Référence inconnue", http_status=200),
    ),
    (
        "essential-data.found",
        _asked(lambda client: client.show(Slice(), Named(id="M-2026-7"))),
        Shown(rows=(MARKET, CONCESSION), is_cut=False),
    ),
    (
        "essential-data.found-v1",
        _asked(lambda client: client.show(Slice(), Named(), version=1)),
        Shown(rows=(OLDER,), is_cut=False),
    ),
    (
        "essential-data.none",
        _asked(lambda client: client.referenced("AIFEDUME-a1b2c3d4")),
        (),
    ),
]
