"""The only module that runs git: for the date of the last commit, so that a build needs no clock."""

import subprocess
from datetime import UTC, date, datetime
from pathlib import Path


def commit_date(root: Path) -> date | None:
    """The day (UTC) of the last commit of the repository that holds ``root``; None where there is none, or no git."""
    command = ["git", "-C", str(root), "--no-pager", "log", "-1", "--format=%ct"]
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    if done.returncode or not done.stdout.strip().isdigit():
        return None
    return datetime.fromtimestamp(int(done.stdout), UTC).date()
