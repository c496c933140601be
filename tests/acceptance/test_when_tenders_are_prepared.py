"""When tenders are prepared: a DUME is made, validated and found again, and a second one is refused or recognised."""

from __future__ import annotations

import pytest

from tests.builders import BUYER, new_number, simplified
from tests.support.bus import Json, request
from tests.support.scene import Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_should_create_the_simplified_dume(shared_scene: Scene) -> None:
    """A consultation gets its simplified DUME, whose identifier the State gave."""
    consultation = new_number()
    result = await _answered(shared_scene, simplified(consultation))

    assert result["type"] == "tender.dume.simplified.done.v1"
    assert result["data"]["dume_id"] in shared_scene.audit.dumes()
    assert result["data"]["consultation_id"] == consultation
    assert shared_scene.audit.creations(consultation) == 1


async def test_should_save_a_draft_and_validate_it(shared_scene: Scene) -> None:
    """A draft made from the service's own model is validated, and read back as validated."""
    consultation: Json = {"id": new_number(), "title": "Travaux imaginaires", "procedure": "Procédure adaptée"}
    draft = await _answered(shared_scene, _draft(consultation))
    asked = {"dume_id": draft["data"]["dume_id"], "consultation": consultation, "buyer": BUYER}
    validated = await _answered(shared_scene, request("tender.dume.validation.requested.v1", asked))

    assert (draft["type"], draft["data"]["state"]) == ("tender.dume.draft.done.v1", "draft")
    assert validated["type"] == "tender.dume.validation.done.v1"
    assert (validated["data"]["dume_id"], validated["data"]["state"]) == (draft["data"]["dume_id"], "validated")


async def test_should_change_a_draft_as_often_as_asked(shared_scene: Scene) -> None:
    """Two changes of one draft are two changes, not a repetition: the DUME stays one."""
    consultation: Json = {"id": new_number(), "title": "Travaux imaginaires"}
    first = await _answered(shared_scene, _draft(consultation))
    dume_id = first["data"]["dume_id"]
    changes = [await _answered(shared_scene, _draft(consultation, dume_id=dume_id)) for _ in range(2)]

    assert [change["type"] for change in changes] == ["tender.dume.draft.done.v1"] * 2
    assert {change["data"]["dume_id"] for change in changes} == {dume_id}
    assert shared_scene.audit.creations(consultation["id"]) == 1


async def test_should_refuse_to_change_what_is_validated(shared_scene: Scene) -> None:
    """The State's refusal is an answer, with its code and its own words."""
    consultation: Json = {"id": new_number(), "title": "Travaux imaginaires"}
    draft = await _answered(shared_scene, _draft(consultation))
    asked = {"dume_id": draft["data"]["dume_id"], "consultation": consultation, "buyer": BUYER}
    await _answered(shared_scene, request("tender.dume.validation.requested.v1", asked))
    refused = await _answered(shared_scene, _draft(consultation, dume_id=draft["data"]["dume_id"]))

    assert refused["type"] == "tender.dume.draft.refused.v1"
    assert refused["data"]["reason"] == "dume_not_modifiable"
    assert refused["data"]["code"].startswith("SIM-")
    assert refused["data"]["upstream_text"]


async def test_should_follow_a_dume_through_its_life(shared_scene: Scene) -> None:
    """Drafted, changed, validated, replaced by one with its own id, deleted, and at once asked for anew."""
    consultation: Json = {"id": new_number(), "title": "Travaux imaginaires", "lots": [{"number": "1"}]}
    first = await _done(shared_scene, "draft", consultation)
    for kind in ("draft", "validation"):
        changed = await _done(shared_scene, kind, {**consultation, "reference": "REF-1"}, dume_id=first["dume_id"])
        assert changed["dume_id"] == first["dume_id"]
    second = await _done(shared_scene, "replacement", consultation, dume_id=first["dume_id"])
    gone = await _done(shared_scene, "deletion", consultation, dume_id=second["dume_id"])
    third = await _done(shared_scene, "simplified", consultation)

    assert (second["replaced_dume_id"], second["state"]) == (first["dume_id"], "validated")
    assert (gone["dume_id"], gone["state"]) == (second["dume_id"], "deleted")
    assert shared_scene.audit.dumes() >= {made["dume_id"] for made in (first, second, third)}
    assert shared_scene.audit.creations(str(consultation["id"])) == 3


async def test_should_recognise_the_same_wish_under_two_ids(shared_scene: Scene) -> None:
    """A second request for the same consultation and buyer creates nothing, and names the first."""
    consultation = new_number()
    first = await _answered(shared_scene, simplified(consultation))
    second = await _answered(shared_scene, simplified(consultation))

    assert first["type"] == "tender.dume.simplified.done.v1"
    assert (second["type"], second["data"]["reason"]) == ("tender.dume.simplified.failed.v1", "already_requested")
    assert first["causationid"] in second["data"]["detail"]
    assert shared_scene.audit.creations(consultation) == 1


async def test_should_find_what_was_made(shared_scene: Scene) -> None:
    """A search reports the DUMEs of a consultation, and nothing found is an answer too."""
    consultation = new_number()
    made = await _answered(shared_scene, simplified(consultation))
    shared_scene.simulator.world.clock.move(1)  # the search of the State lags behind
    found = await _answered(shared_scene, _search(consultation))
    nothing = await _answered(shared_scene, _search(new_number()))

    assert found["type"] == "tender.dume.search.reported.v1"
    assert [dume["dume_id"] for dume in found["data"]["dumes"]] == [made["data"]["dume_id"]]
    assert (nothing["type"], nothing["data"]["total"]) == ("tender.dume.search.reported.v1", 0)


async def _done(scene: Scene, kind: str, consultation: Json, **more: str) -> Json:
    asked = {"consultation": consultation, "buyer": BUYER, **more}
    result = await _answered(scene, request(f"tender.dume.{kind}.requested.v1", asked))
    assert result["type"] == f"tender.dume.{kind}.done.v1", result["data"]
    data: Json = result["data"]
    return data


def _draft(consultation: Json, **more: str) -> Json:
    return request("tender.dume.draft.requested.v1", {"consultation": consultation, "buyer": BUYER, **more})


def _search(consultation: str) -> Json:
    return request("tender.dume.search.requested.v1", {"consultation_id": consultation, "buyer": BUYER})


async def _answered(scene: Scene, event: Json) -> Json:
    await scene.bus.publish(event)
    return await scene.bus.terminal(event["id"])
