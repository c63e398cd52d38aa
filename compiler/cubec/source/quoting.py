"""How a tenant's text may appear in a message: never raw, never long, never where a secret may stand."""

import re
from collections.abc import Iterable

LONGEST = 40

# What nobody sees in a diff: controls, line ends that only some readers know, zero-width and direction marks, fillers.
# Tab and line feed are fine. U+FE0E and U+FE0F stay out, because ordinary emoji end with them.
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\udfff\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
TEMPLATE_MARKERS = ("{{", "{%", "${", "$(")
TEMPLATE = re.compile(r"\{\{|\{%|\$\{|\$\(")

_SECRET = re.compile("passw|passphrase|token|secret|credential|key|private", re.IGNORECASE)
_SPELLED = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def printable(text: str) -> str:
    """``text`` with an escape in place of everything that a terminal would not simply show."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c.isprintable() and not HIDDEN.match(c) else _escape(c) for c in text)


def quoted(text: str) -> str:
    """``text`` in double quotes, cut to what fits into a message."""
    return f'"{printable(text[:LONGEST])}{"…" if len(text) > LONGEST else ""}"'


def names_secret(words: Iterable[object]) -> bool:
    """Whether one of the words, such as the keys on the way to a value, says that a secret may stand there."""
    return any(isinstance(word, str) and _SECRET.search(word) for word in words)


def _escape(character: str) -> str:
    spelled = _SPELLED.get(character)
    if spelled:
        return spelled
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 — the end of the four-digit form
