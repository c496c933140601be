"""Holds the client certificate the State's old addresses want: read again when it changes, never shown out of time."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from service.observability import events as happened
from service.observability.log import get_logger
from service.watched import Stamp, stamp

log = get_logger(__name__)


class CertificateInvalid(ValueError):
    """The certificate cannot be used; the text is one sentence without secrets."""


class CertificateUntimely(Exception):
    """The certificate must not be shown any more, or not yet; the text says since when, or until when."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loaded:
    context: ssl.SSLContext
    begins_at: datetime
    ends_at: datetime


@dataclass(slots=True, kw_only=True)
class ClientCertificate:
    """Certificate and key from PEM files. Asking costs two `stat`.

    Raises CertificateInvalid when they cannot be used; a later change that cannot be used is logged once, and the
    former certificate stays: two files are not replaced in one moment. So it does until a new one begins to be valid.
    """

    path: Path
    key_path: Path
    key_password: str | None = field(default=None, repr=False)
    clock: Callable[[], datetime] = _now
    _tried: tuple[Stamp, Stamp] | None = None
    _loaded: _Loaded = field(init=False, repr=False)
    _next: _Loaded | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        try:
            self._tried = (stamp(self.path), stamp(self.key_path))
        except OSError as error:
            raise CertificateInvalid(f"{error.filename} cannot be read: {error.strerror}.") from None
        self._loaded = self._load()

    @property
    def ends_at(self) -> datetime:
        """When the certificate expires, as it is now."""
        self._refresh()
        return self._loaded.ends_at

    @property
    def missing(self) -> Path | None:
        """The file that is not there, or may not be read any more; None when both are."""
        for path in (self.path, self.key_path):
            try:
                stamp(path)
            except OSError:
                return path
        return None

    def check(self) -> None:
        """Raise CertificateInvalid when it has expired, or is not valid yet."""
        self._refresh()
        now, begins_at = self.clock(), self._loaded.begins_at
        if begins_at > now:
            raise CertificateInvalid(
                f"The certificate {self.path} is valid only from {begins_at:%Y-%m-%d %H:%M} UTC on: start with the"
                " former one, and look at the clock of this machine."
            )
        if self._loaded.ends_at <= now:
            raise CertificateInvalid(
                f"The certificate {self.path} expired on {self._loaded.ends_at:%Y-%m-%d}: renew it in the portal of"
                " Chorus Pro and replace the file."
            )

    def context(self) -> ssl.SSLContext:
        """What connections are made with; the same object until the files change. Raises CertificateUntimely."""
        self._refresh()
        now, shown = self.clock(), self._loaded
        if shown.begins_at > now:
            raise CertificateUntimely(
                f"the client certificate is not valid before {shown.begins_at:%Y-%m-%d %H:%M} UTC"
            )
        if shown.ends_at <= now:
            raise CertificateUntimely(f"the client certificate expired on {shown.ends_at:%Y-%m-%d}")
        return shown.context

    def _refresh(self) -> None:
        if self._next is not None and self._next.begins_at <= self.clock():
            self._take(self._next)
        try:
            stamps = (stamp(self.path), stamp(self.key_path))
        except OSError:
            return  # being replaced, or gone: see `missing`
        if stamps == self._tried:
            return
        self._tried = stamps
        try:
            found = self._load()
        except CertificateInvalid as error:
            log.warning(
                happened.CERTIFICATE_UNREADABLE, detail=str(error), next_step="The former certificate is still used."
            )
        else:
            self._found(found)

    def _found(self, found: _Loaded) -> None:
        if found.begins_at <= self.clock():
            self._take(found)
            return
        self._next = found
        log.warning(
            happened.CERTIFICATE_EARLY,
            valid_from=found.begins_at,
            next_step="The former certificate is used until then; no worker starts with the new one before.",
        )

    def _take(self, taken: _Loaded) -> None:
        self._loaded, self._next = taken, None
        log.info(happened.CERTIFICATE_READ, expires_at=taken.ends_at)

    def _load(self) -> _Loaded:
        context = ssl.create_default_context()
        # In TLS 1.3 a refused certificate is only told after the request was sent, and whether that did any work would
        # be a matter of trust. Up to 1.2 the handshake fails: nothing was sent.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        try:
            begins_at, ends_at = _time_of(self.path.read_bytes())
            # A password is always given: without one, the library would ask at the terminal.
            context.load_cert_chain(self.path, self.key_path, password=self.key_password or "")
        except ssl.SSLError as error:
            is_other_pair = getattr(error, "reason", None) == "KEY_VALUES_MISMATCH"
            why = "they are not of one pair" if is_other_pair else "wrong password, or no PEM"
            raise CertificateInvalid(
                f"The certificate {self.path} cannot be used with the key {self.key_path}: {why}."
            ) from None
        except OSError as error:
            raise CertificateInvalid(f"{error.filename or self.key_path} cannot be read: {error.strerror}.") from None
        except ValueError:
            raise CertificateInvalid(f"{self.path} holds no certificate in PEM.") from None
        return _Loaded(context=context, begins_at=begins_at, ends_at=ends_at)


def _time_of(pem: bytes) -> tuple[datetime, datetime]:
    """Beginning and end of the first certificate of a chain, which is the one shown; raises ValueError."""
    try:
        from cryptography import x509
    except ImportError:
        raise CertificateInvalid(
            "RELAY_AUTH=certificate needs a package that is not installed: pip install 'piste-relay[certificate]'."
        ) from None
    shown = x509.load_pem_x509_certificates(pem)[0]
    return shown.not_valid_before_utc, shown.not_valid_after_utc
