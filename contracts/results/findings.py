"""What preflight found in a file: one finding per broken rule and place."""

from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Outgoing

Certainty = Literal["official", "live", "client", "secondary", "inferred"]
"""How sure a rule is: printed by the State, measured on its sandbox, read in programs, told by others, deduced."""


def is_empty(value: object) -> bool:
    """Whether an optional list is left out of the published message."""
    return not value


class Finding(Outgoing):
    """One rule that one invoice of the file does not meet, and where."""

    rule: str = Field(description="The stable code of the rule; new ones may come with any version of the rules.")
    severity: Literal["error", "warning"] = Field(description="An error forbids the deposit, a warning does not.")
    certainty: Certainty = Field(description="How sure it is that Chorus Pro applies this rule.")
    invoice_number: str | None = None
    file: str | None = Field(default=None, description="The file inside an archive.")
    path: str | None = Field(default=None, description="The element in the file, as an XPath with the usual prefixes.")
    value: str | None = Field(default=None, description="What stands there, shortened; never a bank account.")
    message: str


Findings = Annotated[tuple[Finding, ...], Field(exclude_if=is_empty)]
