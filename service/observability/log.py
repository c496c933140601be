"""Writes one line per fact, JSON for machines or colours for people, from which no secret can be read."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, MutableMapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, TextIO

import orjson
import structlog
from structlog.typing import EventDict, WrappedLogger

from service.observability.events import CRASHED
from service.observability.secrets import MASK, Secrets, mask_places

LONGEST_VALUE = 2000
"""Characters of one value that are printed; what is longer is a document or a page, not a fact."""

HIDDEN = re.compile(
    r"pass(word|wd|phrase)?|mot_?de_?passe|secret|(access_|refresh_|id_)?token|authorization|cookie|cpro[-_]account"
    r"|credentials|api_?key|client_secret|content(_base64)?|fichier\w*|body|data|document|iban|bic|bank\w*",
    re.IGNORECASE,
)
"""Names of fields whose value is never printed, whatever it is."""

QUIET = ("aiohttp", "asyncio")
"""Libraries heard from `warning` on, unless everything is asked for."""

NEVER_CHATTY = ("aio_pika", "aiormq", "pamqp")
"""Libraries heard from `warning` on, whatever is asked for: below that they write every frame, documents and all."""


def get_logger(name: str) -> structlog.typing.FilteringBoundLogger:
    """The logger of a module; usable before logging is configured, because it is made at its first line."""
    logger: structlog.typing.FilteringBoundLogger = structlog.get_logger(module=name)
    return logger


def configure_logging(style: str, level: str, secrets: Secrets, *, stream: TextIO | None = None) -> None:
    """Send structlog, stdlib logging, warnings and uncaught exceptions to one place: `stream`, or standard output.

    `style` is `json` or `console`, `level` one of debug, info, warning, error. May be called again to change either.
    """
    out = sys.stdout if stream is None else stream
    render = _to_json if style == "json" else _to_console(out)
    number = logging.getLevelNamesMapping()[level.upper()]
    line = _Line(secrets, render)
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.add_log_level, line],
        wrapper_class=structlog.make_filtering_bound_logger(number),
        logger_factory=structlog.WriteLoggerFactory(file=out),
        cache_logger_on_first_use=True,
    )
    _route_stdlib(number, line, structlog.WriteLogger(out))
    sys.excepthook = lambda kind, error, trace: _crashed(error.with_traceback(trace)) if kind else None
    threading.excepthook = lambda failed: _crashed(failed.exc_value)
    sys.unraisablehook = lambda failed: _crashed(failed.exc_value)


class _Line:
    """Turns the facts of one event into the line to write."""

    def __init__(self, secrets: Secrets, render: Callable[[EventDict], str]) -> None:
        self._secrets = secrets
        self._render = render

    def __call__(self, _logger: WrappedLogger, _method: str, facts: EventDict) -> str:
        """The rendered line; masked after rendering too, so that nothing nested escapes."""
        error = facts.pop("exc_info", None)
        if error:
            facts["exception"] = _to_trace(error)
        line: dict[str, object] = {
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "level": facts.pop("level", "info"),
            "event": facts.pop("event", ""),
        }
        line.update((name, _shown(name, value)) for name, value in facts.items())
        rendered = self._render(dict(line))
        if self._secrets.may_be_in(rendered):
            # Value by value first: a rendered line has its quotes escaped, and an `n` in place of each new line.
            rendered = self._secrets.mask_registered(self._render({n: self._masked(v) for n, v in line.items()}))
        return mask_places(rendered)

    def _masked(self, value: object) -> object:
        match value:
            case str():
                return self._secrets.mask(value)
            case dict():
                return {name: self._masked(inner) for name, inner in value.items()}
            case list():
                return [self._masked(inner) for inner in value]
            case _:
                return value


@lru_cache(maxsize=512)
def _is_hidden(name: str) -> bool:
    return HIDDEN.fullmatch(name) is not None


def _shown(name: str, value: object) -> object:
    """The value as far as it may be printed."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if _is_hidden(name):
        return MASK
    if isinstance(value, str):
        return value if len(value) <= LONGEST_VALUE or name == "exception" else f"[{len(value)} characters]"
    return _shown_inside(name, value)


def _shown_inside(name: str, value: object) -> object:
    match value:
        case bytes() | bytearray() | memoryview():
            return f"[{len(value)} bytes]"
        case Mapping():
            return {str(key): _shown(str(key), inner) for key, inner in value.items()}
        case list() | tuple() | set() | frozenset():
            return [_shown(name, inner) for inner in value]
        case _:
            return _shown(name, str(value))


def _to_json(facts: MutableMapping[str, object]) -> str:
    try:
        return orjson.dumps(facts).decode()
    except TypeError:  # a number beyond 64 bits, half a surrogate pair: rare, and a line must never be lost for it
        return json.dumps(facts, default=str)


def _to_console(out: TextIO) -> Callable[[EventDict], str]:
    renderer = structlog.dev.ConsoleRenderer(
        colors=out.isatty(), pad_event_to=24, exception_formatter=structlog.dev.plain_traceback
    )

    def render(facts: EventDict) -> str:
        facts["timestamp"] = str(facts["timestamp"])[11:23]
        facts = {name: value for name, value in facts.items() if value is not None}
        return str(renderer(None, "", facts))

    return render


def _to_trace(error: object) -> str:
    """The traceback without local variables: they hold invoices and passwords."""
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    return "".join(traceback.format_exception(error)).rstrip() if isinstance(error, BaseException) else ""


def _crashed(error: BaseException | None) -> None:
    if error is None or isinstance(error, KeyboardInterrupt | SystemExit):
        return
    structlog.get_logger().error(CRASHED, reason=type(error).__name__, exc_info=error)


class _Routed(logging.Handler):
    """Carries records of stdlib logging to the same place, in the same form."""

    def __init__(self, line: _Line, out: structlog.WriteLogger) -> None:
        super().__init__()
        self._line = line
        self._out = out

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        facts: dict[str, Any] = {  # Any: structlog's own type
            "event": _said(record),
            "level": record.levelname.lower(),
            "module": record.name,
            "exc_info": record.exc_info,
        }
        self._out.msg(self._line(None, "", facts))


def _said(record: logging.LogRecord) -> str:
    """The text of a record, cut short; without its values when they do not fit it."""
    try:
        text = record.getMessage()
    except (TypeError, ValueError, KeyError):
        text = str(record.msg)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}… [{len(text)} characters]"


def _route_stdlib(number: int, line: _Line, out: structlog.WriteLogger) -> None:
    root = logging.getLogger()
    for handler in tuple(root.handlers):
        if isinstance(handler, _Routed):
            root.removeHandler(handler)
    root.addHandler(_Routed(line, out))
    root.setLevel(number)
    for name in QUIET:
        logging.getLogger(name).setLevel(number if number <= logging.DEBUG else max(number, logging.WARNING))
    for name in NEVER_CHATTY:
        logging.getLogger(name).setLevel(max(number, logging.WARNING))
    # It reports each refused connection as an error although the caller hears of it, and says it better.
    logging.getLogger("aiormq.connection").setLevel(logging.CRITICAL)
    logging.captureWarnings(capture=True)
