"""Builds what DUME takes and reads what it gives, by the names of the mapping alone."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from contracts.events import Buyer
from service.core.errors import EventInvalid
from service.upstream.dume.operations import DumeRequest

if TYPE_CHECKING:
    from contracts.events import Consultation
    from service.upstream.dume.mapping import DumeMapping
    from service.upstream.entries import Entries
    from service.upstream.values import Platform, Requester

NO_PLATFORM = (
    "No buyer platform is configured for DUME: it takes RELAY_DUME__PLATFORM_ID and RELAY_DUME__TECHNICAL_PLATFORM_ID,"
    " and a PISTE application of the DUME organisation, because one of the Universal organisation never reaches DUME."
)
NO_BUYER = (
    "The request names no buyer and none is configured: it takes data.buyer, or RELAY_DUME__REQUESTER_ID and _NAME."
)
ONE_PLACE = "The names in RELAY_MAPPING put two values of this request into one place, so that nothing was sent."
_NAME_LENGTH = 100


class NotInAnswer(ValueError):
    """A value that the answer must hold is not there, or not of its kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """Requests and answers of one platform; raises EventInvalid when it, or the requester, is not configured."""

    mapping: DumeMapping
    platform: Platform | None
    requester: Requester | None

    def health(self) -> DumeRequest:
        """A request that asks for nothing."""
        return self.request(self.mapping.operations.health, self.asking(None, must=False))

    def model(self) -> DumeRequest:
        """The blank document, for which only the platform is named."""
        return self.request(self.mapping.operations.model, {})

    def simple(self, consultation: Consultation, buyer: Buyer | None) -> DumeRequest:
        """A simplified DUME of the consultation."""
        values = {**self.asking(buyer), **self.consultation_fields(consultation), **self.buyer_fields(buyer)}
        return self.request(self.mapping.operations.create_simple, values)

    def save(
        self,
        *,
        document: bytes,
        validated: bool,
        consultation: Consultation | None,
        buyer: Buyer | None,
        dume_id: str | None,
        replaces: str | None,
    ) -> DumeRequest:
        """A document to keep, as a draft or for good."""
        values = {
            **self.asking(buyer),
            "dume_id": dume_id,
            "replaced_dume_id": replaces,
            "document": base64.b64encode(document).decode(),
            "state": self.mapping.sent_states[_wanted_state(validated=validated, replaces=replaces)],
            **(self.consultation_fields(consultation) if consultation else {}),
            **self.buyer_fields(buyer),
        }
        return self.request(self.mapping.operations.save, values)

    def delete(self, *, dume_id: str, buyer: Buyer | None) -> DumeRequest:
        """A DUME to delete."""
        return self.request(self.mapping.operations.delete, {**self.asking(buyer), "dume_id": dume_id})

    def metadata(self, *, dume_id: str, consultation: Consultation, buyer: Buyer | None) -> DumeRequest:
        """What is known of the consultation, told about a DUME without its document."""
        values = {**self.asking(buyer), "dume_id": dume_id, **self.consultation_fields(consultation)}
        names = self.mapping.metadata
        return self.request(names.operations.update, values, names=names.fields, part="metadata")

    def search(self, *, consultation_id: str | None, buyer_id: str | None) -> DumeRequest:
        """The DUMEs of a consultation, of a buyer, or both."""
        values = {**self.asking(None), "consultation_id": consultation_id, "searched_buyer": buyer_id}
        return self.request(self.mapping.operations.search, values)

    def document(self, *, dume_id: str, form: str) -> DumeRequest:
        """One DUME in one format."""
        values = {**self.asking(None), "dume_id": dume_id, "format": self.mapping.formats[form]}
        return self.request(self.mapping.operations.document, values)

    def read_text(self, answer: Mapping[str, object], names: tuple[str, ...]) -> str | None:
        """The first of these fields that holds something, as text."""
        value = first(answer, names)
        return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and str(value) else None

    def read_document(self, answer: Mapping[str, object], names: tuple[str, ...] | None = None) -> bytes:
        """The document of an answer, decoded; raises NotInAnswer."""
        text = self.read_text(answer, names or self.mapping.answers.document)
        if text is None:
            raise NotInAnswer("no document")
        try:
            return binascii.a2b_base64("".join(text.split()), strict_mode=True)
        except ValueError as error:
            raise NotInAnswer("a document that is not base64") from error

    def read_dumes(self, answer: Mapping[str, object]) -> list[Mapping[str, object]]:
        """The DUMEs of an answer, of which some versions may give the identifiers alone; raises NotInAnswer."""
        listed = first(answer, self.mapping.answers.dumes)
        if isinstance(listed, Mapping):
            listed = [listed]
        if listed is None:
            return []
        if not isinstance(listed, list):
            raise NotInAnswer("a list of DUMEs that is none")
        name = self.mapping.answers.dume_id[0]
        return [item if isinstance(item, Mapping) else {name: item} for item in listed]

    def buyer_or_requester(self, buyer: Buyer | None) -> Buyer:
        """The buyer with a name, or the configured requester when there is none."""
        known = self.requester
        if buyer is not None:
            name = known.name if known and known.id == buyer.id else buyer.id
            return buyer if buyer.name else buyer.model_copy(update={"name": name})
        if known is None:
            raise EventInvalid("not_configured", NO_BUYER)
        return Buyer.model_construct(id=known.id, name=known.name, scheme=known.scheme)

    def asking(self, buyer: Buyer | None, *, must: bool = True) -> dict[str, object]:
        """Who asks: the buyer, else the configured requester; raises EventInvalid when there `must` be one."""
        if not must and buyer is None and self.requester is None:
            return {}
        asking = self.buyer_or_requester(buyer)
        return {"requester_name": (asking.name or asking.id)[:_NAME_LENGTH], "requester_id": asking.id}

    def buyer_fields(self, buyer: Buyer | None) -> dict[str, object]:
        """Whose DUME it is."""
        named = self.buyer_or_requester(buyer)
        return {"buyer_type": self.mapping.id_types.get(named.scheme, named.scheme), "buyer_id": named.id}

    def consultation_fields(self, consultation: Consultation) -> dict[str, object]:
        """What the DUME is for."""
        lots = [
            nested({self.mapping.fields.lot_number: lot.number, self.mapping.fields.lot_title: lot.title})
            for lot in consultation.lots
        ]
        return {
            "consultation_id": consultation.id,
            "consultation_reference": consultation.reference,
            "consultation_title": consultation.title,
            "contract_type": self.mapping.contract_types.get(consultation.contract_type or ""),
            "procedure": consultation.procedure,
            "cpv": list(consultation.cpv) or None,
            "bids_due": consultation.bids_due.date().isoformat() if consultation.bids_due else None,
            "lots": lots or None,
        }

    def request(
        self, operation: str, values: Mapping[str, object], *, names: Entries | None = None, part: str = ""
    ) -> DumeRequest:
        """A request for the constant `operation`, with the envelope; raises EventInvalid without a platform.

        `values` go by the entries of `dume.fields`, or of `names`, the fields of a `part` with names of its own; those
        that are None are not sent.
        """
        if self.platform is None:
            raise EventInvalid("not_configured", NO_PLATFORM)
        said = {
            "operation": operation,
            "platform_type": self.platform.type,
            "platform_id": self.platform.platform_id,
            "technical_platform_id": self.platform.technical_platform_id,
            **values,
        }
        sent = {
            name: value
            for name, value in said.items()
            if value is not None and not self._is_left_out(name, names, part)
        }
        named = {self._name(name, names): value for name, value in sent.items()}
        if len(named) < len(sent):
            raise EventInvalid("not_configured", ONE_PLACE)
        return DumeRequest(nested(named))

    def _name(self, entry: str, names: Entries | None) -> str:
        own = names is not None and entry in type(names).model_fields
        return str(getattr(names if own else self.mapping.fields, entry))

    def _is_left_out(self, entry: str, names: Entries | None, part: str) -> bool:
        own = names is not None and entry in type(names).model_fields
        return (f"{part}.{entry}" if own else entry) in self.mapping.left_out


def _wanted_state(*, validated: bool, replaces: str | None) -> str:
    if not validated:
        return "draft"
    return "validated" if replaces is None else "replacement"


def nested(named: Mapping[str, object]) -> dict[str, object]:
    """Put each value where the dots of its name say; values that are None are left out.

    Raises EventInvalid rather than send one value in place of another.
    """
    tree: dict[str, object] = {}
    for path, value in named.items():
        if value is None:
            continue
        *parents, last = path.split(".")
        place = tree
        for parent in parents:
            inner = place.setdefault(parent, {})
            if not isinstance(inner, dict):
                raise EventInvalid("not_configured", ONE_PLACE)
            place = inner
        if last in place:
            raise EventInvalid("not_configured", ONE_PLACE)
        place[last] = value
    return tree


def first(answer: Mapping[str, object], names: tuple[str, ...]) -> object:
    """The first of these fields that is there; upper and lower case count alike, and dots go into objects."""
    for name in names:
        value: object = answer
        for part in name.split("."):
            fields = {key.lower(): inner for key, inner in value.items()} if isinstance(value, Mapping) else {}
            value = fields.get(part.lower())
        if value is not None:
            return value
    return None
