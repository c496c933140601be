"""Installs a RabbitMQ now where one is missing and may be installed, so that what runs next finds it."""

import sys

from service.sandbox.broker import BrokerUnavailable, choose_broker


def main() -> int:
    """Exit code 1, and one sentence, when no RabbitMQ can be had."""
    try:
        choose_broker()
    except BrokerUnavailable as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
