"""Shows when the client certificate expires, warns ahead, daily, and of files that have gone; sees a replaced one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from service.core.ending import Ending
from service.observability import events as happened
from service.observability.log import get_logger
from service.steady import steady
from service.upstream import ClientCertificate

DAY = 86_400.0
LOOK_AROUND = 30.0
"""Seconds between two looks at the files, which cost two `stat`."""

log = get_logger(__name__)


@dataclass(slots=True, kw_only=True)
class CertificateWatch:
    """Each worker watches its own files. `show` is told file and end; `ahead` is how long before it is warned of."""

    certificate: ClientCertificate | None
    show: Callable[[str, datetime], None]
    ahead: timedelta
    _warned: tuple[datetime, float] | None = None
    _missing: Path | None = None

    async def run(self) -> None:
        """Look now and ever again until cancelled; without a certificate there is nothing to look at."""
        while True:
            self.look()
            await asyncio.sleep(LOOK_AROUND)

    def look(self) -> None:
        """Show the end as it is now, and say once a day that it is near; and once that a file has gone."""
        if self.certificate is None:
            return
        self._miss(self.certificate.missing)
        end, now = Ending(at=self.certificate.ends_at), datetime.now(UTC)
        self.show(str(self.certificate.path), end.at)
        if not end.is_near(now, self.ahead) or self._was_warned(end.at):
            return
        self._warned = (end.at, steady())
        log.warning(
            happened.CERTIFICATE_END_NEARED,
            expires_at=end.at,
            days_left=end.days_left(now),
            next_step="Renew it in the portal of Chorus Pro and replace the files; no restart is needed.",
        )

    def _miss(self, path: Path | None) -> None:
        if path is not None and path != self._missing:
            log.warning(
                happened.CERTIFICATE_MISSED,
                path=str(path),
                next_step="What was read from it is still used. Put it back before a worker is started again.",
            )
        self._missing = path

    def _was_warned(self, at: datetime) -> bool:
        return self._warned is not None and self._warned[0] == at and steady() < self._warned[1] + DAY
