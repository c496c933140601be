"""When business takes its course: invoices are sent, questioned, sent on, rejected, replaced, looked for and paid."""

from __future__ import annotations

import hashlib
import io
import zipfile
from base64 import b64decode
from collections import Counter
from collections.abc import AsyncIterator

import aiohttp
import pytest
import pytest_asyncio

from service.sandbox.broker import Broker
from service.sandbox.samples import make_archive, make_ubl
from tests.builders import deposit_of, new_number
from tests.support.bus import Json, request
from tests.support.business import (
    GREAT,
    HOSPITAL,
    LILAS,
    PONT,
    SCHOOLS,
    TOWN,
    accounts_file,
    asked,
    by,
    decision,
    done,
    found,
    invoice,
    named,
    not_done,
    sent,
    state_of_business,
    time_passes,
    told,
    told_so_far,
)
from tests.support.feed import FEED_IN_A_HURRY, heard
from tests.support.reads import download, search
from tests.support.scene import Scene
from tests.support.supplier import acknowledgement, recycling, submission, supplement

pytestmark = pytest.mark.asyncio(loop_scope="module")

MANY = 1_200
MOST_UNASKED = 200
"""What the State shows to a search that takes no maximum."""
LOOKUP = "recipient.lookup.requested.v1"
STATUS = "invoice.status.requested.v1"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def business(broker: Broker, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Scene]:
    """One worker for everybody, and for all stories of this file."""
    folder = tmp_path_factory.mktemp("business")
    async with Scene(broker, folder, state_of_business(), FEED_IN_A_HURRY) as ready:
        await ready.start_worker(RELAY_ACCOUNTS=str(accounts_file(folder)))
        yield ready


async def test_should_bring_an_invoice_from_sending_to_payment(business: Scene) -> None:
    """Sent, suspended twice, completed twice, paid: each side hears of each without asking, once."""
    bill = await sent(business, "lilas", new_number())
    asked_for = {1: "Il manque le bon de livraison.", 2: "Il manque aussi le bon de commande."}
    for times, lacking in asked_for.items():
        await done(business, decision(bill, "suspended", lacking))
        suspended = await told(business, "lilas", bill, "suspended", times=times)
        assert (suspended["comment"], suspended["answer_with"]) == (lacking, "invoice.supplement")
        await done(business, by("lilas", supplement(bill["invoice_number"])))
        await told(business, "town", bill, "completed", times=times)
        time_passes(business)
    await done(business, decision(bill, "payment_authorised"))
    await done(business, decision(bill, "payment_ordered"))
    paid = await told(business, "lilas", bill, "payment_ordered")
    await told(business, "town", bill, "payment_ordered")
    lived = await asked(business, request(STATUS, named(bill), account="lilas"))
    course = [one["status"] for one in lived["data"]["history"]]

    assert course[3:] == ["suspended", "completed"] * 2 + ["payment_authorised", "payment_ordered"]
    assert Counter(one["status"] for one in told_so_far(business, "lilas", bill)) == Counter(course)
    assert (paid["final"], paid["action_required"], paid["previous_status"]) == (True, False, "payment_authorised")
    assert await not_done(business, by("lilas", supplement(bill["invoice_number"]))) == (
        "refused",
        "invoice_not_suspended",
    )


async def test_should_send_an_invoice_on_to_the_right_service(business: Scene) -> None:
    """A wrong service code is corrected under the same number, by what the directory says, and not by a guess."""
    bill = await sent(business, "lilas", new_number(), recipient=SCHOOLS, service="COMPTA")
    await done(business, decision(bill, "to_recycle", "Pour le service des ecoles."))
    back = await told(business, "lilas", bill, "to_recycle")
    known = await asked(business, request(LOOKUP, {"siret": SCHOOLS}, account="lilas"))
    services = {one["code"]: one for one in known["data"]["recipients"][0]["services"]}
    guess = recycling(bill["invoice_number"], "ECOLE", recipient_siret=SCHOOLS)
    guessed = await asked(business, by("lilas", guess))
    right = recycling(bill["invoice_number"], "ECOLES", recipient_siret=SCHOOLS, commitment_number="EJ-2026-7")
    sent_on = await done(business, by("lilas", right))
    await told(business, "lilas", bill, "being_routed", times=2)
    await told(business, "town", bill, "made_available", times=2)
    (shown,), _ = await found(business, search(account="town", role="recipient", **named(bill)))

    assert (back["answer_with"], back["comment"]) == ("invoice.recycling", "Pour le service des ecoles.")
    assert "ECOLE" not in services
    assert services["ECOLES"]["demands_commitment_number"] is True
    assert guessed["type"] == "invoice.recycling.refused.v1"
    assert "inconnu" in guessed["data"]["upstream_text"]
    assert (sent_on["invoice_number"], sent_on["chorus_pro_id"]) == (bill["invoice_number"], bill["chorus_pro_id"])
    assert (shown["chorus_pro_id"], shown["service_code"], shown["commitment_number"]) == (
        bill["chorus_pro_id"],
        "ECOLES",
        "EJ-2026-7",
    )
    assert business.audit.deposits(bill["invoice_number"]) == 1


async def test_should_replace_what_was_rejected_under_a_new_number(business: Scene) -> None:
    """The rejected number is used up, whatever is sent under it; the new one is paid."""
    bill = await sent(business, "lilas", number := new_number())
    await done(business, decision(bill, "rejected", "Le montant est faux."))
    rejected = await told(business, "lilas", bill, "rejected")
    await done(business, by("lilas", acknowledgement(number)))
    again = [await asked(business, invoice("lilas", number, total=total)) for total in ("1200.00", "600.00")]
    new = await sent(business, "lilas", new_number(), total="600.00")
    await done(business, decision(new, "payment_ordered"))
    await told(business, "lilas", new, "payment_ordered")
    handled, _ = await found(business, search(account="lilas", rejection_acknowledged=True))
    waiting, _ = await found(business, search(account="lilas", scope="to_do", invoice_number=number))

    assert (rejected["final"], rejected["answer_with"]) == (True, "new_invoice")
    assert [(one["type"], one["data"]["reason"]) for one in again] == [
        ("invoice.deposit.refused.v1", "number_already_used")
    ] * 2
    assert [one["data"]["invoices"][0]["number_reusable"] for one in again] == [False] * 2
    assert ([one["invoice_number"] for one in handled], waiting) == ([number], [])
    assert business.audit.deposits(number) == 1


async def test_should_hand_ten_invoices_over_at_once(business: Scene) -> None:
    """The town fetches ten as one file, and is shown afterwards what it has not fetched yet; eleven are too many."""
    numbers = sorted(new_number("G") for _ in range(11))
    files = [(f"{number}.xml", make_ubl(number)) for number in numbers]
    await done(business, deposit_of("lot.tar.gz", make_archive(files), account="lilas"))
    wanted = [{"invoice_number": number, "supplier_siret": LILAS} for number in numbers]
    report = await asked(business, download(wanted[:10], account="town", role="recipient", with_attachments=True))
    file = report["data"]["file"]
    content = b64decode(file["content"])
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        documents = {name: archive.read(name) for name in archive.namelist() if name.endswith(".pdf")}
        attached = [name for name in archive.namelist() if not name.endswith(".pdf")]
    left, _ = await found(business, search(account="town", role="recipient", downloaded=False, supplier_siret=LILAS))

    assert report["type"] == "invoice.download.reported.v1"
    assert [one["invoice_number"] for one in report["data"]["invoices"]] == numbers[:10]
    assert sorted(documents) == [f"{number}.pdf" for number in numbers[:10]]
    assert all(document.startswith(b"%PDF-") for document in documents.values())
    assert len(attached) == 10
    assert (file["media_type"], file["sha256"]) == ("application/zip", hashlib.sha256(content).hexdigest())
    assert {one["invoice_number"] for one in left} & set(numbers) == {numbers[10]}
    assert await not_done(business, download(wanted, account="town", role="recipient")) == ("failed", "invalid_event")


async def test_should_find_every_one_of_many_invoices(business: Scene) -> None:
    """Twelve hundred in twelve pages, some of the State's pages without numbers; and it says when that is not all."""
    put = {"count": MANY, "supplier": GREAT, "recipient": HOSPITAL, "start": "STOCK-", "days": 400}
    async with (
        aiohttp.ClientSession(business.simulator.url) as session,
        session.post("/_sim/invoices", json=put) as said,
    ):
        there = await said.json()
    all_of_them, whole = await found(business, search(account="great"))
    dearest, few = await found(business, search(account="great", total_including_tax_min="14376.00"))
    first, cut = await found(business, search(account="great", limit=1_000))
    received, both = await found(business, search(account="hospital", role="recipient", supplier_siret=GREAT))
    to_pay, shown = await found(business, search(account="hospital", role="recipient", scope="to_do"))

    numbers = {f"STOCK-{place:05}" for place in range(1, MANY + 1)}
    assert there["count"] == MANY
    assert (whole, both) == ({"total": MANY, "pages": MANY // 100, "complete": True},) * 2
    assert [{one["invoice_number"] for one in one_way} for one_way in (all_of_them, received)] == [numbers] * 2
    assert len(all_of_them) == len(received) == MANY
    assert {one["total_including_tax"] for one in dearest} == {"14376.00", "14388.00", "14400.00"}
    assert few == {"total": 3, "pages": 1, "complete": True}
    assert (len(first), cut["complete"]) == (1_000, False)
    assert (len(to_pay), shown["complete"]) == (MOST_UNASKED, False)


async def test_should_not_take_a_number_a_second_time(business: Scene) -> None:
    """By mistake the next invoice gets a number that was used: in no way does it arrive, and what is with it does."""
    bill = await sent(business, "lilas", number := new_number())
    mistaken: Json = {"recipient": SCHOOLS, "service": "COMPTA", "total": "48.00"}
    alone = await asked(business, invoice("lilas", number, **mistaken))
    as_data = submission(number, recipient_siret=SCHOOLS, service_code="COMPTA")
    submitted = await asked(business, by("lilas", as_data))
    other = new_number()
    files = [(f"{one}.xml", make_ubl(one, **mistaken)) for one in (number, other)]
    together = await done(business, deposit_of("lot.tar.gz", make_archive(files), account="lilas"))
    outcomes = {one["invoice_number"]: one for one in together["invoices"]}
    shown = business.simulator.world.chorus_pro.candidates(flow=None, number=number)

    assert [(one["type"], one["data"]["reason"]) for one in (alone, submitted)] == [
        ("invoice.deposit.refused.v1", "number_already_used"),
        ("invoice.submission.refused.v1", "number_already_used"),
    ]
    conflict = [alone["data"]["conflict"][side] for side in ("sent", "found")]
    assert [(one["recipient_siret"], one["total_including_tax"]) for one in conflict] == [
        (SCHOOLS, "48.00"),
        (TOWN, "1200.00"),
    ]
    assert (together["outcome"], outcomes[other]["integrated"]) == ("some", True)
    assert (outcomes[number]["reason"], outcomes[number]["number_reusable"]) == ("number_already_used", False)
    assert [one.id for one in shown] == [bill["chorus_pro_id"]]


async def test_should_keep_two_suppliers_apart_that_use_one_number(business: Scene) -> None:
    """At the same moment, for the same town: each has its own invoice, its own news and its own documents."""
    number = new_number()
    events = {name: invoice(name, number, total=total) for name, total in (("lilas", "120.00"), ("pont", "240.00"))}
    await business.publish_all(*events.values())
    ends = [await business.bus.terminal(event["id"]) for event in events.values()]
    (ours,), (theirs,) = [end["data"]["invoices"] for end in ends]
    for bill in (ours, theirs):
        await told(business, "town", bill, "made_available")
    await done(business, decision(theirs, "suspended", "Il manque le bon de livraison."))
    await told(business, "pont", theirs, "suspended")
    crossings = [await not_done(business, event) for event in across(ours, theirs)]
    completed = await done(business, by("pont", supplement(number, supplier_siret=PONT)))
    await told(business, "pont", theirs, "completed")
    seen = [(await found(business, search(account=name, invoice_number=number)))[0] for name in ("lilas", "pont")]
    both = await asked(business, download([named(ours), named(theirs)], account="town", role="recipient"))
    fetched = [one["chorus_pro_id"] for one in both["data"]["invoices"]]
    news = {(one["account"], one["data"]["supplier_siret"]) for one in heard(business) if one["account"] != "town"}

    assert crossings[:5] == [("refused", "invoice_not_found")] * 5
    assert crossings[5:] == [("failed", "supplier_not_in_account")] * 3
    assert completed["chorus_pro_id"] == theirs["chorus_pro_id"]
    assert [[one["total_including_tax"] for one in shown] for shown in seen] == [["120.00"], ["240.00"]]
    assert fetched == [ours["chorus_pro_id"], theirs["chorus_pro_id"]]
    assert "suspended" not in {one["status"] for one in told_so_far(business, "lilas", ours)}
    assert news == {("lilas", LILAS), ("pont", PONT)}


def across(ours: Json, theirs: Json) -> list[Json]:
    """What the one supplier could try on the invoice of the other: first by its id, then by its name."""
    id, number = {"chorus_pro_id": theirs["chorus_pro_id"]}, ours["invoice_number"]
    return [
        request(STATUS, id, account="lilas"),
        download([id], account="lilas"),
        by("lilas", {**supplement(number), "data": {**id, "comment": "Voici."}}),
        by("lilas", {**recycling(number), "data": {**id, "recipient_siret": TOWN, "service_code": "ECOLES"}}),
        by("lilas", {**acknowledgement(number), "data": {"invoices": [id]}}),
        by("lilas", supplement(number, supplier_siret=PONT)),
        search(account="lilas", supplier_siret=PONT),
        invoice("lilas", new_number(), supplier=PONT),
    ]
