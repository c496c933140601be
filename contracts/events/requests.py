"""What may be asked about a request itself: withdraw it while it is not yet sent."""

from pydantic import Field

from contracts.base import Incoming, Text


class RequestCancellationRequested(Incoming):
    """Withdraw an earlier request that was not yet sent to the State."""

    id: Text = Field(description="The id of the request to withdraw.")
    source: Text | None = Field(default=None, description="Its source; that of this event unless given.")
