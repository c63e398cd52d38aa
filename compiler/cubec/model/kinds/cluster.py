"""Cluster documents."""

from collections.abc import Mapping
from typing import Any

from cubec.model.reader import Reader, strings
from cubec.model.types import Cluster, Delivery, Identity, SecretMode


def read(reader: Reader) -> Cluster:
    spec = reader.spec
    return Cluster(
        name=reader.name,
        description=spec.get("description", ""),
        version=spec["kubernetes"],
        minor=int(spec["kubernetes"].partition(".")[2]),
        server=spec.get("server", ""),
        certificate_authority=spec.get("certificateAuthority", ""),
        delivery=_delivery(spec.get("delivery", {})),
        control=spec.get("control", False),
        identity=_identity(spec.get("identity", {})),
        secrets=_secrets(spec["secrets"]) if "secrets" in spec else None,
        capabilities=frozenset(spec.get("capabilities", ())),
        ingress_namespaces=strings(spec, "ingressNamespaces"),
        monitoring_namespaces=strings(spec, "monitoringNamespaces"),
        origin=reader.origin,
    )


def _delivery(values: Mapping[str, Any]) -> Delivery:
    return Delivery(
        engine=values.get("engine", "none"),
        repository=values.get("repository", ""),
        branch=values.get("branch", "main"),
        path=values.get("path", "output").strip("/"),
    )


def _identity(values: Mapping[str, Any]) -> Identity:
    return Identity(
        mode=values.get("mode", "serviceaccount"),
        issuer=values.get("issuer", ""),
        client_id=values.get("clientID", ""),
        username_claim=values.get("usernameClaim", "email"),
        username_prefix=values.get("usernamePrefix", "oidc:"),
        groups_claim=values.get("groupsClaim", "groups"),
        groups_prefix=values.get("groupsPrefix", "oidc:"),
    )


def _secrets(values: Mapping[str, Any]) -> SecretMode:
    store = values.get("store", {})
    return SecretMode(
        mode=values["mode"],
        store_name=store.get("name", ""),
        store_kind=store.get("kind", "ClusterSecretStore"),
        recipients=strings(values, "recipients"),
        certificate=values.get("certificate", ""),
        namespace=values.get("namespace", ""),
    )
