"""An address of the broker may name several nodes."""

import pytest

from service.messaging.dialling import addresses


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("amqp://user:word@one:5672/vhost", ("amqp://user:word@one:5672/vhost",)),
        (
            "amqps://user:wo,rd@one:5671,two/vhost?heartbeat=5",
            ("amqps://user:wo,rd@one:5671/vhost?heartbeat=5", "amqps://user:wo,rd@two/vhost?heartbeat=5"),
        ),
        ("amqp://one,two/", ("amqp://one/", "amqp://two/")),
    ],
)
def test_should_read_each_node_of_an_address(url: str, expected: tuple[str, ...]) -> None:
    """Every node is reached as the same user, in the same virtual host, with the same options."""
    assert addresses(url) == expected
