"""Everything that is emitted is what Kubernetes and its projects take: strictly, by their own schemas and types."""

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from cubec import manifest, pipeline
from tests.examples import BASE
from tests.test_golden import CASES, GOLDEN, TODAY, sources

ROOT = Path(__file__).parents[1]
BUILT_IN = {"v1", "apps/v1", "batch/v1", "networking.k8s.io/v1", "rbac.authorization.k8s.io/v1", "scheduling.k8s.io/v1"}
ADMISSION = "admissionregistration.k8s.io/v1"
SCHEMAS = Path(str(files("kubernetes_validate"))) / "kubernetes-json-schema"  # Kubernetes' own
SINCE = {"MutatingAdmissionPolicy": 36, "MutatingAdmissionPolicyBinding": 36}


@lru_cache(maxsize=1)
def compiled() -> dict[str, dict[str, bytes]]:
    """The output of the sample, of the base platform and of every golden case that can be built, by name."""
    trees = {
        "sample": {
            path.relative_to(ROOT / "output").as_posix(): path.read_bytes()
            for path in (ROOT / "output").rglob("*.yaml")
        }
    }
    for name in ["base", *CASES]:
        analysis = pipeline.analyse(sources(BASE if name == "base" else GOLDEN / name).items(), [], TODAY)
        if analysis.model is not None and not analysis.failed:
            trees[name] = dict(pipeline.emit(analysis.model))
    return trees


def objects(tree: dict[str, bytes]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, content in tree.items():
        if path.endswith(".yaml") and "/clients/" not in path:
            for item in yaml.load_all(content, Loader=yaml.CSafeLoader):
                yield path, item


def versions(tree: dict[str, bytes]) -> dict[str, str]:
    """The Kubernetes version of each cluster, as its namespaces' Pod Security is pinned to."""
    return {
        path.split("/")[0]: item["metadata"]["labels"]["pod-security.kubernetes.io/enforce-version"][1:]
        for path, item in objects(tree)
        if path.endswith("platform/namespaces.yaml")
        and item["kind"] == "Namespace"
        and "labels" in item["metadata"]
        and "pod-security.kubernetes.io/enforce-version" in item["metadata"]["labels"]
    }


@cache
def registry(version: str) -> jsonschema_rs.Registry:
    content = json.loads((SCHEMAS / f"v{version}.0-local-strict/_definitions.json").read_text())
    return jsonschema_rs.Registry([(content["$id"], content)])


@cache
def schema(version: str, api_version: str, kind: str) -> jsonschema_rs.Draft202012Validator:
    """The strict schema of a kind; its file's name has the group up to the first dot."""
    group, _, number = api_version.rpartition("/")
    name = "-".join(part for part in (kind.lower(), group.split(".")[0], number) if part)
    content = json.loads((SCHEMAS / f"v{version}.0-local-strict/{name}.json").read_text())
    return jsonschema_rs.Draft202012Validator(content, registry=registry(version))


def validate(item: dict[str, Any], version: str) -> None:
    """Raise unless it is strictly valid for that version, such as 1.36."""
    schema(version, item["apiVersion"], item["kind"]).validate(item)


@cache
def valid(item: str, version: str) -> None:
    """The same for an item as JSON. Most cases have most objects in common, and those are looked at once."""
    validate(json.loads(item), version)


@pytest.mark.parametrize("strange", [{"labelz": {}}, {"labels": {"a": 1}}, {"name": 5}])
def test_the_schemas_are_strict(strange: dict[str, Any]):
    """An unknown field, deep down too, and a wrong type are seen; else the next test would prove nothing."""
    item = {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "one"}}
    validate(item, "1.36")

    with pytest.raises(jsonschema_rs.ValidationError):
        validate(item | {"metadata": {"name": "one"} | strange}, "1.36")


@pytest.mark.parametrize("name", ["sample", "base", *CASES])
def test_strictly_valid(name: str):
    """Every object of a built-in kind has only fields that its cluster's version knows, of the right types."""
    tree = compiled().get(name)
    if tree is None:
        return  # the case is about an error, and makes nothing
    served = versions(tree)
    for path, item in objects(tree):
        version = served[path.split("/")[0]]
        assert item["apiVersion"] in {*manifest.NAMESPACED.values(), *manifest.CLUSTERED.values()}
        assert int(version.split(".")[1]) >= SINCE.get(item["kind"], 0), (
            f"{path}: {item['kind']} is not served by {version}"
        )
        if item["apiVersion"] in BUILT_IN or (item["apiVersion"] == ADMISSION and item["kind"] not in SINCE):
            plain = {key: value for key, value in item.items() if key != "sops"}  # taken off before anything is applied
            valid(json.dumps(plain), version)


@pytest.mark.parametrize("name", ["sample", "base", *CASES])
def test_identities_are_unique(name: str):
    """No object is written twice, and every one says who made it and why."""
    seen = set()
    for path, item in objects(compiled().get(name, {})):
        metadata = item["metadata"]
        identity = (path.split("/")[0], item["apiVersion"], item["kind"], metadata.get("namespace"), metadata["name"])
        assert identity not in seen
        seen.add(identity)
        assert metadata["labels"]["app.kubernetes.io/managed-by"] == "cubec"
        assert metadata["annotations"]["cubec.io/source"]


def test_names_labels_and_sizes():
    """What no schema checks: names, label values, annotation sizes as the API server limits them."""
    label = re.compile(r"([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?")
    subdomain = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*")
    for tree in compiled().values():
        for path, item in objects(tree):
            metadata = item["metadata"]
            assert all(label.fullmatch(value) for value in metadata["labels"].values()), path
            assert sum(map(len, metadata["annotations"].values())) < 256 * 1024
            if item["apiVersion"] != "rbac.authorization.k8s.io/v1":
                assert subdomain.fullmatch(metadata["name"]), (path, metadata["name"])
                assert len(metadata["name"]) <= 253


def test_kubectl_reads_every_folder(tmp_path: Path):
    """Each folder of the sample is taken by kubectl as it is."""
    kubectl = shutil.which("kubectl", path=f"{ROOT / '.venv/bin'}{os.pathsep}{os.environ['PATH']}")
    assert kubectl, "kubectl comes with the test requirements"
    for folder in sorted({path.parent for path in (ROOT / "output").rglob("*.yaml") if "clients" not in path.parts}):
        command = [
            kubectl,
            "label",
            "--local",
            "--dry-run=client",
            "-o",
            "name",
            "-f",
            str(folder),
            "cubec.io/test=yes",
        ]
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "KUBECONFIG": str(tmp_path / "none")},
        )
        assert done.returncode == 0, f"{folder}: {done.stderr}"


@pytest.mark.tools
def test_the_projects_own_types_take_every_object(tmp_path: Path):
    """Kueue, Argo CD, Flux, External Secrets, Sealed Secrets, Argo Workflows, Kyverno: strictly decoded into their Go types."""
    for name, tree in compiled().items():
        for path, content in tree.items():
            if path.endswith(".yaml") and "/clients/" not in path:
                target = tmp_path / name / path
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
    built = subprocess.run([ROOT / "ci/cluster/build", "decode"], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    done = subprocess.run(
        [built.stdout.split()[-1], "-complete", str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:]
    assert " 0 failed" in done.stdout


@pytest.mark.parametrize("minor", range(30, 38))
@pytest.mark.parametrize("kyverno", [False, True], ids=["plain", "kyverno"])
def test_every_version(minor: int, *, kyverno: bool):
    """From 1.30 to 1.37 nothing is emitted that the declared version does not serve, and each object is strictly valid there."""
    files = sources(BASE)
    cluster = files["tenants/clusters/ack.yaml"].decode().replace('"1.36"', f'"1.{minor}"')
    if kyverno:
        cluster = cluster.replace("capabilities: [", "capabilities: [kyverno, ")
    files["tenants/clusters/ack.yaml"] = cluster.encode()
    analysis = pipeline.analyse(files.items(), [], TODAY)
    assert analysis.model is not None
    assert not analysis.failed
    kinds = set()
    for path, item in objects(dict(pipeline.emit(analysis.model))):
        kinds.add(item["kind"])
        assert minor >= SINCE.get(item["kind"], 0), path
        if item["apiVersion"] in BUILT_IN or (item["apiVersion"] == ADMISSION and item["kind"] not in SINCE):
            validate(item, f"1.{minor}")

    assert "ValidatingAdmissionPolicy" in kinds
    assert ("MutatingPolicy" in kinds) == (kyverno and minor < 36)
