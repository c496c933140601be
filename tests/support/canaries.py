"""Secrets made to be recognised: one mark is in all of them, and is found however a secret was written down."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from service.sandbox.simulator import Account, Application, SimulatorSettings

MARK: Final = "KaNaRi7x3Q"
"""Letters and digits only, so that no way of escaping changes it; nothing else in the repository holds it."""

# Everything that is escaped somewhere: in addresses, in JSON, in Python, in a page, in a shell.
_ODD = "é\"'$&/%+<\\ :@?#"


def _secret(name: str, odd: str = _ODD) -> str:
    return f"{MARK}-{name}{odd}{MARK}"


CLIENT_SECRET: Final = _secret("client-secret")
PASSWORD: Final = _secret("technical-password")
BROKER_PASSWORD: Final = _secret("broker-password")
DATABASE_PASSWORD: Final = _secret("database-password")
PROXY_PASSWORD: Final = _secret("proxy-password")
TOKEN: Final = _secret("token", "/+._~")
"""What every token of the simulator begins with."""
LOGIN: Final = f"TECH_{MARK}_1@cpro.fr"
"""Not a secret where settings are shown, and nobody's business anywhere else."""
BODY: Final = _secret("invoice-body", " que personne ne doit lire ")

IBAN: Final = "FR08999002000357164829Z0585"
BIC: Final = "QXZKFRPPW7J"
_BRANCH, _ACCOUNT = "99900200035", "57164829Z05"
"""Parts of the account number that no way of shortening it may leave; its first four characters it may."""

BROKER_USER: Final = "relay-under-test"


def piece(text: str) -> bytes:
    """A file, or part of one, that says `text` and holds an invoice's secrets."""
    return f"<!-- {BODY} {IBAN} {BIC} {text} -->".encode()


def with_password(url: str, password: str, user: str = BROKER_USER) -> str:
    """The same address for another user."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{quote(user, safe='')}:{quote(password, safe='')}@{rest.rpartition('@')[2]}"


def planted(settings: SimulatorSettings) -> SimulatorSettings:
    """The same State, which knows the relay by secrets that are recognised, unless it was told others."""
    changes: dict[str, object] = {"token_start": settings.token_start or TOKEN}
    if settings.applications == (Application(),):
        changes["applications"] = (Application(client_secret=CLIENT_SECRET),)
    if settings.accounts == (Account(),):
        changes["accounts"] = (Account(login=LOGIN, password=PASSWORD),)
    return settings.model_copy(update=changes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """One secret found: how it was written, the line, and what stands around it."""

    form: str
    line: int
    around: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.form}: {self.around}"


def leaks_in(written: str | bytes, allowed: tuple[str, ...] = ()) -> list[Leak]:
    """Every secret in what was written, but those that are allowed to stand there."""
    text = written.encode("utf-8", "surrogatepass") if isinstance(written, str) else written
    for word in allowed:
        text = text.replace(word.encode(), b"")
    found = [Leak(form=form, line=line, around=around) for form, line, around in _found_in(text)]
    if found:
        return found
    # Wrapped, grouped in fours, broken over the lines of a traceback: the same without what holds the pieces apart.
    together = text.translate(None, b" \t\r\n.-|").replace(b"\\n", b"").replace(b'""', b"").replace(b"''", b"")
    return [Leak(form=f"{form}, in pieces", line=0, around=around) for form, _, around in _found_in(together)]


def _found_in(text: bytes) -> Iterator[tuple[str, int, str]]:
    for needle, form in NEEDLES.items():
        at = text.find(needle)
        if at >= 0:
            around = text[max(0, at - 90) : at + 60]
            yield form, text.count(b"\n", 0, at) + 1, re.sub(r"\s+", " ", around.decode(errors="replace"))


def _needles() -> dict[bytes, str]:
    forms: dict[bytes, str] = {}
    for name, text in (("a secret", MARK), ("a branch", _BRANCH), ("an account number", _ACCOUNT), ("a bank", BIC)):
        for how, needle in _spellings(text):
            forms[needle] = f"{name} {how}"
    return forms


def _spellings(text: str) -> Iterator[tuple[str, bytes]]:
    yield "as it is", text.encode()
    yield "in small letters", text.lower().encode()
    yield "in capitals", text.upper().encode()
    yield "in hexadecimal", text.encode().hex().encode()
    yield "in hexadecimal capitals", text.encode().hex().upper().encode()
    yield "quoted byte by byte", "".join(f"%{byte:02X}" for byte in text.encode()).encode()
    yield "in UTF-16", text.encode("utf-16-le")
    for before in range(3):
        yield f"in base64, {before} bytes into its group", _inner_base64(text.encode(), before)


def _inner_base64(text: bytes, before: int) -> bytes:
    """What base64 makes of a text in the midst of others, without the characters that depend on those."""
    encoded = base64.b64encode(bytes(before) + text)
    first = (8 * before + 5) // 6
    return encoded[first : (8 * (before + len(text))) // 6]


NEEDLES: Final = _needles()
