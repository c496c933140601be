"""The data of the examples of essential data: one contract published, changed and found; all of it is fictitious."""

from typing import Any

_REFERENCE = "AIFEDUME-q4t7m2xz"
_HOLDER = "99900045800037"
_ID = "20260142L01"


def _contract() -> dict[str, Any]:
    return {
        "id": _ID, "object": "Mobilier scolaire en bois - lot 1", "nature": "Marché", "procedure": "Procédure adaptée",
        "notified_on": "2026-12-28", "techniques": ["Sans objet"], "modalities": ["Bons de commande"],
        "cpv": "39160000-1", "place": {"code": "35238", "code_type": "Code commune"}, "duration_months": 36,
        "amount": "182000.00", "price_form": "Mixte", "price_types": ["Définitif révisable"],
        "holders": [{"id": _HOLDER, "scheme": "SIRET"}], "grouping": "Pas de groupement",
        "ccag": "Fournitures courantes et services", "offers_received": 4, "innovative": False,
        "advance_granted": False, "subcontracting_declared": False, "social_considerations": ["Clause sociale"],
        "environmental_considerations": ["Critère environnemental"],
    }  # fmt: skip


def _searches(buyer: dict[str, Any], listed: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {
        "tender.essential_data.search.requested.v1": {
            "published_from": "2027-01-01", "published_until": "2027-06-30", "kind": "contract",
            "buyer_id": buyer["id"],
        },
        "tender.essential_data.search.page.v1": {"page": 1, "essential_data": [listed]},
        "tender.essential_data.search.reported.v1": {
            "total": 1, "pages": 1, "complete": True, "incomplete": [], "narrowed": [],
        },
        "tender.essential_data.search.refused.v1": {
            "reason": "upstream_refused", "code": None, "upstream_text": "Critères de recherche invalides.",
        },
    }  # fmt: skip


def essential_data(buyer: dict[str, Any], consultation: str) -> dict[str, dict[str, Any]]:
    """The data of a publication, an update and a search, by type."""
    contract = _contract()
    named = {"id": _ID, "buyer_id": buyer["id"], "consultation_id": consultation}
    side = {"object": contract["object"], "amount": "182000.00", "agreed_on": "2026-12-28", "holder_ids": [_HOLDER]}
    modification = {"number": 1, "notified_on": "2027-06-02", "duration_months": 48, "amount": "201500.00"}
    listed = {
        **contract, "reference": _REFERENCE, "kind": "contract", "buyer_id": buyer["id"], "published_on": "2027-01-12",
        "modifications": [{**modification, "published_on": "2027-06-10"}],
    }  # fmt: skip
    finding = {
        "field": "data.contract.procedure", "value": "Procedure adaptée", "allowed": ["Procédure adaptée"],
        "message": "'Procedure adaptée' is not in the national schema's list contract_procedures; take one of allowed.",
    }  # fmt: skip
    searches = _searches(buyer, listed)
    return searches | {
        "tender.essential_data.publication.requested.v1": {
            "buyer": buyer, "consultation": {"id": consultation, "lot_number": "1"}, "contract": contract,
        },
        "tender.essential_data.publication.done.v1": {
            **named, "reference": _REFERENCE, "kind": "contract", "lot_number": "1", "adopted": False, "notices": [],
        },
        "tender.essential_data.publication.refused.v1": {
            **named, "reason": "essential_data_exists", "code": None, "upstream_text": None, "reference": _REFERENCE,
            "conflict": {"sent": side, "found": {**side, "reference": _REFERENCE, "amount": "97000.00"}},
        },
        "tender.essential_data.update.requested.v1": {
            "reference": _REFERENCE, "buyer": buyer, "modifications": [modification],
        },
        "tender.essential_data.update.done.v1": {
            "reference": _REFERENCE, "changed": True, "adopted": False, "notices": ["Données modifiées."],
        },
        "tender.essential_data.update.refused.v1": {
            "reason": "rules_not_met", "code": None, "upstream_text": None, "reference": _REFERENCE,
            "findings": [finding],
        },
    }  # fmt: skip
