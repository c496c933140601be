"""Messages as large as a broker with its usual settings lets through: kept for a person, and nobody else waits long."""

from __future__ import annotations

from tests.support.hostile import flood
from tests.support.hostile.messages import STATUS, Hostile
from tests.support.scene import Scene

GIANT = 45_000_000


async def test_should_keep_giants_as_dead_letters_with_their_cause(scene: Scene) -> None:
    """What is too large to be looked into is held once, moved whole, and leaves the worker as it was."""
    worker = await scene.start_worker()
    properties = [{"message_id": f"giant-{number}"} for number in range(3)]
    giants = [Hostile(one["message_id"], "giant", b"{" + b" " * GIANT, "letter", STATUS, one) for one in properties]
    for giant in giants:
        await flood.publish(scene.bus, [giant])
    left = await scene.audit.quiet({"dead-letter": len(giants)}, limit=120)
    found = await flood.letters(scene.bus)

    assert left == {"dead-letter": len(giants)}
    assert list(flood.complaints(giants, [], found)) == []
    assert worker.peak_memory() < 900_000_000
    assert (await worker.status("/readyz"), worker.lines(level="error")) == (200, [])
