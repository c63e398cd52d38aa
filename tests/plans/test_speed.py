"""How long a plan takes beside a build: both sides are read, but only what changed is compiled twice."""

import subprocess
import sys
from pathlib import Path

from tests.bench import generate
from tests.bench.measure import Case, memory_folder, once, remove

GROUPS = 200
ROUNDS = 4
GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com")


def repository(folder: Path) -> Path:
    """A committed platform, of which one group has changed since."""
    root = folder / "platform"
    generate.write(GROUPS, root)
    for command in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "x"]):
        subprocess.run([*GIT, *command], cwd=root, check=True)
    group = root / "tenants/groups/team-1.yaml"
    group.write_text(group.read_text().replace("pods: 100", "pods: 101"))
    return root


def test_a_plan_is_not_many_builds():
    """A plan of one changed group takes at most 2.2 times the processor time of a full build."""
    with memory_folder() as folder:
        root = repository(folder)
        command = [sys.executable, "-m", "cubec"]
        build = Case("build", [*command, "build"], root, lambda: remove(root / "output", root / ".cubec"))
        plan = Case("plan", [*command, "plan", "--base", "main"], root)
        took: dict[str, list[float]] = {"build": [], "plan": []}
        for _ in range(ROUNDS):
            for case in (build, plan):
                took[case.name].append(once(case).cpu)

    # the least is what other work on the machine has disturbed least
    assert min(took["plan"]) <= 2.2 * min(took["build"])
