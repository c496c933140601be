"""One example for each fact about a consultation, and for how it is answered."""

from collections.abc import Mapping
from typing import Any


def facts(consultation: Mapping[str, Any], buyer: Mapping[str, Any], dume: str) -> dict[str, dict[str, Any]]:
    """The data of one example for every type: a consultation from its first draft to its end."""
    names = {"consultation_id": consultation["id"]}
    return {
        "tender.created.v1": _fact(consultation, buyer, 1),
        "tender.updated.v1": _fact(consultation, buyer, 2, dume_id=dume),
        "tender.published.v1": _fact(consultation, buyer, 3, dume_id=dume),
        "tender.cancelled.v1": {
            "consultation": {"id": consultation["id"], "revision": 4},
            "buyer": dict(buyer),
            "reason": "Sans suite",
        },
        "tender.sync.done.v1": {
            **names,
            "revision": 1,
            "action": "created",
            "dume_id": dume,
            "state": "draft",
            "state_code": "brouillon",
            "usable_by_bidders": False,
            "adopted": False,
        },
        "tender.sync.refused.v1": {
            "reason": "dume_ambiguous",
            "code": None,
            "upstream_text": None,
            **names,
            "revision": 1,
            "action": "none",
        },
    }


def _fact(consultation: Mapping[str, Any], buyer: Mapping[str, Any], revision: int, **more: Any) -> dict[str, Any]:
    return {"consultation": {**consultation, "revision": revision}, "buyer": dict(buyer), "simplified": False, **more}
