"""What the State writes about the DUMEs of bidders and about companies, with what is read of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from decimal import Decimal

from contracts.events import Bidder, Consultation
from service.upstream import Refusal, Upstreams
from service.upstream.dume import FoundDume
from service.upstream.dume.bidders import Bidders, Chosen, KnownCompany, Merged, Said

DOCUMENT = b"<QualificationApplicationResponse/>"
BIDDER = Bidder(id="99900045800037", name="Atelier Exemple SARL")
BUYER = Chosen(dume_id="k7p2x9qd")
DOWN = Said(code="X-1", text="Les données de l'entreprise n'ont pas pu être récupérées")

Ask = Callable[[Upstreams], Awaitable[object]]


def bidders(ask: Callable[[Bidders], Awaitable[object]]) -> Ask:
    """A question to the part of DUME that is about bidders."""
    return lambda upstreams: ask(upstreams.dume(account="main", event="event").bidders)


WITH_COMPANY = bidders(lambda client: client.merge_with_company(BUYER, BIDDER, unpublished=False))
MERGE = bidders(lambda client: client.merge(BUYER, Chosen(dume_id="t3n6b8yc"), None))

BID_ROWS: list[tuple[str, Ask, object]] = [
    ("bid.merged", WITH_COMPANY, Merged(document=DOCUMENT, said=())),
    ("bid.merged-without-company", WITH_COMPANY, Merged(document=DOCUMENT, said=(DOWN,))),
    ("bid.merged-message-alone", WITH_COMPANY, Merged(document=None, said=(DOWN,))),
    ("bid.merged-two", MERGE, Merged(document=DOCUMENT, said=())),
    (
        "bid.not-published",
        MERGE,
        Refusal(
            operation="FusionnerDumes",
            code="SIM-DUME-031",
            text="Le DUME acheteur n'est ni publié ni remplacé",
            http_status=200,
        ),
    ),
    ("bid.saved", bidders(lambda client: client.save(DOCUMENT, Consultation(id="C-1"), BIDDER, None)), "t3n6b8yc"),
    (
        "bid.saved-over",
        bidders(lambda client: client.save(DOCUMENT, Consultation(id="C-1"), BIDDER, "t3n6b8yc")),
        "t3n6b8yc",
    ),
    (
        "bid.found",
        bidders(lambda client: client.search(consultation_id="C-1", bidder=BIDDER)),
        (
            FoundDume(dume_id="t3n6b8yc", state_code=None, consultation_id="C-1", lot_number=None),
            FoundDume(dume_id="u8v9w0x1", state_code=None, consultation_id=None, lot_number=None),
        ),
    ),
    (
        "bid.created",
        bidders(lambda client: client.create(BIDDER, unpublished=True)),
        Merged(document=DOCUMENT, said=(), dume_id="t3n6b8yc"),
    ),
    (
        "company.known",
        bidders(lambda client: client.company(BIDDER.id, unpublished=False)),
        KnownCompany(
            fields={"siret": BIDDER.id, "raisonSociale": "Atelier Exemple SARL", "effectif": Decimal("12.5")},
            name="Atelier Exemple SARL",
            said=(),
        ),
    ),
    (
        "company.unknown",
        bidders(lambda client: client.company(BIDDER.id, unpublished=False)),
        KnownCompany(fields={}, name=None, said=(Said(code=None, text="Compte FR76… inconnu"),)),
    ),
]
