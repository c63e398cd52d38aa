"""What a person has, a password or Docker's config.json, to the content of a pull secret for one registry."""

import base64
import binascii
import json
import unicodedata
from collections.abc import Mapping
from typing import Any

from cubec.sealing.errors import LoginError

LARGEST = 65536  # bytes; a login is far smaller, and what is larger is the wrong file

_HUB = "https://index.docker.io/v1/"  # the one registry that clients look up under an address of its own
_HUB_HOSTS = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io"})
_ALONE = "give the password alone, with --username, or a config.json without it"


def of_password(server: str, username: str, given: bytes) -> bytes:
    """The content for a user and the password in ``given``, whose last line end does not count."""
    problem = _name_problem(username)
    if problem:
        raise LoginError(f"the user name {problem}: write it as the registry shows it")
    password = _text(given).removesuffix("\n").removesuffix("\r")
    if not password:
        raise LoginError("there is no password: " + _ALONE)
    if _hidden(password):
        raise LoginError("the password has several lines, or characters that nobody sees: " + _ALONE)
    return _content(server, username, password)


def of_config(server: str, given: bytes) -> bytes:
    """The content for the login to ``server`` that Docker's config.json holds. Logins to other registries stay behind."""
    text = _text(given)
    try:
        config = json.loads(text)
    except (ValueError, RecursionError):
        # without the exception that was the cause: it holds the text
        raise LoginError("this is no config.json, which is JSON: say --username where it is a password") from None
    logins = config.get("auths") if isinstance(config, dict) else None
    if not isinstance(logins, dict):
        raise LoginError('there is no "auths" with logins in it: log in with docker login, or say --username')
    found = [login for address, login in logins.items() if _host(address) == _host(_address(server))]
    if len(found) != 1:
        raise LoginError(f'there is {"more than one" if found else "no"} login to "{server}" in it: leave exactly one')
    return _content(server, *_parts(found[0]))


def _parts(login: Any) -> tuple[str, str]:
    """User and password of one entry, which may be joined and encoded."""
    if not isinstance(login, Mapping):
        raise LoginError("the login to the registry is not what docker login writes: say --username instead")
    username, password = login.get("username"), login.get("password")
    joined = login.get("auth")
    if isinstance(joined, str) and joined:
        try:
            username, _, password = base64.b64decode(joined, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise LoginError('"auth" of the login to the registry is damaged: say --username instead') from None
    if not (isinstance(username, str) and isinstance(password, str) and username and password):
        raise LoginError(
            "there is no password in it, as where Docker keeps logins in a credential store or has an identity token: "
            "say --username, and give a password or an access token"
        )
    if _name_problem(username) or _hidden(password):
        raise LoginError("the login to the registry has characters that no login has: say --username instead")
    return username, password


def _content(server: str, username: str, password: str) -> bytes:
    joined = base64.b64encode(f"{username}:{password}".encode()).decode()
    login = {"username": username, "password": password, "auth": joined}
    return json.dumps({"auths": {_address(server): login}}, separators=(",", ":"), ensure_ascii=False).encode()


def _address(server: str) -> str:
    return _HUB if server in _HUB_HOSTS else server


def _host(address: str) -> str:
    """The host of an address in config.json, which may have a scheme before it and a path behind."""
    host = address.partition("://")[2] if "://" in address else address
    return host.partition("/")[0].lower()


def _text(given: bytes) -> str:
    if len(given) > LARGEST:
        raise LoginError(f"this is longer than {LARGEST} bytes, so it is no login: look at what you give")
    try:
        return given.decode()
    except UnicodeDecodeError:
        raise LoginError("this is not UTF-8 text: look at what you give") from None


def _name_problem(username: str) -> str:
    if not username.strip():
        return "is empty"
    if ":" in username:
        return "has a colon in it"
    return "has characters that nobody sees" if _hidden(username) else ""


def _hidden(text: str) -> bool:
    return any(unicodedata.category(character)[0] == "C" for character in text)
