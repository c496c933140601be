"""How an answer of DUME says what it holds, and that it refuses; a part of the mapping."""

from __future__ import annotations

from typing import Final

from service.upstream.entries import Entries


class ReplyNames(Entries):
    """The object that holds an answer, its list of messages, the fields of a message, and the types that refuse."""

    response: str
    messages: str
    type: str
    code: str
    text: str
    refusing: frozenset[str]


SEEN: Final = ReplyNames(
    response="response",
    messages="messageList",
    type="type",
    code="code",
    text="message",
    refusing=frozenset({"ERREUR"}),
)
"""As they were seen by programs that call the real service."""
