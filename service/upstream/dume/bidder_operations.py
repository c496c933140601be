"""The operations on the DUME of a bidder and on companies, each described once; each domain has one path."""

from __future__ import annotations

from typing import Final

from service.upstream.dume.operations import to_dume
from service.upstream.operation import Doubt

BIDDERS: Final = "dumeOE"
COMPANIES: Final = "donnees"

COMPANY_TIMEOUT: Final = 60.0
"""Seconds for what waits for an outside service that knows companies."""

LARGEST_DOCUMENT: Final = 10 * 1024 * 1024
"""Bytes of a document that a result may hold."""

_LARGEST_ANSWER: Final = LARGEST_DOCUMENT * 4 // 3 + 256 * 1024
"""Bytes of an answer with such a document in base64, and with messages."""

MERGE_WITH_COMPANY = to_dume(
    "FusionnerDumeAvecDonneesEntreprise",
    "fills a buyer's DUME with company data",
    Doubt.REPEAT,
    is_read=True,
    api=BIDDERS,
    timeout=COMPANY_TIMEOUT,
    largest_answer=_LARGEST_ANSWER,
)
MERGE = to_dume(
    "FusionnerDumes",
    "fills a buyer's DUME with a bidder's",
    Doubt.REPEAT,
    is_read=True,
    api=BIDDERS,
    largest_answer=_LARGEST_ANSWER,
)
SAVE_BID = to_dume("dumeOE.enregistrerDume", "saves a new DUME of a bidder", Doubt.LOOK_UP, is_read=False, api=BIDDERS)
SAVE_BID_OVER = to_dume(
    "dumeOE.enregistrerDume", "saves over a bidder's DUME", Doubt.REPEAT, is_read=False, api=BIDDERS
)
SEARCH_BIDS = to_dume(
    "dumeOE.rechercherDumes", "finds the DUMEs of a consultation or bidder", Doubt.REPEAT, is_read=True, api=BIDDERS
)
CREATE_BID = to_dume(
    "recupererDumeOEAvecDonnesEntreprise",
    "creates a bidder's DUME from company data",
    Doubt.LOOK_UP,
    is_read=False,
    api=BIDDERS,
    timeout=COMPANY_TIMEOUT,
    largest_answer=_LARGEST_ANSWER,
)
COMPANY = to_dume(
    "recupererDonneesOE",
    "tells what is known of a company",
    Doubt.REPEAT,
    is_read=True,
    api=COMPANIES,
    timeout=COMPANY_TIMEOUT,
    largest_answer=4 * 1024 * 1024,
)
