"""What the clients are to read of the recorded answers to what a buyer does with a DUME that is there already."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from contracts.events import Consultation
from service.upstream import Upstreams
from service.upstream.dume import Dume, Saved

Ask = Callable[[Upstreams], Awaitable[object]]
CONSULTATION = Consultation(id="C-1")
MODEL = b"<QualificationApplicationRequest/>"


def ask(question: Callable[[Dume], Awaitable[object]]) -> Ask:
    """The row of a recording, asked as DUME."""
    return lambda upstreams: question(upstreams.dume(account="main", event="event"))


BUYER_ROWS: list[tuple[str, Ask, object]] = [
    ("dume.deleted", ask(lambda client: client.delete("m4w8z1ra")), Saved(dume_id="m4w8z1ra", state_code="04")),
    (
        "dume.replacement",
        ask(
            lambda client: client.save(
                document=MODEL, validated=True, consultation=CONSULTATION, buyer=None, replaces="k7p2x9qd"
            )
        ),
        Saved(dume_id="m4w8z1ra", state_code="validé"),
    ),
    (
        "dume.metadata-told",
        ask(lambda client: client.update_metadata("m4w8z1ra", CONSULTATION, None)),
        Saved(dume_id="m4w8z1ra", state_code=None, messages=("Métadonnées enregistrées",)),
    ),
]
