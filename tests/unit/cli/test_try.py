"""``cubec try`` over the sample: what it prints where, and the status that it exits with."""

import io
import json
import sys
from pathlib import Path

import pytest
from tests.unit.cli.test_commands import Result, run
from tests.unit.emitters.compiling import document, files, group

from cubec.cli import status

ROOT = Path(__file__).parents[3]
DAY = "2026-11-22"
JOB = """\
apiVersion: batch/v1
kind: Job
metadata:
  name: train
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: main
          image: registry.example.com/train:1
          resources:
            limits: {nvidia.com/gpu: 1}
"""
POD = JOB[JOB.index("      containers") :].replace("      ", "  ", 1).replace("\n      ", "\n  ")
BIG = "apiVersion: v1\nkind: Pod\nmetadata: {name: big}\nspec:\n" + POD.replace("gpu: 1", "gpu: 3, cpu: 5")


def tried(text: str, folder: Path, *words: str, whose: str = "dev1") -> Result:
    file = folder / "job.yaml"
    file.write_text(text)
    return run("try", "-f", str(file), "--group", whose, *words, "--root", str(ROOT), "--as-of", DAY)


def test_admitted(tmp_path: Path):
    """A job that is admitted is told as what: pool, defaults, quota and queue, each with the line that asked for it."""
    result = tried(JOB, tmp_path, "--user", "bob")

    assert result.returncode == status.CLEAN
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert lines[0] == f"Job train in dev1 on ack, {tmp_path}/job.yaml:1:1: admitted"
    assert "  rights        bob may create jobs in dev1: developer (groups/dev1.yaml:13)" in lines
    assert any("gpu-t4 (the queue has nvidia.com/gpu in pool gpu-t4, pools/gpu-t4.yaml:4)" in line for line in lines)
    assert any("limits: cpu 1, memory 1Gi (the platform's default, platform.yaml:23)" in line for line in lines)
    assert any("8 of 8 rules pass" in line for line in lines)
    assert any("1 of 1 requests.nvidia.com/gpu in the quota of dev1 (groups/dev1.yaml:19)" in line for line in lines)
    assert "not known offline; say what is, as in --used requests.nvidia.com/gpu=1." in result.stdout


def test_after_waiting(tmp_path: Path):
    """A job for which there is no card just now is admitted, and says in which queue it waits."""
    result = tried(JOB, tmp_path, "--cluster", "ack", "--used", "requests.nvidia.com/gpu=1")

    assert result.returncode == status.CLEAN
    assert ": admitted, after waiting\n" in result.stdout
    assert "later: nvidia.com/gpu: 1 asked for together, 0 of 1 free in the queue of dev1" in result.stdout


def test_refused(tmp_path: Path):
    """A refusal names the field in the submitted file, the line that it was judged by, and the way out."""
    result = tried(BIG + "  nodeSelector:\n    cubec.node-restriction.kubernetes.io/pool: other\n", tmp_path)

    assert result.returncode == status.NO
    assert ": refused\n" in result.stdout
    assert f"({tmp_path}/job.yaml:11:5, by groups/dev1.yaml:17)" in result.stdout
    assert (
        'help: write under nodeSelector of the pod or of its template: cubec.node-restriction.kubernetes.io/pool: "gpu-t4"'
        in (result.stdout)
    )
    assert (
        "requests.nvidia.com/gpu: 3 asked for, 1 in all in the quota of dev1 (by groups/dev1.yaml:19)" in result.stdout
    )


def test_pods_that_are_refused(tmp_path: Path):
    """Of a job whose pods are refused it is said that the job itself is taken: its owner would look in the wrong place."""
    result = tried(JOB.replace("      restartPolicy", "      hostNetwork: true\n      restartPolicy"), tmp_path)

    assert result.returncode == status.NO
    assert "accepted, but its pods are refused" in result.stdout


def test_never_starts(tmp_path: Path):
    """A pod that no node can take is admitted and never starts, which is a no."""
    result = tried(BIG.replace("gpu: 3", "gpu: 1"), tmp_path)

    assert result.returncode == status.NO
    assert "admitted, but never starts" in result.stdout
    assert "it asks for 5 cpu, a node of gpu-t4 has 4" in result.stdout


def test_json(tmp_path: Path):
    """Machines get the same with every place."""
    result = tried(f"{JOB}---\n{BIG}", tmp_path, "--format", "json", "--used", "cpu=1")

    found = json.loads(result.stdout)
    assert result.returncode == status.NO
    assert (found["version"], found["group"], found["cluster"], found["admitted"]) == (1, "dev1", "ack", False)
    assert [item["outcome"] for item in found["objects"]] == ["passed", "refused"]
    assert found["objects"][1]["position"]["line"] == 15
    (pod,) = found["objects"][0]["pods"]
    assert pod["pools"] == ["gpu-t4"]
    assert pod["path"] == ["spec", "template"]
    assert pod["mutations"][0] == {
        "field": ["spec", "nodeSelector", "cubec.node-restriction.kubernetes.io/pool"],
        "before": "",
        "after": "gpu-t4",
        "why": "the queue has nvidia.com/gpu in pool gpu-t4",
        "source": {"path": "tenants/pools/gpu-t4.yaml", "line": 4, "column": 1},
    }
    amounts = {item["resource"]: item for item in found["objects"][0]["amounts"]}
    assert amounts["requests.nvidia.com/gpu"]["used"] is None
    assert amounts["cpu"]["used"] == "1"


def test_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The file may be standard input."""

    class Input(io.StringIO):
        buffer = io.BytesIO(JOB.encode())

    monkeypatch.setattr(sys, "stdin", Input())

    result = run("try", "-f", "-", "--group", "dev1", "--root", str(ROOT), "--as-of", DAY)

    assert result.returncode == status.CLEAN
    assert "<stdin>:1:1" in result.stdout


def test_bad_yaml(tmp_path: Path):
    """What is wrong in the submitted file is a diagnostic with its line, and nothing is rehearsed."""
    result = tried(JOB.replace("restartPolicy: Never", "hostNetwork: no"), tmp_path)

    assert result.returncode == status.INPUT
    assert result.stdout == ""
    assert "job.yaml:8:20: error:" in result.stderr
    assert "hostNetwork: no" in result.stderr
    as_json = tried("kind: Job\n", tmp_path, "--format", "json")
    assert json.loads(as_json.stdout)["diagnostics"][0]["code"] == "not-an-object"


def test_a_broken_platform(tmp_path: Path):
    """A platform with errors is reported as by check."""
    (tmp_path / "tenants").mkdir()
    (tmp_path / "tenants/x.yaml").write_text("kind: Nothing\n")
    (tmp_path / "job.yaml").write_text(JOB)

    result = run("try", "-f", str(tmp_path / "job.yaml"), "--group", "dev1", "--root", str(tmp_path), "--as-of", DAY)

    assert result.returncode == status.INPUT
    assert "tenants/x.yaml" in result.stderr


@pytest.mark.parametrize(
    ("whose", "words", "message"),
    [
        ("dev9", "", 'unknown group "dev9"; did you mean "dev1"?'),
        ("zzzzzzz", "", "there are dev1, dev2, public, vision"),
        ("dev1", "--cluster dev", 'unknown cluster "dev" of group "dev1"; there are ack'),
        ("dev1", "--namespace dev2", 'unknown namespace "dev2" of group "dev1"; '),
        ("dev1", "--user bbo", 'unknown user "bbo"; did you mean "bob"?'),
        ("dev1", "--oidc-group x", "name the user with --user"),
        ("dev1", "--user bob --oidc-group x", "leave --group out"),
        ("dev1", "--used pods", '--used "pods" is no RESOURCE=AMOUNT'),
        ("dev1", "--used pots=3", 'unknown resource "pots" in the quota and the queue of "dev1"'),
        ("dev1", "--used cpu=3GB", '--used cpu: "3GB" has a unit'),
    ],
)
def test_wrong_usage(tmp_path: Path, whose: str, words: str, message: str):
    """A word that means nothing is wrong usage, with what was perhaps meant."""
    result = tried(JOB, tmp_path, *words.split(), whose=whose)

    assert result.returncode == status.USAGE
    assert message in result.stderr
    assert result.stdout == ""


def test_the_namespace_that_is_named(tmp_path: Path):
    """Objects go where --namespace says, and to the group's first namespace otherwise."""
    small = JOB.replace("{nvidia.com/gpu: 1}", "{cpu: 1}")

    first, named = (tried(small, tmp_path, *words, whose="public") for words in ((), ("-n", "automl")))

    assert "Job train in jupyter on dev" in first.stdout
    assert "Job train in automl on dev" in named.stdout
    assert first.returncode == named.returncode == status.CLEAN


def test_a_group_on_several_clusters(tmp_path: Path):
    """Which of its clusters is meant has to be said."""
    spec = """\
  kubernetes: "1.36"
  server: https://east.example.com:6443
  delivery: {engine: none}
  secrets: {mode: external-secrets, store: {name: vault}}
  capabilities: [kubeflow-training, external-secrets]
"""
    east = document("Cluster", "east", spec)
    pool = document("NodePool", "e", "  cluster: east\n  nodes: {names: [e1]}\n  capacity: {cpu: 4, memory: 8Gi}")
    both = group("dev1", "    - {cluster: east, pools: [e], quota: {cpu: 1}}")
    for path, content in files(east, pool, both):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    (tmp_path / "job.yaml").write_text(JOB.replace("nvidia.com/gpu: 1", "cpu: 1"))
    words = ("try", "-f", str(tmp_path / "job.yaml"), "--group", "dev1", "--root", str(tmp_path), "--as-of", DAY)

    unclear, clear = run(*words), run(*words, "--cluster", "east")

    assert unclear.returncode == status.USAGE
    assert 'group "dev1" is on ack and east: say --cluster' in unclear.stderr
    assert "Job train in dev1 on east" in clear.stdout
    assert clear.returncode == status.CLEAN


def test_no_secret_is_printed(tmp_path: Path):
    """What a Secret or a variable holds is in no report, whatever becomes of it."""
    secret = (
        "apiVersion: v1\nkind: Secret\nmetadata: {name: login}\ntype: example.com/x\nstringData: {password: hunter2}\n"
    )
    job = JOB.replace("          resources", "          env: [{name: TOKEN, value: hunter2}]\n          resources")

    for form in ("text", "json"):
        result = tried(f"{secret}---\n{job}", tmp_path, "--user", "bob", "--format", form)

        assert result.returncode == status.NO
        assert "hunter2" not in result.stdout + result.stderr


def test_terminal_control_characters_are_escaped(tmp_path: Path):
    """What a file says reaches the terminal as text only."""
    result = tried(JOB.replace("name: train", 'name: "tr\\x1b[31main"'), tmp_path)

    assert "\x1b" not in result.stdout + result.stderr
    assert result.returncode in {status.INPUT, status.CLEAN}
