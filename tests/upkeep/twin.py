"""An API server in memory, as far as the upkeep job meets one; ``tests/cluster/test_upkeep_twin_live.py`` holds it to a real one.

It knows resourceVersions, uids, preconditions, server-side apply with its owners of fields, pages of lists, and owners that take along
what belongs to them. It stands where the connection pool of ``cluster/wire.py`` stands, so everything above that is the real code.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.upkeep import fields
from tests.upkeep.fields import Owner, Path

Object = dict[str, Any]
OK, CREATED = 200, 201
BEGINNING = datetime(2026, 11, 22, 12, tzinfo=UTC)


class RefusalError(Exception):
    def __init__(self, status: int, reason: str, message: str, field: str = "") -> None:
        super().__init__(message)
        self.status, self.reason, self.field = status, reason, field

    def written(self) -> Object:
        details = {"details": {"causes": [{"field": self.field}]}} if self.field else {}
        said = {"reason": self.reason, "message": str(self), "code": self.status}
        return {"kind": "Status", "status": "Failure", **said, **details}


@dataclass(frozen=True, order=True)
class Place:
    """Where an object is; a collection has no name, and one over all namespaces no namespace either."""

    version: str
    plural: str
    namespace: str = ""
    name: str = ""

    @property
    def collection(self) -> tuple[str, str]:
        return self.version, self.plural


@dataclass
class Response:
    status: int
    data: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Write:
    """A request that changed something, with the object before and after; None where there was none."""

    method: str
    place: Place
    manager: str
    before: Object | None
    after: Object | None


@dataclass
class Kept:
    """An object, and who set which of its fields."""

    value: Object
    owners: dict[Owner, frozenset[Path]] = field(default_factory=dict)


def place(url: str) -> Place:
    parts = [unquote(part) for part in urlsplit(url).path.strip("/").split("/")]
    version, rest = (parts[1], parts[2:]) if parts[0] == "api" else ("/".join(parts[1:3]), parts[3:])
    if rest[0] == "namespaces" and len(rest) > 2:
        return Place(version, rest[2], rest[1], rest[3] if len(rest) > 3 else "")
    return Place(version, rest[0], "", rest[1] if len(rest) > 1 else "")


class Twin:
    """The server. ``allow`` says what a request may do; ``now`` is its clock."""

    def __init__(self, *, allow: Callable[[str, Place], bool] = lambda *_request: True) -> None:
        self.objects: dict[Place, Kept] = {}
        self.writes: list[Write] = []
        self.allow = allow
        self.now = BEGINNING
        self._version = 1000
        self._made = 0
        self._lists: dict[str, tuple[int, list[Object]]] = {}

    # what a client sees

    def request(
        self, method: str, url: str, body: Any = None, headers: Mapping[str, str] | None = None, **_: Any
    ) -> Response:
        """A request as the connection pool sends it."""
        query = {key: values[0] for key, values in parse_qs(urlsplit(url).query).items()}
        told = json.loads(body) if body else None
        try:
            status, answer = self._answer(method, place(url), query, told, (headers or {}).get("Content-Type", ""))
        except RefusalError as refusal:
            status, answer = refusal.status, refusal.written()
        return Response(status, json.dumps(answer).encode(), {"Date": format_datetime(self.now, usegmt=True)})

    def _answer(self, method: str, where: Place, query: Mapping[str, str], body: Any, kind: str) -> tuple[int, Object]:
        verb = {"GET": "get" if where.name else "list", "POST": "create", "PUT": "update", "PATCH": "patch"}
        if not self.allow(verb.get(method, "delete"), where):
            raise RefusalError(403, "Forbidden", f"{where.plural} {where.name!r} is forbidden")
        manager = query.get("fieldManager", "unknown")
        if method == "GET":
            return OK, (self._shown(where) if where.name else self._page(where, query))
        if method == "POST":
            return CREATED, self.create(where, body, manager)
        if method == "DELETE":
            return OK, self._delete(where, (body or {}).get("preconditions") or {})
        if method == "PATCH" and "apply-patch" in kind:
            return self._apply(where, body, manager, force=query.get("force") == "true")
        kept = self._there(where)
        if method == "PATCH":
            body = fields.merged(self._read(kept), body)
        return OK, self._update(method, where, kept, body, manager)

    def _there(self, where: Place) -> Kept:
        if where not in self.objects:
            raise RefusalError(404, "NotFound", f'{where.plural} "{where.name}" not found')
        return self.objects[where]

    def _shown(self, where: Place) -> Object:
        return self._read(self._there(where))

    def _read(self, kept: Kept) -> Object:
        value = fields.copied(kept.value)
        if kept.owners:
            value["metadata"]["managedFields"] = fields.written(kept.owners, value["apiVersion"])
        return value

    def _page(self, where: Place, query: Mapping[str, str]) -> Object:
        limit = int(query.get("limit", "0")) or 1_000_000
        if token := query.get("continue"):
            if token not in self._lists:
                raise RefusalError(410, "Expired", "the provided continue parameter is too old")
            version, rest = self._lists.pop(token)
        else:
            version, rest = self._version, list(self._matching(where, query))
        page, rest = rest[:limit], rest[limit:]
        metadata: Object = {"resourceVersion": str(version)}
        if rest:
            metadata["continue"] = f"{version}.{len(self._lists)}.{len(rest)}"
            self._lists[metadata["continue"]] = version, rest
        return {"kind": "List", "apiVersion": where.version, "metadata": metadata, "items": page}

    def _matching(self, where: Place, query: Mapping[str, str]) -> Iterator[Object]:
        terms = [term.partition("=") for term in query.get("labelSelector", "").split(",") if term]
        for at in sorted(at for at in self.objects if at.collection == where.collection):
            labels = self.objects[at].value["metadata"].get("labels") or {}
            if where.namespace in ("", at.namespace) and all(
                key in labels and (not equals or labels[key] == value) for key, equals, value in terms
            ):
                yield self._read(self.objects[at])

    def forget_lists(self) -> None:
        """Lists that were begun cannot be continued any more."""
        self._lists.clear()

    def create(self, where: Place, body: Object, manager: str = "test") -> Object:
        where = Place(where.version, where.plural, where.namespace, body["metadata"]["name"])
        if where.namespace and Place("v1", "namespaces", "", where.namespace) not in self.objects:
            raise RefusalError(404, "NotFound", f'namespaces "{where.namespace}" not found')
        if where in self.objects:
            raise RefusalError(409, "AlreadyExists", f'{where.plural} "{where.name}" already exists')
        return self._keep("POST", where, Kept({}), fields.copied(body), (manager, "Update"))

    def _update(self, method: str, where: Place, kept: Kept, body: Object, manager: str) -> Object:
        if method == "PUT":
            self._precondition(where, kept, body["metadata"], "resourceVersion", "uid")
        else:
            self._precondition(where, kept, body["metadata"], "resourceVersion")
            self._same(kept, body["metadata"])
        return self._keep(method, where, kept, fields.copied(body), (manager, "Update"))

    def _apply(self, where: Place, body: Object, manager: str, *, force: bool) -> tuple[int, Object]:
        kept = self.objects.get(where)
        if kept is None:
            if body["metadata"].get("uid"):
                raise RefusalError(409, "Conflict", "uid mismatch: no existing object was found")
            if where.namespace and Place("v1", "namespaces", "", where.namespace) not in self.objects:
                raise RefusalError(404, "NotFound", f'namespaces "{where.namespace}" not found')
        else:
            self._precondition(where, kept, body["metadata"], "resourceVersion")
        before = kept or Kept({"apiVersion": body["apiVersion"], "kind": body["kind"], "metadata": {}})
        value, owners, clashes = fields.applied(before.value, before.owners, body, manager)
        if clashes and not force:
            raise RefusalError(409, "Conflict", f"Apply failed with conflicts: {sorted(clashes)}")
        if kept:
            self._same(kept, body["metadata"])
        answer = self._keep("PATCH", where, kept or Kept({}), value, (manager, "Apply"), owners=owners)
        return (OK if kept else CREATED), answer

    def _precondition(self, where: Place, kept: Kept, metadata: Mapping[str, Any], *keys: str) -> None:
        """What a request states of the object must be so."""
        for key in keys:
            told = metadata.get(key)
            if told and told != kept.value["metadata"][key]:
                raise RefusalError(409, "Conflict", f'cannot be fulfilled on {where.plural} "{where.name}": {key}')

    def _same(self, kept: Kept, metadata: Mapping[str, Any]) -> None:
        """A patch for another uid is not in conflict, but invalid."""
        if metadata.get("uid", kept.value["metadata"]["uid"]) != kept.value["metadata"]["uid"]:
            raise RefusalError(422, "Invalid", "metadata.uid: field is immutable", "metadata.uid")

    def _keep(
        self,
        method: str,
        where: Place,
        kept: Kept,
        value: Object,
        owner: Owner,
        *,
        owners: dict[Owner, frozenset[Path]] | None = None,
    ) -> Object:
        """Write an object down; where nothing changed it keeps its version."""
        value["metadata"].pop("managedFields", None)
        before = kept.value
        metadata = value["metadata"]
        if before:
            fixed = ("uid", "creationTimestamp", "resourceVersion")
        else:
            self._made += 1
            metadata |= {"name": where.name, **({"namespace": where.namespace} if where.namespace else {})}
            metadata |= {"uid": f"uid-{self._made}", "creationTimestamp": self.now.strftime("%Y-%m-%dT%H:%M:%SZ")}
            fixed = ()
        metadata |= {key: before["metadata"][key] for key in fixed}
        value = fields.tidy(value)
        owners = fields.updated(kept.owners, before, value, owner) if owners is None else owners
        if value == before and owners == kept.owners:
            return self._read(kept)
        self._version += 1
        value["metadata"]["resourceVersion"] = str(self._version)
        after = Kept(value, owners)
        self.objects[where] = after
        self.writes.append(Write(method, where, owner[0], before or None, value))
        return self._read(after)

    def _delete(self, where: Place, preconditions: Mapping[str, Any]) -> Object:
        kept = self._there(where)
        self._precondition(where, kept, preconditions, "resourceVersion", "uid")
        del self.objects[where]
        self.writes.append(Write("DELETE", where, "", kept.value, None))
        return {"kind": "Status", "status": "Success", "details": {"name": where.name}}

    # what others do

    def collect_garbage(self) -> None:
        """Take away whatever belongs to nobody who is still there."""
        there = {kept.value["metadata"]["uid"] for kept in self.objects.values()}
        for where, kept in list(self.objects.items()):
            owners = kept.value["metadata"].get("ownerReferences")
            if owners and not any(owner["uid"] in there for owner in owners):
                del self.objects[where]

    def change(self, where: Place, patch: Mapping[str, Any], manager: str = "somebody") -> None:
        """A merge patch by somebody else; nothing where there is no such object."""
        if where in self.objects:
            kept = self.objects[where]
            self._keep("PATCH", where, kept, fields.merged(self._read(kept), patch), (manager, "Update"))

    def drop(self, where: Place) -> None:
        self.objects.pop(where, None)
