"""Every type has a schema and an example, and they agree with the model."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError as SchemaMismatch

import contracts
from contracts.base import Outgoing
from contracts.envelope import STRUCTURED_CONTENT_TYPE, receive, structured_form
from contracts.events import InvoiceDepositRequested
from contracts.registry import FAMILIES, REQUESTS, RESULTS
from contracts.results import parse_result, publish_form
from service.core.documents import read

pytestmark = pytest.mark.contract
_FOLDER = Path(contracts.__file__).parent
_ALL = (*REQUESTS, *RESULTS)


def _example(name: str) -> bytes:
    return (_FOLDER / "examples" / f"{name}.json").read_bytes()


def _validator(name: str) -> Draft202012Validator:
    schema = json.loads((_FOLDER / "schemas" / f"{name}.json").read_bytes())
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


AS_THE_STATE_SAYS = "details"
"""The one field of results whose inside no contract describes."""


def _parts(value: object) -> Iterator[dict[str, Any]]:
    """Every object inside a value, the outermost first."""
    if isinstance(value, dict):
        yield value
        for name, item in value.items():
            yield from () if name == AS_THE_STATE_SAYS else _parts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _parts(item)


@pytest.mark.parametrize("name", _ALL)
def test_should_have_a_valid_schema(name: str) -> None:
    """Each schema is a JSON Schema itself."""
    Draft202012Validator.check_schema(_validator(name).schema)


@pytest.mark.parametrize("name", _ALL)
def test_should_have_an_example_that_fits_its_schema(name: str) -> None:
    """What is shown is what is specified."""
    _validator(name).validate(json.loads(_example(name)))


@pytest.mark.parametrize("name", _ALL)
def test_should_have_a_schema_for_this_type_alone(name: str) -> None:
    """The example of one type is not valid as another."""
    event = {**json.loads(_example(name)), "type": "another.type.v1"}

    assert not _validator(name).is_valid(event)


@pytest.mark.parametrize("name", REQUESTS)
def test_should_have_a_request_example_that_can_be_sent_as_it_is(name: str) -> None:
    """Copying an example gives a working request."""
    received = receive(_example(name), STRUCTURED_CONTENT_TYPE, {})
    again = REQUESTS[name].model_validate(received.data)

    assert again.model_dump(exclude_unset=True, mode="json") == received.data
    assert received.envelope.expirytime is None


@pytest.mark.parametrize("name", REQUESTS)
def test_should_survive_a_round_trip(name: str) -> None:
    """A request written from what was read is the same request."""
    received = receive(_example(name), STRUCTURED_CONTENT_TYPE, {})
    again = receive(structured_form(received.envelope, received.data), STRUCTURED_CONTENT_TYPE, {})

    assert again == received


@pytest.mark.parametrize("name", RESULTS)
def test_should_publish_the_example_of_a_result(name: str) -> None:
    """Reading and publishing an example changes nothing."""
    result = parse_result(_example(name), RESULTS)

    assert json.loads(publish_form(result)) == json.loads(_example(name))


@pytest.mark.parametrize("name", RESULTS)
def test_should_publish_nothing_that_is_not_in_the_schema(name: str) -> None:
    """A field added anywhere in a result breaks its schema."""
    validator = _validator(name)
    count = sum(1 for _ in _parts(json.loads(_example(name))))
    for position in range(count):
        event = json.loads(_example(name))
        list(_parts(event))[position]["surprise"] = 1

        assert not validator.is_valid(event)


@pytest.mark.parametrize("name", REQUESTS)
def test_should_take_requests_with_more_than_is_in_the_schema(name: str) -> None:
    """Requests may say more than we understand."""
    event = json.loads(_example(name))
    for part in list(_parts(event)):
        part["surprise"] = 1

    _validator(name).validate(event)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_should_answer_the_example_request_with_the_example_results(family: Any) -> None:  # pytest gives no type
    """The examples of a family tell one story: same ids, same references."""
    asked = json.loads(_example(family.request_type))
    for name, _ in family.results():
        answer = json.loads(_example(name))
        echoed = ("subject", "correlationid", "businessref")

        assert answer["causationid"] == asked["id"]
        assert [answer[part] for part in echoed] == [asked[part] for part in echoed]
        assert answer["final"] is (name in family.terminal_types)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)
def test_should_show_the_same_id_on_every_ending(family: Any) -> None:  # pytest gives no type
    """Only one of the terminal examples could be genuine."""
    ids = {json.loads(_example(name))["id"] for name in family.terminal_types}

    assert len(ids) == 1


def test_should_deposit_an_invoice_that_says_what_is_expected() -> None:
    """The file in the example is a real one, with its own checksum, number, supplier and total."""
    received = receive(_example("invoice.deposit.requested.v1"), STRUCTURED_CONTENT_TYPE, {})
    request = InvoiceDepositRequested.model_validate(received.data)
    content = request.file.decoded()
    (invoice,) = read(content, name=request.file.name, declared=request.format).invoices
    expect = request.expect

    assert expect is not None
    assert (invoice.number, invoice.supplier_siret) == (expect.invoice_number, expect.supplier_siret)
    assert (invoice.total_including_tax, invoice.currency) == (expect.total_including_tax, expect.currency)
    assert hashlib.sha256(content).hexdigest() == request.file.sha256


@pytest.mark.parametrize("path", sorted((_FOLDER / "examples").glob("*.json")), ids=lambda path: path.stem)
def test_should_belong_to_a_type(path: Path) -> None:
    """No example outlives its type."""
    assert path.stem in _ALL


def test_should_notice_a_value_the_schema_does_not_allow() -> None:
    """The schemas are not empty: a reason outside the table does not pass."""
    event = json.loads(_example("invoice.deposit.failed.v1"))
    event["data"]["reason"] = "bad_luck"

    with pytest.raises(SchemaMismatch):
        _validator("invoice.deposit.failed.v1").validate(event)


@pytest.mark.parametrize("name", RESULTS)
def test_should_read_results_by_a_strict_model(name: str) -> None:
    """Every result type has a model of what is published."""
    assert issubclass(RESULTS[name], Outgoing)
