"""Which RabbitMQ is used: the one a person named comes before everything else."""

import pytest

from service.sandbox.broker import GivenBroker, choose_broker, given_url
from service.sandbox.broker.control import ControlFailed, add_vhost


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, None),
        ({"RELAY_AMQP__URL": ""}, None),
        ({"RELAY_AMQP__URL": "amqp://one/"}, "amqp://one/"),
        ({"RELAY_TEST_AMQP_URL": "amqp://two/"}, "amqp://two/"),
        ({"RELAY_AMQP__URL": "amqp://one/", "RELAY_TEST_AMQP_URL": "amqp://two/"}, "amqp://two/"),
    ],
)
def test_should_find_the_broker_a_person_named(environment: dict[str, str], expected: str | None) -> None:
    """The variable for tests comes before the worker's own, and an empty one counts as none."""
    assert given_url(environment) == expected


def test_should_leave_a_given_broker_alone() -> None:
    """A given broker is used under its own address for every virtual host, and cannot be disturbed."""
    broker = choose_broker({"RELAY_TEST_AMQP_URL": "amqp://two/"})

    assert isinstance(broker, GivenBroker)
    assert (broker.vhost("any"), broker.is_controlled) == ("amqp://two/", False)
    with pytest.raises(ControlFailed):
        broker.raise_memory_alarm()


@pytest.mark.parametrize("name", ['x">>', "a b", "a/b", "a\nb"])
def test_should_let_no_name_become_code(name: str) -> None:
    """A virtual host whose name could end the Erlang string is refused."""
    with pytest.raises(ValueError, match="letters, digits"):
        add_vhost(name)
