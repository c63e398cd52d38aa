"""The API server of a kubeconfig: as its user, whatever way of logging in that file names, or as who has a token."""

from pathlib import Path
from typing import Any

import urllib3
from kubernetes import client, config


class UnreachableError(Exception):
    """The kubeconfig leads nowhere; the message says why."""


class Upstream:
    """Connections to one API server. Safe for many threads."""

    def __init__(self, kubeconfig: Path) -> None:
        if not kubeconfig.is_file():
            raise UnreachableError(f"{str(kubeconfig)!r} is no file: name a kubeconfig")
        self._settings = client.Configuration()
        try:
            config.load_kube_config(str(kubeconfig), client_configuration=self._settings)
        except (config.ConfigException, OSError) as error:
            raise UnreachableError(f"{str(kubeconfig)!r}: {error}") from None
        self.host = self._settings.host.rstrip("/")
        self._as_user = self._pool(certificate=True)
        self._as_token = self._pool(certificate=False)

    def _pool(self, *, certificate: bool) -> Any:
        settings = self._settings
        options: dict[str, Any] = {
            "cert_reqs": "CERT_REQUIRED" if settings.verify_ssl else "CERT_NONE",
            "ca_certs": settings.ssl_ca_cert,
            "maxsize": 16,
            "retries": False,
            "timeout": urllib3.Timeout(connect=10, read=None),
        }
        if certificate and settings.cert_file:
            options |= {"cert_file": settings.cert_file, "key_file": settings.key_file}
        if getattr(settings, "tls_server_name", None):
            options |= {"server_hostname": settings.tls_server_name, "assert_hostname": settings.tls_server_name}
        return urllib3.ProxyManager(settings.proxy, **options) if settings.proxy else urllib3.PoolManager(**options)

    def send(
        self, method: str, path: str, body: bytes, headers: dict[str, str], *, trusted: bool
    ) -> urllib3.BaseHTTPResponse:
        """Send a request on, and return the answer with its body still to be read."""
        if trusted:
            named = (self._settings.get_api_key_with_prefix(name) for name in ("BearerToken", "authorization"))
            own = next(filter(None, named), "")  # renewed by whatever the kubeconfig says, where it has run out
            headers |= {"Authorization": own} if own else {}
        pool = self._as_user if trusted else self._as_token
        return pool.request(
            method, self.host + path, body=body or None, headers=headers, preload_content=False, redirect=False
        )

    def close(self) -> None:
        for pool in (self._as_user, self._as_token):
            pool.clear()
