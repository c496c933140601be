"""Makes calls to DUME on behalf of one event, and reads what every part of DUME answers alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from service.core.errors import AnswerUnreadable, CallFacts
from service.steady import NEVER
from service.upstream.client import Client
from service.upstream.dume.operations import DumeAnswer, DumeRequest
from service.upstream.dume.wire import NotInAnswer, Wire
from service.upstream.operation import Operation, Refusal

if TYPE_CHECKING:
    from service.upstream.values import TechnicalAccount

DumeOperation = Operation[DumeRequest, DumeAnswer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, and until when. Each call raises an UpstreamFailure when no usable answer came."""

    client: Client
    wire: Wire
    event: str
    account: TechnicalAccount | None = None
    until: float = NEVER

    async def call(self, operation: DumeOperation, request: DumeRequest) -> DumeAnswer | Refusal:
        """Make one call."""
        return await self.client.call(operation, request, event=self.event, account=self.account, until=self.until)

    async def document(
        self, operation: DumeOperation, request: DumeRequest, names: tuple[str, ...] | None = None
    ) -> bytes | Refusal:
        """Make one call whose answer is a document in the first of these fields; raises AnswerUnreadable without."""
        answer = await self.call(operation, request)
        if isinstance(answer, Refusal):
            return answer
        try:
            return self.wire.read_document(answer.fields, names)
        except NotInAnswer as error:
            raise unreadable(operation, str(error)) from error


def unreadable(operation: DumeOperation, why: str) -> AnswerUnreadable:
    """The failure of an answer that cannot be read."""
    return AnswerUnreadable(CallFacts(upstream=operation.upstream, operation=operation.name), why)
