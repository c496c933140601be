"""What each operation on essential data does: take them, change them, and show what is published of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

from service.sandbox.simulator import dume_essential_form as form
from service.sandbox.simulator.dume_call import Call, Done, Operation
from service.sandbox.simulator.dume_essential_register import KeptData, Version
from service.sandbox.simulator.dume_essential_rows import row_v1, row_v2
from service.sandbox.simulator.dume_request import Code, Fields, Refused, folded_word

_CHANGED: Final = {"type": "INFO", "code": "SIM-DE-100", "message": "Donnees modifiees."}
_UNCHANGED: Final = {"type": "INFO", "code": "SIM-DE-101", "message": "Aucune modification."}


def publish(call: Call) -> Done:
    """Take essential data; the same twice are two, unless told to be strict about the buyer's id."""
    facts = form.initial(form.data_of(call.fields), must=True)
    kept = call.books.essential_data.add(call.platform, facts, call.now)
    fields = {"referenceUnique": kept.reference} if call.books.essential_data.rules.tells_reference else {}
    return Done(fields=fields, effect="created", about=_about(kept))


def update(call: Call) -> Done:
    """Correct what is not published yet, or add what followed; what was published stays as it was."""
    register, data = call.books.essential_data, form.data_of(call.fields)
    reference = call.fields.text("referenceUnique") or Fields(data).required("referenceUnique")
    kept = register.get(reference, call.platform)
    latest = kept.versions[-1]
    facts = latest.facts.with_followed(form.followed(data))
    if form.is_initial(data):
        if kept.versions[0].published_at <= call.now:
            text = f"Les donnees {reference} sont publiees : seule une modification peut y etre ajoutee"
            raise Refused(Code.PUBLISHED, text)
        facts = form.initial(data, must=False).over(facts)
    if facts == latest.facts:
        return Done(fields={"referenceUnique": reference}, notices=(_UNCHANGED,), about=_about(kept))
    register.change(kept, facts, call.now)
    return Done(fields={"referenceUnique": reference}, effect="changed", notices=(_CHANGED,), about=_about(kept))


def search(call: Call) -> Done:
    """What is published and fits, at most as many rows as are shown, each version a row."""
    fields = call.fields
    since, until = _days(fields)
    kind = fields.text("typeDE")
    if kind not in {None, *form.KINDS}:
        raise Refused(Code.CRITERIA, "typeDE : MP ou CC attendu")
    by_field = {"id": "id", "nature": "nature", "procedure": "procedure", "codeCPV": "codeCPV"}
    wanted = {name: value for key, name in by_field.items() if (value := fields.text(key)) is not None}
    buyer = fields.text("idAcheteur") if kind != "CC" else fields.text("idAutoriteConcedante")
    holder = fields.text("idTitulaire") if kind != "CC" else fields.text("idConcessionnaire")
    reference = fields.text("referenceUnique")
    rows = [
        row_v2(kept, version)
        for kept, version in _shown(call, since, until)
        if kind in {None, version.facts.kind}
        and reference in {None, kept.reference}
        and buyer in {None, version.facts.buyer_id}
        and (holder is None or any(one.get("id") == holder for one in version.facts.operators))
        and all(folded_word(str(version.facts.values.get(name))) == folded_word(one) for name, one in wanted.items())
    ]
    return Done(fields={"donneesEssentielles": rows[: call.books.essential_data.rules.most_rows]})


def search_v1(call: Call) -> Done:
    """The same by days alone, in the older form."""
    since, until = _days(call.fields)
    rows = [row_v1(kept, version) for kept, version in _shown(call, since, until)]
    return Done(fields={"donneesEssentielles": rows[: call.books.essential_data.rules.most_rows]})


OPERATIONS: Final = (
    Operation(name="enregistrerDE", work=publish),
    Operation(name="MettreAJourDonneesEssentielles", work=update),
    Operation(name="recupererDE", work=search_v1),
    Operation(name="recupererDEV2", work=search),
)


def _shown(call: Call, since: date | None, until: date | None) -> list[tuple[KeptData, Version]]:
    return [
        (kept, version)
        for kept, version in call.books.essential_data.shown(call.now)
        if (since is None or since <= version.published_at.date())
        and (until is None or version.published_at.date() <= until)
    ]


def _days(fields: Fields) -> tuple[date | None, date | None]:
    since, until = _day(fields, "dateDebutPublication"), _day(fields, "dateFinPublication")
    if since is not None and until is not None and since > until:
        raise Refused(Code.CRITERIA, "dateDebutPublication est posterieure a dateFinPublication")
    return since, until


def _day(fields: Fields, name: str) -> date | None:
    text = fields.text(name)
    try:
        return None if text is None else datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007 - a day, no moment
    except ValueError:
        raise Refused(Code.CRITERIA, f"{name} : AAAA-MM-JJ attendu") from None


def _about(kept: KeptData) -> Mapping[str, object]:
    facts = kept.versions[-1].facts
    return {
        "referenceUnique": kept.reference,
        "id": facts.values.get("id"),
        "idConsultation": facts.consultation.get("idConsultation"),
    }
