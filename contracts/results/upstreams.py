"""What the relay says of an upstream as a whole, asked by nobody."""

from pydantic import AwareDatetime, Field

from contracts.base import Outgoing
from contracts.words import PauseCause, Upstream


class UpstreamPaused(Outgoing):
    """The relay stopped calling an upstream; its requests wait and lose nothing."""

    upstream: Upstream
    api: str | None = Field(default=None, description="The one API concerned; null for the whole upstream.")
    cause: PauseCause
    since: AwareDatetime
    until: AwareDatetime | None = Field(default=None, description="The announced end, when there is one.")


class UpstreamResumed(Outgoing):
    """The relay calls the upstream again; what waited follows by itself."""

    upstream: Upstream
    api: str | None = None
    cause: PauseCause
    since: AwareDatetime = Field(description="The start of the pause.")
    resumed_at: AwareDatetime
