"""Writes essential data as searches show them, in the present form and in the older one."""

from __future__ import annotations

from typing import Any, Final

from service.sandbox.simulator.dume_essential_register import KeptData, Version

Json = dict[str, Any]  # Any: values as a client sent them

_MARKET: Final = (
    "technique", "modaliteExecution", "idAccordCadre", "codeCPV", "lieuExecutionCode", "lieuExecutionTypeCode",
    "dateNotification", "marchesInnovant", "attributionAvance", "tauxAvance", "origineUE", "origineFrance", "ccag",
    "offresRecues", "montant", "formePrix", "typePrix", "typeGroupementOperateurs", "sousTraitanceDeclaree",
    "considerationsSociales", "considerationsEnvironnementales",
)  # fmt: skip
_CONCESSION: Final = (
    "dateSignature", "dateDebutExecution", "valeurGlobale", "montantSubventionPublique", "considerationsSociales",
    "considerationsEnvironnementales",
)  # fmt: skip


def row_v2(kept: KeptData, version: Version) -> Json:
    """One version in the present form; lists of one word are written as that word."""
    facts, values = version.facts, version.facts.values
    row: Json = {
        "referenceUnique": kept.reference,
        "datePublicationDonnees": version.published_at.date().isoformat(),
        "modifications": list(facts.followed.get("modifications", ())) or None,
    }
    row |= {name: values.get(name) for name in ("id", "nature", "objet", "procedure", "dureeMois")}
    operators = [dict(one) for one in facts.operators]
    if facts.kind == "MP":
        own = {name: _alone(values.get(name)) for name in _MARKET}
        row["donneesMP"] = {"idAcheteur": facts.buyer_id, **own, "titulaires": operators}
    else:
        own = {name: _alone(values.get(name)) for name in _CONCESSION}
        years = list(facts.followed.get("donneesExecution", ())) or None
        holders = {"concessionnaires": operators, "donneesExecution": years}
        row["donneesCC"] = {"idAutoriteConcedante": facts.buyer_id, **own, **holders}
    return row


def row_v1(kept: KeptData, version: Version) -> Json:
    """One version in the older form: deeply nested, numbers for codes, a single holder as an object."""
    facts, values = version.facts, version.facts.values
    day, is_market = version.published_at.date().isoformat(), facts.kind == "MP"
    buyer = {"id": facts.buyer_id, "nom": None}
    operators = [{"denominationSociale": None, **one} for one in facts.operators]
    base: Json = {
        "acheteur": buyer if is_market else None,
        "autoriteConcedante": None if is_market else buyer,
        "typeDE": facts.kind,
        "codeCPV": _as_number(values.get("codeCPV")),
        "lieuExecution": {
            "typeCode": values.get("lieuExecutionTypeCode"), "code": values.get("lieuExecutionCode"), "nom": None,
        },
        "datePublicationDonnees": day,
        "montantSubventions": values.get("montantSubventionPublique"),
        "titulaires": _as_one(operators) if is_market else None,
        "concessionnaires": None if is_market else _as_one(operators),
    }  # fmt: skip
    names = (
        "id", "nature", "objet", "procedure", "dureeMois", "dateSignature", "dateNotification", "dateDebutExecution",
        "montant", "valeurGlobale", "formePrix",
    )  # fmt: skip
    base |= {name: values.get(name) for name in names}
    consultation: Json = {
        **facts.consultation, "refFonctionnelleDE": kept.reference, "serviceDumePublicationDate": day,
        "datagouvPubliable": True, "accessible": True,
    }  # fmt: skip
    inner = {
        "domainRecuperDEExecution": None, "domainRecuperDEDeBase": base, "donneesConsultation": consultation,
        "donneesDeBase": base,
    }  # fmt: skip
    return {"domainListDonneesEssentiellesMP": inner}


def _alone(value: object) -> object:
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def _as_one(operators: list[Json]) -> object:
    return operators[0] if len(operators) == 1 else operators or None


def _as_number(cpv: object) -> object:
    digits = str(cpv or "").partition("-")[0]
    return int(digits) if digits.isdecimal() else None
