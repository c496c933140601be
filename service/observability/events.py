"""The names of what is logged, in the past tense; searches and alerts rely on them."""

from __future__ import annotations

from typing import Final

EVENT_SETTLED: Final = "event_settled"
"""One line per delivery: what became of it."""
EVENT_HANDLING_FAILED: Final = "event_handling_failed"
"""The relay's own mistake, with its traceback; the event is kept and tried again."""
CRASHED: Final = "crashed"
"""An exception nobody caught."""

WORKER_STARTED: Final = "worker_started"
WORKER_STOPPING: Final = "worker_asked_to_stop"
WORKER_STOPPED: Final = "worker_stopped"
WORKER_FAILED: Final = "worker_failed"
"""It could not start, or could not go on; the detail says what to change."""
STARTUP_NOTICED: Final = "startup_noticed"
"""A start-up check found something worth knowing that does not stop the start."""

GATE_PROBED: Final = "gate_probed"
API_CLOSED: Final = "api_closed"
API_OPENED: Final = "api_opened"
CALENDAR_READ: Final = "calendar_read"
CALENDAR_UNREADABLE: Final = "calendar_found_unreadable"

RULES_READ: Final = "preflight_rules_read"
RULES_UNREADABLE: Final = "preflight_rules_found_unreadable"
"""A changed file of rules cannot be used; the former rules stay."""
STATUSES_READ: Final = "statuses_read"
"""One line per round of the status feed: what was seen and told, and how far that brought it."""
STATUSES_UNREAD: Final = "statuses_put_off"
"""A round that could not be read, or not to its end; its tick comes back."""
STATUSES_CUT: Final = "statuses_cut_short"
"""More invoices changed within seconds than one search tells: some may only be told when they change again."""
FEED_TICK_MADE: Final = "feed_tick_made"
"""A feed had no tick, or none that came in time; later numbers than 1 are repairs."""
FEED_TICK_DROPPED: Final = "feed_tick_dropped"

ACCOUNTS_READ: Final = "accounts_read"
ACCOUNTS_UNREADABLE: Final = "accounts_found_unreadable"
"""A changed accounts file cannot be used; the former accounts stay."""
ACCOUNT_REJECTED: Final = "account_rejected"
"""A technical account was refused; a person must renew its password."""
ACCOUNT_ACCEPTED: Final = "account_accepted_again"
PASSWORD_END_NEARED: Final = "account_password_end_neared"  # noqa: S105  the name of a line
"""The password of a technical account expires soon, or has expired; said daily until it is renewed."""
PASSWORD_END_MISSED: Final = "account_password_end_not_shown"  # noqa: S105  the same
"""Nobody says when the password of an account expires; said once for each reason."""

CERTIFICATE_READ: Final = "certificate_read"
CERTIFICATE_UNREADABLE: Final = "certificate_found_unreadable"
"""Changed files of the client certificate cannot be used; the former certificate stays."""
CERTIFICATE_EARLY: Final = "certificate_not_valid_yet_found"
"""The new client certificate is not valid yet; the former one stays until it is."""
CERTIFICATE_MISSED: Final = "certificate_missed"
"""A file of the client certificate has gone; said once each time, and what was read from it stays."""
CERTIFICATE_END_NEARED: Final = "certificate_end_neared"
"""The client certificate expires soon, or has expired; said daily until it is replaced."""

IDENTIFIER_DOUBTED: Final = "identifier_doubted"
"""A request about a tender names a buyer or bidder by an identifier that cannot be right."""

LEDGER_LOST: Final = "ledger_lost"
"""It cannot be read or written; said once, and nothing is taken from the queues until `ledger_regained`."""
LEDGER_REGAINED: Final = "ledger_regained"
LEDGER_PURGED: Final = "ledger_purged"
