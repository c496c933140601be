"""Reads essential data as clients write them, in either spelling, and says what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from service.sandbox.simulator.dume_essential_register import Facts
from service.sandbox.simulator.dume_request import Code, Fields, Refused, folded_word

Json = Mapping[str, Any]  # Any: JSON of a client

KINDS: Final = ("MP", "CC")
_FOLLOWED: Final = ("modifications", "actesSousTraitance", "modificationsActesSousTraitance", "donneesExecution")
_MAX_ID: Final = 16
_MAX_OBJECT: Final = 1000
_SIRET: Final = re.compile(r"[0-9]{14}")
_CPV: Final = re.compile(r"[0-9]{8}(-[0-9])?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DAYS: Final = ("dateNotification", "dateSignature", "dateDebutExecution")
_NUMBERS: Final = ("montant", "valeurGlobale", "montantSubventionPublique", "tauxAvance", "dureeMois", "offresRecues")
_NATURES: Final = {
    "MP": ("Marché", "Marché de partenariat", "Marché de défense ou de sécurité"),
    "CC": (
        "Concession de travaux", "Concession de service", "Concession de service public",
        "Délégation de service public",
    ),
}  # fmt: skip
_PROCEDURES: Final = {
    "MP": (
        "Procédure adaptée", "Appel d'offres ouvert", "Appel d'offres restreint", "Procédure avec négociation",
        "Marché passé sans publicité ni mise en concurrence préalable", "Dialogue compétitif",
    ),
    "CC": (
        "Procédure négociée ouverte", "Procédure non négociée ouverte", "Procédure négociée restreinte",
        "Procédure non négociée restreinte",
    ),
}  # fmt: skip
_BUYER: Final = {
    "MP": ("acheteur.id", "idAcheteur"),
    "CC": ("autoriteConcedante.id", "idAutoriteConcedante"),
}
_VALUES: Final[Mapping[str, tuple[str, ...]]] = {
    "id": ("id",), "objet": ("objet",), "nature": ("nature",), "procedure": ("procedure",), "dureeMois": ("dureeMois",),
    "technique": ("techniques.technique", "technique"),
    "modaliteExecution": ("modalitesExecution.modaliteExecution", "modaliteExecution"),
    "idAccordCadre": ("idAccordCadre",), "codeCPV": ("codeCPV",),
    "lieuExecutionCode": ("lieuExecution.code", "lieuExecutionCode"),
    "lieuExecutionTypeCode": ("lieuExecution.typeCode", "lieuExecutionTypeCode"),
    "dateNotification": ("dateNotification",), "montant": ("montant",), "formePrix": ("formePrix",),
    "typePrix": ("typesPrix.typePrix", "typePrix"), "typeGroupementOperateurs": ("typeGroupementOperateurs",),
    "ccag": ("ccag",), "offresRecues": ("offresRecues",), "marchesInnovant": ("marcheInnovant", "marchesInnovant"),
    "attributionAvance": ("attributionAvance",), "tauxAvance": ("tauxAvance",), "origineUE": ("origineUE",),
    "origineFrance": ("origineFrance",), "sousTraitanceDeclaree": ("sousTraitanceDeclaree",),
    "considerationsSociales": ("considerationsSociales.considerationSociale", "considerationsSociales"),
    "considerationsEnvironnementales": (
        "considerationsEnvironnementales.considerationEnvironnementale", "considerationsEnvironnementales",
    ),
    "dateSignature": ("dateSignature",), "dateDebutExecution": ("dateDebutExecution",),
    "valeurGlobale": ("valeurGlobale",), "montantSubventionPublique": ("montantSubventionPublique",),
}  # fmt: skip
"""What is kept, under the names of answers, and where a client may put it."""


def data_of(fields: Fields) -> Json:
    """The object with the data; the request itself where there is none."""
    inside = next((value for name, value in fields.body.items() if name.lower() == "donneesessentielles"), None)
    if inside is None:
        return fields.body
    if not isinstance(inside, Mapping):
        raise Refused(Code.FORM, "donneesEssentielles : objet attendu")
    return {**inside, **(inside.get("donneesMP") or {}), **(inside.get("donneesCC") or {})}


def is_initial(data: Json) -> bool:
    """Whether it says anything of what a contract was at first."""
    return any(_found(data, *names) is not None for names in _VALUES.values()) or bool(_operators(data))


def initial(data: Json, *, must: bool) -> Facts:
    """What a contract was at first; raises Refused. `must`: everything is there that may not be missing."""
    values = {name: value for name, names in _VALUES.items() if (value := _found(data, *names)) not in (None, "")}
    kind = _kind(data, values)
    buyer = _found(data, *_BUYER[kind])
    if must:
        _check_complete(values, buyer)
    _check_values(kind, values, buyer)
    names = ("idConsultation", "refFonctionnelleConsultation", "numeroLot")
    return Facts(
        kind=kind,
        buyer_id=None if buyer is None else str(buyer),
        values=values,
        operators=tuple(_operators(data)),
        consultation={name: _found(data, f"donneesConsultation.{name}", name) for name in names},
        followed={},
    )


def followed(data: Json) -> dict[str, tuple[Json, ...]]:
    """What came after: lists of modifications, sub-contracts and years."""
    return {name: tuple(_items(_found(data, name))) for name in _FOLLOWED if _found(data, name)}


def _check_complete(values: Json, buyer: object) -> None:
    for name in ("id", "objet", "nature", "procedure"):
        if name not in values:
            raise Refused(Code.MISSING, f"{name} : champ obligatoire")
    if buyer is None:
        raise Refused(Code.MISSING, "acheteur.id : champ obligatoire")


def _check_values(kind: str, values: Json, buyer: object) -> None:
    if len(str(values.get("id", "x"))) > _MAX_ID:
        raise Refused(Code.DE_FORM, f"id : {_MAX_ID} caracteres au plus")
    if len(str(values.get("objet", ""))) > _MAX_OBJECT:
        raise Refused(Code.DE_FORM, f"objet : {_MAX_OBJECT} caracteres au plus")
    if buyer is not None and not _SIRET.fullmatch(str(buyer)):
        raise Refused(Code.DE_FORM, "acheteur.id : 14 chiffres attendus")
    if not _CPV.fullmatch(str(values.get("codeCPV", "00000000"))):
        raise Refused(Code.DE_FORM, "codeCPV : 8 chiffres attendus")
    _check_kinds(kind, values)


def _check_kinds(kind: str, values: Json) -> None:
    for name in _DAYS:
        if not _DAY.fullmatch(str(values.get(name, "2026-01-01"))):
            raise Refused(Code.DE_FORM, f"{name} : AAAA-MM-JJ attendu")
    for name in _NUMBERS:
        if isinstance(values.get(name, 0), bool) or not isinstance(values.get(name, 0), int | float):
            raise Refused(Code.DE_FORM, f"{name} : nombre attendu")
    for name, known in (("nature", _NATURES[kind]), ("procedure", _PROCEDURES[kind])):
        if name in values and values[name] not in known:
            raise Refused(Code.DE_VALUE, f"{name} : valeur hors liste")


def _kind(data: Json, values: Json) -> str:
    told = _found(data, "typeDE")
    if told is not None and told not in KINDS:
        raise Refused(Code.DE_VALUE, "typeDE : MP ou CC attendu")
    is_concession = folded_word(str(values.get("nature", ""))).startswith(("concession", "delegation"))
    return str(told) if told else "CC" if is_concession else "MP"


def _operators(data: Json) -> list[dict[str, Any]]:
    return [dict(one) for one in _items(_found(data, "titulaires", "concessionnaires"))]


def _items(value: object) -> list[Json]:
    """The objects of a list, taken out of the objects that only hold them."""
    listed = value if isinstance(value, list) else [value]
    found = []
    for item in listed:
        if isinstance(item, Mapping):
            inner = next(iter(item.values())) if len(item) == 1 else None
            found.append(inner if isinstance(inner, Mapping) else item)
    return found


def _found(data: Json, *paths: str) -> Any:  # Any: JSON of a client
    """The first of these that is there, upper and lower case alike; dots go into objects."""
    for path in paths:
        value: Any = data  # Any: as above
        for part in path.split("."):
            value = {key.lower(): inner for key, inner in value.items()} if isinstance(value, Mapping) else {}
            value = value.get(part.lower())
        if value is not None:
            return value
    return None
