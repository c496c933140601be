"""The files of an invoice go up one after the other, each once, however long all of them take together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from service.sandbox.simulator import Simulator
from service.upstream.chorus_pro.supplier_operations import READ_PDF
from tests.builders import new_number
from tests.support.counter import Counter
from tests.support.supplier import UPLOAD, attachment, placed, submission

READS_PDF = {"main_pdf": READ_PDF.name}


def held_by(simulator: Simulator) -> list[Any]:
    """The invoices the State holds."""
    return list(simulator.world.chorus_pro.invoices.values())


async def test_should_upload_again_what_was_lost_on_its_way(counter: Counter, simulator: Simulator) -> None:
    """Nothing is in doubt before the call that counts: a file that went up twice lies there in no invoice."""
    counter.fault("lost_answer", UPLOAD)
    answer = await counter.answer(submission(new_number(), attachments=[]))
    (invoice,) = held_by(simulator)

    assert (answer["ended"], len(counter.calls(UPLOAD)), len(invoice.attachments)) == (
        "invoice.submission.done.v1",
        2,
        1,
    )


@pytest.mark.parametrize(("change", "first"), [({}, UPLOAD), (READS_PDF, READ_PDF.name)])
async def test_should_go_on_with_the_file_that_did_not_go_up(
    tmp_path: Path, simulator: Simulator, change: dict[str, Any], first: str
) -> None:
    """Each file that is up is noted: the next attempt begins with the one that was interrupted."""
    mapping = tmp_path / "mapping.yaml"
    mapping.write_text(json.dumps({"version": 1, "chorus_pro": change}))
    async with Counter(simulator, tmp_path, {"RELAY_MAPPING": str(mapping)}) as counter:
        counter.fault("lost_answer", UPLOAD, skip=2 if first == UPLOAD else 1)
        answer = await counter.answer(submission(new_number(), attachments=[attachment()] * 3))
    (invoice,) = held_by(simulator)
    uploads = [*counter.calls(UPLOAD), *(counter.calls(first) if first != UPLOAD else [])]

    assert (answer["ended"], len(invoice.attachments)) == ("invoice.submission.done.v1", 4)
    assert len(uploads) == 4 + 1


async def test_should_give_each_file_the_time_of_a_lease(tmp_path: Path, simulator: Simulator) -> None:
    """All of them together take longer than one lease lasts, and each goes up once."""
    async with Counter(simulator, tmp_path, {"RELAY_LEDGER__LEASE": "2"}) as counter:
        counter.fault("slow", UPLOAD, count=5, params={"seconds": 0.5})
        answer = await counter.answer(submission(new_number(), attachments=[attachment()] * 4))

    assert (answer["ended"], len(counter.calls(UPLOAD))) == ("invoice.submission.done.v1", 5)


@pytest.mark.parametrize("attachments", [0, 1])
async def test_should_not_take_the_refusal_of_a_file_for_one_of_the_number(
    counter: Counter, simulator: Simulator, attachments: int
) -> None:
    """The number stands for another invoice, but it is the second file that is refused: the State's words are kept."""
    number = new_number()
    placed(simulator.world, number, "MISE_A_DISPOSITION")
    refusal = {"status": 200, "body": {"codeRetour": 20009, "libelle": "Fichier refuse."}}
    counter.fault("status", UPLOAD, skip=attachments, params=refusal)
    answer = await counter.answer(submission(number, attachments=[attachment()] * attachments))

    assert (answer["reason"], answer["upstream_text"]) == ("upstream_refused", "Fichier refuse.")
