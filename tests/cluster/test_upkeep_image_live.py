"""The upkeep job as its image runs it: only the image's packages, nobody's user, nothing that can be written, the pod's own account.

No container runs here. A mount namespace stands for one: every file system is read-only in it, and the account's files are where the
kubelet puts them.
"""

import base64
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from tests.cluster.client import account_token
from tests.cluster.upkeep_site import POOL, SYSTEM, UpkeepSite, upkeep_site

from cubec.model import names

CLAIMS = (
    ("with the image's packages alone, as nobody and with nothing to write to, the job does its work", "test_it_works"),
    ("it writes nowhere: the folders that it could reach stay as they were", "test_nothing_can_be_written"),
    (
        "told to end in the middle, it ends with 143, says so, and the next run goes on",
        "test_it_ends_when_it_is_told_to",
    ),
)
pytestmark = pytest.mark.own_cluster
ROOT = Path(__file__).parents[2]
POD = """
set -eu
account=$1; shift
mount -t tmpfs none /run
mkdir -p /run/secrets/kubernetes.io/serviceaccount
cp "$account"/* /run/secrets/kubernetes.io/serviceaccount/
chmod -R a+rX /run/secrets
mkdir /run/python
mount --bind "$PYTHON" /run/python
mount -o remount,ro /run
for place in / /tmp; do mount --bind $place $place; mount -o remount,ro,bind $place; done
cd /
exec $AS env -i PYTHONPATH="$APP" LD_LIBRARY_PATH=/run/python/lib KUBERNETES_SERVICE_HOST=127.0.0.1 KUBERNETES_SERVICE_PORT="$PORT" "$@"
"""
NOBODY = "setpriv --reuid 65532 --regid 65532 --clear-groups --no-new-privs"


@pytest.fixture(scope="module")
def site(start_cluster, tmp_path_factory) -> UpkeepSite:
    return upkeep_site(start_cluster, tmp_path_factory.mktemp("accounts"))


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that nobody's user can read, with what the Dockerfile puts into the image."""
    folder = Path(tempfile.mkdtemp(prefix="cubec-image-"))
    folder.chmod(0o755)
    app = folder / "app"
    lock = ROOT / "ci/image/requirements.lock"
    install = ["install", "--quiet", "--no-compile", "--no-deps", "--only-binary", ":all:", "--require-hashes"]
    subprocess.run([sys.executable, "-m", "pip", *install, "--target", app, "--requirement", lock], check=True)
    shutil.rmtree(app / "kubernetes" / "aio")
    shutil.copytree(ROOT / "compiler" / "cubec", app / "cubec", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, "-m", "compileall", "-q", app], check=True)
    yield folder
    shutil.rmtree(folder)


def account(site: UpkeepSite, place: Path, task: str) -> Path:
    """The files of a pod's account, as the kubelet writes them."""
    folder = place / f"account-{task}"
    folder.mkdir(exist_ok=True)
    cluster = yaml.safe_load(site.cluster.kubeconfig.read_text())["clusters"][0]["cluster"]
    (folder / "ca.crt").write_bytes(base64.b64decode(cluster["certificate-authority-data"]))
    (folder / "token").write_text(account_token(site.admin, SYSTEM, names.task(task)))
    (folder / "namespace").write_text(SYSTEM)
    return folder


def pod(site: UpkeepSite, place: Path, task: str, *command: str) -> subprocess.Popen[str]:
    """Begin what a pod of the task would run: the interpreter is the one of these tests, without their packages."""
    server = yaml.safe_load(site.cluster.kubeconfig.read_text())["clusters"][0]["cluster"]["server"]
    root = os.geteuid() == 0
    environment = {
        **os.environ,
        "AS": NOBODY if root else "",
        "APP": str(place / "app"),
        "PORT": str(urlsplit(server).port),
        "PYTHON": sys.base_prefix,  # where nobody may be unable to get at it
    }
    namespaces = ["unshare", "--mount", *([] if root else ["--map-root-user"])]
    arguments = [*namespaces, "sh", "-c", POD, "pod", str(account(site, place, task))]
    job = ("/run/python/bin/python3", "-m", "cubec", "reconcile", task, "--apply")
    whole = [*arguments, *(command or job)]
    return subprocess.Popen(whole, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def test_it_works(site: UpkeepSite, place: Path):
    """Both tasks do what they are for, and a second run has nothing to do."""
    site.strip_nodes()
    site.drop_copies()
    ends = []
    for task in ("nodes", "pullSecrets", "nodes", "pullSecrets"):
        process = pod(site, place, task)
        out, err = process.communicate(timeout=120)
        assert (process.returncode, err) == (0, "")
        ends.append(json.loads(out.splitlines()[-1])["done"])

    assert ends == [8, 4, 0, 0]
    assert site.node("vision01")["metadata"]["labels"][POOL] == "vision"


def test_nothing_can_be_written(site: UpkeepSite, place: Path):
    """The stand-in for a container is one: its user is nobody, its folders are read-only, and it has neither home nor variables."""
    process = pod(site, place, "nodes", "sh", "-c", "touch /x /tmp/x /run/x; id -u; env | cut -d= -f1 | sort")
    out, err = process.communicate(timeout=60)

    assert err.count("Read-only file system") == 3, err
    assert "HOME" not in out
    assert out.startswith("65532\n") or os.geteuid() != 0


def test_it_ends_when_it_is_told_to(site: UpkeepSite, place: Path):
    """After SIGTERM the nodes are marked or not, each one whole; what was left is done by the next run."""
    for _ in range(5):  # a run takes a tenth of a second, and may be over before the signal is there
        site.strip_nodes()
        process = pod(site, place, "nodes")
        assert process.stdout
        first = process.stdout.readline()  # one action is done, the next ones are under way
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
        if process.returncode:
            break

    assert json.loads(first)["action"] in {"apply", "patch"}
    assert (process.returncode, err) == (143, "")
    assert json.loads(out.splitlines()[-1])["text"] == "told to end: what was not done is left to the next run"
    left = site.run("nodes")
    assert (left.status, 0 < left.end["done"] < 8) == (0, True)
