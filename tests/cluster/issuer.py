"""An OpenID Connect issuer on the loopback address: discovery and keys over https, and tokens for whomever a test names."""

import base64
import datetime as dt
import ipaddress
import json
import ssl
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID

LOOPBACK = "127.0.0.1"
SIZE = 32  # bytes of a number of the curve P-256


@dataclass(frozen=True)
class Issuer:
    """Where the issuer is, the certificate that it shows, and the key that it signs with."""

    url: str
    certificate: str
    key: ec.EllipticCurvePrivateKey

    def token(self, claims: Mapping[str, Any], *, key: ec.EllipticCurvePrivateKey | None = None) -> str:
        """A token for ten minutes of a client called ``kubernetes``; claims say otherwise, and None leaves one out."""
        now = int(time.time())
        body = {"iss": self.url, "aud": "kubernetes", "sub": "1", "iat": now - 3600, "exp": now + 600, **claims}
        body = {claim: value for claim, value in body.items() if value is not None}
        signed = f"{_part({'alg': 'ES256', 'kid': 'only', 'typ': 'JWT'})}.{_part(body)}"
        numbers = decode_dss_signature((key or self.key).sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{_text(b''.join(number.to_bytes(SIZE, 'big') for number in numbers))}"


@contextmanager
def running(folder: Path) -> Iterator[Issuer]:
    """An issuer that answers until the block ends; the folder keeps its certificate and key."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate, files = _certificate(key), (folder / "issuer.crt", folder / "issuer.key")
    files[0].write_text(certificate)
    files[1].write_bytes(_written(key))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*files)
    server = ThreadingHTTPServer((LOOPBACK, 0), _Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    issuer = Issuer(f"https://{LOOPBACK}:{server.server_address[1]}", certificate, key)
    server.pages = _pages(issuer)  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def configuration(issuer: Issuer, identity: Mapping[str, str]) -> dict[str, Any]:
    """The API server's authentication configuration, as an administrator would write it for a cluster document."""
    claims = {
        "username": {"claim": identity["usernameClaim"], "prefix": identity["usernamePrefix"]},
        "groups": {"claim": identity["groupsClaim"], "prefix": identity["groupsPrefix"]},
    }
    trusted = {"url": issuer.url, "audiences": [identity["clientID"]], "certificateAuthority": issuer.certificate}
    return {
        "apiVersion": "apiserver.config.k8s.io/v1",
        "kind": "AuthenticationConfiguration",
        "anonymous": {"enabled": True, "conditions": [{"path": path} for path in ("/livez", "/readyz", "/healthz")]},
        "jwt": [{"issuer": trusted, "claimMappings": claims}],
    }


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = self.server.pages.get(self.path)  # type: ignore[attr-defined]
        body = json.dumps(page or {}).encode()
        self.send_response(200 if page else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: what the API server asks for is no news."""


def _pages(issuer: Issuer) -> dict[str, Any]:
    point = issuer.key.public_key().public_numbers()
    numbers = {"x": _text(point.x.to_bytes(SIZE, "big")), "y": _text(point.y.to_bytes(SIZE, "big"))}
    key = {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256", "kid": "only", **numbers}
    about = {
        "issuer": issuer.url,
        "jwks_uri": f"{issuer.url}/keys",
        "response_types_supported": ["id_token"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["ES256"],
    }
    return {"/.well-known/openid-configuration": about, "/keys": {"keys": [key]}}


def _certificate(key: ec.EllipticCurvePrivateKey) -> str:
    """Signed by itself, for the loopback address."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "issuer of a test")])
    now = dt.datetime.now(dt.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(LOOPBACK))])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - dt.timedelta(hours=1))
    builder = builder.not_valid_after(now + dt.timedelta(days=1)).add_extension(address, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()


def _written(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _part(value: Mapping[str, Any]) -> str:
    return _text(json.dumps(value).encode())


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
