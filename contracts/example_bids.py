"""The data of the examples about bids and companies; the same story as the others."""

import base64
from typing import Any

BID = "t3n6b8yc"
BIDDER = "99900045800037"

_ROOT = "QualificationApplicationResponse"
_XML = f'<{_ROOT} xmlns="urn:oasis:names:specification:ubl:schema:xsd:{_ROOT}-2"/>'
_DOCUMENT = base64.b64encode(_XML.encode()).decode()
_bidder = {"id": BIDDER, "scheme": "siret", "name": "Atelier Exemple SARL"}
_notice = {"code": None, "upstream_text": "Les données de l'entreprise n'ont pas pu être récupérées."}


def _refused(reason: str, text: str, **more: Any) -> dict[str, Any]:  # Any: fields of any refusal
    return {"reason": reason, "code": None, "upstream_text": text, **more}


def bids(dume: str, consultation: str) -> dict[str, dict[str, Any]]:
    """Return the data of one example for every type of these families, for this DUME of a buyer."""
    merged = {"buyer_dume_id": dume, "bid_dume_id": None}
    lots = {"id": consultation, "lots": [{"number": "1", "title": "Bancs"}]}
    return {
        "tender.bid.merge.requested.v1": {"buyer_dume_id": dume, "bidder": _bidder, "unpublished_data": False},
        "tender.bid.merge.reported.v1": {
            **merged, "document": _DOCUMENT, "company_data": "missing", "notices": [_notice],
        },
        "tender.bid.merge.refused.v1": _refused(
            "dume_not_published", "Le DUME acheteur n'est ni publié ni remplacé.", **merged
        ),
        "tender.bid.save.requested.v1": {"document": _DOCUMENT, "consultation": lots, "bidder": _bidder},
        "tender.bid.save.done.v1": {"dume_id": BID, "consultation_id": consultation, "adopted": False},
        "tender.bid.save.refused.v1": _refused(
            "upstream_refused", "Le document n'est pas un DUME.", consultation_id=consultation, dume_id=None
        ),
        "tender.bid.creation.requested.v1": {"bidder": _bidder, "unpublished_data": False},
        "tender.bid.creation.done.v1": {
            "dume_id": BID, "document": _DOCUMENT, "company_data": "included", "notices": [], "adopted": False,
        },
        "tender.bid.creation.refused.v1": _refused(
            "upstream_refused", "La plateforme n'est pas connue.", bidder_id=BIDDER
        ),
        "tender.company.lookup.requested.v1": {"siret": BIDDER, "unpublished_data": False},
        "tender.company.lookup.reported.v1": {
            "siret": BIDDER, "name": "ATELIER EXEMPLE", "company_data": "included",
            "details": {"siret": BIDDER, "raisonSociale": "ATELIER EXEMPLE", "formeJuridique": "SARL"},
            "details_complete": True, "notices": [],
        },
        "tender.company.lookup.refused.v1": _refused(
            "upstream_refused", "La plateforme n'est pas connue.", siret=BIDDER
        ),
    }  # fmt: skip
