"""The names of everything that is logged, in the past tense; searches and alerts rely on them."""

from __future__ import annotations

from typing import Final

EVENT_SETTLED: Final = "event_settled"
"""One line per delivery: what became of it."""

WORKER_STARTED: Final = "worker_started"
WORKER_STOPPING: Final = "worker_stopping_asked"
WORKER_STOPPED: Final = "worker_stopped"
STARTUP_CHECKED: Final = "startup_checked"
HTTP_OPENED: Final = "http_opened"
CRASHED: Final = "crashed"
WARNED: Final = "python_warned"

BROKER_CONNECTED: Final = "broker_connected"
BROKER_LOST: Final = "broker_connection_lost"
TOPOLOGY_DECLARED: Final = "topology_declared"
CONSUMPTION_STALLED: Final = "consumption_stalled"
CONSUMPTION_RESUMED: Final = "consumption_resumed"
SETTLEMENT_UNCONFIRMED: Final = "settlement_unconfirmed"

UPSTREAM_PAUSED: Final = "upstream_paused"
UPSTREAM_RESUMED: Final = "upstream_resumed"
CALENDAR_READ: Final = "calendar_read"
CALENDAR_REJECTED: Final = "calendar_rejected"

ACCOUNTS_READ: Final = "accounts_read"
ACCOUNTS_REJECTED: Final = "accounts_file_rejected"
ACCOUNT_REJECTED: Final = "technical_account_rejected"
ACCOUNT_ACCEPTED: Final = "technical_account_accepted"

TOKEN_RENEWED: Final = "token_renewed"  # noqa: S105  the name of a fact, not a token
LEDGER_LOST: Final = "ledger_became_unusable"
LEDGER_REGAINED: Final = "ledger_became_usable"
LEDGER_PURGED: Final = "ledger_purged"

EVENT_HANDLING_FAILED: Final = "event_handling_failed"
"""The relay's own mistake, with its traceback; the event is kept and tried again."""
