"""Asks DUME about lists of codes, labels and evidence, and remembers what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from service.core.bounded import Json, Keeper
from service.core.errors import AnswerOversized
from service.upstream.dume import reference_operations as operations
from service.upstream.dume.caller import Caller, DumeOperation, unreadable
from service.upstream.dume.operations import DumeRequest
from service.upstream.dume.wire import NotInAnswer, Wire, first
from service.upstream.operation import Refusal

if TYPE_CHECKING:
    from contracts.events import Buyer
    from service.upstream.dume.reference_names import ReferenceNames
    from service.upstream.dume.remembered import Remembered, Told

PART = "reference"
MOST_ROWS = 10_000
"""Values of a list that are read: no list of the State known is longer."""
MOST_EVIDENCES = 100
"""Pieces of evidence that are read of one answer."""
MOST_DETAILS = 200
"""Values that are passed on of what nobody knows about one piece of evidence."""


class TooMuch(Exception):
    """The State answered more than the relay reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """A value of a list, or the name of a list, with its label."""

    code: str | None
    label: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """A list as far as it is read; `total` is how long it is."""

    rows: tuple[Code, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceShown:
    """One piece of evidence; `details` is what else the State says of it, `whole` whether that is all of it."""

    id: str | None
    name: str | None
    text: str | None
    address: str | None
    details: Mapping[str, Json]
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceTold:
    """What a country takes as evidence of a criterion."""

    uuid: str | None
    type: str | None
    text: str | None
    evidences: tuple[EvidenceShown, ...]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """The questions about reference data. Each raises an UpstreamFailure when no usable answer came, or TooMuch."""

    caller: Caller
    remembered: Remembered

    async def code_lists(self, buyer: Buyer | None) -> Told[Codes] | Refusal:
        """The lists there are."""
        request = self._request(self.names.operations.code_lists, {}, buyer)
        return await self._codes(operations.CODE_LISTS, request, self.names.answers.code_lists, "")

    async def values(self, code_list: str, buyer: Buyer | None) -> Told[Codes] | Refusal:
        """The values of a list."""
        request = self._request(self.names.operations.code_list_values, {"code_list": code_list}, buyer)
        return await self._codes(operations.CODE_LIST_VALUES, request, self.names.answers.values, code_list)

    async def labels(self, language: str | None, buyer: Buyer | None) -> Told[Codes] | Refusal:
        """The labels of the document in a language, or in that of the service."""
        said = self._letters(language) if language else None
        request = self._request(self.names.operations.labels, {"labels_language": said}, buyer)
        return await self._codes(operations.LABELS, request, self.names.answers.labels, language or "")

    async def evidence(
        self, *, criterion: str, language: str, nation: str, buyer: Buyer | None
    ) -> Told[EvidenceTold] | Refusal:
        """What a country takes as evidence of a criterion, in a language."""
        asked = {
            "criterion": criterion,
            "evidence_language": self._letters(language),
            "nation": self._letters(nation),
        }
        request = self._request(self.names.operations.evidence, asked, buyer)
        key = (operations.EVIDENCE.name, criterion, language, nation)
        return await self.remembered.get(key, partial(self._read_evidence, request), lambda told: len(told.evidences))

    async def health(self, domain: str) -> Refusal | None:
        """Return when a domain answers, with what it says against being asked; whatever its gate says."""
        request = self.caller.wire.health()
        answer = await self.caller.client.probe(operations.health_check(domain), request, account=self.caller.account)
        return answer if isinstance(answer, Refusal) else None

    @property
    def names(self) -> ReferenceNames:
        """What DUME calls reference data."""
        return self.caller.wire.mapping.reference

    def _request(self, constant: str, values: Mapping[str, object], buyer: Buyer | None) -> DumeRequest:
        wire = self.caller.wire
        said = {**wire.asking(buyer, must=False), **values}
        return wire.request(constant, said, names=self.names.fields, part=PART)

    def _letters(self, code: str) -> str:
        return code.upper() if self.names.letters == "upper" else code.lower()

    async def _codes(
        self, operation: DumeOperation, request: DumeRequest, names: tuple[str, ...], key: str
    ) -> Told[Codes] | Refusal:
        ask = partial(self._read_codes, operation, request, names)
        return await self.remembered.get((operation.name, key), ask, lambda told: len(told.rows))

    async def _read_codes(
        self, operation: DumeOperation, request: DumeRequest, names: tuple[str, ...]
    ) -> Codes | Refusal:
        answer = await self._call(operation, request)
        if isinstance(answer, Refusal):
            return answer
        try:
            return read_codes(answer, names, self.names, self.caller.wire)
        except NotInAnswer as error:
            raise unreadable(operation, str(error)) from error

    async def _read_evidence(self, request: DumeRequest) -> EvidenceTold | Refusal:
        answer = await self._call(operations.EVIDENCE, request)
        if isinstance(answer, Refusal):
            return answer
        try:
            return read_evidence(answer, self.names, self.caller.wire)
        except NotInAnswer as error:
            raise unreadable(operations.EVIDENCE, str(error)) from error

    async def _call(self, operation: DumeOperation, request: DumeRequest) -> Mapping[str, object] | Refusal:
        try:
            answer = await self.caller.call(operation, request)
        except AnswerOversized as error:
            raise TooMuch(str(error)) from error
        return answer if isinstance(answer, Refusal) else answer.fields


def read_codes(answer: Mapping[str, object], lists: tuple[str, ...], names: ReferenceNames, wire: Wire) -> Codes:
    """The rows of an answer: objects, bare codes, or one object of labels by their codes; raises NotInAnswer."""
    listed = first(answer, lists)
    if listed is None:
        raise NotInAnswer("no list of codes")
    rows = _rows(listed, names)
    return Codes(rows=tuple(_code(row, names, wire) for row in rows[:MOST_ROWS]), total=len(rows))


def _rows(listed: object, names: ReferenceNames) -> list[object]:
    if isinstance(listed, list):
        return listed
    if not isinstance(listed, Mapping):
        raise NotInAnswer("a list of codes that is none")
    if first(listed, names.answers.code) is not None:
        return [listed]
    code, label = names.answers.code[0], names.answers.label[0]
    return [{code: name, label: text} for name, text in listed.items()]


def _code(row: object, names: ReferenceNames, wire: Wire) -> Code:
    fields = row if isinstance(row, Mapping) else {names.answers.code[0]: row}
    code, label = wire.read_text(fields, names.answers.code), wire.read_text(fields, names.answers.label)
    if code is None and label is None:
        raise NotInAnswer("a value without code and label")
    return Code(code=code, label=label)


def read_evidence(answer: Mapping[str, object], names: ReferenceNames, wire: Wire) -> EvidenceTold:
    """The answer about a criterion; raises NotInAnswer. No evidence is an answer too."""
    listed = first(answer, names.answers.evidences)
    if isinstance(listed, Mapping):
        listed = [listed]
    if not isinstance(listed, list | None) or not all(isinstance(one, Mapping) for one in listed or ()):
        raise NotInAnswer("a list of evidence that is none")
    answers, evidences = names.answers, listed or []
    uuid, text = (wire.read_text(answer, where) for where in (answers.criterion_uuid, answers.criterion_text))
    if listed is None and uuid is None and text is None:
        # Under other names than the mapping's there may be evidence all the same.
        raise NotInAnswer("neither a criterion nor evidence")
    return EvidenceTold(
        uuid=uuid,
        type=wire.read_text(answer, answers.criterion_type),
        text=text,
        evidences=tuple(_evidence(one, names, wire) for one in evidences[:MOST_EVIDENCES]),
        total=len(evidences),
    )


def _evidence(fields: Mapping[str, object], names: ReferenceNames, wire: Wire) -> EvidenceShown:
    answers = names.answers
    places = (answers.evidence_id, answers.evidence_name, answers.evidence_text, answers.evidence_address)
    identifier, name, text, address = (wire.read_text(fields, place) for place in places)
    typed = {_read(fields, place, wire) for place in places}
    keeper = Keeper(left=MOST_DETAILS)
    details = keeper.kept({name: value for name, value in fields.items() if name.lower() not in typed})
    return EvidenceShown(
        id=identifier,
        name=name,
        text=text,
        address=address,
        details=details if isinstance(details, dict) else {},
        whole=keeper.whole,
    )


def _read(fields: Mapping[str, object], names: tuple[str, ...], wire: Wire) -> str | None:
    """The one of these names that a value was read from."""
    found = next((name for name in names if first(fields, (name,)) is not None), None)
    return found.lower() if found and wire.read_text(fields, (found,)) is not None else None
