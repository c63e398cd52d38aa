"""What is measured of cubec itself, on a platform of N groups that lies in a folder of its own."""

import sys
from pathlib import Path

from tests.bench import generate
from tests.bench.measure import Case, once, remove

_CHANGED = "tenants/groups/team-1.yaml"


def start() -> list[Case]:
    """An interpreter that does nothing, one that imports the command line, and its help."""
    here = Path.cwd()
    return [
        Case("python -c pass", [sys.executable, "-c", "pass"], here),
        Case("python -c import cubec.cli", [sys.executable, "-c", "import cubec.cli"], here),
        Case("cubec --help", [sys.executable, "-m", "cubec", "--help"], here),
    ]


def full(count: int, folder: Path, rounds: int = 99) -> Case:
    """A build into an empty output."""
    root = folder / str(count)
    if not root.exists():
        generate.write(count, root)
    command = [sys.executable, "-m", "cubec", "build", "--root", str(root)]
    return Case(
        f"full build, {count:,} groups", command, folder, lambda: remove(root / "output", root / ".cubec"), rounds
    )


def copy(count: int, folder: Path, rounds: int = 99) -> Case:
    """``cp -r`` of what the last build read and wrote."""
    root, target = folder / str(count), folder / "copy"

    def prepare() -> None:
        remove(target)
        target.mkdir()

    return Case(
        f"cp -r, {count:,} groups",
        ["cp", "-r", str(root / "tenants"), str(root / "output"), str(target)],
        folder,
        prepare,
        rounds,
    )


def again(count: int, folder: Path) -> list[Case]:
    """A build where nothing has changed since the last one, and one where one group has: to be run after a full one."""
    root = folder / str(count)
    command = [sys.executable, "-m", "cubec", "build", "--root", str(root)]
    document = root / _CHANGED

    def change() -> None:
        text = document.read_text()
        old, new = ("pods: 100", "pods: 101") if "pods: 100" in text else ("pods: 101", "pods: 100")
        document.write_text(text.replace(old, new))

    def build() -> None:
        """A build that writes thousands of files remembers nothing, so that one that writes none goes before."""
        once(Case("a build before", command, folder))

    return [
        Case("nothing changed", command, folder, build),
        Case("one group changed", command, folder, change),
    ]
