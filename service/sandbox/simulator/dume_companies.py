"""Knows companies as the service behind DUME does, and tells when it is down in each of the ways that may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from service.sandbox.simulator.dume_call import Call, Done, Operation
from service.sandbox.simulator.dume_request import Code, Refused

KNOWN: Final = "999"
"""What the identifiers of all companies begin with that the service knows."""
UNPUBLISHED: Final = "2"

_IBAN: Final = "FR7699999000010123456789A71"
_DOWN: Final = {
    "type": "INFORMATION",
    "code": Code.COMPANY_DOWN.value,
    "message": "Les donnees de l'entreprise n'ont pas pu etre recuperees",
}
_UNKNOWN: Final = {"type": "AVERTISSEMENT", "code": "SIM-DATA-002", "message": "Aucune donnee pour cette entreprise"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the service says of a company; nothing when it knows nothing, or is down."""

    company: Mapping[str, object] = field(default_factory=dict)
    notices: tuple[Mapping[str, str], ...] = ()

    @property
    def name(self) -> str | None:
        """The name of the company."""
        return str(self.company["raisonSociale"]) if self.company else None


def told(call: Call, siret: str) -> Told:
    """What the service says now, of published data or of all; raises Refused when it is down that way."""
    kind = call.fields.text("typeDonnees") or "1"
    if kind not in {"1", UNPUBLISHED}:
        raise Refused(Code.VALUE, "typeDonnees : 1 ou 2 attendu")
    match call.company_service:
        case "no_data":
            return Told()
        case "message":
            return Told(notices=(_DOWN,))
        case "refusal":
            raise Refused(Code.COMPANY_DOWN, _DOWN["message"])
        case "up" | "timeout":
            return Told(company=_company(siret, kind)) if siret.startswith(KNOWN) else Told(notices=(_UNKNOWN,))


def company(call: Call) -> Done:
    """What is known of a company by its SIRET."""
    siret = call.fields.required("siretOE")
    if len(siret) != 14:  # noqa: PLR2004 - what a SIRET has
        raise Refused(Code.FORM, "siretOE : 14 caracteres attendus")
    said = told(call, siret)
    return Done(fields={"donneesOE": dict(said.company)} if said.company else {}, notices=said.notices)


def _company(siret: str, kind: str) -> dict[str, object]:
    known: dict[str, object] = {
        "siret": siret,
        "raisonSociale": f"ENTREPRISE FICTIVE {siret[3:9]}",
        "formeJuridique": "SARL",
        "adresse": {"voie": "1 RUE IMAGINAIRE", "codePostal": "99999", "ville": "EXEMPLEVILLE"},
        "effectif": 12,
    }
    if kind == UNPUBLISHED:
        known["chiffresAffaires"] = [{"annee": 2025, "montant": 512_000.5}, {"annee": 2024, "montant": 498_000}]
        known["coordonneesBancaires"] = {"titulaire": known["raisonSociale"], "iban": _IBAN}
    return known


OPERATIONS: Final = (Operation(name="recupererDonneesOE", work=company, asks_company=True),)
