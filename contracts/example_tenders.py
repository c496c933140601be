"""The data of the examples about a DUME that is replaced, deleted or described anew; the same story as the others."""

from typing import Any

REPLACED = "k7p2x9qd"
REPLACING = "m4w8z1ra"


def changed_tenders(consultation: dict[str, Any], buyer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """One example for each type about a DUME that is there already."""
    regrouped = [{"number": "1", "title": "Bancs"}, {"number": "2", "title": "Tables"}]
    told = {"id": consultation["id"], "reference": "DSI/2026/0142-B", "lots": regrouped}
    done = {"consultation_id": consultation["id"], "adopted": False}
    refused = {"code": None, "consultation_id": consultation["id"]}
    return {
        "tender.dume.replacement.requested.v1": {"dume_id": REPLACED, "consultation": consultation, "buyer": buyer},
        "tender.dume.replacement.done.v1": {
            **done, "dume_id": REPLACING, "replaced_dume_id": REPLACED, "state": "validated", "state_code": "validé",
            "usable_by_bidders": None,
        },
        "tender.dume.replacement.refused.v1": {
            **refused, "reason": "dume_not_replaceable", "upstream_text": "Le DUME est à l'état brouillon.",
            "dume_id": REPLACED,
        },
        "tender.dume.deletion.requested.v1": {
            "dume_id": REPLACING, "consultation_id": consultation["id"], "buyer": buyer,
        },
        "tender.dume.deletion.done.v1": {
            **done, "dume_id": REPLACING, "state": "deleted", "state_code": "04", "usable_by_bidders": False,
        },
        "tender.dume.deletion.refused.v1": {
            **refused, "reason": "dume_not_deletable", "upstream_text": "Le DUME est remplacé.", "dume_id": REPLACED,
        },
        "tender.dume.metadata.requested.v1": {"dume_id": REPLACING, "consultation": told, "buyer": buyer},
        "tender.dume.metadata.done.v1": {"dume_id": REPLACING, "consultation_id": consultation["id"]},
        "tender.dume.metadata.refused.v1": {
            **refused, "reason": "dume_not_modifiable", "upstream_text": "Le DUME est supprimé.",
            "dume_id": REPLACING,
        },
    }  # fmt: skip
