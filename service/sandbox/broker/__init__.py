"""Finds or starts a RabbitMQ for one machine: the one given, else a private node, else a container."""

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from service.sandbox.broker.base import Broker, BrokerUnavailable
from service.sandbox.broker.container import ContainerBroker, find_engine
from service.sandbox.broker.given import GivenBroker
from service.sandbox.broker.install import install_server, may_install
from service.sandbox.broker.node import PrivateBroker
from service.sandbox.broker.server import find_server

__all__ = [
    "Broker",
    "BrokerUnavailable",
    "ContainerBroker",
    "GivenBroker",
    "PrivateBroker",
    "choose_broker",
    "given_url",
]

GIVEN = ("RELAY_TEST_AMQP_URL", "RELAY_AMQP__URL")
WHAT_TO_INSTALL = (
    "no RabbitMQ to use: install it (apt-get install rabbitmq-server), start a Docker engine, "
    "or name a broker in RELAY_TEST_AMQP_URL"
)


def given_url(environment: Mapping[str, str] = os.environ) -> str | None:
    """The broker a person chose, if any."""
    return next((environment[name] for name in GIVEN if environment.get(name)), None)


def choose_broker(environment: Mapping[str, str] = os.environ) -> Broker:
    """A broker not started yet: given, private, installed now, or in a container; raises BrokerUnavailable."""
    if url := given_url(environment):
        return GivenBroker(url)
    if server := find_server():
        return PrivateBroker(server)
    if may_install() and (server := _installed()):
        return PrivateBroker(server)
    if engine := find_engine():
        return ContainerBroker(engine)
    raise BrokerUnavailable(WHAT_TO_INSTALL)


def _installed() -> Path | None:
    install_server(shutil.which("apt-get") or "apt-get")
    return find_server()
