"""Compares the mapping with what DUME itself says of its domains and codes, one line each, for the doctor."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

from contracts.base import sentence
from service.cli.diagnosis import Line, ok, warning, with_advice
from service.core.errors import EventInvalid, UpstreamFailure
from service.core.gate import Gates
from service.upstream import Refusal, Upstreams, UpstreamSettings
from service.upstream.dume.comparison import CHANGE, Compared, compared, differences
from service.upstream.dume.operations import BUYERS
from service.upstream.dume.reference import Reference, TooMuch
from service.upstream.overrides import overrides

NAME = "mapping"
MOST = 20
"""Differences that are told of one list, and lists that are offered in place of one that is missing."""


def changed(file: Path | None) -> list[Line]:
    """Each entry that is not as it is packaged; one that the State printed is worth a look. Raises MappingInvalid."""
    if file is None:
        return []
    lines = [
        warning(NAME, f"{one}: check it against what the State prints")
        if one.packaged_sure == "official" and one.sure != "official"
        else ok(NAME, str(one))
        for one in overrides(file)
    ]
    return [*lines, ok(NAME, f"{file} is used: {len(lines)} of its entries say something else than the packaged ones")]


async def compare(upstream: UpstreamSettings) -> AsyncIterator[Line]:
    """The health of every domain but the first, then each difference, sorted, then a summary; nothing of it fails."""
    async with Upstreams(upstream, Gates(interval=timedelta(seconds=30))) as upstreams:
        account = upstream.health_account()
        reference = upstreams.dume(account=account, event="doctor").reference
        domains = sorted(domain for domain in upstream.mapping.prefixes["dume"] if domain != BUYERS)
        health = await asyncio.gather(*(_health(domain, reference, upstream) for domain in domains))
        for line in health:
            yield line
        parts = [one for one in compared(upstream.mapping.dume) if one.name is not None]
        found = [await _compared(one, reference, upstream) for one in parts]
    for lines in found:
        for line in lines:
            yield line
    yield _summary(health, found)


def _summary(health: list[Line], found: list[list[Line]]) -> Line:
    answering = sum(line.verdict == "ok" for line in health)
    differing = sum(bool(lines) for lines in found)
    text = f"{answering} of {len(health)} other domains of DUME answer; {len(found)} lists of codes were compared"
    if not differing:
        return ok(NAME, f"{text}, and agree")
    return warning(NAME, f"{text}, and {differing} of them differ or could not be")


async def _health(domain: str, reference: Reference, upstream: UpstreamSettings) -> Line:
    try:
        refusal = await reference.health(domain)
    except UpstreamFailure as failure:
        return warning("dume", f"{domain}: {with_advice(failure, upstream)}; what needs it waits meanwhile")
    if refusal is not None:
        return warning("dume", sentence(f"{domain}: answers, and refuses to be asked ({_said(refusal)})"))
    return ok("dume", f"{domain}: answers")


async def _compared(one: Compared, reference: Reference, upstream: UpstreamSettings) -> list[Line]:
    """What differs in one part; what cannot be asked is told as well."""
    try:
        told = await reference.values(one.name or "", None)
    except UpstreamFailure as failure:
        return [warning(NAME, f"{one.part}: not compared with {one.name}: {with_advice(failure, upstream)}")]
    except (TooMuch, EventInvalid) as reason:
        return [warning(NAME, f"{one.part}: not compared with {one.name}: {reason}")]
    if isinstance(told, Refusal) or not told.value.rows:
        why = _said(told) if isinstance(told, Refusal) else "it is empty"
        return [warning(NAME, sentence(await _missing(one, why, reference)))]
    texts = differences(one.part, told.value.rows, upstream.mapping.dume)
    lines = [warning(NAME, sentence(text)) for text in texts[:MOST]]
    return [*lines, warning(NAME, f"{one.part}: {len(texts) - MOST} more")] if len(texts) > MOST else lines


async def _missing(one: Compared, why: str, reference: Reference) -> str:
    try:
        told = await reference.code_lists(None)
    except (UpstreamFailure, TooMuch, EventInvalid):
        names = ""
    else:
        listed = () if isinstance(told, Refusal) else told.value.rows
        names = ", ".join(row.code or row.label or "" for row in listed[:MOST])
    offered = f"; there are {names}" if names else ""
    correct = f"correct dume.reference.code_lists.{one.part} {CHANGE}, or set it to null"
    return f"{one.part}: there is no list {one.name} to compare with ({why}){offered}: {correct}"


def _said(refusal: Refusal) -> str:
    return f"{refusal.code}: {refusal.text}" if refusal.code else refusal.text
