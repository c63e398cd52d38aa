"""Texts that look like a password, a token or a private key. What is found is never repeated, only named."""

import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from cubec.source.document import Document, Pointer

# Ciphertext, certificates and public keys: long, random to the eye, and meant to be here.
_PUBLIC = frozenset({"certificate", "certificateAuthority", "recipients", "sealed"})

_FORMS = {
    "private_key": r"-----BEGIN [A-Z ]*PRIVATE KEY|AGE-SECRET-KEY-1",
    "AWS_key": r"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b",
    "Alibaba_Cloud_key": r"\bLTAI[0-9A-Za-z]{12,}\b",
    "Google_key": r"\bAIza[0-9A-Za-z_-]{35}",
    "GitHub_token": r"\bgh[oprsu]_[0-9A-Za-z]{30,}|\bgithub_pat_[0-9A-Za-z_]{22,}",
    "GitLab_token": r"\bgl(?:pat|ptt|rt|dt)-[0-9A-Za-z_-]{20,}",
    "Slack_token": r"\bxox[abeoprs]-[0-9A-Za-z-]{10,}",
    "Docker_Hub_token": r"\bdckr_(?:pat|oat)_[0-9A-Za-z_-]{20,}",
    "Hugging_Face_token": r"\bhf_[0-9A-Za-z]{30,}",
    "API_key": r"\bsk-[0-9A-Za-z_-]{32,}",
    "token": r"\beyJ[0-9A-Za-z_-]{8,512}\.eyJ[0-9A-Za-z_-]{8}",
    "registry_login": r"\"auth\"\s*:\s*\"[0-9A-Za-z+/=]{8,}\"",
    "password": r"://[^\s/:@]+:[^\s/:@]+@|--(?:password|token|api-key)[= ][^\s$<{-]\S{5,}",
}
_FORM = re.compile("|".join(f"(?P<{name}>{form})" for name, form in _FORMS.items()), re.ASCII)
_NAME = re.compile(r"(?:password|passwd|secret_?key|access_?key|api_?key|token)$", re.ASCII | re.IGNORECASE)
_TEXT = re.compile(r"[0-9A-Za-z+/=_-]{32,}", re.ASCII)
_MIXED = re.compile(r"(?=.*[0-9])(?=.*[a-z])(?=.*[A-Z])", re.ASCII | re.DOTALL)
# One of these is in the text of a file before anything in it can have one of the forms, or a telling name.
_PARTS = (
    *(
        b"PRIVATE KEY",
        b"AGE-SECRET-KEY-1",
        b"AKIA",
        b"ASIA",
        b"LTAI",
        b"AIza",
        b"github_pat_",
        b"dckr_",
        b"hf_",
        b"sk-",
    ),
    *(b"gho_", b"ghp_", b"ghr_", b"ghs_", b"ghu_", b"glpat-", b"glptt-", b"glrt-", b"gldt-", b"xox", b"eyJ", b'"auth"'),
    *(b"://", b"--"),
)
_NAMES = (b"passw", b"secretkey", b"secret_key", b"accesskey", b"access_key", b"apikey", b"api_key", b"token")
_RUN, _MIXED_RUN = re.compile(_TEXT.pattern.encode()), re.compile(_MIXED.pattern.encode(), re.DOTALL)
_SHORTEST = 12
_SHORTEST_NAMED = 8
_SHORTEST_RANDOM = 32
_RANDOM = 4.5  # bits in each character; text in any language has less, and hexadecimal digits have four at most


def find(document: Document) -> Iterator[tuple[Pointer, str]]:
    """Where a credential seems to stand, and what sort it is."""
    if document.plain and not _possible(document.plain):
        return
    waiting: list[tuple[Pointer, Any]] = [((), document.value)]
    while waiting:
        pointer, value = waiting.pop()
        items = value.items() if type(value) is dict else enumerate(value)
        for key, item in items:
            kind = type(item)
            if kind is str:
                length = len(item)
                if length < _SHORTEST_NAMED or (length < _SHORTEST and not _secret_name(key)):
                    continue
                sort = looks_like(item) or (_secret_name(key) and _named(item))
                if sort and key not in _PUBLIC:
                    yield (*pointer, key), sort
            elif (kind is dict or kind is list) and item and key not in _PUBLIC:
                waiting.append(((*pointer, key), item))


@lru_cache(maxsize=1)
def _possible(data: bytes) -> bool:
    """Whether anything in a plainly written file can be found at all. Most files are settled by this one look."""
    small = data.lower()
    return (
        any(part in data for part in _PARTS)
        or any(name in small for name in _NAMES)
        or any(not run.islower() and _MIXED_RUN.match(run) for run in _RUN.findall(data))
    )


def looks_like(text: str) -> str:
    """Name the sort of credential that is in ``text``; empty where none is."""
    # no token is in lower-case letters throughout, which most names and words are: only logins and options may be
    if len(text) < _SHORTEST or (text.islower() and "://" not in text and '"' not in text and "--" not in text):
        return ""
    match = _FORM.search(text)
    if match:
        return str(match.lastgroup).replace("_", " ")
    if len(text) >= _SHORTEST_RANDOM and "://" not in text and not text.startswith("/"):
        for run in _TEXT.findall(text):
            if _MIXED.match(run) and _bits(run) >= _RANDOM:
                return "key"
    return ""


@lru_cache(maxsize=1024)
def _secret_name(key: Any) -> bool:
    return isinstance(key, str) and _NAME.search(key) is not None


def _named(text: str) -> str:
    """Tell a value by the name it is given to: ``DB_PASSWORD: hunter22``."""
    return "" if " " in text or text.isdecimal() else "password"


def _bits(text: str) -> float:
    length = len(text)
    return -sum(count / length * math.log2(count / length) for count in Counter(text).values())
