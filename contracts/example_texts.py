"""The data of the examples, one story told through every type; all names and numbers are fictitious."""

import base64
import hashlib
from pathlib import Path
from typing import Any

from contracts.example_bids import bids
from contracts.example_documents import documents
from contracts.example_essential_data import essential_data
from contracts.example_facts import facts
from contracts.example_reads import reads, status_told
from contracts.example_reference import reference
from contracts.example_submissions import submissions
from contracts.example_tenders import changed_tenders
from contracts.reasons import Reason
from contracts.registry import FAMILIES
from contracts.results import failed

INVOICE_FILE = Path(__file__).parent / "examples" / "F-2026-0142.xml"

SUPPLIER = "99900012300018"
BUYER = "99900012800010"
VALIDATOR = "99900055500011"
FLOW = "CPP0011117000000000425977"
CONSULTATION = "2026-DSI-0142"
DUME = "k7p2x9qd"

_UPSTREAM_NUMBER_TEXT = "Le numéro de facture F-2026-0142 existe déjà pour ce fournisseur."
_integrated = {
    "invoice_number": "F-2026-0142", "type": "invoice", "supplier_siret": SUPPLIER, "recipient_siret": BUYER,
    "chorus_pro_id": 8420871, "flow_number": FLOW, "status": "deposited", "status_code": "DEPOSEE",
    "total_including_tax": "1200.00", "currency": "EUR", "adopted": False,
}  # fmt: skip
_not_integrated = {
    "invoice_number": "F-2026-0143", "flow_number": FLOW, "reason": "invoice_rejected",
    "upstream_text": "Le service indiqué n'existe pas pour ce destinataire.", "number_reusable": True,
}  # fmt: skip
_sent = {
    "invoice_number": "F-2026-0142", "supplier_siret": SUPPLIER, "recipient_siret": BUYER, "issued_on": "2026-11-23",
    "total_including_tax": "1200.00", "currency": "EUR",
}  # fmt: skip
_found = {**_sent, "issued_on": "2026-02-03", "total_including_tax": "310.50", "chorus_pro_id": 7310442}
_consultation = {
    "id": CONSULTATION, "reference": "DSI/2026/0142", "revision": 1, "title": "Mobilier scolaire en bois",
    "procedure": "Procédure adaptée", "contract_type": "supplies", "cpv": ["39160000-1"],
    "bids_due": "2026-12-18T12:00:00+01:00", "lots": [{"number": "1", "title": "Bancs"}],
}  # fmt: skip
_buyer = {"id": BUYER, "scheme": "siret", "name": "Ville d'Exempleville"}
_dume_found = {
    "dume_id": DUME, "state": "validated", "state_code": "validé", "consultation_id": CONSULTATION, "lot_number": "1",
}  # fmt: skip


def _done(state: str, code: str, *, usable: bool | None) -> dict[str, Any]:
    return {
        "dume_id": DUME, "consultation_id": CONSULTATION, "state": state, "state_code": code,
        "usable_by_bidders": usable, "adopted": False,
    }  # fmt: skip


def _refused(reason: str, text: str | None, **more: Any) -> dict[str, Any]:  # any field of any refusal
    return {"reason": reason, "code": None, "upstream_text": text, **more}


def _deposit_request() -> dict[str, Any]:
    content = INVOICE_FILE.read_bytes()
    return {
        "file": {
            "name": INVOICE_FILE.name,
            "content": base64.b64encode(content).decode(),
            "sha256": hashlib.sha256(content).hexdigest(),
        },
        "format": "ubl",
        "expect": {
            "supplier_siret": SUPPLIER, "invoice_number": "F-2026-0142", "total_including_tax": "1200.00",
            "currency": "EUR",
        },
    }  # fmt: skip


def _invoices() -> dict[str, dict[str, Any]]:
    return {
        "invoice.deposit.requested.v1": _deposit_request(),
        "invoice.deposit.received.v1": {"flow_number": FLOW, "deposited_on": "2026-11-23", "adopted": False},
        "invoice.integrated.v1": _integrated,
        "invoice.not_integrated.v1": _not_integrated,
        "invoice.deposit.done.v1": {
            "outcome": "all", "flow_number": FLOW, "deposited_on": "2026-11-23", "flow_state_code": "IN_INTEGRE",
            "invoices": [{**_integrated, "integrated": True}],
        },
        "invoice.deposit.refused.v1": _refused(
            "number_already_used", _UPSTREAM_NUMBER_TEXT, stage="integration", flow_number=FLOW,
            conflict={"sent": _sent, "found": _found},
            invoices=[{
                **_not_integrated, "invoice_number": "F-2026-0142", "reason": "number_already_used",
                "upstream_text": _UPSTREAM_NUMBER_TEXT, "number_reusable": False, "integrated": False,
            }],
        ),
        **_checks(),
        **_decisions(),
        "invoice.status.requested.v1": {"invoice_number": "F-2026-0142", "supplier_siret": SUPPLIER},
        "invoice.status.reported.v1": {
            "invoice_number": "F-2026-0142", "chorus_pro_id": 8420871, "supplier_siret": SUPPLIER,
            "recipient_siret": BUYER, "status": "suspended", "status_code": "SUSPENDUE",
            "status_since": "2026-11-25T10:02:00+01:00", "final": False,
            "history": [
                {"status": "deposited", "status_code": "DEPOSEE", "since": "2026-11-23T09:21:47+01:00"},
                {"status": "made_available", "status_code": "MISE_A_DISPOSITION", "since": "2026-11-23T09:23:10+01:00"},
                {"status": "suspended", "status_code": "SUSPENDUE", "since": "2026-11-25T10:02:00+01:00",
                 "comment": "Il manque le bon de livraison."},
            ],
            **status_told(),
        },
        "invoice.status.refused.v1": _refused(
            "invoice_not_found", None, invoice_number="F-2026-0999", chorus_pro_id=None
        ),
    }  # fmt: skip


def _checks() -> dict[str, dict[str, Any]]:
    place = "//cac:OrderReference/cbc:ID"
    finding = {
        "rule": "commitment_number_missing", "severity": "error", "certainty": "official",
        "invoice_number": "F-2026-0142", "file": None, "path": place, "value": None,
        "message": "The recipient demands a commitment number (BT-13); it stands on its order.",
    }  # fmt: skip
    return {
        "invoice.check.requested.v1": _deposit_request(),
        "invoice.check.reported.v1": {
            "outcome": "would_be_refused", "format": "ubl", "archive": False, "rules_version": "2026.11",
            "recipients_looked_up": 1, "findings": [finding],
            "invoices": [{
                "invoice_number": "F-2026-0142", "type": "invoice", "file": None, "supplier_siret": SUPPLIER,
                "recipient_siret": BUYER, "issued_on": "2026-11-23", "total_including_tax": "1200.00",
                "currency": "EUR", "service_code": "SERVICE-1", "commitment_number": None,
            }],
        },
        "invoice.check.refused.v1": _refused("upstream_refused", "Vous n'avez pas les droits."),
    }  # fmt: skip


def _recipients() -> dict[str, dict[str, Any]]:
    services = [
        {"code": "SERVICE-1", "label": "Service des bâtiments", "active": True, "valid_from": "2020-01-01",
         "valid_until": None, "demands_commitment_number": True},
        {"code": "SERVICE-2", "label": "Service des écoles", "active": True, "valid_from": None,
         "valid_until": "2027-12-31", "demands_commitment_number": False},
    ]  # fmt: skip
    return {
        "recipient.lookup.requested.v1": {"siret": BUYER},
        "recipient.lookup.reported.v1": {
            "exists": True, "total": 1, "complete": True,
            "recipients": [{
                "siret": BUYER, "name": "VILLE D'EXEMPLEVILLE", "chorus_pro_id": 26262911, "active": True,
                "public": True, "demands": "service_code", "reports_payments": True, "services": services,
            }],
        },
        "recipient.lookup.refused.v1": _refused("upstream_refused", "Structure non visible.", siret=BUYER),
    }  # fmt: skip


def _changed() -> dict[str, Any]:
    return {
        **{name: value for name, value in _integrated.items() if name != "adopted"}, "as": "supplier",
        "issued_on": "2026-11-23", "deposited_on": "2026-11-23", "status": "suspended", "status_code": "SUSPENDUE",
        "previous_status": "made_available", "previous_status_code": "MISE_A_DISPOSITION",
        "status_since": "2026-11-25T10:02:00+01:00", "comment": "Il manque le bon de livraison.", "final": False,
        "action_required": True, "answer_with": "invoice.supplement", "payment_reported_by_recipient": None,
        "sent_by_relay": True, "reform_code": "208",
    }  # fmt: skip


def _decisions() -> dict[str, dict[str, Any]]:
    named = {"invoice_number": "F-2026-0142", "supplier_siret": SUPPLIER, "recipient_siret": BUYER}
    new, old = "2026-11-25", {"previous_status": "made_available", "previous_status_code": "MISE_A_DISPOSITION"}
    here = {"invoice_number": "F-2026-0142", "chorus_pro_id": 8420871}
    seen = {**named, "chorus_pro_id": 8420871, "decided_on": new, "adopted": False}
    waits = {"previous_status": "to_validate_1", "previous_status_code": "A_VALIDER_1"}
    wrong = {
        "previous_status": "wrong_validator_by_supplier", "previous_status_code": "ERREUR_FOURNISSEUR_SUR_VALIDEUR",
    }  # fmt: skip
    text = "Le statut de la demande de paiement ne permet pas cette action."
    stands = {**here, "status": "rejected", "status_code": "REJETEE"}
    return {
        "invoice.recipient.decision.requested.v1": {
            **named, "status": "suspended", "reason": "Il manque le bon de livraison.",
        },
        "invoice.recipient.decision.done.v1": {**seen, "status": "suspended", "status_code": "SUSPENDUE", **old},
        "invoice.recipient.decision.refused.v1": _refused(
            "status_not_suitable", text, **stands, allowed=[], allowed_codes=[]
        ),
        "invoice.validator.decision.requested.v1": {**named, "decision": "validated", "validator_siret": VALIDATOR},
        "invoice.validator.decision.done.v1": {**seen, "status": "validated_1", "status_code": "VALIDEE_1", **waits},
        "invoice.validator.decision.refused.v1": _refused("status_not_suitable", text, **stands, reasons=[]),
        "invoice.validator.correction.requested.v1": {**named, "validator_siret": VALIDATOR},
        "invoice.validator.correction.done.v1": {
            **seen, "decided_on": None, "status": "unknown", "status_code": None, **wrong, "validator_siret": VALIDATOR,
        },
        "invoice.validator.correction.refused.v1": _refused(
            "status_not_suitable", text, **stands, validator_siret=VALIDATOR
        ),
    }  # fmt: skip


def _tenders() -> dict[str, dict[str, Any]]:
    return {
        "tender.dume.simplified.requested.v1": {"consultation": _consultation, "buyer": _buyer},
        "tender.dume.simplified.done.v1": _done("validated", "validé", usable=None),
        "tender.dume.simplified.refused.v1": _refused(
            "dume_exists", "Un DUME existe déjà pour cette consultation.", consultation_id=CONSULTATION, dume_id=DUME
        ),
        "tender.dume.draft.requested.v1": {"consultation": _consultation, "buyer": _buyer},
        "tender.dume.draft.done.v1": _done("draft", "brouillon", usable=False),
        "tender.dume.draft.refused.v1": _refused(
            "dume_not_modifiable", "Le DUME est déjà validé.", consultation_id=CONSULTATION, dume_id=DUME
        ),
        "tender.dume.validation.requested.v1": {"dume_id": DUME, "consultation_id": CONSULTATION, "buyer": _buyer},
        "tender.dume.validation.done.v1": _done("validated", "validé", usable=None),
        "tender.dume.validation.refused.v1": _refused(
            "dume_unknown", "Le DUME demandé n'existe pas.", consultation_id=CONSULTATION, dume_id=DUME
        ),
        "tender.dume.search.requested.v1": {"consultation_id": CONSULTATION, "buyer": _buyer},
        "tender.dume.search.page.v1": {"page": 1, "dumes": [_dume_found]},
        "tender.dume.search.reported.v1": {"total": 1, "dumes": [_dume_found]},
        "tender.dume.search.refused.v1": _refused(
            "upstream_refused", "La plateforme n'est pas connue.", consultation_id=CONSULTATION
        ),
    }  # fmt: skip


def _others() -> dict[str, dict[str, Any]]:
    withdrawn = {"id": "deposit-0142", "source": "/billing/exempleville"}
    paused = {
        "upstream": "chorus-pro", "api": None, "cause": "announced", "since": "2026-11-28T20:00:00+01:00",
    }  # fmt: skip
    return {
        "request.cancellation.requested.v1": withdrawn,
        "request.cancellation.done.v1": {**withdrawn, "outcome": "withdrawn"},
        "request.cancellation.refused.v1": _refused("already_sent", None, **withdrawn),
        "invoice.status.changed.v1": _changed(),
        "upstream.paused.v1": {**paused, "until": "2026-11-29T06:00:00+01:00"},
        "upstream.resumed.v1": {**paused, "resumed_at": "2026-11-29T05:41:12+01:00"},
        "request.failed.v1": failed(
            Reason.UNSUPPORTED_TYPE, "The type of the event is not one the relay serves."
        ).model_dump(mode="json"),
    }  # fmt: skip


def _for_every_family() -> dict[str, dict[str, Any]]:
    """Every X may be delayed and may fail."""
    texts: dict[str, dict[str, Any]] = {}
    for family in FAMILIES:
        upstream = "dume" if family.name.startswith("tender.") else "chorus-pro"
        delayed = {"cause": "maintenance", "upstream": upstream, "until": "2026-11-29T06:00:00+01:00"}
        texts[f"{family.name}.delayed.v1"] = delayed
        failure = failed(
            Reason.EXPIRED, "The expirytime passed while the upstream was in maintenance; nothing was sent."
        )
        texts[f"{family.name}.failed.v1"] = failure.model_dump(mode="json")
    return texts


def example_data() -> dict[str, dict[str, Any]]:
    """Return the data of one example for every type of the registry."""
    return {
        **_invoices(),
        **reads(SUPPLIER, BUYER, FLOW),
        **submissions(),
        **_recipients(),
        **_tenders(),
        **documents(DUME, CONSULTATION),
        **bids(DUME, CONSULTATION),
        **changed_tenders(_consultation, _buyer),
        **essential_data(_buyer, CONSULTATION),
        **facts(_consultation, _buyer, DUME),
        **reference(),
        **_others(),
        **_for_every_family(),
    }
