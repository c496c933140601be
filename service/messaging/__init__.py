"""Talks to RabbitMQ, and is alone in doing so: topology, consumer, settlement, publisher."""
