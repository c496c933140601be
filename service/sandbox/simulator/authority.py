"""Acts as the authority that signed the certificates of the old addresses: the server's own, and those of callers."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

_YEAR: Final = timedelta(days=365)
_BEGAN: Final = timedelta(days=730)
"""How long ago everything began to be valid, so that what has expired was valid once."""


class Authority:
    """A test authority made anew, whose files are in a folder; nobody should trust it but for trying things.

    `ca.pem` is what clients must trust; `client.pem` and `client.key` are a certificate for a year, made at once.
    Raises ImportError without the extra `certificate`, and OSError when the folder cannot be written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca = folder / "ca.pem"
        folder.mkdir(parents=True, exist_ok=True)
        self._key, self._certificate = _new_authority()
        self.ca.write_bytes(_pem(self._certificate))
        self._issue("server", "127.0.0.1", datetime.now(UTC) + _YEAR)
        self.issue()

    def issue(
        self, name: str = "client", *, ends_at: datetime | None = None, begins_at: datetime | None = None
    ) -> tuple[Path, Path]:
        """Sign a certificate of a caller of this name, in place of a former one; gives its file and that of its key."""
        return self._issue(name, name, ends_at or datetime.now(UTC) + _YEAR, begins_at)

    def server_context(self) -> ssl.SSLContext:
        """What the server listens with: it takes nobody without a certificate that this authority signed."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "server.pem", self.folder / "server.key")
        context.load_verify_locations(self.ca)
        context.verify_mode = ssl.CERT_REQUIRED
        context.sslobject_class = _ThatSaysWhy
        return context

    def _issue(
        self, file: str, subject: str, ends_at: datetime, begins_at: datetime | None = None
    ) -> tuple[Path, Path]:
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        key, certificate = _signed(subject, (begins_at, ends_at), self._key, self._certificate)
        certificate_file, key_file = self.folder / f"{file}.pem", self.folder / f"{file}.key"
        key_file.touch(mode=0o600)
        key_file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        certificate_file.write_bytes(_pem(certificate))
        return certificate_file, key_file


class _ThatSaysWhy(ssl.SSLObject):
    """A connection that tells a caller why its certificate is refused, as other servers do.

    The event loop would cut it before the alert has left. Told to wait for more instead, it sends what there is, and
    the caller hangs up.
    """

    def do_handshake(self) -> None:
        try:
            super().do_handshake()
        except ssl.SSLError as error:
            raise ssl.SSLWantReadError from error


def common_name(certificate: Mapping[str, Any] | None) -> str | None:  # Any: as the library gives it
    """The name in a certificate that was shown."""
    parts = (part for relative in (certificate or {}).get("subject", ()) for part in relative)
    return next((value for name, value in parts if name == "commonName"), None)


def _new_authority() -> tuple[EllipticCurvePrivateKey, x509.Certificate]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = _named("Test authority of the simulator")
    builder = _begun(name, name, None, datetime.now(UTC) + 10 * _YEAR).public_key(key.public_key())
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    return key, builder.sign(key, hashes.SHA256())


def _signed(
    subject: str,
    valid: tuple[datetime | None, datetime],
    authority_key: EllipticCurvePrivateKey,
    authority: x509.Certificate,
) -> tuple[EllipticCurvePrivateKey, x509.Certificate]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1")), x509.IPAddress(ip_address("::1"))]
    signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    builder = _begun(_named(subject), authority.subject, *valid).public_key(key.public_key())
    builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    builder = builder.add_extension(signer, critical=False)
    return key, builder.sign(authority_key, hashes.SHA256())


def _begun(
    subject: x509.Name, issuer: x509.Name, begins_at: datetime | None, ends_at: datetime
) -> x509.CertificateBuilder:
    from cryptography import x509

    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
    builder = builder.serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(begins_at or datetime.now(UTC) - _BEGAN)
    return builder.not_valid_after(ends_at)


def _named(name: str) -> x509.Name:
    from cryptography import x509

    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def _pem(certificate: x509.Certificate) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)
