"""CustomResourceDefinitions of additions that are not installed: read from the modules that ci/cluster pins, unchanged."""

import http.client
import json
import os
import subprocess
from functools import partial
from pathlib import Path
from typing import Any

import yaml
from tests.cluster.client import Client

MODULES = Path(__file__).parents[2] / "ci/cluster"
PINNED = (  # the folder whose go.mod pins it, the module, the files in it
    (
        "components",
        "github.com/argoproj/argo-cd/v3",
        ("manifests/crds/application-crd.yaml", "manifests/crds/appproject-crd.yaml"),
    ),
    (
        "decode",
        "github.com/argoproj/argo-workflows/v3",
        ("manifests/base/crds/full/argoproj.io_workflowtemplates.yaml",),
    ),
    (
        "decode",
        "github.com/bitnami-labs/sealed-secrets",
        ("helm/sealed-secrets/crds/bitnami.com_sealedsecrets.yaml",),
    ),
    (
        "decode/externalsecrets",
        "github.com/external-secrets/external-secrets",
        ("config/crds/bases/external-secrets.io_externalsecrets.yaml",),
    ),
)


def pinned() -> list[dict[str, Any]]:
    """The definitions, of the versions that the modules of ci/cluster pin."""
    found = []
    for folder, module, files in PINNED:
        environment = {**os.environ, "GOTOOLCHAIN": "local", "GOWORK": "off"}
        command = ["go", "mod", "download", "-json", module]
        done = subprocess.run(
            command, cwd=MODULES / folder, env=environment, capture_output=True, text=True, check=True
        )
        root = Path(json.loads(done.stdout)["Dir"])
        for file in files:
            found += yaml.load_all((root / file).read_text(), Loader=yaml.CSafeLoader)
    return found


def loose(plural: str, kind: str, group: str = "kubeflow.org", version: str = "v1") -> dict[str, Any]:
    """A definition of our own for a kind whose contents do not matter here: it takes every field."""
    anything = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    served = {"name": version, "served": True, "storage": True, "schema": {"openAPIV3Schema": anything}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": plural, "singular": kind.lower(), "kind": kind, "listKind": f"{kind}List"},
            "versions": [served],
        },
    }


def install(cluster: Any, client: Client, definitions: list[dict[str, Any]]) -> None:
    """Apply definitions and wait until their kinds are served; a cluster that is not ours keeps the kinds that it has."""
    if cluster.foreign:
        return
    for definition in definitions:
        assert client.apply(definition).status < http.client.BAD_REQUEST, definition["metadata"]["name"]
    for definition in definitions:
        name = definition["metadata"]["name"]
        cluster.eventually(partial(_established, client, client.path(definition)), f"{name} is established")
    cluster.eventually(partial(_served, client, definitions), "discovery names the new kinds")


def _established(client: Client, path: str) -> bool:
    conditions = client.get(path).get("status", {}).get("conditions") or []  # null at first
    return any(one["type"] == "Established" and one["status"] == "True" for one in conditions)


def _served(client: Client, definitions: list[dict[str, Any]]) -> bool:
    """Whether discovery, which follows a little later, has every kind in every version."""
    client.forget_kinds()
    return all(
        client.knows({"apiVersion": f"{spec['group']}/{version['name']}", "kind": spec["names"]["kind"]})
        for spec in (one["spec"] for one in definitions)
        for version in spec["versions"]
        if version["served"]
    )
