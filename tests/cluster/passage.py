"""Requests as they may reach a cluster that is not ours, and its answers as the tests expect them: values to values."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

import yaml
from tests.cluster.renaming import BUILT_IN, Renaming

OWN = {  # what the compiler writes for the whole cluster, by its plural
    *("namespaces", "persistentvolumes", "priorityclasses", "clusterroles", "clusterrolebindings"),
    *("validatingadmissionpolicies", "validatingadmissionpolicybindings"),
    *("mutatingadmissionpolicies", "mutatingadmissionpolicybindings", "mutatingpolicies"),
    *("clusterqueues", "cohorts", "resourceflavors", "workloadpriorityclasses"),
}
QUESTIONS = {"authentication.k8s.io", "authorization.k8s.io"}  # groups whose objects are answers: nothing is kept
READ = {"GET", "HEAD"}


class ClosedError(Exception):
    """A request that could change what is not ours; the message says why it does not pass."""


@dataclass(frozen=True)
class Target:
    """What a path is about. A namespace's own object is one of the whole cluster."""

    root: str  # `api/v1` or `apis/GROUP/VERSION`
    namespace: str
    resource: str
    name: str
    rest: tuple[str, ...]  # a part of the object, and what follows

    @property
    def group(self) -> str:
        return self.root.split("/")[1] if self.root.startswith("apis/") else ""


def target(path: str) -> Target | None:
    """Take a path apart; None where it is about no resource."""
    parts = [unquote(part) for part in path.strip("/").split("/")]
    length = {"api": 2, "apis": 3}.get(parts[0], 0)
    if not length or len(parts) <= length:
        return None
    root, rest = "/".join(parts[:length]), parts[length:]
    if rest[0] == "namespaces" and len(rest) > 2 and rest[2] not in ("status", "finalize"):
        namespace, rest = rest[1], rest[2:]
    else:
        namespace = ""
    return Target(root, namespace, rest[0], rest[1] if len(rest) > 1 else "", tuple(rest[2:]))


@dataclass(frozen=True)
class Passage:
    """The rules of the door."""

    renaming: Renaming

    def enter(self, method: str, address: str, text: bytes) -> tuple[str, bytes]:
        """The path and the body that the cluster gets, or ClosedError."""
        url = urlsplit(address)
        query = [(key, self.renaming.text(value)) for key, value in parse_qsl(url.query, keep_blank_values=True)]
        about = target(url.path)
        if about is None:
            if method not in READ:
                raise ClosedError(f"{method} {url.path}: this is about no resource")
            return address, text
        about = self._renamed(about)
        body = _decoded(text)
        sent = self.renaming.item(body) if text else None
        dry = ("dryRun", "All") in query or (method == "DELETE" and _dry(body))
        if method not in READ and not dry:
            self._allow(method, about, sent)
        path = "/".join([about.root, *(["namespaces", about.namespace] if about.namespace else []), about.resource])
        path = "/" + "/".join([path, *(quote(part, safe=":") for part in (about.name, *about.rest) if part)])
        return path + (f"?{urlencode(query)}" if query else ""), json.dumps(sent).encode() if text else b""

    def judges(self, address: str) -> bool:
        """Whether a request is about a resource; all else passes as it is, and can only be read."""
        return target(urlsplit(address).path) is not None

    def _renamed(self, about: Target) -> Target:
        namespace = self.renaming.namespace(about.namespace) if about.namespace else ""
        name = about.name
        if name and (about.resource in OWN if not namespace else namespace in self.renaming.engines):
            name = name if BUILT_IN.fullmatch(name) else self.renaming.name(name)
        elif name and namespace:
            name = self.renaming.text(name)
        return Target(about.root, namespace, about.resource, name, about.rest)

    def _allow(self, method: str, about: Target, sent: Any) -> None:
        """Raise, unless the request changes something that is ours, or nothing."""
        what = f"{method} {about.resource} {about.namespace}/{about.name}"
        if about.group in QUESTIONS:
            return
        name = about.name or (sent.get("metadata", {}).get("name", "") if isinstance(sent, dict) else "")
        if about.namespace and about.namespace not in self.renaming.engines:
            if not self.renaming.ours(about.namespace):
                raise ClosedError(f"{what}: the namespace is not ours")
        elif not about.namespace and about.resource not in OWN:
            raise ClosedError(f"{what}: such an object of the whole cluster is not ours to write")
        elif not self.renaming.ours(name):
            raise ClosedError(f"{what}: the name {name!r} is not ours")

    def leave(self, method: str, address: str, data: bytes) -> bytes:
        """An answer as the tests see it: of lists over the whole cluster only what is ours."""
        about = target(urlsplit(address).path)
        if about is None:
            return data
        whole = not about.namespace or about.namespace in self.renaming.engines
        if method == "GET" and whole and not about.name and data.startswith(b"{"):
            answer = json.loads(data)
            entries = answer.get("items")
            if isinstance(entries, list) and self._filtered(about, entries):
                data = json.dumps(answer | {"items": self.renaming.among(entries)}).encode()
        return self.renaming.back(data.decode(errors="surrogateescape")).encode(errors="surrogateescape")

    def _filtered(self, about: Target, entries: list[dict[str, Any]]) -> bool:
        """Whether a list has to do with us; nodes and definitions are everybody's to see."""
        return about.resource in OWN or any("namespace" in one.get("metadata", {}) for one in entries)

    def events(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The lines of an answer that goes on, one by one."""
        rest = b""
        for chunk in chunks:
            *lines, rest = (rest + chunk).split(b"\n")
            yield from (self.renaming.back(line.decode()).encode() + b"\n" for line in lines)
        if rest:
            yield self.renaming.back(rest.decode()).encode()


def _decoded(text: bytes) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return yaml.safe_load(text)


def _dry(body: Any) -> bool:
    """Whether the options of a deletion say that nothing is to happen."""
    return isinstance(body, dict) and body.get("dryRun") == ["All"]
