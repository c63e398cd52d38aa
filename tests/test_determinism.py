"""The same input gives the same bytes: whatever the hash seed, the locale, the time zone, the umask or the order of files."""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROGRAM = """
import hashlib, os, sys
from datetime import date
from pathlib import Path
from cubec import pipeline
os.umask(int(sys.argv[1]))
root = Path(sys.argv[2])
files = [(path.relative_to(root).as_posix(), path.read_bytes()) for path in root.glob("tenants/**/*.yaml")]
if sys.argv[3] == "crlf":
    files = [(name, data.replace(b"\\n", b"\\r\\n")) for name, data in files]
digest = hashlib.sha256()
for name, data in sorted(pipeline.emit(pipeline.analyse(files, [], date(2026, 11, 22)).model)):
    digest.update(name.encode() + b"\\0" + data)
print(digest.hexdigest())
"""


def digest(line_ends: str = "lf", umask: str = "18", **environment: str) -> str:
    command = [sys.executable, "-c", PROGRAM, umask, str(ROOT), line_ends]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ, **environment}, cwd="/"
    )
    return done.stdout.strip()


@pytest.fixture(scope="module")
def expected() -> str:
    """What stands in output/, as it was committed."""
    found = hashlib.sha256()
    for path in sorted((ROOT / "output").rglob("*"), key=lambda path: path.relative_to(ROOT / "output").as_posix()):
        if path.is_file():
            found.update(path.relative_to(ROOT / "output").as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


@pytest.mark.parametrize(
    "environment",
    [
        {"PYTHONHASHSEED": "0"},
        {"PYTHONHASHSEED": "4242", "TZ": "Asia/Shanghai", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "1", "LC_ALL": "tr_TR.UTF-8", "umask": "63"},
        {"line_ends": "crlf", "PYTHONUTF8": "0", "LC_ALL": "POSIX"},
    ],
    ids=["plain", "far-away", "turkish", "crlf"],
)
def test_the_machine_leaves_no_trace(expected: str, environment: dict[str, str]):
    """Compiled under these circumstances, the sample is byte for byte the committed output."""
    assert digest(**environment) == expected
