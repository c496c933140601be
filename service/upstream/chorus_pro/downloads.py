"""Downloads what Chorus Pro keeps of invoices, as one file."""

from __future__ import annotations

import asyncio
import base64
import binascii
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from contracts.reasons import Reason
from service.core.errors import AnswerOversized, AnswerUnreadable, CallFacts, RequestRejected
from service.upstream.chorus_pro import document_models as models
from service.upstream.chorus_pro import read_operations as operations
from service.upstream.chorus_pro.read_operations import LARGEST_DOCUMENT
from service.upstream.operation import Refusal

if TYPE_CHECKING:
    from service.upstream.chorus_pro import ChorusPro

TOO_LARGE_UPSTREAM: Final = 413
"""The HTTP status by which Chorus Pro says that the documents are together too large."""

What = Literal["invoices", "attachments"]
Format = Literal["pdf", "pivot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloaded:
    """The documents of some invoices, as one file."""

    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Oversized:
    """The documents are more than a result may hold, which is `most` bytes."""

    most: int = LARGEST_DOCUMENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Downloads:
    """The downloads of one account; each raises an UpstreamFailure when no usable answer came."""

    chorus_pro: ChorusPro

    async def get(
        self, what: What, ids: Sequence[int], *, format: Format, with_attachments: bool
    ) -> Downloaded | Oversized | Refusal:
        """Return the invoices, or what is attached to them, as one file."""
        group = models.GroupWanted(
            format=format.upper(),
            attachments="Oui" if with_attachments else "Non",
            invoices=tuple(models.InvoiceNumbered(id=one) for one in ids),
        )
        try:
            if what == "invoices":
                answer = await self.chorus_pro.call(operations.DOWNLOAD_GROUP, group)
            else:
                answer = await self.chorus_pro.call(
                    operations.DOWNLOAD_ATTACHMENTS, models.AttachmentWanted(group=group)
                )
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
        return answer if isinstance(answer, Refusal) else await asyncio.to_thread(_decoded, answer, what)


def _decoded(answer: models.Given, what: What) -> Downloaded | Oversized:
    facts = CallFacts(upstream=operations.DOWNLOAD_GROUP.upstream, operation=operations.DOWNLOAD_GROUP.name)
    try:
        content = base64.b64decode("".join(answer.content.split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise AnswerUnreadable(facts, "a document that is not base64") from error
    # Base64 cut at the right place is base64 still; a ZIP ends with the list of what it holds. What a supplier attached
    # is handed over as it is, broken or not.
    if what == "invoices" and content.startswith(b"PK") and not zipfile.is_zipfile(io.BytesIO(content)):
        raise AnswerUnreadable(facts, "a ZIP without its end")
    return Downloaded(content=content) if len(content) <= LARGEST_DOCUMENT else Oversized()


__all__ = ["Downloaded", "Downloads", "Oversized"]
