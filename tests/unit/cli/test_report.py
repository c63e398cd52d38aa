"""``cubec report`` and ``cubec plan --format html`` as people call them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from tests.unit.cli.test_commands import edit, made, platform, run  # noqa: F401 — fixtures
from tests.unit.cli.test_plan import GROUP, committed, repository  # noqa: F401 — fixtures

from cubec.cli import status


def test_to_standard_output(platform: Path):  # noqa: F811
    """Without a file the page is the result, and nothing else is printed."""
    result = run("report", cwd=platform / "tenants")

    assert result.returncode == status.CLEAN
    assert result.stdout.startswith("<!doctype html>")
    assert result.stdout.endswith("</html>\n")
    assert result.stderr == ""


@pytest.mark.parametrize("option", ["-o", "--output"])
def test_to_a_file(platform: Path, option: str):  # noqa: F811
    """With a file it is written there, the same bytes."""
    page = run("report", cwd=platform).stdout
    result = run("report", option, "page.html", cwd=platform)

    assert (result.returncode, result.stdout, result.stderr) == (status.CLEAN, "", "")
    assert (platform / "page.html").read_bytes() == page.encode()


def test_the_same_bytes_in_every_process(platform: Path):  # noqa: F811
    """The order of sets, which differs from process to process, has no part in the page."""
    code = "import sys; from cubec.cli import main; sys.exit(main(['report']))"
    pages = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=platform,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }

    assert len(pages) == 1


def test_a_file_that_cannot_be_written(platform: Path):  # noqa: F811
    """A folder that is not there is the environment's failure, in one line."""
    result = run("report", "-o", "none/page.html", cwd=platform)

    assert result.returncode == status.ENVIRONMENT
    assert result.stderr.count("\n") == 1
    assert "none/page.html" in result.stderr


def test_a_page_is_whole_or_as_before(platform: Path):  # noqa: F811
    """A disk that fills up leaves the earlier page, and nothing beside it."""
    (platform / "page.html").write_text("earlier")
    command = f"ulimit -f 1; trap '' XFSZ; {sys.executable} -m cubec report -o page.html"
    done = subprocess.run(["bash", "-c", command], cwd=platform, capture_output=True, check=False, text=True)

    assert done.returncode == status.ENVIRONMENT
    assert done.stderr == "cubec: file too large: page.html\n"
    assert (platform / "page.html").read_text() == "earlier"
    assert not list(platform.glob(".page*"))


def test_a_page_into_a_pipe_or_through_a_link(platform: Path):  # noqa: F811
    """A link is written through, and what is no file is written to."""
    (platform / "page.html").symlink_to(platform / "whole.html")
    command = f"{sys.executable} -m cubec report -o /dev/stdout | cmp - whole.html"

    assert run("report", "-o", "/dev/null", cwd=platform).returncode == status.CLEAN
    assert Path("/dev/null").is_char_device()
    assert run("report", "-o", "page.html", cwd=platform).returncode == status.CLEAN
    assert (platform / "page.html").is_symlink()
    assert subprocess.run(["bash", "-c", command], cwd=platform, check=False).returncode == 0


def test_errors_make_no_page(platform: Path):  # noqa: F811
    """A tree with errors has no report: the errors are told, and a file that is there is left alone."""
    edit(platform / GROUP, "gpu: 2", "gpu: 2(T9)")
    (platform / "page.html").write_text("earlier")
    result = run("report", "-o", "page.html", cwd=platform)

    assert result.returncode == status.INPUT
    assert "[gpu-model-not-offered]" in result.stderr
    assert "There is no report of it." in result.stderr
    assert (platform / "page.html").read_text() == "earlier"


def test_a_plan_as_a_page(repository: Path):  # noqa: F811
    """``plan --format html`` is one page and nothing on standard error; the exit status is that of the plan."""
    edit(repository / GROUP, "gpu: 2", "gpu: 1")
    result = run("plan", "--base", "main", "--format", "html", cwd=repository)

    assert result.returncode == status.CLEAN
    assert result.stdout.startswith("<!doctype html>")
    assert "spec.hard[requests.nvidia.com/gpu]  2 → 1" in result.stdout
    assert result.stderr == ""


def test_a_page_in_place_of_a_plan(repository: Path):  # noqa: F811
    """Where the tree has errors the page holds them."""
    edit(repository / GROUP, "gpu: 2", "gpu: 2(T9)")
    result = run("plan", "--base", "main", "--format", "html", cwd=repository)

    assert result.returncode == status.INPUT
    assert "No plan: the tree has errors." in result.stdout
    assert "gpu-model-not-offered" in result.stdout
