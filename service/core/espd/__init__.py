"""Fills DUME documents that the State gave: what is filled changes, every other byte stays as it was."""

from service.core.espd.filling import consultation_of, fill, same_content
from service.core.espd.reading import BIDDER_ROOT, DEEPEST, LARGEST, MOST_TAGS, ROOT, EspdInvalid, check

__all__ = [
    "BIDDER_ROOT",
    "DEEPEST",
    "LARGEST",
    "MOST_TAGS",
    "ROOT",
    "EspdInvalid",
    "check",
    "consultation_of",
    "fill",
    "same_content",
]
