"""Holds the client certificate the State's old addresses want: read again when it changes, never shown expired."""

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


class CertificateExpired(Exception):
    """The certificate must not be shown any more; the text says since when."""


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Loaded:
    context: ssl.SSLContext
    ends_at: datetime


@dataclass(slots=True, kw_only=True)
class ClientCertificate:
    """Certificate and key from PEM files. Asking costs two `stat`.

    Raises CertificateInvalid when they cannot be used; a later change that cannot be used is logged once, and the
    former certificate stays: two files are not replaced in one moment.
    """

    path: Path
    key_path: Path
    key_password: str | None = field(default=None, repr=False)
    clock: Callable[[], datetime] = _now
    _tried: tuple[Stamp, Stamp] | None = None
    _loaded: _Loaded = field(init=False, repr=False)

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

    def check(self) -> None:
        """Raise CertificateInvalid when it has expired."""
        try:
            self.context()
        except CertificateExpired:
            raise CertificateInvalid(
                f"The certificate {self.path} expired on {self._loaded.ends_at:%Y-%m-%d}: renew it in the portal of"
                " Chorus Pro and replace the file."
            ) from None

    def context(self) -> ssl.SSLContext:
        """What connections are made with; the same object until the files change. Raises CertificateExpired."""
        self._refresh()
        if self._loaded.ends_at <= self.clock():
            raise CertificateExpired(f"the client certificate expired on {self._loaded.ends_at:%Y-%m-%d}")
        return self._loaded.context

    def _refresh(self) -> None:
        try:
            stamps = (stamp(self.path), stamp(self.key_path))
        except OSError:
            return  # being replaced
        if stamps == self._tried:
            return
        self._tried = stamps
        try:
            self._loaded = self._load()
        except CertificateInvalid as error:
            log.warning(
                happened.CERTIFICATE_UNREADABLE, detail=str(error), next_step="The former certificate is still used."
            )
        else:
            log.info(happened.CERTIFICATE_READ, expires_at=self._loaded.ends_at)

    def _load(self) -> _Loaded:
        context = ssl.create_default_context()
        # In TLS 1.3 a refused certificate is only told after the request was sent, and whether that did any work would
        # be a matter of trust. Up to 1.2 the handshake fails: nothing was sent.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        try:
            ends_at = _end_of(self.path.read_bytes())
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
        return _Loaded(context=context, ends_at=ends_at)


def _end_of(pem: bytes) -> datetime:
    """The end of the first certificate of a chain, which is the one shown; raises ValueError."""
    try:
        from cryptography import x509
    except ImportError:
        raise CertificateInvalid(
            "RELAY_AUTH=certificate needs a package that is not installed: pip install 'piste-relay[certificate]'."
        ) from None
    return x509.load_pem_x509_certificates(pem)[0].not_valid_after_utc
