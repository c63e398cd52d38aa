"""Passwords that people write where everybody can read them: found, and never repeated."""

import textwrap

import pytest

from cubec.diagnostics import Diagnostic
from cubec.schema import check
from cubec.source.yaml import load

HEAD = "apiVersion: cubec.io/v1\nkind: {}\nmetadata: {{name: main}}\nspec:\n"
FULL = {
    "Registry": "server: hub.example.com\ngroups: [dev1]\n",
    "Cluster": 'kubernetes: "1.36"\n',
    "Group": "gid: 10001\n",
    "Volume": "capacity: 1Gi\nsource: {storageClass: fast}\n",
}
SECRET = "hunter2"


def diagnose(kind: str, body: str) -> list[Diagnostic]:
    text = HEAD.format(kind) + textwrap.indent(FULL[kind] + body, "  ") + "\n"
    document, _ = load("tenants/x.yaml", text.encode())
    assert document is not None
    return check([document])[1]


@pytest.mark.parametrize(
    "body",
    [
        "credentials: hunter2",
        "credentials: [hunter2]",
        "credentials: {hunter2: }",
        "credentials: {bob:hunter2: x}",
        "credentials: {username: bob, password: hunter2}",
        "credentials: {token: hunter2, remote: 'a hunter2'}",
        "credentials: {remote: {password: hunter2}}",
        "credentials: {remote: -hunter2}",
        "credentials: {remot: hunter2}",
        "credentials: {sealed: hunter2}",
        "credentials: {sealed: {bob:hunter2}}",
        "credentials: {sealed: {hunter2: hunter2}}",
        "credentials: {sealed: {HUNTER2hunter2: {}}}",
        "credentials: {sealed: {ack: {password: hunter2, data: hunter2}}}",
        "credentials: {sealed: {ack: {namespaces: {dev1: 'hunter2 !'}}}}",
        "credentials: {sealed: {ack: {namespaces: {'hunter2 !': aaaa}}}}",
        "credentials: {sealed: {ack: {sops: {data: hunter2, age: [{enc: hunter2}], mac: hunter2, lastModified: hunter2}}}}",
        "password: hunter2",
        "pasword: hunter2",
        "username: hunter2",
        "stringData: {password: hunter2}",
        "data: {.dockerconfigjson: hunter2}",
    ],
)
def test_a_registry_never_repeats_a_secret(body: str):
    """Neither a message nor a hint nor the line of the file shows what stands below credentials."""
    found = diagnose("Registry", body)
    said = "\n".join(f"{d.message} {d.hint} {d.related}" for d in found)

    assert found
    assert not any(d.excerpt for d in found)
    assert SECRET not in said.lower()


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("Cluster", "server: https://bob:hunter2@ack.example.com"),
        ("Cluster", "server: https://a\ndelivery: {engine: flux, repository: 'https://hunter2@git.example.com/a'}"),
        ("Cluster", "server: https://a\ncertificateAuthority: hunter2"),
        ("Cluster", "server: https://a\nsecrets: {mode: sealed-secrets, certificate: hunter2}"),
        ("Cluster", "server: https://a\ntoken: hunter2"),
        ("Group", "apiKey: hunter2"),
        ("Volume", "stringData: {a: hunter2}"),
    ],
)
def test_no_kind_repeats_a_secret(kind: str, body: str):
    """Logins inside addresses, pasted keys and fields that are named after secrets."""
    found = diagnose(kind, body)

    assert found
    assert not any(d.excerpt for d in found)
    assert SECRET not in "\n".join(f"{d.message} {d.hint}" for d in found)


def test_a_password_is_called_what_it_is():
    """The message says why, the hint says what to do about it."""
    (found,) = diagnose("Registry", "credentials: {remote: a, password: hunter2}")

    assert found.code == "plaintext-secret"
    assert found.message == '"password" would put a secret into these files, where everybody can read it'
    assert found.hint == (
        'remove it, and change the secret if it was committed; write "remote: KEY", or encrypt it with "cubec seal"'
    )


def test_a_password_elsewhere_has_another_way_out():
    """Only a Registry has credentials to point to."""
    (found,) = diagnose("Group", "password: hunter2")

    assert found.code == "plaintext-secret"
    assert found.hint == (
        "remove it, and change the secret if it was committed; create a Secret in the cluster instead"
    )


def test_a_mistyped_field_of_credentials_is_no_secret():
    """A near miss is answered as everywhere, but its line is not shown."""
    found = diagnose("Registry", "credentials: {remot: platform/main}")

    assert [(d.code, d.message, d.hint, d.excerpt) for d in found] == [
        ("unknown-field", 'unknown field "remot" in "credentials"', 'did you mean "remote"?', False)
    ]


def test_what_seal_wrote_is_accepted():
    """Ciphertext for Sealed Secrets, a key of a secret store, or both for clusters of either sort."""
    assert (
        diagnose("Registry", "credentials: {sealed: {ack: {namespaces: {dev1: AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq}}}}")
        == []
    )
    assert diagnose("Registry", "credentials: {remote: platform/registry-main}") == []
    assert diagnose("Registry", "credentials: {remote: a, sealed: {ack: {namespaces: {dev1: AgBy}}}}") == []
