"""The image of the upkeep job, as far as it can be judged without building it: what goes in is enough, and no more than that."""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

from cubec.upkeep import TASKS

ROOT = Path(__file__).parents[1]
IMAGE = ROOT / "ci" / "image"
LOCK = runpy.run_path(str(IMAGE / "lock"))

BLOCKED = """
import sys
from importlib.metadata import packages_distributions

allowed, owners = set(sys.argv[1].split(",")), packages_distributions()

class Missing:
    def find_spec(self, name, path=None, target=None):
        top = name.partition(".")[0]
        known = {one.lower().replace("_", "-").replace(".", "-") for one in owners.get(top, ())}
        if name.startswith("kubernetes.aio") or (known and not known & allowed):
            raise ModuleNotFoundError(name, name=name)

sys.meta_path.insert(0, Missing())
from cubec.cli import main
from cubec import cluster, upkeep
from kubernetes.client import Configuration
cluster.Cluster(Configuration())
sys.exit(main(["reconcile", *sys.argv[2:]]))
"""


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, without comments, in their order."""
    text = re.sub(r"(?m)^\s*#.*\n", "", (IMAGE / "Dockerfile").read_text()).replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]  # type: ignore[misc]


def test_the_lock_is_of_the_lock():
    """Each package of the image is pinned with the same hashes as everywhere else; ``ci/image/lock --write`` renews them."""
    assert (IMAGE / "requirements.lock").read_text() == LOCK["lock"]()
    assert set(LOCK["closure"](LOCK["WANTED"])) >= {"click", "kubernetes", "urllib3", "pyyaml"}


def test_what_is_in_the_image_is_enough():
    """Every task can be imported, a client made, and a run begun, where no other package than the image's can be found."""
    packages = ",".join({"cubec"} | LOCK["closure"](LOCK["WANTED"]))
    for task in ("nodes", "nodez"):
        done = subprocess.run(
            [sys.executable, "-c", BLOCKED, packages, task], capture_output=True, text=True, check=False
        )
        status, words = (5, "not in a pod") if task == "nodes" else (2, 'did you mean "nodes"?')
        assert (done.returncode, words in done.stdout + done.stderr) == (status, True), done.stderr


def test_less_would_not_be_enough():
    """The test above can fail: without the client's connections the run is a bug, and says which module is missing."""
    packages = ",".join(({"cubec"} | LOCK["closure"](LOCK["WANTED"])) - {"urllib3"})
    done = subprocess.run(
        [sys.executable, "-c", BLOCKED, packages, "nodes"], capture_output=True, text=True, check=False
    )

    assert "No module named" in done.stderr or "urllib3" in done.stderr


def test_the_dockerfile():
    """Two stages of one base, hashes required, nothing fetched by address, nobody's user, and the files it copies exist."""
    found = instructions()
    names = [name for name, _ in found]
    text = (IMAGE / "Dockerfile").read_text()

    assert names.count("FROM") == 2
    assert {value.split()[0] for name, value in found if name == "FROM"} == {"python:${PYTHON}"}
    assert "ADD" not in names
    assert "--require-hashes" in text
    assert "--no-deps" in text
    assert found[-2:] == [("USER", "65532:65532"), ("ENTRYPOINT", '["python", "-m", "cubec"]')]
    copied = [value.split()[0] for name, value in found if name == "COPY" and not value.startswith("--from")]
    sent = (IMAGE / "Dockerfile.dockerignore").read_text().splitlines()
    assert [f"!{path}" for path in copied] == [line for line in sent if line.startswith("!")]
    assert all((ROOT / path).exists() for path in copied)


@pytest.mark.parametrize("cluster", ["ack", "dev"])
def test_the_jobs_and_the_image_agree(cluster: str):
    """The CronJobs of the sample run the image's entry point as the image's user, with arguments that the command takes."""
    text = (ROOT / "output" / cluster / "upkeep" / "jobs.yaml").read_text()

    assert "runAsUser: 65532" in text
    assert "command:" not in text
    assert set(re.findall(r"- reconcile\n\s+- (\w+)", text)) <= set(TASKS)
