"""One family of types: what asks for something, how that ends, and what is said on the way."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from contracts.base import Incoming, Outgoing
from contracts.names import VERSION, Ending
from contracts.results import Delayed, Failed


@dataclass(frozen=True, slots=True)
class Family:
    """One X of the naming rule: what asks for it, how it ends, what it says on the way."""

    name: str
    requests: Mapping[str, type[Incoming]]
    ending: Ending
    answer: type[Outgoing]
    refused: type[Outgoing]
    on_the_way: Mapping[str, type[Outgoing]]

    @property
    def request_type(self) -> str:
        """The type that asks for it; of several, the first."""
        return next(iter(self.requests))

    @property
    def is_write(self) -> bool:
        """Whether it changes something, and so ends in `done` rather than `reported`."""
        return self.ending is Ending.DONE

    @property
    def terminal_types(self) -> tuple[str, ...]:
        """The types of which every request gets exactly one."""
        return tuple(f"{self.name}.{ending}.{VERSION}" for ending in (self.ending, Ending.REFUSED, Ending.FAILED))

    def results(self) -> Iterator[tuple[str, type[Outgoing]]]:
        """Yield every type it publishes with its model, progress first, endings last."""
        yield from self.on_the_way.items()
        yield f"{self.name}.{Ending.DELAYED}.{VERSION}", Delayed
        yield f"{self.name}.{self.ending}.{VERSION}", self.answer
        yield f"{self.name}.{Ending.REFUSED}.{VERSION}", self.refused
        yield f"{self.name}.{Ending.FAILED}.{VERSION}", Failed


def family(
    name: str,
    request: type[Incoming],
    answer: type[Outgoing],
    refused: type[Outgoing],
    *,
    ending: Ending = Ending.DONE,
    on_the_way: Mapping[str, type[Outgoing]] = MappingProxyType({}),
) -> Family:
    """A family whose request is named as the rule has it."""
    return Family(name, {f"{name}.requested.{VERSION}": request}, ending, answer, refused, on_the_way)
