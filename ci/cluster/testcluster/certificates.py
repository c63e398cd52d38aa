"""A certificate authority of the cluster's own, and the keys and certificates that it issues."""

import datetime as dt
import ipaddress
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = dt.timedelta(days=7)
CLOCK_SKEW = dt.timedelta(minutes=5)


class Authority:
    """Issues certificates into a folder: NAME.crt and NAME.key, and the authority's own as ca.crt and ca.key."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700)
        self.folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("cubec test cluster", ())
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        builder = self._builder(self._name, self._key).add_extension(constraints, critical=True)
        certificate = builder.add_extension(_certificate_signing(), critical=True).sign(self._key, hashes.SHA256())
        self._write("ca", self._key, certificate)

    def issue(
        self, name: str, common_name: str, *, organizations: Iterable[str] = (), hosts: Iterable[str] = ()
    ) -> None:
        """A certificate for both directions of TLS; the names decide who its bearer is to Kubernetes."""
        key = ec.generate_private_key(ec.SECP256R1())
        usages = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
        builder = self._builder(_name(common_name, organizations), key).add_extension(usages, critical=False)
        alternatives = [_alternative(host) for host in hosts]
        if alternatives:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        self._write(name, key, builder.sign(self._key, hashes.SHA256()))

    def service_account_key(self) -> None:
        """The pair that signs and verifies ServiceAccount tokens: sa.key and sa.pub."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._write("sa", key)
        encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        (self.folder / "sa.pub").write_bytes(key.public_key().public_bytes(encoding, form))

    def _builder(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return (
            x509.CertificateBuilder(subject_name=subject, issuer_name=self._name, public_key=key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - CLOCK_SKEW)
            .not_valid_after(now + LIFETIME)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(issuer_key, critical=False)  # Python 3.13 and later insist on the identifiers
        )

    def _write(
        self,
        name: str,
        key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
        certificate: x509.Certificate | None = None,
    ) -> None:
        path = self.folder / f"{name}.key"
        path.touch(mode=0o600)
        form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        path.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, plain))
        if certificate:
            (self.folder / f"{name}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _name(common_name: str, organizations: Iterable[str]) -> x509.Name:
    groups = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization) for organization in organizations]
    return x509.Name([*groups, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _certificate_signing() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )
