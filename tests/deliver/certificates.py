"""Certificates of a test's own: an authority, and what it vouches for."""

import ssl
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Authority:
    """Makes certificates in a folder. Who trusts ``file`` trusts them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Authority of a test")])
        basic = x509.BasicConstraints(ca=True, path_length=None)
        self.file = self._write("authority", self._sign(self.name, self.key, basic, days=30), None)

    def server(self, address: str = "127.0.0.1", *, days: int = 30) -> Path:
        """A file of a certificate for this address, with its key; it is good for some days, gone ones if negative."""
        key = ec.generate_private_key(ec.SECP256R1())
        named = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address)), x509.DNSName("localhost")])
        return self._write(f"{address}{days}", self._sign(x509.Name([]), key, named, days=days), key)

    def context(self, address: str = "127.0.0.1", *, days: int = 30) -> ssl.SSLContext:
        """What a server with such a certificate needs."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(self.server(address, days=days))
        return context

    def _sign(
        self, name: x509.Name, key: ec.EllipticCurvePrivateKey, extension: x509.ExtensionType, *, days: int
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder(subject_name=name, issuer_name=self.name, public_key=key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=60))
            .not_valid_after(now + timedelta(days=days))
            .add_extension(extension, critical=True)
            .sign(self.key, hashes.SHA256())
        )

    def _write(self, name: str, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey | None) -> Path:
        file = self.folder / f"{name}.pem"
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        if key is not None:
            # The key stands first, as Postfix wants it.
            pem = (
                key.private_bytes(
                    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
                )
                + pem
            )
        file.write_bytes(pem)
        return file
