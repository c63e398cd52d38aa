"""A platform's repository as its people have it: sources and what they compile to, committed together and pushed."""

import shutil
import subprocess
from datetime import date
from pathlib import Path

import yaml

from cubec import pipeline
from cubec.source.files import read_tenants

SAMPLE = Path(__file__).parents[2] / "tenants"
ADDRESS = "https://git.example.com/platform/research.git"  # of the sample
TODAY = date(2026, 11, 22)


class Repository:
    """The sample in a work tree, and a bare repository that an engine reads."""

    def __init__(self, work: Path, bare: Path, address: str) -> None:
        """``address`` is what stands in the output for the sample's: an engine on this machine has no https to read from."""
        self.work, self.address = work, address
        shutil.copytree(SAMPLE, work / "tenants")
        run("git", "init", "--quiet", "--bare", "--initial-branch=main", bare)
        self._git("init", "--quiet", "--initial-branch=main")
        self._git("remote", "add", "origin", bare)

    def read(self, path: str) -> str:
        return (self.work / path).read_text()

    def write(self, path: str, text: str) -> None:
        """Write a file, of the sources or by hand into the output."""
        (self.work / path).parent.mkdir(parents=True, exist_ok=True)
        (self.work / path).write_text(text)

    def change(self, path: str, old: str, new: str) -> None:
        text = self.read(path)
        assert text.count(old) == 1, f"{path} says {text.count(old)} times: {old}"
        self.write(path, text.replace(old, new))

    def remove(self, path: str) -> None:
        target = self.work / path
        shutil.rmtree(target) if target.is_dir() else target.unlink()

    def build(self, as_of: date = TODAY) -> None:
        """What ``cubec build`` does; the sources must be free of errors."""
        analysis = pipeline.analyse(*read_tenants(self.work), as_of)
        assert analysis.model is not None
        assert not analysis.failed, analysis.diagnostics
        shutil.rmtree(self.work / "output", ignore_errors=True)
        for path, content in pipeline.emit(analysis.model):
            self.write(f"output/{path}", content.decode().replace(ADDRESS, self.address))

    def commit(self, message: str) -> str:
        """Commit all that there is, push it, and return the revision."""
        self._git("add", "--all")
        self._git("-c", "user.name=cubec", "-c", "user.email=cubec@example.com", "commit", "--quiet", "-m", message)
        self._git("push", "--quiet", "origin", "main")
        return self._git("rev-parse", "HEAD").strip()

    def objects(self, folder: str) -> list[dict]:
        """Every object of a file, or below a folder, of the output, in the order of the files."""
        place = self.work / folder
        paths = [place] if place.is_file() else sorted(place.rglob("*.yaml"))
        return [item for path in paths for item in yaml.load_all(path.read_text(), Loader=yaml.CSafeLoader) if item]

    def _git(self, *arguments: object) -> str:
        return run("git", "-C", self.work, *arguments)


def run(*command: object) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert not done.returncode, done.stderr
    return done.stdout
