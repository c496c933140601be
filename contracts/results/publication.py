"""A result as an event: its id, what it echoes of the request, and its bytes."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import orjson

from contracts.base import Outgoing
from contracts.envelope import Envelope, Identity, identity_of
from contracts.names import Ending, ending_of, failed_beside, terminal_type
from contracts.reasons import Effect, Reason
from contracts.results.common import Delayed, Failed, failed

TERMINAL = "terminal"
_NAMESPACE = uuid5(NAMESPACE_URL, "urn:piste-relay:result")
_ATTRIBUTES = ("subject", "correlationid", "businessref", "account", "causationid", "traceparent")


@dataclass(frozen=True)
class ResultEvent:
    """One result, ready to be published; the AMQP `message_id` is its id, `correlation_id` its causationid."""

    id: str
    source: str
    type: str
    time: datetime
    data: Outgoing = field(repr=False)
    final: bool
    subject: str | None = None
    correlationid: str | None = None
    businessref: str | None = None
    account: str | None = None
    causationid: str | None = None
    traceparent: str | None = None
    datacontenttype: str = "application/json"

    @cached_property
    def published(self) -> bytes:
        """The body of the structured message, made once: the ledger keeps what is published."""
        event: dict[str, Any] = {
            "specversion": "1.0",
            "id": self.id,
            "source": self.source,
            "type": self.type,
            "time": _time_text(self.time),
            "datacontenttype": self.datacontenttype,
            "final": self.final,
            "data": self.data.model_dump(mode="json"),
        }
        event.update((name, value) for name in _ATTRIBUTES if (value := getattr(self, name)) is not None)
        return orjson.dumps(event, option=orjson.OPT_SORT_KEYS)


def result_id(source: str, id: str, kind: str, discriminator: str = "") -> str:
    """Return the id of a result: the same for the same request, kind and discriminator, on every machine."""
    return str(uuid5(_NAMESPACE, orjson.dumps([source, id, kind, discriminator]).decode()))


def source_of(profile: str) -> str:
    """Return the `source` of everything the relay publishes under a profile."""
    return f"/piste-relay/{profile}"


def reply(
    request: Envelope | Identity,
    *,
    type: str,
    data: Outgoing,
    profile: str,
    now: datetime,
    kind: str = TERMINAL,
    discriminator: str = "",
) -> ResultEvent:
    """Return a result for a request; final when its kind is `terminal`, which takes no discriminator (ValueError)."""
    final = kind == TERMINAL
    if final and discriminator:
        raise ValueError("the id of a terminal result depends on its request alone")
    asked = identity_of(request) if isinstance(request, Envelope) else request
    return ResultEvent(
        id=result_id(asked.source, asked.id, kind, discriminator),
        source=source_of(profile),
        type=type,
        time=now,
        data=data,
        final=final,
        subject=asked.subject,
        correlationid=asked.correlationid,
        businessref=asked.businessref,
        account=asked.account,
        causationid=asked.id,
        traceparent=request.traceparent if isinstance(request, Envelope) else None,
    )


def failure_reply(
    request: Envelope | Identity,
    reason: Reason,
    detail: str,
    *,
    profile: str,
    now: datetime,
    effect: Effect | None = None,
) -> ResultEvent:
    """Return the terminal `X.failed` of a request, completed from the table of reasons."""
    data = failed(reason, detail, effect=effect)
    return reply(request, type=terminal_type(request.type, Ending.FAILED), data=data, profile=profile, now=now)


def too_large_reply(answer: ResultEvent, *, limit: int) -> ResultEvent:
    """Return what ends a request in place of a terminal answer larger than the `limit` of the broker, in bytes.

    It has the id of that answer: a request has one terminal result. What was done stays done, so `effect` is then
    `unknown`.
    """
    detail = f"An answer of up to {len(answer.published)} bytes was made; the broker takes {limit} ({answer.type})."
    effect: Effect = "unknown" if ending_of(answer.type) is Ending.DONE else "none"
    data = failed(Reason.ANSWER_TOO_LARGE, detail, effect=effect)
    return replace(answer, type=failed_beside(answer.type), data=data)


def delay_reply(request: Envelope | Identity, delay: Delayed, *, profile: str, now: datetime) -> ResultEvent:
    """Return the `X.delayed` of a request; the same id each time the same cause is told."""
    return reply(
        request,
        type=terminal_type(request.type, Ending.DELAYED),
        data=delay,
        profile=profile,
        now=now,
        kind="delayed",
        discriminator=str(delay.cause),
    )


def notice(
    type: str, data: Outgoing, *, key: str, profile: str, now: datetime, subject: str, account: str | None = None
) -> ResultEvent:
    """Return a result nobody asked for, such as `upstream.paused.v1`; `key` names what it is told once for."""
    source = source_of(profile)
    return ResultEvent(
        id=result_id(source, key, type),
        source=source,
        type=type,
        time=now,
        data=data,
        final=False,
        subject=subject,
        account=account,
    )


def publish_form(result: ResultEvent) -> bytes:
    """Return the body of the structured message; the same bytes for the same result."""
    return result.published


def parse_result(body: bytes, models: Mapping[str, type[Outgoing]]) -> ResultEvent:
    """Return a published result, its data read by the model of its type; raises ValueError when it is not one.

    Its published form is the same to the byte. A request of an unknown type is answered too: any `X.failed` is read.
    """
    event = orjson.loads(body)
    kind = event.get("type") if isinstance(event, dict) else None
    model = _model(kind, models) if isinstance(kind, str) else None
    if model is None:
        raise ValueError("not a result of a known type")
    echoed: dict[str, Any] = {name: event.get(name) for name in _ATTRIBUTES}
    try:
        return ResultEvent(
            id=event["id"],
            source=event["source"],
            type=event["type"],
            time=datetime.fromisoformat(event["time"]),
            data=model.model_validate(event["data"]),
            final=event["final"],
            **echoed,
        )
    except KeyError as error:
        raise ValueError(f"a result without {error}") from error


def _model(name: str, models: Mapping[str, type[Outgoing]]) -> type[Outgoing] | None:
    """Find the model of a type; what may end any request is known without a family."""
    match ending_of(name):
        case _ if name in models:
            return models[name]
        case Ending.FAILED:
            return Failed
        case Ending.DELAYED:
            return Delayed
        case _:
            return None


def _time_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
