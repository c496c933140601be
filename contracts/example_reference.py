"""The data of the examples about reference data of tenders; the evidence is fictitious."""

from typing import Any

_AS_OF = "2026-11-24T08:12:30.250Z"
_CRITERION = "005eb9ed-1347-4ca3-bb29-9bc0db64e1ab"


def reference() -> dict[str, dict[str, Any]]:
    """The data of the look-ups of codes and of evidence, by type."""
    asked = {"criterion": _CRITERION, "language": "fr", "nation": "be"}
    told = {"as_of": _AS_OF, "cached": False}
    return {
        "tender.codelist.lookup.requested.v1": {"code_list": "STATUT_DUME"},
        "tender.codelist.lookup.page.v1": {"page": 1, "codes": [{"code": "04", "label": "supprimé"}]},
        "tender.codelist.lookup.reported.v1": {
            "what": "values", "code_list": "STATUT_DUME", "language": None, "total": 1, "pages": 1, "complete": True,
            **told,
        },
        "tender.codelist.lookup.refused.v1": {
            "reason": "upstream_refused", "code": None, "upstream_text": "Référentiel inconnu.",
            "code_list": "STATUT_DUME", "language": None,
        },
        "tender.evidence.lookup.requested.v1": asked,
        "tender.evidence.lookup.reported.v1": {
            **asked, "criterion_uuid": _CRITERION, "criterion_type_code": "EXCLUSION",
            "criterion_text": "Participation à une organisation criminelle", "total": 1, "complete": True,
            "evidences": [{
                "id": "evidence-0142", "name": "Extrait fictif du casier judiciaire", "text": None,
                "address": "https://evidence.example/0142", "details": {"emetteur": {"nom": "Registre fictif"}},
                "details_complete": True,
            }],
            **told, "cached": True,
        },
        "tender.evidence.lookup.refused.v1": {
            "reason": "upstream_refused", "code": None, "upstream_text": "Critère inconnu.", **asked,
        },
    }  # fmt: skip
