"""The data of the examples of reads: what was searched, found and downloaded; all of it is fictitious."""

import base64
import hashlib
from typing import Any

_PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def status_told() -> dict[str, Any]:
    """What a reported status says besides the statuses."""
    return {
        "type": "invoice", "issued_on": "2026-11-23", "deposited_on": "2026-11-23", "total_including_tax": "1200.00",
        "currency": "EUR", "deposit_mode_code": "UPLOAD_API",
        "events": [{"label": "Transfert au service gestionnaire", "at": "2026-11-24T08:30:00+01:00"}],
        "actions": [{
            "action": "invoice_downloaded", "action_code": "TELECHARGEMENT_FACTURE", "at": "2026-11-24T09:05:00+01:00",
        }],
    }  # fmt: skip


def reads(supplier: str, recipient: str, flow: str) -> dict[str, dict[str, Any]]:
    """The data of a search and of a download, by type."""
    listed = {
        "chorus_pro_id": 8420871, "invoice_number": "F-2026-0142", "type": "invoice", "supplier_siret": supplier,
        "recipient_siret": recipient, "service_code": "SERVICE-1", "validator_siret": None, "issued_on": "2026-11-23",
        "deposited_on": "2026-11-23", "total_including_tax": "1200.00", "total_excluding_tax": "1000.00",
        "amount_due": "1200.00", "currency": "EUR", "status": "suspended", "status_code": "SUSPENDUE",
        "status_since": "2026-11-25T10:02:00+01:00", "contract_number": None, "commitment_number": "BC-0142",
        "flow_number": flow,
    }  # fmt: skip
    named = {"chorus_pro_id": 8420871, "invoice_number": "F-2026-0142", "supplier_siret": supplier}
    return {
        "invoice.search.requested.v1": {
            "role": "supplier", "statuses": ["suspended", "to_recycle"], "deposited_from": "2026-11-01",
            "deposited_until": "2026-11-30", "supplier_siret": supplier, "limit": 500,
        },
        "invoice.search.page.v1": {"page": 1, "invoices": [listed]},
        "invoice.search.reported.v1": {"total": 1, "pages": 1, "complete": True},
        "invoice.search.refused.v1": {
            "reason": "upstream_refused", "code": "GDP_MSG_11.005", "upstream_text": "Vous n'avez pas les droits.",
        },
        "invoice.download.requested.v1": {
            "invoices": [{"invoice_number": "F-2026-0142", "supplier_siret": supplier}], "what": "invoices",
            "format": "pdf", "with_attachments": False, "role": "supplier",
        },
        "invoice.download.reported.v1": {
            "invoices": [named], "what": "invoices", "format": "pdf", "with_attachments": False,
            "file": {
                "name": "F-2026-0142.pdf", "media_type": "application/pdf", "size": len(_PDF),
                "sha256": hashlib.sha256(_PDF).hexdigest(), "content": base64.b64encode(_PDF).decode(),
            },
        },
        "invoice.download.refused.v1": {
            "reason": "invoice_not_found", "code": None, "upstream_text": None, "invoice_number": "F-2026-0999",
            "chorus_pro_id": None,
        },
    }  # fmt: skip
