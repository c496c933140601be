"""The operations on reference data, and the health check of every domain of DUME."""

from __future__ import annotations

from typing import Final

from service.upstream.dume.operations import BUYERS, HEALTH_CHECK, DumeAnswer, DumeRequest, to_dume
from service.upstream.operation import Doubt, Operation

LISTS: Final = "referentiels"
EVIDENCES: Final = "ecertis"
LARGEST: Final = 16 * 1024 * 1024
"""Bytes of an answer: lists of codes are long, and no longer than that."""

CODE_LISTS = to_dume(
    "listerReferentiel",
    "lists the lists of codes there are",
    Doubt.REPEAT,
    is_read=True,
    api=LISTS,
    largest_answer=LARGEST,
    certainty="inferred",
)
CODE_LIST_VALUES = to_dume(
    "listerValeursDeReferentiel",
    "gives the values of a list of codes",
    Doubt.REPEAT,
    is_read=True,
    api=LISTS,
    largest_answer=LARGEST,
)
LABELS = to_dume(
    "RecupererLibellesDUME",
    "gives the labels of the document in a language",
    Doubt.REPEAT,
    is_read=True,
    api=LISTS,
    largest_answer=LARGEST,
)
EVIDENCE = to_dume(
    "recupererEvidence",
    "tells what a country takes as evidence of a criterion",
    Doubt.REPEAT,
    is_read=True,
    api=EVIDENCES,
    largest_answer=LARGEST,
)


def health_check(domain: str) -> Operation[DumeRequest, DumeAnswer]:
    """The health check of a domain: each has its own, of the same name."""
    if domain == BUYERS:
        return HEALTH_CHECK
    name = f"{domain}.{HEALTH_CHECK.name}"
    return to_dume(name, f"tells whether {domain} is up", Doubt.REPEAT, is_read=True, api=domain, timeout=10.0)
