"""Sizes that would do, and the change of a template's document that says so."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.test_golden import TODAY
from tests.unit.emitters.compiling import model

from cubec import pipeline
from cubec.model import upkeep
from cubec.model.quantity import parse
from cubec.upkeep import right_sizing
from cubec.upkeep.advice import Template, advise, change, enough
from cubec.upkeep.prometheus import Usage

ROOT = Path(__file__).parents[3]
SAMPLE = sorted((ROOT / "tenants/templates").glob("*.yaml"))
CAPS = {"cpu": parse("150"), "memory": parse("350Gi")}
TEMPLATE = """\
apiVersion: cubec.io/v1
kind: JobTemplate
metadata:
  name: pytorch
spec:
  category: training
  image: registry.example.com/templates/pytorch:2.9
"""


def template(spec: str) -> tuple[dict[str, Any], Template]:
    """A document, and what the upkeep job is told of it."""
    document = yaml.safe_load(TEMPLATE + spec)
    return document, told(document)


def told(document: dict[str, Any]) -> Template:
    """What the compiler tells of a document that it accepts."""
    (found,) = model(yaml.safe_dump(document)).templates.values()
    return right_sizing._template(upkeep._template(found))


def merged(old: Any, new: Any) -> Any:
    """A document with a change put into it, key by key."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return new
    return {**old, **{key: merged(old.get(key), value) for key, value in new.items()}}


@pytest.mark.parametrize(("peak", "size"), [(0.5, 3), (1, 4), (10, 16), (50, 72), (106, 151), (248, 350), (0.001, 3)])
def test_the_rule(peak: float, size: int):
    """Two fifths more, rounded up, and two: what cube-studio makes of these, but for its cap."""
    assert enough(peak) == size


@pytest.mark.parametrize(
    ("spec", "peak", "resources", "env"),
    [
        ("  resources: {cpu: 2, memory: 4Gi, gpu: 1}", Usage(6.2, 10), {"cpu": 11, "memory": "16Gi", "gpu": 1}, {}),
        ("  resources: {cpu: 1~2, memory: 2G~40G}", Usage(6.2, 10), {"cpu": "1~11", "memory": "2G~16Gi"}, {}),
        ("  resources: {cpu: 20~40, memory: 30Gi~40Gi}", Usage(6.2, 10), {"cpu": 11, "memory": "16Gi"}, {}),
        ("  resources: {cpu: 11, memory: 4Gi}", Usage(6.2, 10), {"cpu": 11, "memory": "16Gi"}, {}),
        ("  resources: {cpu: 1, memory: 1Gi}", Usage(400, 400), {"cpu": 150, "memory": "350Gi"}, {}),
        ("  command: [python]", Usage(0.2, 0.3), {"cpu": 3, "memory": "3Gi"}, {}),
        (
            "  env: {TASK_RESOURCE_CPU: 2, TASK_RESOURCE_MEMORY: 4G, A: b}",
            Usage(6.2, 10),
            None,
            {"TASK_RESOURCE_CPU": 11, "TASK_RESOURCE_MEMORY": "16Gi", "A": "b"},
        ),
        (
            "  env: {TASK_RESOURCE_CPU: 2~4}\n  resources: {cpu: 1, memory: 4Gi}",
            Usage(6.2, 10),
            {"cpu": 1, "memory": "16Gi"},
            {"TASK_RESOURCE_CPU": "2~11"},
        ),
    ],
)
def test_the_change_is_ready(spec: str, peak: Usage, resources: Any, env: dict[str, Any]):
    """Put into the document it gives one that compiles, asks for what was advised, and then needs no more advice."""
    document, before = template(spec)
    advice = advise(before, 10, peak, CAPS)
    assert advice

    new = merged(document, yaml.safe_load(change(before, advice)))

    assert new["spec"].get("resources") == resources
    assert new["spec"].get("env", {}) == env
    assert new["spec"].keys() - document["spec"].keys() <= {"resources"}
    after = told(new)
    assert {resource: asked[1] for resource, asked in after.asks.items() if asked} == {
        "cpu": min(parse(enough(peak.cpu)), CAPS["cpu"]),
        "memory": min(parse(f"{enough(peak.memory)}Gi"), CAPS["memory"]),
    }
    assert advise(after, 10, peak, CAPS) is None


def test_what_it_says():
    """The change begins with the reason, and is a document of its own."""
    _, before = template("  resources: {cpu: 1~2, memory: 16Gi}")
    advice = advise(before, 12, Usage(6.24, 9.96), CAPS)
    assert advice

    assert change(before, advice) == (
        "---\n"
        "# the largest of 12 runs used 6.2 cpu and 10.0Gi: cpu 1~11 would do; it asks for cpu 1~2, memory 16Gi\n"
        "apiVersion: cubec.io/v1\n"
        "kind: JobTemplate\n"
        "metadata:\n"
        "  name: pytorch\n"
        "spec:\n"
        "  resources:\n"
        "    cpu: 1~11\n"
    )


def test_a_cap_that_is_no_whole_number():
    """No recommendation is above the cap, whatever that is."""
    _, before = template("  resources: {cpu: 100m, memory: 100Mi}")

    advice = advise(before, 10, Usage(3, 3), {"cpu": parse("500m"), "memory": parse("1500Mi")})

    assert advice
    assert advice.amounts == {"cpu": "500m", "memory": "1500Mi"}


@pytest.mark.parametrize("path", SAMPLE, ids=lambda path: path.stem)
def test_the_sample_takes_it(path: Path):
    """Each template of the sample is advised on, unless it wants no advice, and the platform compiles with the change."""
    files = {str(file.relative_to(ROOT)): file.read_bytes() for file in (ROOT / "tenants").rglob("*.yaml")}
    document = yaml.safe_load(path.read_text())

    def asked(content: bytes) -> list[Template]:
        files[str(path.relative_to(ROOT))] = content
        analysis = pipeline.analyse(sorted(files.items()), [], TODAY)
        assert analysis.model
        assert not analysis.failed, analysis.diagnostics
        judged = upkeep._judged(analysis.model.sites["ack"])
        return [right_sizing._template(upkeep._template(one)) for one in judged if one.name == path.stem]

    before = asked(path.read_bytes())
    assert (before == []) == ("NO_RESOURCE_CHECK" in path.read_text())
    for one in before:
        advice = advise(one, 10, Usage(5, 5), CAPS)
        assert advice
        (after,) = asked(yaml.safe_dump(merged(document, yaml.safe_load(change(one, advice)))).encode())
        assert advise(after, 10, Usage(5, 5), CAPS) is None
