"""The data of the examples about documents of DUMEs; all of it is fictitious."""

import base64
import hashlib
from typing import Any

_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def documents(dume_id: str, consultation_id: str) -> dict[str, dict[str, Any]]:
    """The data of a request for a document and of its answers, by type."""
    file = {
        "name": f"dume-{dume_id}.pdf", "media_type": "application/pdf", "size": len(_PDF),
        "sha256": hashlib.sha256(_PDF).hexdigest(), "content": base64.b64encode(_PDF).decode(),
        "dume_id": dume_id, "warning": None,
    }  # fmt: skip
    return {
        "tender.dume.document.requested.v1": {"of": "buyer", "format": "pdf", "dume_id": dume_id},
        "tender.dume.document.reported.v1": {
            "of": "buyer", "format": "pdf", "dume_id": dume_id, "bid_dume_ids": [], "state": "published",
            "state_code": "publié", "file": file, "files": [],
            "metadata": {
                "consultation_id": consultation_id, "consultation_reference": None, "lot_numbers": ["1"],
                "told": [
                    {"name_code": "idConsultation", "upstream_text": consultation_id},
                    {"name_code": "numeroLot", "upstream_text": "1"},
                ],
            },
        },
        "tender.dume.document.refused.v1": {
            "reason": "upstream_refused", "code": None, "upstream_text": "Le DUME est inconnu de cette plateforme.",
            "of": "buyer", "dume_id": dume_id, "bid_dume_ids": [],
        },
    }  # fmt: skip
