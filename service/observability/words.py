"""Lists the words the log is made of: to hide one of them would hide the log, and give the word away."""

from __future__ import annotations

import re
from typing import Final

from contracts.reasons import Reason
from service.observability import events

_WORD = re.compile(r"[a-z0-9]+")

_SAID = """
account acknowledgement age age_s already amqp amqps answer answered api archive attempt body broker business
businessref buyer by calendar call calls cancellation cancelled cause changed check checksum chorus-pro claimed closed
closing completed config configured confirmed connected connecting connection consumed consumer contract correlationid
credentials critical dead-letter deadletters debug default delay delayed delivery deposit detail doctor document done
doubt draft dume duplicate duration duration_s effect empty envelope error event events exception exists expectation
expired failed false file flow flow_number following format formats gate gateway given guest handling healthz held host
http http_status https id in_doubt info internal invalid invoice invoice_number invoices large ledger level link local
localhost login lookup lost maintenance malformed message messaging met metrics mismatch missing mixed modifiable
module needs_person none not null number observability open operation outcome page parked passed password path paused
pdf person piste piste-relay platform portal postgresql prefix probe production profile queue rabbitmq readyz reason
received recipient recycling reference refused rejected rejection relay reported request requested required result
results resumed retry_later returned reused route sandbox scope search secret sent service settings settled simplified
simulator source sqlite started state status stopped subject submission submit supplement supplier technical tender
tenders test throttled timestamp token too topology trace trace_id traceback tracking true turn type unavailable
unclaimed undeliverable unknown unrouted unsafe unsaid unsupported until up upstream upstream_code url used user v1
validation version virtual waiting warning window without worker write x_correlationid xml
correction decision deletion download metadata recipient replacement validator
"""

WORDS: Final = frozenset(
    word
    for text in (_SAID, *Reason, *(value for value in vars(events).values() if isinstance(value, str)))
    for word in _WORD.findall(text.lower())
)


def is_ordinary(value: str) -> bool:
    """Whether a value is made of nothing but words of the log."""
    return all(part in WORDS for part in _WORD.findall(value.lower()))
