"""Decides what a buyer's DUME has to say of a consultation, and reads back which consultation a document is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from service.core.espd.reading import ROOT, Element, EspdInvalid, read
from service.core.espd.splicing import CAC, Changes, Want

if TYPE_CHECKING:
    from contracts.events import Buyer, Consultation, Lot

_SCHEMES: Final = {"siret": "SIRET", "vat": "VAT", "non_eu": "HORS-UE", "ridet": "RIDET", "tahiti": "TAHITI"}


def fill(
    model: bytes,
    *,
    consultation: Consultation,
    buyer: Buyer | None,
    procedure_code: str | None = None,
    project_type: str | None = None,
) -> bytes:
    """Return the document for this consultation and buyer; raises EspdInvalid.

    What is not known (no buyer, no codes, no lots) stays as the model has it, and so does every byte that is not
    filled: a document that says all of it already comes back as it is. `procedure_code` and `project_type` are codes
    of the European document; the type is filled only where the document has a place for it.
    """
    reference = Want(name="ContractFolderID", text=consultation.reference or consultation.id)
    wanted = Want(name=ROOT, within=(reference, *_content(buyer, procedure_code)))

    def changes_of(content: bytes) -> Changes:
        changes = _changes(content, wanted, project_type)
        _fill_lots(changes, consultation)
        return changes

    try:
        changes = changes_of(model)
        if not changes.any:
            return model
        filled = changes.applied()
        is_said = not changes_of(filled).any
    except UnicodeError as error:
        raise EspdInvalid("The document is in an encoding that cannot be written.") from error
    if not is_said:
        raise EspdInvalid("The document does not say what it was filled with: its encoding cannot be written.")
    return filled


def same_content(
    document: bytes, *, buyer: Buyer | None, procedure_code: str | None = None, project_type: str | None = None
) -> bool:
    """Whether filling buyer, procedure and project type would change nothing; raises EspdInvalid.

    Reference and lots do not count: the State takes those as metadata, beside a document that stays as it is.
    """
    try:
        return not _changes(document, Want(name=ROOT, within=_content(buyer, procedure_code)), project_type).any
    except UnicodeError as error:
        raise EspdInvalid("The document is in an encoding that cannot be written.") from error


def consultation_of(document: bytes) -> str | None:
    """Return what the document calls its consultation, None when it does not say or is not a buyer's DUME."""
    try:
        root = read(document, ROOT).root
    except EspdInvalid:
        return None
    return next((element.text or None for element in root.named("ContractFolderID")), None)


def _changes(content: bytes, wanted: Want, project_type: str | None) -> Changes:
    document = read(content, ROOT)
    changes = Changes(document=document)
    changes.bring(document.root, wanted)
    if project_type is not None:
        for project in document.root.named("ProcurementProject"):
            for place in project.named("ProcurementTypeCode"):
                changes.bring(place, Want(name=place.name, text=project_type))
    return changes


def _content(buyer: Buyer | None, procedure_code: str | None) -> tuple[Want, ...]:
    """What the document alone says, in the order of its schema."""
    wanted = []
    if procedure_code is not None:
        wanted.append(Want(name="ProcedureCode", text=procedure_code))
    if buyer is not None:
        party = Want(name="Party", namespace=CAC, within=_party(buyer))
        wanted.append(Want(name="ContractingParty", namespace=CAC, within=(party,)))
    return tuple(wanted)


def _party(buyer: Buyer) -> tuple[Want, ...]:
    scheme = _SCHEMES[buyer.scheme]
    identifier = Want(name="ID", text=buyer.id, attributes={"schemeID": scheme})
    identified = Want(
        name="PartyIdentification",
        namespace=CAC,
        within=(identifier,),
        prefers=lambda element: any(one.attributes.get("schemeID") == scheme for one in element.named("ID")),
    )
    if not buyer.name:
        return (identified,)
    return (identified, Want(name="PartyName", namespace=CAC, within=(Want(name="Name", text=buyer.name),)))


def _fill_lots(changes: Changes, consultation: Consultation) -> None:
    """The lots of the consultation in place of those of the model; a lot of the same number keeps what else it says."""
    wanted = {lot.number.strip(): _lot(lot) for lot in consultation.lots}
    if not wanted:
        return
    root, kept = changes.document.root, dict[str, Element]()
    for element in root.named("ProcurementProjectLot"):
        number = next((inner.text for inner in element.named("ID")), "")
        if number not in wanted:
            changes.remove(element)
            continue
        changes.bring(element, wanted[number])
        kept.setdefault(number, element)
    numbers = list(wanted)
    for at, number in enumerate(numbers):
        if number not in kept:
            behind = next((kept[later] for later in numbers[at:] if later in kept), None)
            changes.add(root, wanted[number], before=behind)


def _lot(lot: Lot) -> Want:
    title = Want(name="ProcurementProject", namespace=CAC, within=(Want(name="Name", text=lot.title),))
    return Want(
        name="ProcurementProjectLot",
        namespace=CAC,
        within=(Want(name="ID", text=lot.number), *((title,) if lot.title else ())),
    )
