"""The wheel holds all that a user needs, and nothing of this repository is needed beside it."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def installed(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    build = "import sys; from hatchling.build import build_wheel; print(build_wheel(sys.argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, str(folder)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    with zipfile.ZipFile(folder / done.stdout.split()[-1]) as wheel:
        wheel.extractall(folder / "site")
    return folder / "site"


def cubec(installed: Path, *arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    command = [sys.executable, "-c", "import sys; from cubec.cli import main; sys.exit(main())", *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False, env=environment)


def test_a_wheel_makes_a_platform_anywhere(installed: Path, tmp_path: Path):
    """init, check, build and report work from the installed package alone, from any folder of the new platform."""
    made = cubec(installed, "init", "my-platform", cwd=tmp_path)
    groups = tmp_path / "my-platform" / "tenants" / "groups"

    assert made.returncode == 0, made.stderr
    assert cubec(installed, "check", cwd=groups).returncode == 0
    assert cubec(installed, "build", "--check", cwd=groups).returncode == 0
    assert cubec(installed, "report", cwd=groups).stdout.startswith("<!doctype html>")


def test_the_wheel_is_the_package_that_runs(installed: Path, tmp_path: Path):
    """The test above did not run the checkout by mistake, and the schemas come with the package."""
    code = "import cubec, cubec.schema.files as f; print(cubec.__file__, f.folder())"
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True, env=environment
    )

    assert all(Path(path).is_relative_to(installed) for path in done.stdout.split())
