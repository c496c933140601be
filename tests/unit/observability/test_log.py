"""Every line is one JSON object from which no secret can be read."""

import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import structlog

from service.observability.log import LONGEST_VALUE, configure_logging, get_logger
from service.observability.secrets import MASK, Secrets

CANARY = "canary-7c1e55"
PASSWORD = "another-word"


@contextmanager
def logged(style: str = "json", level: str = "info") -> Iterator[io.StringIO]:
    """Logging as configured by a worker, put back as it was afterwards."""
    secrets, out = Secrets(), io.StringIO()
    secrets.register(CANARY)
    root = logging.getLogger()
    before = (sys.excepthook, root.level, list(root.handlers))
    unraisable = sys.unraisablehook
    configure_logging(style, level, secrets, stream=out)
    try:
        yield out
    finally:
        structlog.reset_defaults()
        logging.captureWarnings(capture=False)
        sys.excepthook, root.level, root.handlers[:] = before
        sys.unraisablehook = unraisable


def lines(out: io.StringIO) -> list[dict[str, object]]:
    """What was written, line by line."""
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_should_write_one_json_object_per_line() -> None:
    """Machines read line by line, also when a value has several."""
    with logged() as out:
        get_logger("a.module").info("thing_happened", detail="first\nsecond", count=2, nothing=None)
    (line,) = lines(out)

    assert {name: line[name] for name in ("event", "level", "module", "detail", "count", "nothing")} == {
        "event": "thing_happened",
        "level": "info",
        "module": "a.module",
        "detail": "first\nsecond",
        "count": 2,
        "nothing": None,
    }


@pytest.mark.parametrize("style", ["json", "console"])
@pytest.mark.parametrize(
    "facts",
    [
        {"detail": f"it was {CANARY} indeed"},
        {"deep": {"er": [{"still": CANARY}]}},
        {"password": "another-word"},
        {"Authorization": "Bearer another-word"},
        {"cpro-account": "another-word"},
        {"client_secret": "another-word"},
        {"content": "another-word"},
        {"fichierFlux": "another-word"},
        {"inner": {"iban": "another-word"}},
        {"raw": b"another-word"},
        {CANARY: "as a name"},
    ],
)
def test_should_not_print_a_secret(style: str, facts: dict[str, object]) -> None:
    """Neither registered values, nor fields that hold secrets or documents by their name."""
    with logged(style) as out:
        get_logger("m").info("thing_happened", **facts)

    assert "thing_happened" in out.getvalue()
    assert CANARY not in out.getvalue()
    assert "another-word" not in out.getvalue()


def test_should_cut_long_values_short() -> None:
    """A page or a file is not a fact."""
    with logged() as out:
        get_logger("m").info("thing_happened", page="<p> </p>" * 1000)

    assert lines(out)[0]["page"] == "[8000 characters]"


def test_should_write_an_exception_on_one_line_without_local_variables() -> None:
    """Locals hold invoices and passwords."""

    def fail(password: str) -> None:
        raise RuntimeError(f"broke after {len(password)} characters, {CANARY}")

    with logged() as out:
        try:
            fail(PASSWORD)
        except RuntimeError:
            get_logger("m").exception("thing_failed")
    (line,) = lines(out)

    assert "RuntimeError: broke after 12 characters" in str(line["exception"])
    assert CANARY not in out.getvalue()
    assert "another-word" not in out.getvalue()


def test_should_carry_the_logs_of_libraries_in_the_same_form() -> None:
    """One reader understands every line."""
    with logged() as out:
        logging.getLogger("aio_pika").warning("lost %s", CANARY)
        logging.getLogger("aio_pika").info("chatter")
    (line,) = lines(out)

    assert (line["event"], line["level"], line["module"]) == (f"lost {MASK}", "warning", "aio_pika")


def test_should_hear_no_frame_of_the_broker_library() -> None:
    """At debug it writes what goes over the wire, in spellings nobody could mask: documents, and the way to sign in."""
    with logged(level="debug") as out:
        for name in ("aio_pika.connection", "aiormq.channel", "aiormq.connection", "pamqp.frame"):
            logging.getLogger(name).debug("Prepare to send %r", b"a document")
            logging.getLogger(name).info("chatter")

    assert out.getvalue() == ""


def test_should_carry_warnings_of_python_in_the_same_form() -> None:
    """A deprecation does not break the form of the log."""
    with logged() as out, warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("mind this", UserWarning, stacklevel=1)
    (line,) = lines(out)

    assert "mind this" in str(line["event"])


def test_should_write_an_uncaught_exception_as_one_line() -> None:
    """A crash is read by the same machine as the rest."""
    with logged() as out:
        error = ValueError(f"unexpected {CANARY}")
        sys.excepthook(ValueError, error, None)
    (line,) = lines(out)

    assert (line["event"], line["reason"], CANARY in str(line)) == ("crashed", "ValueError", False)


@pytest.mark.parametrize(("level", "expected"), [("debug", 3), ("info", 2), ("error", 1)])
def test_should_write_from_the_configured_level_on(level: str, expected: int) -> None:
    """The level is a setting."""
    with logged(level=level) as out:
        log = get_logger("m")
        log.debug("small_thing_happened")
        log.info("thing_happened")
        log.error("bad_thing_happened")

    assert len(lines(out)) == expected


@pytest.mark.parametrize("value", [2**70, "\ud800", {1: "one"}, {"a", "b"}, object])
def test_should_never_lose_a_line_for_a_value_json_does_not_know(value: object) -> None:
    """Logging does not fail, whatever it is given."""
    with logged() as out:
        get_logger("m").info("thing_happened", value=value)

    assert lines(out)[0]["event"] == "thing_happened"


def test_should_name_no_absent_fact_to_people() -> None:
    """The console shows what there is."""
    with logged("console") as out:
        get_logger("m").info("thing_happened", present="yes", absent=None)

    assert "present=yes" in out.getvalue()
    assert "absent" not in out.getvalue()


def test_should_mask_a_short_secret_behind_a_new_line() -> None:
    """In a line of JSON the letter of an escape stands before it, which is no part of a word."""
    secrets, out = Secrets(), io.StringIO()
    secrets.register("azerty7")
    with logged() as _:
        configure_logging("json", "info", secrets, stream=out)
        get_logger("m").info("thing_happened", detail="first\nazerty7\tsecond", deep=[{"x": "azerty7"}])

    assert "azerty7" not in out.getvalue()
    assert lines(out)[0]["event"] == "thing_happened"


@pytest.mark.parametrize("secret", ["timestamp", "thing_happened", "true", "info", "module"])
def test_should_stay_readable_whatever_the_secret_is(secret: str) -> None:
    """A password that is a word of the log breaks no line."""
    secrets, out = Secrets(), io.StringIO()
    secrets.register(secret)
    with logged() as _:
        configure_logging("json", "info", secrets, stream=out)
        get_logger("module").info("event_settled", module="service.module", is_good=True)
    (line,) = lines(out)

    assert (line["event"], line["level"], line["is_good"]) == ("event_settled", "info", True)
    assert set(line) >= {"timestamp", "level", "event", "module"}


def test_should_not_print_the_bytes_of_a_message() -> None:
    """Libraries show messages with everything in them."""
    with logged() as out:
        logging.getLogger("aiormq").error("Unhandled message %r", {"body": b"<Invoice>somebody's invoice</Invoice>"})

    assert "somebody" not in out.getvalue()
    assert "Unhandled message" in out.getvalue()


def test_should_cut_a_long_line_of_a_library_short() -> None:
    """What a library says is a sentence; the rest would be what it holds in its hands."""
    with logged() as out:
        logging.getLogger("aiohttp").error("bad request: %s", "<tag> " * 1000)

    assert len(out.getvalue()) < LONGEST_VALUE + 200


def test_should_write_what_nobody_could_raise_as_one_line() -> None:
    """Python prints an error of a destructor by itself, with whatever the object shows of itself."""

    class Careless:
        def __repr__(self) -> str:
            return f"<Careless {CANARY}>"

        def __del__(self) -> None:
            raise ValueError(f"could not close {CANARY}")

    with logged() as out:
        careless = Careless()
        del careless
    (line,) = lines(out)

    assert (line["event"], line["reason"], CANARY in str(line)) == ("crashed", "ValueError", False)


def test_should_survive_a_record_that_cannot_be_formatted() -> None:
    """A library that logs with the wrong number of values neither stops the work nor prints those values elsewhere."""
    record = logging.LogRecord("aiohttp", logging.ERROR, "a.py", 1, "one %s two %s", (CANARY,), None)
    with logged() as out:
        logging.getLogger().handlers[-1].handle(record)
    (line,) = lines(out)

    assert (line["event"], CANARY in str(line)) == ("one %s two %s", False)
