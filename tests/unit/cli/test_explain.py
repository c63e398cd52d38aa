"""``cubec explain`` of the output: which line asked for an object, and whence a field has its value."""

import shutil
from pathlib import Path

import pytest
from tests.unit.cli.test_commands import Result, edit, run

from cubec.cli import status

ROOT = Path(__file__).parents[3]
DEV1 = "tenants/groups/dev1.yaml"
QUOTA = f"""\
ResourceQuota quota in namespace dev1 on ack
  file      output/ack/groups/dev1/quota.yaml
  made by   quota: ResourceQuota and LimitRange of each namespace
  asked by  {DEV1}:19:9: gpu: 1 # cpu and memory are not named, so they are not limited
"""


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "tenants", tmp_path / "tenants")
    return tmp_path


def explain(reference: str, root: Path = ROOT) -> Result:
    return run("explain", reference, "--root", str(root), "--as-of", "2026-11-22")


def test_an_object():
    """An object leads to the entry that asked for it, and to the part of the compiler that made it."""
    result = explain("ack/dev1/ResourceQuota/quota")

    assert (result.returncode, result.stdout, result.stderr) == (status.CLEAN, QUOTA, "")


def test_a_file():
    """A file leads to all objects in it, with or without the name of the folder before it."""
    texts = {explain(f"{before}ack/groups/dev1/quota.yaml").stdout for before in ("output/", "./output/", "")}

    assert len(texts) == 1
    assert texts.pop().startswith(QUOTA + "\nLimitRange defaults in namespace dev1 on ack\n")


@pytest.mark.parametrize(
    ("reference", "lines"),
    [
        ("ack/groups/dev1/quota.yaml#spec.hard.requests.nvidia.com/gpu", [f"{DEV1}:19:14: gpu: 1"]),
        ("ack/dev2/ResourceQuota/quota#spec.hard.requests.cpu", ["tenants/groups/dev2.yaml:19:14: cpu: 8"]),
        ("dev/jupyter/ResourceQuota/quota#spec.hard.pods", ["tenants/groups/public.yaml:21:57: quota"]),
        ("dev/pipeline/ResourceQuota/quota#spec.hard.count/workflows.argoproj.io", ["tenants/groups/public.yaml:24:"]),
        ("dev/jupyter/LimitRange/defaults#spec.limits.1.max.cpu", ["tenants/groups/public.yaml:42:23: perPod"]),
        ("ack/dev1/LimitRange/defaults#spec.limits.0.default.cpu", ["tenants/platform.yaml:23:21: limits"]),
        ("ack/dev1/LimitRange/defaults#spec.limits.0.defaultRequest.memory", ["tenants/platform.yaml:22:37: requests"]),
        ("ack/dev1/RoleBinding/developer--bob#roleRef.name", [f"{DEV1}:14:13: role: developer"]),
        ("ack/dev1/RoleBinding/developer--bob#subjects.0.name", [f"{DEV1}:13:13: - user: bob"]),
        (
            "dev/jupyter/RoleBinding/owner--amy#subjects",
            ["tenants/groups/public.yaml:16:13: - user: amy", "tenants/users/people.yaml:20:75: spec:"],
        ),
        (
            "dev/jupyter/RoleBinding/developer--oidc--ml-users#subjects",
            ["tenants/groups/public.yaml:14:18: - oidcGroup: ml-users"],
        ),
        (
            "ack/ClusterRole/cubec:queue-watcher#rules.0.verbs.1",
            ["tenants/platform.yaml:40:24: verbs: [get, list, watch]"],
        ),
        (
            "ack/dev1/PersistentVolumeClaim/dev1-public#spec.resources.requests.storage",
            ["tenants/volumes/nas.yaml:14:17: cap"],
        ),
        (
            "ack/dev1/PersistentVolumeClaim/dev1-public#metadata.annotations.owner",
            ["tenants/volumes/nas.yaml:12:14: owner"],
        ),
        (
            "dev/vision-train/PersistentVolumeClaim/vision-datasets#spec.accessModes",
            ["tenants/volumes/kubeflow.yaml:48:35: -"],
        ),
    ],
)
def test_a_field(reference: str, lines: list[str]):
    """A field of a quota, a role, a binding or a volume leads to the value that it was made of."""
    result = explain(reference)
    told = [line.removeprefix("  value     ") for line in result.stdout.splitlines() if line.startswith("  value")]

    assert result.returncode == status.CLEAN
    assert len(told) == len(lines)
    assert all(line.startswith(expected) for line, expected in zip(told, lines, strict=True)), told


def test_fields_of_a_volume():
    """The source of a volume is told word by word: driver, handle, path, and why it is read-only."""
    expected = {
        "spec.csi.driver": "tenants/volumes/kubeflow.yaml:44:19",
        "spec.csi.readOnly": "tenants/volumes/kubeflow.yaml:48:35",
        "spec.csi.volumeAttributes.share": "tenants/volumes/kubeflow.yaml:46:64",
        "spec.capacity.storage": "tenants/volumes/kubeflow.yaml:41:17",
        "spec.volumeMode": "follows from the whole",
        "metadata.name": "follows from the whole",
    }
    listing = explain("output/dev/groups/vision/volumes.yaml").stdout.splitlines()
    name = next(
        line.split()[1] for line in listing if line.startswith("PersistentVolume vision-train--vision-datasets")
    )

    for field, place in expected.items():
        assert f"  value     {place}" in explain(f"dev/PersistentVolume/{name}#{field}").stdout


def test_a_field_that_nobody_wrote():
    """What the compiler always writes, or makes of many values, says so; a mapping is shown by its size."""
    own = explain("ack/dev1/ServiceAccount/default#automountServiceAccountToken").stdout
    many = explain("ack/dev1/ResourceQuota/quota#spec.hard").stdout
    name = explain("ack/dev1/RoleBinding/developer--bob#metadata.name").stdout
    upkeep = explain("ack/dev1/RoleBinding/cubec--upkeep-finished#roleRef").stdout
    built_in = explain("ack/ClusterRole/cubec:viewer#rules.0").stdout

    assert "  field     automountServiceAccountToken: False\n  value     follows from" in own
    assert "  field     spec.hard: 3 entries\n" in many
    for text in (own, many, name, upkeep, built_in):
        assert "value     follows from the whole of what asked for it" in text
    assert "tenants/groups/dev1.yaml:7:9: name: dev1" in own


def test_a_suspended_group(sample: Path):
    """The quota of a suspended group has no pods because of its state, whatever the quota says."""
    edit(sample / DEV1, "  gid: 10001\n", "  gid: 10001\n  state: suspended\n")

    assert (
        f"value     {DEV1}:12:10: state: suspended"
        in explain("ack/dev1/ResourceQuota/quota#spec.hard.pods", sample).stdout
    )


def test_a_quota_that_may_borrow(sample: Path):
    """What may be borrowed is part of a ceiling, so both lines are told."""
    edit(sample / DEV1, "        gpu: 1 #", "        borrow: {gpu: 1}\n        gpu: 1 #")
    told = explain("ack/dev1/ResourceQuota/quota#spec.hard.requests.nvidia.com/gpu", sample).stdout

    assert f"value     {DEV1}:20:14: gpu: 1" in told
    assert f"value     {DEV1}:19:23: borrow" in told


def test_a_file_for_people():
    """A file without objects leads to what made it."""
    for path, maker in (("arena/bin/arena", "clients_arena"), ("cube-studio/dev1.json", "clients_cube_studio")):
        assert f"made by   {maker}: " in explain(f"output/ack/clients/{path}").stdout
    assert explain("output/ack/clients/nothing").returncode == status.USAGE


@pytest.mark.parametrize(
    ("reference", "hint"),
    [
        ("akc/dev1/ResourceQuota/quota", 'did you mean "ack"?'),
        ("somewhere/dev1/ResourceQuota/quota", "there are ack, dev"),
        ("ack/dev/ResourceQuota/quota", 'did you mean "dev1"?'),
        ("ack/dev1/resourcequotas/quota", 'did you mean "ResourceQuota"?'),
        ("ack/dev1/Gadget/quota", "there are ExternalSecret, LimitRange, "),
        ("ack/dev1/Namespace/dev1", "write CLUSTER/Namespace/NAME"),
        ("ack/ResourceQuota/quota", "write CLUSTER/NAMESPACE/ResourceQuota/NAME"),
        ("ack/dev1/ResourceQuota/quta", 'did you mean "quota"?'),
        ("ack/dev1/ResourceQuota/quota#spec.hrad", 'did you mean "spec.hard"?'),
        ("ack/dev1/ResourceQuota/quota#zzzzzzzzzzzzzzzz", "fields are named from the top"),
        ("output/ack/groups/dev1/quotas.yaml", 'did you mean "ack/groups/dev1/quota.yaml"?'),
        ("output/nothing-like-it-at-all.yaml", "the files are those that cubec build writes"),
        ("ack/dev1", "CLUSTER/NAMESPACE/KIND/NAME"),
        ("no-such-code", "cubec codes lists them all"),
    ],
)
def test_a_reference_that_leads_nowhere(reference: str, hint: str):
    """The word that leads nowhere is named, and what was probably meant."""
    result = explain(reference)

    assert result.returncode == status.USAGE
    assert hint in result.stderr
    assert result.stdout == ""


def test_sources_with_errors_are_not_explained(sample: Path):
    """Where a file is wrong the output is not what the sources say; the error is told instead."""
    edit(sample / DEV1, "user: bob", "user: bbo")
    result = explain("ack/dev1/ResourceQuota/quota", sample)

    assert result.returncode == status.INPUT
    assert "[unknown-user]" in result.stderr
