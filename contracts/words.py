"""English words for the State's codes; a code it does not know is `unknown`."""

import re
from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType


class Upstream(StrEnum):
    """The government APIs, as results name them."""

    CHORUS_PRO = "chorus-pro"
    DUME = "dume"


class DelayCause(StrEnum):
    """Why a request takes longer than usual."""

    MAINTENANCE = "maintenance"
    IN_DOUBT = "in_doubt"
    ACCOUNT_REJECTED = "account_rejected"
    NEEDS_PERSON = "needs_person"
    STUCK = "stuck"
    RETRYING = "retrying"


class PauseCause(StrEnum):
    """Why the relay stopped calling an upstream."""

    ANNOUNCED = "announced"
    UNAVAILABLE = "unavailable"
    GATEWAY_PAGE = "gateway_page"
    CREDENTIALS = "credentials"
    NOT_SUBSCRIBED = "not_subscribed"


class DumeState(StrEnum):
    """The life of a buyer's DUME."""

    DRAFT = "draft"
    VALIDATED = "validated"
    PUBLISHED = "published"
    REPLACED = "replaced"
    DELETED = "deleted"
    UNKNOWN = "unknown"


_INVOICE_STATUSES: Mapping[str, str] = MappingProxyType({
    "BROUILLON": "draft",
    "DEPOSEE": "deposited",
    "INTERPRETEE_OCR": "read_by_ocr",
    "EN_COURS_ACHEMINEMENT": "being_routed",
    "EN_COURS_TRAITEMENT_PIVOT_S": "being_converted",
    "MISE_A_DISPOSITION": "made_available",
    "PRISE_EN_COMPTE_DESTINATAIRE": "taken_up_by_recipient",
    "A_RECYCLER": "to_recycle",
    "EN_ATTENTE_RECYCLAGE_FOURNISSEUR": "awaiting_recycling_by_supplier",
    "SUSPENDUE": "suspended",
    "A_COMPLETER": "to_complete",
    "COMPLETEE": "completed",
    "REJETEE": "rejected",
    "NON_CONFORME": "not_compliant",
    "SERVICE_FAIT": "service_acknowledged",
    "MANDATEE": "payment_authorised",
    "MISE_A_DISPOSITION_COMPTABLE": "made_available_to_accountant",
    "COMPTABILISEE": "entered_in_accounts",
    # An order to pay, not a payment: the bank may still send it back.
    "MISE_EN_PAIEMENT": "payment_ordered",
    "ABANDONNEE": "abandoned",
    "SUPPRIMEE": "deleted",
    "ASSOCIEE": "attached",
    "REMPLACEE_PAR_A22": "replaced",
    "DUPLIQUE_APRES_REFUS": "duplicated_after_refusal",
    "TECHNIQUE_INCONNU": "unknown",
    "ERREUR_DESTINATAIRE_PD": "wrong_recipient_pd",
    "ERREUR_DESTINATAIRE_EA": "wrong_recipient_ea",
    "A_VALIDER_1": "to_validate_1",
    "VALIDEE_1": "validated_1",
    "REFUSEE_1": "refused_1",
    "ABSENCE_VALIDATION_1_HORS_DELAI": "not_validated_in_time_1",
    "A_VALIDER_2": "to_validate_2",
    "VALIDEE_2": "validated_2",
    "REFUSEE_2": "refused_2",
    "ABSENCE_VALIDATION_2_HORS_DELAI": "not_validated_in_time_2",
    "ERREUR_FOURNISSEUR_SUR_VALIDEUR": "wrong_validator_by_supplier",
    "ERREUR_COTRAITANT_SUR_VALIDEUR": "wrong_validator_by_cocontractor",
    "A_ASSOCIER_FOURNISSEUR": "to_attach_by_supplier",
    "REFUSEE_FOURNISSEUR": "refused_by_supplier",
    "ERREUR_FOURNISSEUR_SUR_MOE": "wrong_project_manager_by_supplier",
    "ERREUR_FOURNISSEUR_SUR_MOA": "wrong_project_owner_by_supplier",
    "A_VALIDER_MOE": "to_validate_by_project_manager",
    "A_ASSOCIER_MOE": "to_attach_by_project_manager",
    "MISE_A_DISPOSITION_MOE": "made_available_to_project_manager",
    "PRISE_EN_COMPTE_MOE": "taken_up_by_project_manager",
    "REFUSEE_MOE": "refused_by_project_manager",
    "ERREUR_DE_MOE": "not_for_this_project_manager",
    "ERREUR_MOE_SUR_FOURNISSEUR": "wrong_supplier_by_project_manager",
    "ERREUR_MOE_SUR_MOA": "wrong_project_owner_by_project_manager",
    "A_ASSOCIER_MOA": "to_attach_by_project_owner",
    "MISE_A_DISPOSITION_MOA": "made_available_to_project_owner",
    "PRISE_EN_COMPTE_MOA": "taken_up_by_project_owner",
    "TRANSMISE_MOA": "passed_to_project_owner",
    "REFUSEE_MOA": "refused_by_project_owner",
    "ERREUR_DE_MOA": "not_for_this_project_owner",
    "ERREUR_MOA_SUR_FOURNISSEUR": "wrong_supplier_by_project_owner",
})  # fmt: skip

_BY_WORD: Mapping[str, str] = MappingProxyType(
    {"mandated": "MANDATEE", **{word: code for code, word in _INVOICE_STATUSES.items() if word != "unknown"}}
)
_CODE = re.compile(r"[A-Z][A-Z0-9_]{2,59}")

# No further change is to be expected from the recipient: paid as far as the portal knows, or closed for good.
_FINAL_STATUSES = frozenset({
    "MISE_EN_PAIEMENT", "REJETEE", "ABANDONNEE", "SUPPRIMEE", "REMPLACEE_PAR_A22", "DUPLIQUE_APRES_REFUS",
})  # fmt: skip

INVOICE_STATUS_CODES = frozenset(_INVOICE_STATUSES)
INVOICE_STATUS_WORDS = tuple(sorted({*_INVOICE_STATUSES.values(), "unknown"}))


def invoice_status(code: str) -> str:
    """Return the English word for a status code of Chorus Pro, `unknown` for one that is not in its list."""
    return _INVOICE_STATUSES.get(code, "unknown")


def invoice_status_code(text: str) -> str | None:
    """Return the code for a word of ours or a code, also one that is new at the State; None for anything else."""
    return _BY_WORD.get(text.lower()) or (text if _CODE.fullmatch(text) else None)


def is_void_status(code: str) -> bool:
    """Whether an invoice came to nothing, so that its number may be that of another one by now."""
    return code in _FINAL_STATUSES and code != "MISE_EN_PAIEMENT"


def is_final_status(code: str) -> bool:
    """Whether an invoice in this status is not expected to change any more."""
    return code in _FINAL_STATUSES
