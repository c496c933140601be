"""The AsyncAPI 3 document: the two exchanges, who may publish what, and the schema of each message."""

import json
from typing import Any

from contracts.registry import REQUESTS, RESULTS, family_for

_BINDING = "0.3.0"
_SCHEMA_FORMAT = "application/schema+json;version=2020-12"


def asyncapi_text() -> str:
    """Return the document as YAML, the same text for the same contracts."""
    return "# Generated from the models in contracts/; do not edit.\n" + _yaml(_document())


def _document() -> dict[str, Any]:
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "piste-relay",
            "version": "1.0.0",
            "description": "Invoices and tenders between a company's services and the French State. "
            "CloudEvents 1.0 over AMQP 0-9-1; the routing key is the type of the event.",
        },
        "defaultContentType": "application/cloudevents+json",
        "servers": {
            "broker": {
                "host": "localhost:5672",
                "protocol": "amqp",
                "description": "The company's own RabbitMQ. The prefix relay of the exchanges is a setting.",
            }
        },
        "channels": {
            "requests": _channel("relay.events", list(REQUESTS), "What the relay is asked."),
            "results": _channel("relay.results", list(RESULTS), "What the relay answers; bind a queue of your own."),
        },
        "operations": {**_serving(), **_telling()},
        "components": {"messages": {name: _message(name) for name in (*REQUESTS, *RESULTS)}},
    }


def _channel(exchange: str, names: list[str], summary: str) -> dict[str, Any]:
    return {
        "address": exchange,
        "summary": summary,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": exchange, "type": "topic", "durable": True, "autoDelete": False},
                "bindingVersion": _BINDING,
            }
        },
    }


def _serving() -> dict[str, Any]:
    """One operation per request: what the relay receives, and what it answers on the way and in the end."""
    operations = {}
    for name in REQUESTS:
        family = family_for(name)
        answers = [result for result, _ in family.results()] if family else []
        operations[f"serve.{name}"] = {
            "action": "receive",
            "channel": {"$ref": "#/channels/requests"},
            "messages": [{"$ref": f"#/channels/requests/messages/{name}"}],
            "reply": {
                "channel": {"$ref": "#/channels/results"},
                "messages": [{"$ref": f"#/channels/results/messages/{answer}"} for answer in answers],
            },
        }
    return operations


def _telling() -> dict[str, Any]:
    return {
        "tell.results": {
            "action": "send",
            "channel": {"$ref": "#/channels/results"},
            "messages": [{"$ref": f"#/channels/results/messages/{name}"} for name in RESULTS],
            "bindings": {"amqp": {"deliveryMode": 2, "mandatory": True, "bindingVersion": _BINDING}},
        }
    }


def _message(name: str) -> dict[str, Any]:
    model = REQUESTS.get(name) or RESULTS[name]
    return {
        "name": name,
        "title": name,
        "summary": (model.__doc__ or "").strip(),
        "contentType": "application/cloudevents+json",
        "payload": {"schemaFormat": _SCHEMA_FORMAT, "schema": {"$ref": f"./schemas/{name}.json"}},
        "bindings": {"amqp": {"messageType": name, "bindingVersion": _BINDING}},
    }


def _yaml(value: object, depth: int = 0) -> str:
    """Write mappings and lists in block style, everything else as JSON, which YAML reads."""
    indent = "  " * depth
    match value:
        case dict() if value:
            return "".join(f"{indent}{json.dumps(key)}:{_inner(item, depth)}" for key, item in value.items())
        case list() if value:
            return "".join(f"{indent}-{_inner(item, depth)}" for item in value)
        case _:
            return f"{indent}{json.dumps(value, ensure_ascii=False)}\n"


def _inner(value: object, depth: int) -> str:
    if isinstance(value, dict | list) and value:
        return "\n" + _yaml(value, depth + 1)
    return " " + _yaml(value)
