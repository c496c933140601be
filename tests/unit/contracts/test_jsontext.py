"""JSON is read within bounds and written one way."""

import pytest

from contracts.jsontext import MAX_DEPTH, MAX_VALUES, JsonInvalid, canonical, digest, parse, parse_base64


def test_should_write_the_same_bytes_whatever_the_order_of_keys() -> None:
    """Key order is no content."""
    one = canonical({"b": 1, "a": [{"d": 1, "c": 2}]})

    assert one == canonical({"a": [{"c": 2, "d": 1}], "b": 1})


def test_should_tell_apart_lists_in_another_order() -> None:
    """List order is content."""
    assert digest([1, 2]) != digest([2, 1])


def test_should_accept_the_deepest_allowed_nesting() -> None:
    """The bound itself is still inside."""
    text = b"[" * (MAX_DEPTH - 1) + b"1" + b"]" * (MAX_DEPTH - 1)

    assert canonical(parse(text)) == text


def test_should_accept_a_byte_order_mark() -> None:
    """Some tools write one before UTF-8."""
    assert parse(b"\xef\xbb\xbf{}") == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        pytest.param(b"", "is not JSON", id="empty"),
        pytest.param(b"{", "is not JSON", id="cut"),
        pytest.param(b"{} {}", "is not JSON", id="two values"),
        pytest.param(b'{"a": NaN}', "is not JSON", id="NaN"),
        pytest.param(b"[Infinity]", "is not JSON", id="infinity"),
        pytest.param(b'"\xff"', "is not JSON", id="not UTF-8"),
        pytest.param(b'"\\ud800"', "is not JSON", id="lone surrogate"),
        pytest.param(b'"\x00"', "is not JSON", id="raw control character"),
        pytest.param("{}".encode("utf-16"), "is not JSON", id="UTF-16"),
        pytest.param(b"[" * 100 + b"]" * 100, "is nested deeper", id="deep"),
        pytest.param(b"[" * 2000 + b"]" * 2000, "is not JSON", id="deeper than the parser goes"),
        pytest.param(b"[" * 190_000, "is not JSON", id="deep and cut"),
        pytest.param(b"[" + b"1," * MAX_VALUES + b"1]", "has more than", id="many values"),
    ],
)
def test_should_refuse(text: bytes, problem: str) -> None:
    """Whatever is not bounded JSON is one kind of error, with a reason."""
    with pytest.raises(JsonInvalid, match=problem):
        parse(text)


@pytest.mark.parametrize("text", ["*", "e30", 5, None, "é"])
def test_should_refuse_what_is_not_base64_of_json(text: object) -> None:
    """The base64 form of data is strict."""
    with pytest.raises(JsonInvalid):
        parse_base64(text)
