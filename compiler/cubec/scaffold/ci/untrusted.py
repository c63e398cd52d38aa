"""Judge a plan that may come from anybody: the only file of its archive, and line by line what cubec writes.

The run that made it is under the control of the pull request, so it is trusted in nothing. In cubec's form texts stand in
blocks of code that they cannot close, and nothing outside of them can mention people, make links, or give orders to the host.
"""

import io
import re
import stat
import zipfile

MARK = "<!-- cubec plan -->"
LONGEST = 60_000
MOST_BYTES = 256 << 10
FILE = "plan.md"

_PLAIN = r"(?:(?!//|www\.|GH-)[A-Za-z0-9 .,;:()+/→…_-])*"
_HEADING = re.compile(r"### Plan against `[A-Za-z0-9_./+~^-]{1,250}`(?: \(`[0-9a-f]{7}`\), as of \d{4}-\d\d-\d\d)?")
_FOLD = re.compile(rf"<details(?: open)?><summary><b>[A-Z]{{2,9}}</b> {_PLAIN}</summary>")
_FENCE = re.compile(r"(`{3,})(?:diff|text)")
_LINE = re.compile(
    rf"\*\*[A-Z]{{2,9}}\*\* {_PLAIN}|Note: {_PLAIN}|\*\*Refused by the guard:\*\*"
    r"|Merging changes nothing: no object, no access, no cards\.|No plan: the tree has errors\."
)


class RefusedError(Exception):
    """Nothing is posted, for this reason; it never repeats what the plan says."""


def judged(data: bytes) -> str:
    """The plan as a text that may be posted."""
    if len(data) > MOST_BYTES:
        raise RefusedError("the plan is too large")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise RefusedError("the plan is not UTF-8 text") from None
    lines = text.split("\n")
    if len(text) > LONGEST or not all(line.isprintable() for line in lines):
        raise RefusedError("the plan is too long, or holds control characters")
    begins = lines[0] == MARK and len(lines) > 1 and _HEADING.fullmatch(lines[1])
    if not begins or lines[-1] or text.count(MARK) != 1:
        raise RefusedError("the plan does not begin and end as cubec writes it")
    _judge_blocks(lines[2:-1])
    return text


def _judge_blocks(lines: list[str]) -> None:
    at, folded = 0, False
    while at < len(lines):
        first = lines[at + 1] if lines[at] == "" and at + 1 < len(lines) else ""
        fence = _FENCE.fullmatch(first)
        at += 2
        if fence:
            at = _after(lines, at, fence[1])
        elif first == "</details>" and folded:
            folded = False
        elif _FOLD.fullmatch(first) and not folded:
            folded = True
        elif not _LINE.fullmatch(first):
            raise RefusedError("the plan has a line that cubec does not write")
    if folded:
        raise RefusedError("the plan ends within a fold")


def _after(lines: list[str], at: int, fence: str) -> int:
    """The number of the line after a block of code: the first that could end it must do so, and be like its beginning."""
    for number in range(at, len(lines)):
        plain = lines[number].strip()
        if len(plain) >= len(fence) and not plain.strip("`"):
            if lines[number] == fence:
                return number + 1
            break
    raise RefusedError("the plan has a block of code without an end")


def unpacked(archive: bytes) -> bytes:
    """The only file of an archive."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = opened.infolist()
            if [entry.filename for entry in entries] != [FILE]:
                raise RefusedError("the archive holds something else than one plan")
            kind = stat.S_IFMT(entries[0].external_attr >> 16)
            if kind not in {0, stat.S_IFREG} or entries[0].flag_bits & 1 or entries[0].file_size > MOST_BYTES:
                raise RefusedError("the plan is no plain file, or too large")
            with opened.open(entries[0]) as file:
                return file.read(MOST_BYTES + 1)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, ValueError, OSError):
        raise RefusedError("the archive is damaged") from None
