"""Logins in every form that people have them in, and what is no login."""

import base64
import json

import pytest

from cubec.sealing.errors import LoginError
from cubec.sealing.login import LARGEST, of_config, of_password

SERVER = "registry.example.com"
CANARY = "c4n4ry-hunter2"


def parts(content: bytes, address: str = SERVER) -> tuple[str, str]:
    entry = json.loads(content)["auths"].pop(address)
    assert base64.b64decode(entry["auth"]).decode() == f"{entry['username']}:{entry['password']}"
    return entry["username"], entry["password"]


def config(**auths: object) -> bytes:
    return json.dumps({"auths": {key.replace("_", "."): value for key, value in auths.items()}}).encode()


@pytest.mark.parametrize(
    ("given", "password"),
    [
        (b"hunter2", "hunter2"),
        (b"hunter2\n", "hunter2"),
        (b"hunter2\r\n", "hunter2"),
        (b" two words ", " two words "),
        ('pässwörd:{{x}}"\\'.encode(), 'pässwörd:{{x}}"\\'),
    ],
)
def test_a_password(given: bytes, password: str):
    """The text is the password, but for the line end that an editor or echo adds."""
    assert parts(of_password(SERVER, "robot", given)) == ("robot", password)


@pytest.mark.parametrize(
    ("username", "given", "said"),
    [
        ("robot", b"", "there is no password"),
        ("robot", b"\n", "there is no password"),
        ("robot", b"c4n4ry-hunter2\nmore", "several lines"),
        ("robot", b"c4n4ry-hunter2\x00", "characters that nobody sees"),
        ("robot", b"c4n4ry-hunter2\xe2\x80\x8b", "characters that nobody sees"),
        ("robot", b"c4n4ry-hunter2\xff", "not UTF-8"),
        ("robot", b"c4n4ry-hunter2" * LARGEST, "longer than"),
        ("", b"c4n4ry-hunter2", "user name is empty"),
        ("c4n4ry-hunter2:x", b"c4n4ry-hunter2", "has a colon"),
        ("c4n4ry-hunter2\udcff", b"c4n4ry-hunter2", "characters that nobody sees"),
    ],
)
def test_what_is_no_password(username: str, given: bytes, said: str):
    """Each is refused with a reason, and no part of it is repeated."""
    with pytest.raises(LoginError, match=said) as caught:
        of_password(SERVER, username, given)

    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("address", [SERVER, f"https://{SERVER}", f"https://{SERVER}/v2/", f"http://{SERVER}/"])
@pytest.mark.parametrize("entry", [{"auth": "cm9ib3Q6aHVudGVyMg=="}, {"username": "robot", "password": "hunter2"}])
def test_the_config_of_docker(address: str, entry: dict):
    """Docker and its relatives write the address and the login in several forms; all mean the same."""
    given = json.dumps({"auths": {address: entry, "other.example.com": {"auth": "eDp5"}}, "credsStore": ""}).encode()

    assert parts(of_config(SERVER, given)) == ("robot", "hunter2")


def test_only_the_login_that_was_asked_for_is_taken():
    """A person's own logins to other registries do not reach the groups."""
    given = config(registry_example_com={"auth": "cm9ib3Q6aHVudGVyMg=="}, other_example_com={"auth": "bWU6YzRuNHJ5"})

    assert list(json.loads(of_config(SERVER, given))["auths"]) == [SERVER]


@pytest.mark.parametrize("server", ["docker.io", "index.docker.io"])
def test_docker_hub_has_an_address_of_its_own(server: str):
    """Clients look up its login under one address, whatever the host in the image's name."""
    hub = "https://index.docker.io/v1/"
    given = json.dumps({"auths": {hub: {"auth": "cm9ib3Q6aHVudGVyMg=="}}}).encode()

    assert parts(of_config(server, given), hub) == ("robot", "hunter2")
    assert parts(of_password(server, "robot", b"hunter2"), hub) == ("robot", "hunter2")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (b"c4n4ry-hunter2", "--username"),
        (b'{"auths": c4n4ry-hunter2', "no config.json"),
        (b"[" * 50_000, "no config.json"),
        (b'{"auths": {"x": "c4n4ry-hunter2\xff"}}', "not UTF-8"),
        (b'["c4n4ry-hunter2"]', 'no "auths"'),
        (b'{"auths": "c4n4ry-hunter2"}', 'no "auths"'),
        (config(), f'no login to "{SERVER}"'),
        (config(c4n4ry_hunter2={"auth": "YTpi"}), f'no login to "{SERVER}"'),
        (
            json.dumps({"auths": {SERVER: {"auth": "YTpi"}, f"https://{SERVER}": {"auth": "YTpi"}}}).encode(),
            "more than one login",
        ),
        (config(registry_example_com="c4n4ry-hunter2"), "not what docker login writes"),
        (config(registry_example_com={"auth": "c4n4ry-hunter2"}), '"auth" .* is damaged'),
        (config(registry_example_com={"auth": "//8="}), '"auth" .* is damaged'),
        (config(registry_example_com={}), "credential store"),
        (config(registry_example_com={"identitytoken": "c4n4ry-hunter2"}), "identity token"),
        (config(registry_example_com={"auth": "cm9ib3Q="}), "there is no password"),
        (
            config(registry_example_com={"username": "a", "password": "c4n4ry-hunter2\n"}),
            "characters that no login has",
        ),
        (
            config(registry_example_com={"username": "a:b", "password": "c4n4ry-hunter2"}),
            "characters that no login has",
        ),
        (
            config(registry_example_com={"username": "a", "password": "c4n4ry-hunter2\ud800"}),
            "characters that no login",
        ),
    ],
)
def test_what_is_no_config(given: bytes, said: str):
    """Each is refused with a reason and a way out, and no part of it is repeated, not even of the exception's cause."""
    with pytest.raises(LoginError, match=said) as caught:
        of_config(SERVER, given)

    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None
