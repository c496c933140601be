"""What is at the State is found, told and fetched, by whoever sent it and whoever received it."""

from __future__ import annotations

import hashlib
from base64 import b64decode

from tests.support.reads import by_id, download, keep, search, status
from tests.support.scene import Scene

MOST_IN_A_RESULT = 7 * 1024 * 1024


async def test_should_find_tell_and_fetch(scene: Scene) -> None:
    """Three pages of a search each with an id of its own, a whole history, and a file as large as a result may hold."""
    kept = await keep(scene.simulator, [f"F-{number:03}" for number in range(230)])
    settings = scene.simulator.world.settings
    scene.simulator.world.apply(settings.changed(attachment_size=MOST_IN_A_RESULT))
    await scene.start_worker()
    sought = search(role="recipient")
    told = status(role="recipient", **by_id(kept[0]))
    fetched = download([by_id(kept[0])], what="attachments", role="recipient")
    for event in (sought, told, fetched):
        await scene.bus.publish(event)
    ends = [await scene.bus.terminal(event["id"]) for event in (sought, told, fetched)]
    pages = [one for one in scene.bus.results_of(sought["id"]) if one["type"] == "invoice.search.page.v1"]
    file = ends[2]["data"]["file"]

    assert [end["type"] for end in ends] == [
        "invoice.search.reported.v1",
        "invoice.status.reported.v1",
        "invoice.download.reported.v1",
    ]
    assert ends[0]["data"] == {"total": 230, "pages": 3, "complete": True}
    assert sorted(one["invoice_number"] for page in pages for one in page["data"]["invoices"]) == [
        one.facts.number for one in kept
    ]
    assert ends[1]["data"]["status"] == "made_available"
    assert hashlib.sha256(b64decode(file["content"])).hexdigest() == file["sha256"]
    assert file["size"] == MOST_IN_A_RESULT
    assert await scene.audit.quiet() == {}
