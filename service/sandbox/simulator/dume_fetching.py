"""Hands over the documents of DUMEs: recupererDumeFormate of both domains, and telechargerDumeavecPJ."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from service.sandbox.simulator import dume_document as documents
from service.sandbox.simulator.dume_call import Call, Done, Operation
from service.sandbox.simulator.dume_register import KeptDume
from service.sandbox.simulator.dume_request import Code, Fields, Refused

_LISTS: Final = ("idDumes", "listeIdDume", "idDume", "idDumeOE")
_BLOCK: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    """A document that is kept, and what is known of it."""

    document: bytes = field(repr=False)
    root: str
    fields: Mapping[str, object]
    dume: KeptDume | None = None


def of_buyer(call: Call) -> Done:
    """A buyer's DUME, or the document given in its place, in one format."""
    return _formatted(call, documents.ROOT, ("dumeA", "dume"), _buyers)


def of_bidder(call: Call) -> Done:
    """The same of a bidder."""
    return _formatted(call, documents.BIDDER_ROOT, ("dumeOE", "dume"), _bidders)


def download(call: Call) -> Done:
    """The DUMEs of bidders, each with a certificate and an attachment."""
    kept = [(dume_id, _bidders(call, dume_id)) for dume_id in _ids(call.fields)]
    files = [file for dume_id, one in kept for file in _files(dume_id, one, call.attachment_size)]
    return Done(fields={"fichiers": files})


BUYERS: Final = (
    Operation(name="recupererDumeFormate", work=of_buyer, aliases=("rechercherDumeA",)),
    Operation(name="telechargerDumeavecPJ", work=download),
)
"""Upper and lower case of a constant count alike, so telechargerDumeAvecPJ is the same."""
BIDDERS: Final = (Operation(name="recupererDumeFormate", work=of_bidder),)


def _formatted(call: Call, root: str, names: tuple[str, ...], keeper: Callable[[Call, str], _Kept]) -> Done:
    form = call.fields.required("format")
    if form not in _FORMS:
        raise Refused(Code.VALUE, "format : 0 (aucun), 1 (PDF), 2 (XML) ou 3 (HTML) attendu")
    dume_id, given = call.fields.text("idDume"), call.fields.document(*names)
    if (dume_id is None) == (given is None):
        raise Refused(Code.NOT_ONE_OF, f"idDume ou {names[0]} : l'un des deux, et un seul, est attendu")
    if given is not None:
        documents.check(given, root)
        return Done(fields={"format": form, **_shown(given, form, root)})
    kept = keeper(call, dume_id or "")
    fields = {"idDume": dume_id, "format": form, **_shown(kept.document, form, kept.root), "metadonnees": kept.fields}
    return Done(fields=fields, dume=kept.dume)


def _shown(document: bytes, form: str, root: str) -> dict[str, object]:
    render = _FORMS[form]
    return {"dume": _encoded(render(document, root))} if render else {}


_FORMS: Final[Mapping[str, Callable[[bytes, str], bytes] | None]] = {
    "0": None,
    "1": documents.to_pdf,
    "2": lambda xml, _root: xml,
    "3": documents.to_html,
}


def _buyers(call: Call, dume_id: str) -> _Kept:
    dume = call.books.buyers.get(dume_id, call.platform)
    tender = dume.tender
    fields = {
        "idConsultation": tender.consultation_id,
        "refFonctionnelleConsultation": tender.reference,
        "statut": dume.state.value,
        "lots": [{"numeroLot": number, "libelle": title} for number, title in tender.lots.items()],
    }
    return _Kept(document=dume.document, root=documents.ROOT, fields=_known(fields), dume=dume)


def _bidders(call: Call, dume_id: str) -> _Kept:
    kept = call.books.bids.get(dume_id, call.platform)
    lots = [{"numeroLot": number, "libelle": title} for number, title in kept.bid.lots.items()]
    fields = {"idConsultation": kept.bid.consultation_id, "siretOE": kept.bid.bidder, "lots": lots}
    return _Kept(document=kept.bid.document, root=documents.BIDDER_ROOT, fields=_known(fields))


def _known(fields: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in fields.items() if value not in (None, [])}


def _ids(fields: Fields) -> list[str]:
    """One identifier or several; an entry may be an object that holds it."""
    place = {name.lower(): value for name, value in fields.body.items()}
    said = next((place[name.lower()] for name in _LISTS if place.get(name.lower())), None)
    entries = said if isinstance(said, list) else [said]
    ids = [Fields(one).text("idDume") if isinstance(one, Mapping) else one for one in entries]
    if not all(isinstance(one, str) and one for one in ids):
        raise Refused(Code.MISSING, "idDumes : un ou plusieurs identifiants sont attendus")
    return [str(one) for one in ids]


def _files(dume_id: str, kept: _Kept, size: int) -> Iterator[dict[str, object]]:
    annex = b"".join(hashlib.sha256(f"{dume_id} {block}".encode()).digest() for block in range(-(-size // _BLOCK)))
    for name, content in (
        (f"DUME_OE_{dume_id}.xml", kept.document),
        (f"attestation_{dume_id}.pdf", documents.page(["ATTESTATION FISCALE (simulateur)", f"DUME : {dume_id}"])),
        (f"annexe_{dume_id}.bin", annex[:size]),
    ):
        yield {"idDume": dume_id, "nomFichier": name, "contenu": _encoded(content)}


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
