"""JSON Schemas of whole events: the attributes around, the model of the data inside."""

from typing import Any

from contracts.attributes import MAX_BYTES, MAX_SUBJECT_BYTES
from contracts.registry import REQUESTS, RESULTS

_TEXT = {"type": "string", "minLength": 1, "maxLength": MAX_BYTES}
_TIME = {"type": "string", "format": "date-time"}
_COMMON: dict[str, dict[str, Any]] = {
    "specversion": {"const": "1.0"},
    "id": {**_TEXT, "description": "With source, the identity of the event."},
    "source": {**_TEXT, "format": "uri-reference"},
    "subject": {**_TEXT, "maxLength": MAX_SUBJECT_BYTES},
    "time": _TIME,
    "datacontenttype": {"const": "application/json"},
    "correlationid": {**_TEXT, "description": "The requester's own; echoed on every result."},
    "businessref": {**_TEXT, "description": "The requester's own reference; echoed on every result."},
    "account": {**_TEXT, "description": "The technical account or buyer platform; mandatory once several exist."},
    "traceparent": {**_TEXT, "description": "W3C trace context."},
}
_ON_REQUESTS: dict[str, dict[str, Any]] = {
    "dataschema": {**_TEXT, "maxLength": MAX_SUBJECT_BYTES},
    "expirytime": {**_TIME, "description": "Not carried out when this passes before the first sending."},
}
_ON_RESULTS: dict[str, dict[str, Any]] = {
    "causationid": {**_TEXT, "description": "The id of the request."},
    "final": {"type": "boolean", "description": "True on the one terminal result of a request."},
}
_REQUIRED = ["specversion", "id", "source", "type", "data"]


def event_schema(name: str) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the events of a type, in structured mode; raises KeyError."""
    is_request = name in REQUESTS
    model = REQUESTS[name] if is_request else RESULTS[name]
    data = model.model_json_schema(mode="validation" if is_request else "serialization")
    definitions = data.pop("$defs", {})
    extra = _ON_REQUESTS if is_request else _ON_RESULTS
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:piste-relay:{name}",
        "title": name,
        "description": data.get("description", ""),
        "type": "object",
        "properties": {**_COMMON, "type": {"const": name}, **extra, "data": data},
        "required": _REQUIRED if is_request else [*_REQUIRED, "time", "final"],
        "additionalProperties": is_request,
    }
    return {**schema, "$defs": definitions} if definitions else schema
