"""What is checked out, and committing some of its files: with the hooks, the identity and the signature of whoever commits.

Reading goes through the hardened ``Repository``. Writing runs git as people do, but in this repository only, and a commit
that does not come about leaves the index as it was.
"""

import os
import subprocess
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cubec.git import GitError, Repository
from cubec.source.quoting import printable

# Who commits, and where git looks for that: the only variables of git's own that a commit gets.
_IDENTITY = frozenset(
    {
        *(f"GIT_{who}_{what}" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL", "DATE")),
        *("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM", "GIT_CEILING_DIRECTORIES"),
    }
)
_UNDER_WAY = {
    "MERGE_HEAD": "a merge",
    "CHERRY_PICK_HEAD": "a cherry-pick",
    "REVERT_HEAD": "a revert",
    "rebase-merge": "a rebase",
    "rebase-apply": "a rebase",
    "sequencer": "a series of picks",
    "BISECT_LOG": "a bisection",
}
_SAID = 20  # lines of what a hook said


@dataclass(frozen=True, slots=True)
class Checkout:
    """The work tree that holds the platform; every path is one below the platform's root unless it says otherwise."""

    repository: Repository

    def head(self) -> str | None:
        """The commit that is checked out; None before the first."""
        found = self.repository.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        return None if found.returncode else found.stdout.decode().strip()

    def ready(self) -> None:
        """GitError where nothing should be committed now, with what to do first."""
        if self.repository.run("rev-parse", "--show-toplevel").returncode:
            raise GitError(
                f"{self.repository.root} is in no git repository that can be used: run git init, or see git status"
            )
        under_way = [what for name, what in _UNDER_WAY.items() if self._own(name).exists()]
        if under_way:
            raise GitError(f"{under_way[0]} is under way in this repository: finish or abort it with git first")
        if self.repository.run("symbolic-ref", "--quiet", "HEAD").returncode:
            raise GitError("no branch is checked out, so nothing would hold the commit: run git switch BRANCH first")
        if self.repository.checked("ls-files", "--unmerged", "-z"):
            raise GitError("some files still have conflicts: resolve them with git first")
        for role in ("AUTHOR", "COMMITTER"):
            if self._run("var", f"GIT_{role}_IDENT").returncode:
                raise GitError(
                    "git does not know who commits: run git config user.name NAME and git config user.email ADDRESS"
                )

    def staged(self) -> tuple[str, ...]:
        """The paths, from the repository's own folder, that are staged: what a plain commit would commit."""
        return tuple(
            _paths(self.repository.checked("diff", "--cached", "--name-only", "--no-renames", "--no-ext-diff", "-z"))
        )

    def pending(self, folders: Sequence[str], wanted: Collection[str]) -> tuple[str, ...]:
        """What differs from the commit below ``folders``, by path; of files that git does not know, only those ``wanted``."""
        said = self.repository.checked(
            *("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=none"),
            *("--", *folders),
        )
        prefix = self.repository.prefix()
        found = []
        for line in _paths(said):
            state, path = line[:2], line[3:].removeprefix(prefix)
            if state != "??" or path in wanted:
                found.append(path)
        return tuple(sorted(found))

    def commit(self, folders: Sequence[str], files: Collection[str], others: Sequence[str], message: str) -> str:
        """Commit ``files``, and what is changed or gone below ``folders`` or at ``others``; the new commit.

        ``others`` are paths from the repository's own folder. Of new files only those in ``files`` are taken.
        """
        index, before = self._own("index"), self.head()
        kept = (index.read_bytes(), index.stat()) if index.exists() else None
        try:
            self._stage(folders, files)
            paths = [*(f":(literal){path}" for path in folders), *(f":(top,literal){path}" for path in others)]
            self._written("commit", "--quiet", "--only", "--cleanup=verbatim", "--file=-", "--", *paths, given=message)
        except BaseException as error:
            if self.head() == before:
                _restore(index, kept)
                raise
            # the commit was made and stays, and the index is right for it: git failed at something after that
            if not isinstance(error, GitError):
                raise
        return self.head() or ""

    def _stage(self, folders: Sequence[str], files: Collection[str]) -> None:
        known = self.repository.checked("ls-files", "-z", "--", *folders)
        new = {os.fsencode(file) for file in files}
        names = sorted({*known.split(b"\0")[:-1], *new})
        # all by name: what else lies there is nobody's to add, and git refuses a name that .gitignore leaves out
        self._written("--literal-pathspecs", "add", "--all", *_FROM_INPUT, given=b"\0".join(names))

    def _own(self, name: str) -> Path:
        """A file of git's own, wherever this work tree keeps it."""
        found = self.repository.checked("rev-parse", "--git-path", name).removesuffix(b"\n")
        return self.repository.root / os.fsdecode(found)

    def _written(self, *arguments: str, given: str | bytes) -> None:
        done = self._run(*arguments, given=given.encode() if isinstance(given, str) else given)
        if done.returncode:
            what = next(word for word in arguments if not word.startswith("-"))
            said = (done.stdout + done.stderr).decode("utf-8", "replace").strip().splitlines()
            shown = "".join(f"\n  {printable(line)}" for line in said[-_SAID:])
            raise GitError(f"git {what} failed, and nothing was committed{':' if shown else ''}{shown}")

    def _run(self, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Git as people run it. What hooks print is kept until it is known whether anybody has to read it."""
        given_on = {
            key: value
            for key, value in self.repository.environment.items()
            if not key.startswith("GIT_") or key in _IDENTITY
        }
        command = ["git", "-C", str(self.repository.root), *arguments]
        environment = {**given_on, "GIT_TERMINAL_PROMPT": "0"}
        with subprocess.Popen(command, stdin=_PIPE, stdout=_PIPE, stderr=_PIPE, env=environment) as process:
            try:
                said, wrong = process.communicate(given)
            except BaseException:
                # ended, not killed: git then takes its locks away
                process.terminate()
                raise
        return subprocess.CompletedProcess(command, process.returncode, said, wrong)


_PIPE = subprocess.PIPE
_FROM_INPUT = ("--pathspec-from-file=-", "--pathspec-file-nul")


def _paths(listed: bytes) -> Iterator[str]:
    return (os.fsdecode(path) for path in listed.split(b"\0")[:-1])


def _restore(index: Path, kept: tuple[bytes, os.stat_result] | None) -> None:
    """Put the index back, under the lock that git itself would take."""
    lock = index.with_name(f"{index.name}.lock")
    try:
        with lock.open("xb") as file:
            file.write(kept[0] if kept else b"")
    except FileExistsError:
        raise GitError(
            f"{lock} is there: another git is running, or was killed; remove it when none is, and run git reset"
        ) from None
    if kept is None:
        index.unlink(missing_ok=True)
        lock.unlink()
    else:
        # git doubts a file that is not older than the index, and would no longer doubt it beside a younger one
        os.utime(lock, ns=(kept[1].st_atime_ns, kept[1].st_mtime_ns))
        lock.replace(index)
