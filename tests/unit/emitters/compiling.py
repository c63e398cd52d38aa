"""Compile a few documents, laid over the base platform of the golden cases, and look at what comes out."""

from functools import cache
from typing import Any

import yaml
from tests.examples import platform
from tests.test_golden import TODAY

from cubec import pipeline
from cubec.model.model import Model


@cache
def _base() -> tuple[tuple[str, bytes], ...]:
    return tuple((path, content) for path, content in platform("") if "/volume/" not in path)


def files(*documents: str) -> list[tuple[str, bytes]]:
    """The base platform without its volumes, with the documents in place of those of the same kind and name."""
    found = dict(_base())
    for text in (group("dev1"), group("dev2"), *documents):
        value = yaml.safe_load(text)
        found[f"tenants/base/{value['kind']}/{value['metadata']['name']}.yaml".lower()] = text.encode()
    return sorted(found.items())


def output(*documents: str) -> dict[str, str]:
    """Every file of the output, by path below the folder of the base platform's one cluster."""
    return {path.removeprefix("ack/"): content.decode() for path, content in pipeline.emit(model(*documents))}


def objects(file: str, *documents: str) -> list[dict[str, Any]]:
    """The objects of one file, such as ``groups/dev1/volumes.yaml``; none where it is not written."""
    text = output(*documents).get(file)
    return [] if text is None else list(yaml.load_all(text, Loader=yaml.CSafeLoader))


def model(*documents: str) -> Model:
    analysis = pipeline.analyse(files(*documents), [], TODAY)
    assert analysis.model is not None, analysis.diagnostics
    assert not analysis.failed, analysis.diagnostics
    return analysis.model


def group(name: str, extra: str = "", *, pools: str = "gpu-t4", quota: str = "{gpu: 1(T4)}") -> str:
    """A group document; ``extra`` are further fields of its spec, indented by two."""
    number, member = {"dev1": (10001, "bob"), "dev2": (10002, "tom")}[name]
    return f"""\
apiVersion: cubec.io/v1
kind: Group
metadata: {{name: {name}}}
spec:
  gid: {number}
  owners: ["@example/{name}"]
  members: [{{user: {member}, role: developer}}]
  placements:
    - {{cluster: ack, pools: [{pools}], quota: {quota}}}
{extra}"""


def document(kind: str, name: str, spec: str) -> str:
    """A document; ``spec`` is indented by two."""
    return f"apiVersion: cubec.io/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n{spec.rstrip()}\n"


def cluster(extra: str) -> str:
    """The base cluster with further fields of its spec, indented by two, or other ones."""
    fields = {
        "kubernetes": '  kubernetes: "1.36"',
        "server": "  server: https://ack.example.com:6443",
        "delivery": "  delivery: {engine: argocd, repository: https://git.example.com/platform/research.git}",
        "secrets": "  secrets: {mode: external-secrets, store: {name: vault}}",
        "capabilities": "  capabilities: [kueue, kubeflow-training, external-secrets]",
    }
    kept = [line for field, line in fields.items() if f"  {field}:" not in extra]
    return document("Cluster", "ack", "\n".join([*kept, extra]))
