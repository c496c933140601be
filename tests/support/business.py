"""Two suppliers, a town, a hospital and its one great supplier, all served by one relay, each in its own name."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from service.sandbox.samples import RECIPIENT, SUPPLIER, make_ubl
from service.sandbox.simulator import Account, Party, SimulatorSettings
from service.sandbox.simulator.settings import DEMANDING
from tests.builders import deposit_of, with_secrets
from tests.support.bus import Json, request
from tests.support.canaries import LOGIN, MARK, PASSWORD
from tests.support.feed import heard
from tests.support.scene import STATE_IN_A_HURRY, Scene
from tests.support.until import until

LILAS: Final = SUPPLIER
PONT: Final = "99933344400011"
GREAT: Final = "99955566600018"
TOWN: Final = RECIPIENT
SCHOOLS: Final = DEMANDING[1].siret
"""The part of the town that demands a service code, and for one of its services a commitment number too."""
HOSPITAL: Final = "99900045600014"

DECISION: Final = "invoice.recipient.decision"
_TOWN = (Party(siret=TOWN, name="VILLE IMAGINAIRE DE VALCLAIR"), DEMANDING[1])
_HOSPITAL = Party(siret=HOSPITAL, name="HOPITAL IMAGINAIRE DES TROIS RIVIERES")
_TENANTS: Final[dict[str, tuple[tuple[Party, ...], tuple[Party, ...], list[str]]]] = {
    "lilas": ((Party(siret=LILAS, name="ATELIER FICTIF DES LILAS"),), (), ["supplier"]),
    "pont": ((Party(siret=PONT, name="IMPRIMERIE IMAGINAIRE DU PONT"),), (), ["supplier"]),
    "town": ((), _TOWN, ["recipient"]),
    # Nobody listens to what becomes of their many invoices.
    "great": ((Party(siret=GREAT, name="FOURNITURES FICTIVES EN GRAND"),), (), []),
    "hospital": ((), (_HOSPITAL,), []),
}
"""Suppliers and public bodies of each account, and as whom it hears of changes."""


def state_of_business() -> SimulatorSettings:
    """A State that lets each account act for its own companies and bodies alone."""
    accounts = tuple(
        Account(login=_login(name), password=_password(name), suppliers=suppliers, recipients=bodies, validators=())
        for name, (suppliers, bodies, _) in _TENANTS.items()
    )
    return STATE_IN_A_HURRY.model_copy(update={"accounts": accounts, "any_supplier": False})


def accounts_file(folder: Path) -> Path:
    """The accounts as the relay is told them."""
    told = {
        name: {
            "chorus_pro": {"login": _login(name), "password": _password(name)},
            "suppliers": [party.siret for party in suppliers],
            "feed": feed,
        }
        for name, (suppliers, _, feed) in _TENANTS.items()
    }
    file = folder / "accounts"
    file.write_text(json.dumps(told))
    return file


def by(account: str, event: Json) -> Json:
    """The same request in the name of an account."""
    return {**event, "account": account}


def invoice(account: str, number: str, **facts: Any) -> Json:  # Any: what samples take
    """A request to deposit an invoice, of the company of the account unless told otherwise."""
    supplier = PONT if account == "pont" else LILAS
    content = with_secrets(make_ubl(number, **{"supplier": supplier, **facts}))
    return deposit_of(f"{number}.xml", content, account=account)


def named(about: Json) -> Json:
    """An invoice as business names it: by number and supplier."""
    return {name: about[name] for name in ("invoice_number", "supplier_siret")}


def decision(about: Json, status: str, reason: str | None = None, *, account: str = "town") -> Json:
    """What a recipient decides about an invoice."""
    said = {"reason": reason} if reason else {}
    return request(f"{DECISION}.requested.v1", {**named(about), "status": status, **said}, account=account)


async def asked(scene: Scene, event: Json) -> Json:
    """The terminal result of a request, after the audit found nothing wrong with it."""
    await scene.bus.publish(event)
    result = await scene.bus.terminal(event["id"])
    assert result["account"] == event["account"]
    assert scene.audit.complaints([event["id"]]) == []
    return result


async def done(scene: Scene, event: Json) -> Json:
    """What the result says of a request that is carried out."""
    result = await asked(scene, event)
    assert result["type"] == event["type"].replace(".requested.", ".done."), result
    said: Json = result["data"]
    return said


async def not_done(scene: Scene, event: Json) -> tuple[str, str]:
    """How a request ends that is not, and for what reason."""
    result = await asked(scene, event)
    return result["type"].split(".")[-2], str(result["data"].get("reason"))


async def sent(scene: Scene, account: str, number: str, **facts: Any) -> Json:  # Any: what samples take
    """An invoice that was deposited, and that its recipient has been told of; what the result says of it."""
    (integrated,) = (await done(scene, invoice(account, number, **facts)))["invoices"]
    await told(scene, "town", integrated, "made_available")
    time_passes(scene)
    found: Json = integrated
    return found


def time_passes(scene: Scene) -> None:
    """Let the State's clock go on: the same status twice within a second is one to everybody who hears of it."""
    scene.simulator.world.clock.move(2)


async def told(scene: Scene, account: str, about: Json, status: str, *, times: int = 1) -> Json:
    """What an account hears of an invoice without asking, once it comes to a status so many times."""

    async def find() -> Json | None:
        heard_of = [one for one in told_so_far(scene, account, about) if one["status"] == status]
        return heard_of[times - 1] if len(heard_of) >= times else None

    return await until(find, f"{status} of {about['invoice_number']} told to {account}")


def told_so_far(scene: Scene, account: str, about: Json) -> list[Json]:
    """Every change that an account heard of an invoice, oldest first; one told again counts once."""
    distinct = {one["id"]: one for one in heard(scene, about["invoice_number"]) if one["account"] == account}
    told = [one["data"] for one in distinct.values() if one["data"]["chorus_pro_id"] == about["chorus_pro_id"]]
    return sorted(told, key=lambda one: str(one["status_since"]))


async def found(scene: Scene, event: Json) -> tuple[list[Json], Json]:
    """The invoices on all pages of a search, page after page, and what its terminal result says."""
    end = await asked(scene, event)
    pages = sorted(
        (one["data"] for one in scene.bus.results_of(event["id"]) if one["type"] == "invoice.search.page.v1"),
        key=lambda page: int(page["page"]),
    )
    assert [page["page"] for page in pages] == list(range(1, len(pages) + 1))
    assert end["type"] == "invoice.search.reported.v1", end
    return [one for page in pages for one in page["invoices"]], end["data"]


def _login(name: str) -> str:
    return LOGIN if name == "lilas" else f"TECH_{name}@cpro.fr"


def _password(name: str) -> str:
    return PASSWORD if name == "lilas" else f"{MARK}-{name}-technical-password"
