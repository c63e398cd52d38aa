"""The tenants folder to bytes: the only place that opens a tenant's file, and none is skipped in silence."""

import os
import re
import stat
import unicodedata
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from cubec.diagnostics import Diagnostic, Position, Related, Rule
from cubec.source.characters import MAX_BYTES, too_large
from cubec.source.file_rules import FILE_NAME, INPUT_TOO_LARGE, NOT_REGULAR_FILE, TOO_MANY_FILES, UNREADABLE_FILE
from cubec.source.quoting import printable, quoted

MAX_FILES = 20_000  # and as many folders
MAX_TOTAL_BYTES = 256 << 20

_FOLDER = "folder"
_FILE = "file"
# A pipe that took the file's place after the look at it would block for ever without O_NONBLOCK.
_OPEN = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_SUBMODULE = re.compile(r'(?m)^\s*path\s*=\s*"?([^"\n]+?)"?\s*$')


def read_tenants(root: Path, folder: str = "tenants") -> tuple[list[tuple[str, bytes]], list[Diagnostic]]:
    """Every document below ``folder`` as path and bytes, by path; the paths begin with ``folder``."""
    paths, found = _list(root, folder)
    files: list[tuple[str, bytes]] = []
    total = 0
    for path in sorted(paths):
        data = _read(root, path)
        if isinstance(data, Diagnostic):
            found.append(data)
            continue
        total += len(data)
        if total > MAX_TOTAL_BYTES:
            message = f"all files up to this one have more than {MAX_TOTAL_BYTES:,} bytes"
            found.append(_problem(INPUT_TOO_LARGE, path, message, "remove what is no tenant document"))
            break
        files.append((path, data))
    return files, found


def _list(root: Path, folder: str) -> tuple[list[str], list[Diagnostic]]:
    submodules, found = _submodules(root)
    paths: list[str] = []
    waiting = [folder]
    seen = {_FOLDER: 1, _FILE: 0}
    while waiting:
        current = waiting.pop()
        if current in submodules:
            found.append(_another_repository(current))
            continue
        entries = _entries(root, current)
        if isinstance(entries, Diagnostic):
            found.append(entries)
            continue
        found += _twins(current, entries)
        for name, kind in entries:
            path = f"{current}/{name}"
            problem = _judge(path, name, kind)
            if problem:
                found.append(problem)
            elif kind == _FOLDER:
                waiting.append(path)
            elif name.endswith(".yaml"):
                paths.append(path)
            seen[_FOLDER if kind == _FOLDER else _FILE] += 1
        if max(seen.values()) > MAX_FILES:
            message = f"the folder {quoted(folder)} holds more than {MAX_FILES:,} files or folders"
            return [], [*found, _problem(TOO_MANY_FILES, folder, message, "join small documents in a kind: List")]
    return paths, found


def _entries(root: Path, folder: str) -> list[tuple[str, str]] | Diagnostic:
    """What the folder holds, by name; of a folder that holds too much, enough to tell."""
    try:
        handle = os.open(root / folder, _OPEN | os.O_DIRECTORY)
    except NotADirectoryError:  # also what the system says of a link
        message = "not a folder of its own, but a file or a link"
        return _problem(NOT_REGULAR_FILE, folder, message, "put the folder itself here")
    except OSError as error:
        return _unreadable(folder, error)
    try:
        with os.scandir(handle) as entries:
            listed = sorted((entry.name, _kind(entry)) for entry in islice(entries, 2 * MAX_FILES + 1))
    except OSError as error:
        return _unreadable(folder, error)
    finally:
        os.close(handle)
    return _another_repository(folder) if any(name == ".git" for name, _ in listed) else listed


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "link"
    if entry.is_dir(follow_symlinks=False):
        return _FOLDER
    return _FILE if entry.is_file(follow_symlinks=False) else "pipe, socket or device"


def _judge(path: str, name: str, kind: str) -> Diagnostic | None:
    if printable(name) != name or "\\" in name:
        message = f"the name {quoted(name)} holds a character that not every computer can show or store"
        return _problem(FILE_NAME, path, message, "rename it with letters, digits and dashes")
    if kind not in (_FILE, _FOLDER):
        message = f"{quoted(name)} is a {kind}, not a regular file"
        return _problem(NOT_REGULAR_FILE, path, message, "put the file itself here, or delete the entry")
    return None if kind == _FOLDER else _judge_file(path, name)


def _judge_file(path: str, name: str) -> Diagnostic | None:
    stem, ending = os.path.splitext(name)  # noqa: PTH122 — a name, not a path
    hidden = name.startswith(".")
    if (name if hidden and not ending else ending).lower() in (".yaml", ".yml"):
        if hidden:
            hint = "rename it without the dot in front, or delete it"
            return _problem(FILE_NAME, path, f"the name {quoted(name)} hides a document", hint)
        if ending != ".yaml":
            hint = f"rename it to {quoted(f'{stem}.yaml')}"
            return _problem(FILE_NAME, path, f"the name {quoted(name)} does not end with .yaml", hint)
    elif not hidden and ending.lower() != ".md" and name != "README":
        hint = "move it elsewhere, or give a document the ending .yaml; README and *.md may stay"
        return _problem(FILE_NAME, path, f"{quoted(name)} is no document; only *.yaml files belong here", hint)
    return None


def _twins(folder: str, entries: Sequence[tuple[str, str]]) -> list[Diagnostic]:
    first: dict[str, str] = {}
    found = []
    for name, _ in entries:
        folded = unicodedata.normalize("NFC", name).casefold()
        other = first.setdefault(folded, name)
        if other is not name:
            message = f"{quoted(name)} and {quoted(other)} are one name on some computers"
            related = Related(Position(printable(f"{folder}/{other}")), "the other one")
            found.append(_problem(FILE_NAME, f"{folder}/{name}", message, "rename one of them", related))
    return found


def _submodules(root: Path) -> tuple[set[str], list[Diagnostic]]:
    """Folders that hold another repository: without this list, one that was not fetched would look empty."""
    if not os.path.lexists(root / ".gitmodules"):
        return set(), []
    data = _read(root, ".gitmodules")
    if isinstance(data, Diagnostic):
        return set(), [data]
    return set(_SUBMODULE.findall(data.decode("utf-8", "replace"))), []


def _read(root: Path, path: str) -> bytes | Diagnostic:
    try:
        with open(os.open(root / path, _OPEN), "rb") as file:  # noqa: PTH123 — a path has no flags
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                return _problem(NOT_REGULAR_FILE, path, "not a regular file", "put the file itself here")
            if status.st_size > MAX_BYTES:
                return too_large(printable(path), status.st_size)
            data = file.read(status.st_size + 1)
    except OSError as error:
        return _unreadable(path, error)
    if len(data) != status.st_size:
        return _problem(UNREADABLE_FILE, path, "the file changed while it was read", "run the command again")
    return data


def _unreadable(path: str, error: OSError) -> Diagnostic:
    reason = (error.strerror or type(error).__name__).lower()
    return _problem(UNREADABLE_FILE, path, f"cannot be read: {reason}", "make it readable; it is never taken for empty")


def _another_repository(folder: str) -> Diagnostic:
    message = "the folder holds another repository, a submodule"
    return _problem(NOT_REGULAR_FILE, folder, message, "put the files themselves into this repository")


def _problem(rule: Rule, path: str, message: str, hint: str, *related: Related) -> Diagnostic:
    return rule.at(Position(printable(path)), message, hint=hint, related=related, excerpt=False)
