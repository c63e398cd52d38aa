"""The only package that runs git: here for the date of the last commit, and for the files of the commit that a plan compares with.

What a name of a commit may look like is judged before git sees it, nothing is ever fetched, and neither the machine's
configuration nor the variables that hooks and users set can make git read another repository.
"""

import os
import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

_REF = re.compile(
    r"(?!.*(?:\.\.|//|/\.|\.lock(?:/|$|[~^])|@\{))[A-Za-z0-9_][A-Za-z0-9_./+-]*(?:[~^][0-9]{0,6}){0,9}", re.ASCII
)
_LONGEST = 250
_SECONDS = 120
_REGULAR = frozenset({"100644", "100755"})
_MAX_FILES, _MAX_BYTES = 20_000, 256 << 20

_HARDENED = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_OPTIONS = (
    "--no-pager",
    *("-c", "protocol.allow=never"),
    *("-c", "protocol.ext.allow=never"),
    *("-c", "core.fsmonitor=false"),
    *("-c", "core.hooksPath=/dev/null"),
)
_PASSED_ON = frozenset({"GIT_CEILING_DIRECTORIES", "GIT_CONFIG_GLOBAL"})


class GitError(OSError):
    """The base of a plan cannot be read. Never taken for a base that is empty."""


def is_name(text: str) -> bool:
    """Whether a text can be the name of a commit, and nothing that git would take for something else."""
    return len(text) <= _LONGEST and _REF.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Repository:
    """The repository that holds the folder ``root``. ``environment`` is what the process was started with."""

    root: Path
    environment: Mapping[str, str] = field(default_factory=dict)

    def commit(self, name: str) -> str:
        """The full hash of the commit that ``name`` means; GitError where it is not here."""
        if not is_name(name):
            raise GitError("no commit can have that name")
        found = self.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
        if found.returncode:
            raise GitError(self._missing(name))
        return found.stdout.decode().strip()

    def _missing(self, name: str) -> str:
        found = self.run("rev-parse", "--git-dir")
        if b"safe.directory" in found.stderr:
            return (
                f"the repository of {self.root} is another user's, so git does not read it: run "
                f"git config --global --add safe.directory {self.root}"
            )
        if found.returncode:
            return f"{self.root} is in no git repository that can be read, so there is nothing to compare with"
        if self._shallow():
            why = "this clone is shallow: fetch all of its history (in GitHub's checkout fetch-depth: 0)"
        else:
            why = "fetch it, or name another with --base"
        return f"there is no commit {name} here; {why}"

    def _shallow(self) -> bool:
        return self.run("rev-parse", "--is-shallow-repository").stdout.strip() == b"true"

    def top(self) -> Path | None:
        """The repository's own folder; None where there is none."""
        found = self.run("rev-parse", "--show-toplevel")
        return None if found.returncode else Path(os.fsdecode(found.stdout.removesuffix(b"\n")))

    def prefix(self) -> str:
        """The way from the repository's own folder to the platform's, with ``/`` at the end; empty where they are one."""
        return os.fsdecode(self.checked("rev-parse", "--show-prefix").removesuffix(b"\n"))

    def holds(self, commit: str, folder: str) -> bool:
        """Whether a commit has anything below ``folder`` of the platform's root."""
        return bool(self.checked("ls-tree", "-z", "--full-tree", commit, "--", f"{self.prefix()}{folder}"))

    def contains(self, commit: str) -> bool:
        """Whether what is checked out was made after ``commit``; True where that cannot be known."""
        # a shallow clone does not have the commits between the two
        return self.run("merge-base", "--is-ancestor", commit, "HEAD").returncode != 1 or self._shallow()

    def files(self, commit: str, folder: str) -> dict[str, bytes]:
        """Every document below ``folder`` of the platform's root, as it was committed; the paths begin with ``folder``."""
        prefix = self.prefix()
        tree = f"{commit}:{prefix}{folder}"
        if self.run("cat-file", "-e", tree).returncode:
            raise GitError(
                f"commit {commit[:12]} has no whole folder {prefix}{folder}: name a base that has the platform"
            )
        entries = list(_entries(self.checked("ls-tree", "-r", "-z", "-l", "--full-tree", tree), folder))
        if len(entries) > _MAX_FILES or sum(size for _, size, _ in entries) > _MAX_BYTES:
            raise GitError(f"{folder}/ of commit {commit[:12]} is larger than any platform")
        contents = self._blobs(name for name, _, _ in entries)
        return dict(zip((path for _, _, path in entries), contents, strict=True))

    def _blobs(self, names: Iterable[str]) -> Iterator[bytes]:
        asked = "".join(f"{name}\n" for name in names).encode()
        data = self.checked("cat-file", "--batch", given=asked)
        at = 0
        while at < len(data):
            end = data.index(b"\n", at)
            name, kind, *size = data[at:end].split()
            if kind != b"blob":
                raise GitError(f"object {name.decode()} of the base is not here: fetch it as a whole")
            at = end + 1 + int(size[0])
            yield data[end + 1 : at]
            at += 1

    def checked(self, *arguments: str, given: bytes = b"") -> bytes:
        done = self.run(*arguments, given=given)
        if done.returncode:
            raise GitError(f"git {arguments[0]} failed in {self.root}")
        return done.stdout

    def run(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        kept = {key: value for key, value in self.environment.items() if _passes(key)}
        command = ["git", *_OPTIONS, "-C", str(self.root), *arguments]
        try:
            return subprocess.run(
                command, input=given, capture_output=True, check=False, timeout=_SECONDS, env={**kept, **_HARDENED}
            )
        except FileNotFoundError as error:
            raise GitError("git is not installed, so there is nothing to compare with") from error
        except subprocess.TimeoutExpired as error:
            raise GitError(f"git {arguments[0]} took longer than {_SECONDS} seconds") from error


def _passes(variable: str) -> bool:
    return not variable.startswith("GIT_") or variable in _PASSED_ON


def _entries(listed: bytes, folder: str) -> Iterator[tuple[str, int, str]]:
    """Object, size and path of every document. What is no plain file cannot be part of a platform that was free of errors."""
    for line in listed.split(b"\0")[:-1]:
        about, _, name = line.partition(b"\t")
        mode, _, thing, size = about.decode().split()
        path = f"{folder}/{name.decode('utf-8', 'surrogateescape')}"
        if mode not in _REGULAR:
            raise GitError(f"{path!a} of the base is a link or another repository, so the base cannot be compiled")
        if not size.isdigit():
            raise GitError(f"{path!a} of the base is not here: fetch the commit as a whole")
        if path.endswith(".yaml"):
            yield thing, int(size), path


def commit_date(root: Path, environment: Mapping[str, str]) -> date | None:
    """The day (UTC) of the last commit of the repository that holds ``root``; None where there is none, or no git."""
    try:
        done = Repository(root, environment).run("log", "-1", "--no-show-signature", "--format=%ct")
    except GitError:
        return None
    if done.returncode or not done.stdout.strip().isdigit():
        return None
    return datetime.fromtimestamp(int(done.stdout), UTC).date()
