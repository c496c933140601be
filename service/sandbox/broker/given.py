"""A broker somebody else runs: used as it is, never stopped, never cleaned behind the user's back."""

from service.sandbox.broker.base import Broker
from service.sandbox.broker.control import ControlFailed


class GivenBroker(Broker):
    """What RELAY_TEST_AMQP_URL or RELAY_AMQP__URL names; its users are kept apart by the prefix of their queues."""

    is_controlled = False

    def __init__(self, url: str) -> None:
        self._url = url

    @property
    def url(self) -> str:
        """The address as it was given."""
        return self._url

    def start(self) -> None:
        """Nothing to start."""

    def stop(self) -> None:
        """Nothing to stop: it is not ours."""

    def vhost(self, name: str) -> str:  # noqa: ARG002 - a given broker has the virtual host of its URL and no other
        """The virtual host of the URL."""
        return self._url

    def drop_vhost(self, name: str) -> None:
        """Nothing to remove: the virtual host is not ours."""

    def evaluate(self, expression: str) -> str:
        """Never possible; raises ControlFailed."""
        raise ControlFailed(f"a broker given by its URL cannot be asked to run {expression}")
