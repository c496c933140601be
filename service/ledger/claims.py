"""Takes entries, changes them and ends them, each in one transaction: what a worker may do, and what it did."""

from __future__ import annotations

from dataclasses import dataclass, replace

from service.core.entry import Begun, Change, Earlier, Entry, Registration, Standing, State
from service.core.errors import FenceLost, KeyBusy
from service.ledger.database import Database, Row
from service.ledger.keys import (
    claim_keys,
    claim_more,
    close_keys,
    find_rivals,
    free_subjects,
    keys_of,
    leases_of,
    renew_subjects,
    subject_keys,
    take_subjects,
    wholes,
)
from service.ledger.memory import would_know
from service.ledger.rows import assignments, in_words, to_entry, to_json

ROW = "SELECT * FROM entries WHERE source = ? AND id = ?"
SENT_NOW = ", state = 'sending', sends = sends + 1, first_sent_at = coalesce(first_sent_at, ?), changed_at = ?"
WITHDRAWN = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """Who asks to work on a write, and how it came; see `Ledger.begin`."""

    asked: Registration
    owner: str
    turn: int
    unseen_wait: float | None
    send: bool

    def names(self) -> list[str]:
        """What this must be alone with: the entry, and what the write is about."""
        whole = (f"{self.asked.account}\n{key}" for key in wholes(self.asked.keys))
        names = dict.fromkeys((*subject_keys(self.asked), *whole))
        return [name_of(self.asked.source, self.asked.id), *(about(key) for key in names)]


def name_of(source: str, id: str) -> str:
    """What stands for an entry when a transaction must be alone with it."""
    return f"entry\n{source}\n{id}"


def about(subject: str) -> str:
    """What stands for a natural key of an account, or a subject of it, in the same way."""
    return f"about\n{subject}"


def begin(db: Database, asking: Asking, lease: float) -> Begun:
    """Take the lease of a write, creating its entry when there is none."""
    row, created = _entered(db, asking)
    standing, earlier = _standing(db, row, asking, db.now() + lease)
    if standing is not Standing.HELD:
        return Begun(standing=standing, entry=read(db, row), created=created)
    is_unsent = row["state"] == State.CLAIMED
    # A later send is noted with its time, in a commit of its own: see `with_send`.
    is_sending = asking.send and is_unsent and earlier is None and row["sends"] == 0
    entry = _take(db, asking, db.now() + lease, is_sending=is_sending)
    before = earlier if is_unsent else None
    return Begun(standing=standing, entry=entry, created=created, is_sending=is_sending, sent_before=before)


def _entered(db: Database, asking: Asking) -> tuple[Row, bool]:
    """The row of a write, and whether it was made just now."""
    asked = asking.asked
    row = create(db, asked, asking.turn, asking.unseen_wait)
    if row is not None:
        return row, True
    found: Row = db.execute(ROW, (asked.source, asked.id)).fetchone()
    if not _is_mark_of_another(found, asked.account):
        return found, False
    db.execute("DELETE FROM entries WHERE source = ? AND id = ?", (asked.source, asked.id))
    row = create(db, asked, asking.turn, asking.unseen_wait)
    return (found, False) if row is None else (row, True)


def create(db: Database, asked: Registration, turn: int, unseen_wait: float | None) -> Row | None:
    """The new row, None when there is one already."""
    now, wall = db.now(), in_words(db.wall())
    is_new = unseen_wait is None or would_know(db, asked.made_at)
    state = State.CLAIMED if is_new else State.IN_DOUBT
    wait = 0.0 if is_new else unseen_wait or 0.0
    row: Row | None = db.execute(
        "INSERT INTO entries (source, id, type, account, operation, digest, subject, echo, state, boot, turn,"
        " sends, look_wait, next_look_at, created_at, changed_at) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)"
        " ON CONFLICT (source, id) DO NOTHING RETURNING *",
        (
            *(asked.source, asked.id, asked.type, asked.account, asked.operation, asked.digest, asked.subject),
            *(to_json(asked.echo), state.value, db.boot, turn),
            *(int(state is State.IN_DOUBT), wait, now + wait, wall, wall),
        ),
    ).fetchone()
    return row


def advance(db: Database, *, entry: Entry, owner: str, change: Change, lease: float) -> Entry:
    """Write `change` if `owner` still holds the fence, and what the write is about if something is sent.

    Raises KeyBusy, with nothing written, when another unfinished write has a key that is claimed.
    """
    now = db.now()
    columns = assignments(change, now=now, wall=in_words(db.wall()), lease=lease)
    names, values = ", ".join(f"{name} = ?" for name in columns), list(columns.values())
    if change.sent:
        names += ", sends = sends + ?, first_sent_at = CASE WHEN sends + ? > 0 THEN coalesce(first_sent_at, ?) END"
        values += [change.sent, change.sent, columns["changed_at"]]
    statement = f"UPDATE entries SET {names} WHERE source = ? AND id = ? AND fence = ? AND owner = ? RETURNING *"  # noqa: S608  # ours
    row = db.execute(statement, (*values, entry.source, entry.id, entry.fence, owner)).fetchone()
    if row is None:
        raise FenceLost(f"another worker has taken over event {entry.id}")
    if change.claim and not claim_more(db, row, change.claim):
        raise KeyBusy(f"another request is about what event {entry.id} is about, and is not finished")
    if change.state is State.CLOSED:
        close_keys(db, row, change.kept, change.freed)
    held = free_subjects(db, owner) if change.release else renew_subjects(db, owner, now + lease)
    if change.sent > 0 and held < row["subjects"]:
        # The lease had ended, and another event about the same thing is worked on: what came back may be written down,
        # but no call may be made.
        raise FenceLost(f"another worker has taken over the subject of event {entry.id}")
    return read(db, row)


def release(db: Database, *, entry: Entry, owner: str) -> None:
    """Free the lease and the subjects of `owner`."""
    statement = "UPDATE entries SET owner = NULL, lease_until = 0 WHERE source = ? AND id = ? AND owner = ?"
    db.execute(statement, (entry.source, entry.id, owner))
    free_subjects(db, owner)


def raise_turn(db: Database, *, source: str, id: str, turn: int) -> None:
    """Raise the turn, never lower it."""
    db.execute("UPDATE entries SET turn = ? WHERE source = ? AND id = ? AND turn < ?", (turn, source, id, turn))


def withdraw(db: Database, *, source: str, id: str, outcome: bytes | None, account: str) -> Entry | None:
    """Close what nothing was sent for, with `outcome`; the entry as it was, None when a mark was left instead."""
    row = db.execute(ROW, (source, id)).fetchone()
    if row is not None and _is_mark_of_another(row, account):
        # Two accounts withdrew what neither has sent: the one row stands for both.
        db.execute("UPDATE entries SET account = '' WHERE source = ? AND id = ?", (source, id))
        return None
    if row is None:
        create(db, _mark(source, id, account), 0, None)
        closed = "UPDATE entries SET state = 'closed', reason = ? WHERE source = ? AND id = ?"
        db.execute(closed, (WITHDRAWN, source, id))
        return None
    before = read(db, row)
    is_leased = _is_leased(db, row["owner"], row["lease_until"], row["boot"], "")
    if outcome is not None and before.state is State.CLAIMED and not is_leased:
        db.execute(
            "UPDATE entries SET state = 'closed', reason = ?, outcome = ?, fence = fence + 1, owner = NULL,"
            " changed_at = ? WHERE source = ? AND id = ?",
            (WITHDRAWN, outcome, in_words(db.wall()), source, id),
        )
        close_keys(db, row, ())
    return before


def decide(db: Database, *, source: str, id: str, change: Change, lease: float) -> Entry:
    """Write a person's decision over a held entry, and raise its fence; raises LookupError when it is not held."""
    row = db.execute(ROW, (source, id)).fetchone()
    if row is None or row["state"] != State.HELD:
        raise LookupError(f"no event {id} of {source} is held for a decision")
    columns = assignments(replace(change, release=True), now=db.now(), wall=in_words(db.wall()), lease=lease)
    names = ", ".join(f"{name} = ?" for name in columns)
    statement = f"UPDATE entries SET {names}, fence = fence + 1, turn = 0 WHERE source = ? AND id = ? RETURNING *"  # noqa: S608  # ours
    row = db.execute(statement, (*columns.values(), source, id)).fetchone()
    if change.state is State.CLOSED:
        close_keys(db, row, keys_of(db, source, id))  # it may exist: whoever asks for the same looks first
    return read(db, row)


def read(db: Database, row: Row) -> Entry:
    """A row as a value, by the clock of the ledger."""
    return to_entry(row, now=db.now(), boot=db.boot)


def _standing(db: Database, row: Row, asking: Asking, until: float) -> tuple[Standing, Earlier | None]:
    """Where the asker stands, keys and subjects taken if it may go on; and who put a key upstream before."""
    if (standing := _known_already(row, asking)) is not None:
        return standing, None
    asked, subjects = asking.asked, subject_keys(asking.asked)
    leases = [(row["owner"], row["lease_until"], row["boot"])]
    leases += [(lease["owner"], lease["until"], lease["boot"]) for lease in leases_of(db, subjects)]
    if any(_is_leased(db, *lease, asking.owner) for lease in leases):
        return Standing.BUSY, None
    rivals = find_rivals(db, asked)
    if not row["keyed"] and rivals.is_taken:
        return Standing.CONFLICT, None
    if not take_subjects(db, subjects, asking.owner, until):
        return Standing.BUSY, None
    if not row["keyed"]:
        claim_keys(db, asked)
    return Standing.HELD, rivals.sent_before


def _known_already(row: Row, asking: Asking) -> Standing | None:
    """What the entry alone says; None when it may be worked on."""
    is_closed = row["state"] == State.CLOSED
    if row["digest"] not in (asking.asked.digest, ""):
        # Before the turn: the turns of another content's copies say nothing about this one.
        return Standing.REUSED if is_closed else Standing.TAKEN
    # What a requester published, rather than a copy of it, is always answered once there is an answer.
    may_be_anew = asking.turn == 0 or asking.unseen_wait is None
    if asking.turn < row["turn"] and not (is_closed and may_be_anew):
        return Standing.OVERTAKEN
    return Standing.CLOSED if is_closed else None


def _is_leased(db: Database, holder: str | None, until: float, boot: str, owner: str) -> bool:
    return holder not in (None, owner) and boot == db.boot and until > db.now()


def _take(db: Database, asking: Asking, until: float, *, is_sending: bool) -> Entry:
    asked, wall = asking.asked, in_words(db.wall())
    sent, values = (SENT_NOW, (wall, wall)) if is_sending else ("", ())
    row = db.execute(
        "UPDATE entries SET fence = fence + 1, owner = ?, lease_until = ?, type = ?, operation = ?, subjects = ?,"  # noqa: S608
        " keyed = CASE WHEN ? > 0 THEN 1 ELSE keyed END,"
        " next_look_at = CASE WHEN boot = ? THEN next_look_at ELSE ? + look_wait END,"
        f" boot = ?{sent} WHERE source = ? AND id = ? RETURNING *",
        (
            *(asking.owner, until, asked.type, asked.operation, len(subject_keys(asked)), len(asked.keys)),
            *(db.boot, db.now(), db.boot, *values, asked.source, asked.id),
        ),
    ).fetchone()
    return read(db, row)


def _is_mark_of_another(row: Row, account: str) -> bool:
    """Whether a request was withdrawn before it came, by another account than this."""
    return row["digest"] == "" and row["account"] not in ("", account)


def _mark(source: str, id: str, account: str) -> Registration:
    """What is known of a request that was withdrawn before it came."""
    return Registration(source=source, id=id, type="", account=account, operation="", digest="", subject=None, keys=())
