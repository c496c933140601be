"""Fetches documents of DUMEs, and what the State says of them."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, TypeVar

from contracts.reasons import Reason
from service.core.errors import AnswerOversized, RequestRejected
from service.core.masking import masked
from service.upstream.dume import documents_operations, operations
from service.upstream.dume.caller import Caller, DumeOperation, unreadable
from service.upstream.dume.operations import LARGEST_DOCUMENT, DumeRequest
from service.upstream.dume.wire import NotInAnswer, Wire, first
from service.upstream.operation import Refusal

if TYPE_CHECKING:
    from contracts.events import Buyer
    from service.upstream.dume.documents_names import DocumentAnswers, DocumentNames

PART: Final = "documents"
TOO_LARGE_UPSTREAM: Final = 413
MOST_FILES: Final = 1_000
"""Files of a download that are looked at; more of them are more than a result may hold."""
DEEPEST: Final = 8
"""Levels of an answer that are looked into."""
MOST_TOLD: Final = 100
"""Values of the metadata that are passed on."""

Whose = Literal["buyer", "bidder"]
Form = Literal["pdf", "xml", "html", "none"]
ReadT = TypeVar("ReadT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What the State says of a DUME beside its document; `told` is all of it, in its own words."""

    consultation_id: str | None = None
    consultation_reference: str | None = None
    lot_numbers: tuple[str, ...] = ()
    told: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Formatted:
    """A DUME in the form that was asked for; without `content` where only metadata was."""

    content: bytes | None = field(repr=False)
    dume_id: str | None
    state_code: str | None
    metadata: Metadata | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenFile:
    """One file of a download, and whose DUME it belongs to, where that is told."""

    name: str | None
    content: bytes = field(repr=False)
    dume_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversized:
    """The documents are more than a result may hold, which is `most` bytes."""

    most: int = LARGEST_DOCUMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """The documents of one platform; each raises an UpstreamFailure when no usable answer came."""

    caller: Caller

    async def formatted(
        self, of: Whose, form: Form, *, dume_id: str | None, document: bytes | None, requester: Buyer | None
    ) -> Formatted | Oversized | Refusal:
        """Return a DUME, or a document given in its place, in one form."""
        wire, given = self.caller.wire, base64.b64encode(document).decode() if document is not None else None
        values = {
            **wire.asking(requester, must=False),
            "dume_id": dume_id,
            f"{of}s_document": given,
            "format": wire.mapping.formats[form],
        }
        is_buyers = of == "buyer"
        constant = wire.mapping.operations.document if is_buyers else self.names.operations.bidders_document
        request = wire.request(constant, values, names=self.names.fields, part=PART)
        operation = operations.DOCUMENT if is_buyers else documents_operations.BIDDERS_DOCUMENT
        return await self._ask(operation, request, lambda answer: read_formatted(answer, form, wire))

    async def with_attachments(
        self, dume_ids: Sequence[str], *, requester: Buyer | None
    ) -> tuple[GivenFile, ...] | Oversized | Refusal:
        """Return the DUMEs of these bids, with the certificates and attachments that belong to them."""
        wire = self.caller.wire
        values = {**wire.asking(requester, must=False), "bid_dume_ids": list(dume_ids)}
        request = wire.request(self.names.operations.download, values, names=self.names.fields, part=PART)
        return await self._ask(documents_operations.DOWNLOAD, request, lambda answer: read_files(answer, wire))

    @property
    def names(self) -> DocumentNames:
        """What DUME calls documents."""
        return self.caller.wire.mapping.documents

    async def _ask(
        self, operation: DumeOperation, request: DumeRequest, read: Callable[[Mapping[str, object]], ReadT]
    ) -> ReadT | Oversized | Refusal:
        try:
            answer = await self.caller.call(operation, request)
        except AnswerOversized:
            return Oversized()
        except RequestRejected as error:
            # The gateway says so without a word of the service's own.
            if error.facts.http_status != TOO_LARGE_UPSTREAM:
                raise
            return Refusal(
                operation=error.facts.operation,
                code=str(TOO_LARGE_UPSTREAM),
                text="",
                reason=Reason.UPSTREAM_DOCUMENT_TOO_LARGE,
                http_status=TOO_LARGE_UPSTREAM,
                correlation_id=error.facts.correlation_id,
            )
        if isinstance(answer, Refusal):
            return answer
        try:
            return await asyncio.to_thread(read, answer.fields)
        except NotInAnswer as error:
            raise unreadable(operation, str(error)) from error


def read_formatted(answer: Mapping[str, object], form: Form, wire: Wire) -> Formatted | Oversized:
    """A DUME out of an answer; raises NotInAnswer without the document that was asked for."""
    names = wire.mapping.documents.answers
    content = None if form == "none" else wire.read_document(answer, names.document)
    if content is not None and len(content) > LARGEST_DOCUMENT:
        return Oversized()
    return Formatted(
        content=content,
        dume_id=wire.read_text(answer, wire.mapping.answers.dume_id),
        state_code=wire.read_text(answer, names.state),
        metadata=_metadata(first(answer, names.metadata), names, wire),
    )


def _metadata(said: object, names: DocumentAnswers, wire: Wire) -> Metadata | None:
    if not isinstance(said, Mapping):
        return None
    listed = first(said, names.lots)
    lots = listed if isinstance(listed, list) else [said]
    rows = [lot if isinstance(lot, Mapping) else {names.lot_number[0]: lot} for lot in lots]
    numbers = [wire.read_text(row, names.lot_number) for row in rows]
    return Metadata(
        consultation_id=wire.read_text(said, names.consultation_id),
        consultation_reference=wire.read_text(said, names.consultation_reference),
        lot_numbers=tuple(number for number in numbers if number is not None),
        told=tuple(_told(said))[:MOST_TOLD],
    )


def _told(said: object, path: str = "", depth: int = 0) -> Iterator[tuple[str, str]]:
    """Every value with the names that lead to it."""
    if depth > DEEPEST:
        return
    if isinstance(said, Mapping):
        for name, value in said.items():
            yield from _told(value, f"{path}.{name}" if path else str(name), depth + 1)
    elif isinstance(said, list):
        for value in said:
            yield from _told(value, path, depth + 1)
    elif said is not None:
        yield path, masked(str(said).lower() if isinstance(said, bool) else str(said))


def read_files(answer: Mapping[str, object], wire: Wire) -> tuple[GivenFile, ...] | Oversized:
    """The files of a download, however they are listed; raises NotInAnswer. An empty list is an answer too."""
    names = wire.mapping.documents.answers
    listed = first(answer, names.files)
    if isinstance(listed, Mapping | str):
        listed = [listed]
    if listed is None and first(answer, names.file_content) is not None:
        listed = [answer]
    if not isinstance(listed, list):
        raise NotInAnswer("no list of files")
    files, left = list[GivenFile](), LARGEST_DOCUMENT
    for item in listed:
        for file in _of_item(item, None, wire):
            files.append(file)
            left -= len(file.content)
            if left < 0 or len(files) > MOST_FILES:
                return Oversized()
    return tuple(files)


def _of_item(item: object, owner: str | None, wire: Wire, depth: int = 0) -> Iterator[GivenFile]:
    """The file that an entry is, and those that it lists as belonging to it."""
    if depth > DEEPEST:
        raise NotInAnswer("files nested in each other without end")
    names = wire.mapping.documents.answers
    said = item if isinstance(item, Mapping) else {names.file_content[0]: item}
    owner = wire.read_text(said, wire.mapping.answers.dume_id) or owner
    inner = [first(said, (name,)) for name in names.inner_files]
    belonging = [one for listed in inner for one in (listed if isinstance(listed, list) else [listed]) if one]
    if wire.read_text(said, names.file_content) is not None:
        content = wire.read_document(said, names.file_content)
        yield GivenFile(name=wire.read_text(said, names.file_name), content=content, dume_id=owner)
    elif not belonging:
        raise NotInAnswer("a file without content")
    for one in belonging:
        yield from _of_item(one, owner, wire, depth + 1)


__all__ = ["Documents", "Form", "Formatted", "GivenFile", "Metadata", "Oversized", "Whose"]
