"""The pictures of the README can be made again from the sample, and are small."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.tools

ROOT = Path(__file__).parents[2]
LARGEST = 250_000


def test_pictures(tmp_path: Path):
    """The script makes every picture that is committed, none empty and none large; the committed ones are small, too."""
    done = subprocess.run(
        [sys.executable, ROOT / "ci" / "pictures", tmp_path], capture_output=True, text=True, check=False
    )
    made = {path.name: path.stat().st_size for path in tmp_path.iterdir()}
    committed = {path.name: path.stat().st_size for path in (ROOT / "compiler" / "pictures").iterdir()}

    assert done.returncode == 0, done.stderr
    assert set(made) == set(committed) == {"plan.png", "report.png"}
    assert all(10_000 < size < LARGEST for size in (*made.values(), *committed.values()))


def test_the_script_names_its_browser():
    """ci/browser prints the path of a browser that runs."""
    path = subprocess.run([ROOT / "ci" / "browser"], capture_output=True, text=True, check=True).stdout.strip()

    assert subprocess.run([path, "--version"], capture_output=True, check=True).stdout


def test_without_a_browser(tmp_path: Path):
    """Where there is none and none may be installed, the script says what to do and fails."""
    (tmp_path / "id").write_text("#!/bin/sh\necho 1000\n")
    (tmp_path / "id").chmod(0o755)

    done = subprocess.run(
        ["/bin/sh", ROOT / "ci" / "browser"], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert "sudo apt-get install chromium" in done.stderr
