"""Reads a DUME request in the order of the service's checks, and says in its words what is wrong with it."""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

MAX_REQUESTER_NAME: Final = 100
MAX_IDENTIFIER: Final = 18

_LENGTHS: Final = {"1": (14, 14), "2": (1, 18), "3": (3, 18), "4": (9, 10), "5": (9, 9)}
"""Fewest and most characters of an identifier, by its type."""
_TECHNICAL: Final = re.compile(r"[A-Za-z0-9]{6}")
_OWN_OBJECTS: Final = ("consultation", "acheteur")
"""Objects in which a client may put fields of the consultation or of the buyer; the top level works as well."""


class Code(StrEnum):
    """Codes of refusals. The real ones are not public, hence the prefix: none of these exists outside the simulator."""

    OPERATION = "SIM-OPER-001"
    FORM = "SIM-PARAM-001"
    MISSING = "SIM-PARAM-002"
    NOT_ONE_OF = "SIM-PARAM-003"
    VALUE = "SIM-PARAM-004"
    DOCUMENT = "SIM-PARAM-005"
    PLATFORM = "SIM-PLAT-001"
    UNKNOWN_DUME = "SIM-DUME-010"
    EXISTS = "SIM-DUME-011"
    FINAL = "SIM-DUME-021"
    NOT_REPLACEABLE = "SIM-DUME-022"
    NOT_DELETABLE = "SIM-DUME-023"
    NOT_PUBLISHED = "SIM-DUME-031"
    COMPANY_DOWN = "SIM-DATA-001"
    CRITERIA = "SIM-DE-001"
    UNKNOWN_DATA = "SIM-DE-010"
    DATA_EXISTS = "SIM-DE-011"
    DE_FORM = "SIM-DE-020"
    DE_VALUE = "SIM-DE-021"
    PUBLISHED = "SIM-DE-022"
    UNKNOWN_LIST = "SIM-REF-001"
    UNKNOWN_CRITERION = "SIM-CERT-001"


class Refused(Exception):
    """The service says no, with a code and a French sentence."""

    def __init__(self, code: Code, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A buyer platform as registered: its owner's identifier and the code of its application."""

    owner_id: str
    technical_id: str


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a request, whose names are read without regard to upper and lower case."""

    body: Mapping[str, object]

    def text(self, *names: str) -> str | None:
        """The first of these fields that holds something, also inside an object of its own; raises Refused."""
        for place in (self.body, *self._own_objects()):
            for name in names:
                value = _folded(place).get(name.lower())
                if value not in (None, ""):
                    return _as_text(name, value)
        return None

    def required(self, *names: str) -> str:
        """The same, refused when there is none."""
        value = self.text(*names)
        if value is None:
            raise Refused(Code.MISSING, f"{names[0]} : champ obligatoire")
        return value

    def lots(self) -> dict[str, str | None] | None:
        """Titles of the lots by their numbers; None when the request does not speak of lots; raises Refused."""
        listed = next((_folded(place)["lots"] for place in self._places() if _folded(place).get("lots")), None)
        if listed is None:
            single = self.text("numeroLot")
            return {single: None} if single is not None else None
        if not isinstance(listed, list) or not all(isinstance(lot, Mapping) for lot in listed):
            raise Refused(Code.FORM, "lots : liste d'objets attendue")
        lots = [Fields(lot) for lot in listed]
        return {lot.required("numeroLot"): lot.text("libelle") for lot in lots}

    def document(self, *names: str) -> bytes | None:
        """The decoded document of the first of these fields, None without any; raises Refused."""
        text = self.text(*names)
        if text is None:
            return None
        try:
            return base64.b64decode("".join(text.split()), validate=True)
        except (binascii.Error, ValueError):
            raise Refused(Code.DOCUMENT, f"{names[0]} : base64 attendu") from None

    def _places(self) -> tuple[Mapping[str, object], ...]:
        return (self.body, *self._own_objects())

    def _own_objects(self) -> tuple[Mapping[str, object], ...]:
        folded = _folded(self.body)
        return tuple(place for name in _OWN_OBJECTS if isinstance(place := folded.get(name), Mapping))


def check_platform(fields: Fields, registered: Collection[tuple[str, str]], *, requester: bool) -> Platform:
    """The platform that calls, once the envelope is complete, of the right lengths and registered; raises Refused."""
    inside = _folded(fields.body).get("plateforme")
    if not isinstance(inside, Mapping):
        raise Refused(Code.MISSING, "plateforme : objet obligatoire")
    said = Fields(inside)
    owner_id, technical_id = said.required("idPlateforme"), said.required("idTechniquePlateforme")
    if requester:
        _check_requester(fields)
    check_identifier("idPlateforme", owner_id, said.text("typeIdPlateforme") or "1")
    if not _TECHNICAL.fullmatch(technical_id):
        raise Refused(Code.FORM, "idTechniquePlateforme : 6 caracteres alphanumeriques attendus")
    if (owner_id, technical_id) not in registered:
        raise Refused(Code.PLATFORM, "Aucune plateforme n'est enregistree sous idPlateforme et idTechniquePlateforme")
    return Platform(owner_id=owner_id, technical_id=technical_id)


def check_identifier(name: str, value: str, kind: str) -> None:
    """Refuse an identifier whose type is unknown, or whose length is not that of its type."""
    if kind not in _LENGTHS:
        raise Refused(Code.VALUE, f"type de {name} : une valeur de 1 a 5 est attendue")
    fewest, most = _LENGTHS[kind]
    if not fewest <= len(value) <= most:
        expected = str(most) if fewest == most else f"{fewest} a {most}"
        raise Refused(Code.FORM, f"{name} : {expected} caracteres attendus pour le type {kind}")


def folded_word(word: str) -> str:
    """A word without accents, in lower case: how states and labels are compared."""
    plain = unicodedata.normalize("NFKD", word.replace("\u2019", "'"))
    return "".join(character for character in plain if not unicodedata.combining(character)).strip().lower()


def _check_requester(fields: Fields) -> None:
    for name, most in (("rsDemandeur", MAX_REQUESTER_NAME), ("idDemandeur", MAX_IDENTIFIER)):
        if len(fields.required(name)) > most:
            raise Refused(Code.FORM, f"{name} : {most} caracteres au plus")


def _folded(place: Mapping[str, object]) -> dict[str, object]:
    return {name.lower(): value for name, value in place.items()}


def _as_text(name: str, value: object) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Refused(Code.FORM, f"{name} : texte attendu")
    return str(value)
