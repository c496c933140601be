"""What each operation on reference data does: lists of codes, labels, and evidence of other countries, all made up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from service.sandbox.simulator.dume_call import Call, Done, Operation
from service.sandbox.simulator.dume_register import State
from service.sandbox.simulator.dume_request import Code, Refused, folded_word

CodeLists = Mapping[str, Mapping[str, str]]
"""The values of each list with their labels."""

CODE_LISTS: Final[CodeLists] = {
    "STATUT_DUME": {**{state.value: state.value for state in State if state is not State.DELETED}, "04": "supprimé"},
    "TYPE_MARCHE": {"TRAVAUX": "Travaux", "FOURNITURES": "Fournitures", "SERVICES": "Services"},
    "TYPE_PROCEDURE": {
        "01": "Procédure adaptée",
        "02": "Appel d'offres ouvert",
        "03": "Appel d'offres restreint",
        "04": "Procédure avec négociation",
        "05": "Marché passé sans publicité ni mise en concurrence préalable",
        "06": "Dialogue compétitif",
    },
    "TYPE_IDENTIFIANT": {"1": "SIRET", "2": "TVA", "3": "Hors UE", "4": "RIDET", "5": "Tahiti"},
    "FORMAT_DUME": {"0": "Aucun", "1": "PDF", "2": "XML", "3": "HTML"},
}
_LABELS: Final = {
    "fr": {"SIM-LABEL-1": "Informations sur l'acheteur", "SIM-LABEL-2": "Critères d'exclusion"},
    "en": {"SIM-LABEL-1": "Information about the buyer", "SIM-LABEL-2": "Exclusion grounds"},
}
CRITERION: Final = "005eb9ed-1347-4ca3-bb29-9bc0db64e1ab"
_CRITERIA: Final = {CRITERION: ("EXCLUSION", "Participation à une organisation criminelle (critère du simulateur)")}
_NATIONS: Final = ("fr", "be", "de")


def code_lists(call: Call) -> Done:
    """The names of the lists."""
    return Done(fields={"referentiels": [{"code": name, "libelle": name} for name in call.books.code_lists]})


def code_list_values(call: Call) -> Done:
    """The values of one list."""
    name = call.fields.required("referentiel")
    values = call.books.code_lists.get(name)
    if values is None:
        raise Refused(Code.UNKNOWN_LIST, f"Le referentiel {name[:60]} n'existe pas")
    return Done(fields={"valeurs": [{"code": code, "libelle": label} for code, label in values.items()]})


def labels(call: Call) -> Done:
    """The labels of the document, in French unless another language is asked for."""
    language = (call.fields.text("langue") or "fr").lower()
    if language not in _LABELS:
        raise Refused(Code.VALUE, "langue : fr ou en attendu")
    return Done(fields={"libelles": [{"code": key, "libelle": text} for key, text in _LABELS[language].items()]})


def evidence(call: Call) -> Done:
    """What a country takes as evidence of a criterion; nothing from a country that is not known here."""
    criterion, language = call.fields.required("criterion"), call.fields.required("langue")
    nation = call.fields.required("nationalEntity")
    if criterion not in _CRITERIA:
        raise Refused(Code.UNKNOWN_CRITERION, f"Le critere {criterion[:60]} n'existe pas")
    kind, text = _CRITERIA[criterion]
    known = folded_word(nation) in _NATIONS
    return Done(
        fields={
            "langue": language,
            "nationalEntity": nation,
            "uuidCriterion": criterion,
            "criterion": {"uuid": criterion, "type": kind, "texte": text},
            "evidences": [_evidence(nation.lower())] if known else [],
        }
    )


def _evidence(nation: str) -> dict[str, object]:
    return {
        "uuid": f"sim-evidence-{nation}",
        "nom": f"Extrait de casier judiciaire fictif ({nation})",
        "url": f"https://evidence.example/{nation}",
        "emetteur": {"nom": "Registre imaginaire", "pays": nation},
    }


LISTS: Final = (
    Operation(name="listerReferentiel", work=code_lists),
    Operation(name="listerValeursDeReferentiel", work=code_list_values),
    Operation(name="RecupererLibellesDUME", work=labels),
)
EVIDENCES: Final = (Operation(name="recupererEvidence", work=evidence),)
