"""The data of the examples about invoices a supplier hands in and looks after; the same story as the others."""

import base64
from typing import Any

SUPPLIER = "99900012300018"
BUYER = "99900012800010"
SERVICE = "SVC-ECOLES"
COMMITMENT = "EJ-2026-0042"

# The smallest thing that counts as a PDF here: the first line of one.
_PDF = base64.b64encode(b"%PDF-1.4\n%%EOF\n").decode()
_about = {"chorus_pro_id": 8420871, "invoice_number": "F-2026-0142", "supplier_siret": SUPPLIER}
_named = {"invoice_number": "F-2026-0142", "supplier_siret": SUPPLIER}
_delivery_note = {
    "file": {"name": "bon-de-livraison.pdf", "content": _PDF}, "type_code": "BON_DE_LIVRAISON",
    "label": "Bon de livraison",
}  # fmt: skip


def _refused(reason: str, code: str | None, text: str | None, **more: Any) -> dict[str, Any]:  # Any: of any refusal
    return {"reason": reason, "code": code, "upstream_text": text, **more}


def _submission() -> dict[str, Any]:
    return {
        "mode": "pdf", "invoice_number": "F-2026-0142", "issued_on": "2026-11-23", "supplier_siret": SUPPLIER,
        "recipient_siret": BUYER, "service_code": SERVICE, "commitment_number": COMMITMENT, "currency": "EUR",
        "payment_mode": "transfer", "bank_account": "Compte principal", "vat": "on_debits",
        "total_excluding_tax": "1000.00", "total_tax": "200.00", "total_including_tax": "1200.00",
        "amount_due": "1200.00", "tax_lines": [{"tax_rate": "20.00", "base": "1000.00", "tax": "200.00"}],
        "file": {"name": "F-2026-0142.pdf", "content": _PDF}, "attachments": [_delivery_note],
        "comment": "Commande EJ-2026-0042",
    }  # fmt: skip


def submissions() -> dict[str, dict[str, Any]]:
    """Return the data of one example for every type of these families."""
    return {
        "invoice.submission.requested.v1": _submission(),
        "invoice.submission.done.v1": {
            **_about, "type": "invoice", "recipient_siret": BUYER, "deposited_on": "2026-11-23", "status": "deposited",
            "status_code": "DEPOSEE", "total_including_tax": "1200.00", "currency": "EUR",
            "certificate_fingerprint": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=", "adopted": False,
        },
        "invoice.submission.refused.v1": _refused(
            "bank_account_unclear", None, None, stage="preflight", **_named,
            bank_accounts=["Compte principal", "Compte des marchés"],
        ),
        "invoice.supplement.requested.v1": {
            **_named, "attachments": [_delivery_note], "comment": "Bon de livraison joint",
        },
        "invoice.supplement.done.v1": {**_about, "treated_at": "2026-11-26T09:12:00+01:00", "adopted": False},
        "invoice.supplement.refused.v1": _refused(
            "invoice_not_suspended", "GDP_MSG_11.033", "GDP_MSG_11.033", **_named, chorus_pro_id=None
        ),
        "invoice.recycling.requested.v1": {
            **_named, "recipient_siret": BUYER, "service_code": SERVICE, "commitment_number": "EJ-2026-0043",
            "comment": "Service corrigé",
        },
        "invoice.recycling.done.v1": {
            **_about, "recipient_siret": BUYER, "service_code": SERVICE, "commitment_number": "EJ-2026-0043",
            "status": "being_routed", "status_code": "EN_COURS_ACHEMINEMENT", "adopted": False,
        },
        "invoice.recycling.refused.v1": _refused(
            "status_not_suitable", "GDP_MSG_11.001", "GDP_MSG_11.001", **_named, chorus_pro_id=None
        ),
        "invoice.rejection.acknowledgement.requested.v1": {"invoices": [_named, {"chorus_pro_id": 8420999}]},
        "invoice.rejection.acknowledgement.done.v1": {
            "invoices": [_about, {"chorus_pro_id": 8420999, "invoice_number": None, "supplier_siret": None}],
            "adopted": False,
        },
        "invoice.rejection.acknowledgement.refused.v1": _refused(
            "invoice_not_found", None, None, unknown=[f"{SUPPLIER} F-2026-0142"]
        ),
    }  # fmt: skip
