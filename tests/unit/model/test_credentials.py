"""Credentials are found wherever they stand, and ordinary text is left alone."""

import base64
import re
import secrets as randomness

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.model.made import document

from cubec.model import credentials
from cubec.model.credentials import find, looks_like
from cubec.source.document import Deferred, Document

JWT = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl"  # made up: it is signed with the word "signature"
FOUND = [
    "AKIA" + "ABCDEFGHIJKLMNOP",
    "ghp_" + "a1B2" * 9,
    "github_pat_" + "a1B2" * 9,
    "glpat-" + "a1B2c3D4" * 3,
    "xoxb-" + "1234567890-Abc",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
    "-----BEGIN PRIVATE KEY-----",
    "AGE-SECRET-KEY-1" + "QQQQ",
    JWT,
    '{"auths": {"r": {"auth": "Ym9iOmh1bnRlcjIy"}}}',
    "https://bob:hunter22@git.example.com/x",
    "python train.py --password=hunter22",
    "q9X2vB7kLm4PzR8tYw3NcJ6hFd5GsA1e",
]
PLAIN = [
    "",
    "department1-public-dev1-with-a-name-that-is-rather-long-for-a-name",
    "registry.example.com/templates/pytorch@sha256:" + "0123456789abcdef" * 4,
    "https://git.example.com/platform/research.git",
    "ssh://git@git.example.com/platform/research.git",
    "git@git.example.com:platform/research.git",
    "/mnt/Shared/Models-2026/HuggingFace-Cache/version-12/Full",
    "The quick brown fox jumps over 13 lazy dogs, and then over 2 more of them",
    "python /app/train.py --epochs=10 --token-file=/etc/token",
    "TOKENIZERS_PARALLELISM",
    "bob@example.com",
    "age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq",
]


@pytest.mark.parametrize("text", FOUND)
def test_credentials_are_recognised(text):
    """Each form is seen alone and inside other words."""
    assert looks_like(text)
    assert looks_like(f"see {text} there")


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_is_left_alone(text):
    """Names, digests, addresses and prose are no credentials."""
    assert not looks_like(text)


def test_places():
    """The pointer leads to the value; ciphertext, certificates and short values are passed over."""
    spec = {
        "env": {"DB_PASSWORD": "hunter22x", "PASSWORD": "", "MAX_TOKEN": "40960000", "PATH_OF_TOKEN": "/etc/x y"},
        "command": ["run", FOUND[1]],
        "sealed": {"ack": {"namespaces": {"dev1": FOUND[-1]}}},
        "certificate": FOUND[-1],
    }

    assert {(pointer[1:], sort) for pointer, sort in find(document("JobTemplate", "a", spec))} == {
        (("env", "DB_PASSWORD"), "password"),
        (("command", 1), "GitHub token"),
    }


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_any_value_is_scanned(value):
    """No shape of a document makes the scan fail."""
    list(find(document("Group", "a", {"x": value})))


def test_random_keys_are_found():
    """Nearly all keys of 32 random bytes are seen as keys in base64; hexadecimal digits never are, digests are written so."""
    keys = [base64.b64encode(randomness.token_bytes(32)).decode() for _ in range(200)]

    assert sum(bool(looks_like(key)) for key in keys) > 180
    assert not any(looks_like(randomness.token_hex(32)) for _ in range(200))


@pytest.mark.parametrize("form", list(credentials._FORMS.values()), ids=list(credentials._FORMS))
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_one_look_at_a_file_misses_no_form(form: str, data: st.DataObject):
    """Whatever has one of the forms is still found where the whole file is looked at first."""
    text = data.draw(st.from_regex(re.compile(form, re.ASCII)))
    whole = f"spec: {{a: '{text}'}}"

    assert credentials._possible(whole.encode())


@settings(max_examples=300, deadline=None)
@given(
    key=st.sampled_from(["a", "DB_PASSWORD", "passwd", "secretKey", "ACCESS_KEY", "apikey", "my_token", "Token"]),
    text=st.text("abcXYZ019+/=_-", min_size=1, max_size=60),
)
def test_one_look_at_a_file_finds_what_the_walk_finds(key: str, text: str):
    """Plainly written or not, the same places are found."""
    whole = f"spec:\n  {key}: {text}\n"
    value = {"spec": {key: text}}

    plain = Document("a.yaml", value, Deferred(dict), whole.encode())

    assert list(find(plain)) == list(find(Document("a.yaml", value, Deferred(dict))))
