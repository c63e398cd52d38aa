"""The API server in memory, which the upkeep job's fault schedules run against, answers as a real one does."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.cluster.client import APPLY, MERGE, Client
from tests.upkeep import fields
from tests.upkeep.twin import Place, Twin

CLAIMS = (
    (
        "6,000 random requests get the same answers from the API server in memory and the real one",
        "test_the_same_answers",
    ),
    ("owners of fields, versions and preconditions are the same on nodes", "test_the_same_on_nodes"),
    ("the pages of a list are of one moment", "test_pages"),
    ("what belongs to nobody is collected by both", "test_garbage"),
)
pytestmark = pytest.mark.own_cluster
SPACE = "twins"
SEQUENCES, STEPS = 200, 30
MANAGERS = ("cubec-upkeep", "somebody", "kubectl")
Object = dict[str, Any]
Send = Callable[[str, str, Any, str], tuple[int, Object]]


@dataclass
class Side:
    """One of the two servers, and what it has said of each object: the versions and the uid differ between them."""

    send: Send
    versions: dict[str, list[str]] = field(default_factory=dict)
    uids: dict[str, list[str]] = field(default_factory=dict)

    def ask(self, method: str, path: str, body: Any, kind: str, marks: Mapping[str, int]) -> tuple[Any, ...]:
        """Send a request whose preconditions are the nth version or uid that was seen last; what came of it, without them."""
        name = path.partition("?")[0].rpartition("/")[2]
        known = {"resourceVersion": self.versions.get(name, []), "uid": self.uids.get(name, [])}
        stated = {key: (known[key][-back:] or ["1"])[0] for key, back in marks.items()}
        if method == "DELETE":
            body = {"apiVersion": "v1", "kind": "DeleteOptions", **({"preconditions": stated} if stated else {})}
        elif stated:
            body = {**body, "metadata": {**body.get("metadata", {}), **stated}}
        status, answer = self.send(method, path, body, kind)
        return status, *self._normal(answer, status)

    def _normal(self, answer: Object, status: int) -> tuple[Any, ...]:
        if status >= 400:
            return (answer["reason"],)
        if "items" in answer:
            return tuple(self._object(item) for item in answer["items"])
        return (self._object(answer),) if answer["kind"] != "Status" else ()

    def _object(self, item: Object) -> Object:
        metadata, name = item["metadata"], item["metadata"]["name"]
        seen, uids = self.versions.setdefault(name, []), self.uids.setdefault(name, [])
        changed = not seen or seen[-1] != metadata["resourceVersion"]
        fresh = not uids or uids[-1] != metadata["uid"]
        seen += [metadata["resourceVersion"]] if changed else []
        uids += [metadata["uid"]] if fresh else []
        owners = {
            (entry["manager"], entry["operation"]): fields.owned(entry) for entry in metadata.get("managedFields", ())
        }
        owners = {one: paths for one, paths in owners.items() if paths}
        kept = {key: metadata.get(key) or {} for key in ("labels", "annotations")}
        contents = {key: item.get(key) or {} for key in ("data", "spec", "type")}
        return {"name": name, "changed": changed, "fresh": fresh, "owners": owners, **kept, **contents}


def real(admin: Client) -> Side:
    def send(method: str, path: str, body: Any, kind: str) -> tuple[int, Object]:
        answer = admin.ask(method, path, body, kind)
        return answer.status, answer.body

    return Side(send)


def imagined(twin: Twin) -> Side:
    def send(method: str, path: str, body: Any, kind: str) -> tuple[int, Object]:
        told = None if body is None else json.dumps(body)
        response = twin.request(method, f"http://twin{path}", body=told, headers={"Content-Type": kind})
        return response.status, json.loads(response.data)

    return Side(send)


@pytest.fixture(scope="module")
def admin(cluster) -> Client:
    admin = Client(cluster.kubeconfig)
    cluster.kubectl("create", "namespace", SPACE)
    return admin


@pytest.fixture
def twin() -> Twin:
    twin = Twin()
    twin.create(Place("v1", "namespaces"), {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}})
    return twin


@dataclass(frozen=True)
class Kind:
    """A kind of object that no controller changes, and random contents for it."""

    name: str
    plural: str
    contents: Callable[[Random], Object]


def texts(random: Random, *, gone: bool = False) -> Object:
    values = ["x", "y", *([None] if gone else [])]
    return {key: random.choice(values) for key in random.sample(("a", "b", "example.com/c", "d"), random.randint(1, 3))}


def data(random: Random) -> Object:
    return {
        "data": {key: random.choice(("eA==", "eQ==")) for key in random.sample(("k", "l", "m"), random.randint(1, 2))}
    }


def secret(random: Random) -> Object:
    return {"type": "Opaque", **data(random)}


def limits(random: Random) -> Object:
    """A list that is owned as a whole. Replacing an object of this kind makes it, so that is left out."""
    kinds = (
        {"type": "Pod", "max": {"cpu": str(random.randint(1, 3))}},
        {"type": "PersistentVolumeClaim", "max": {"storage": "1Gi"}},
    )
    return {"spec": {"limits": list(kinds[: random.randint(1, 2)])}}


KINDS = (
    Kind("ConfigMap", "configmaps", data),
    Kind("Secret", "secrets", secret),
    Kind("LimitRange", "limitranges", limits),
)


def step(random: Random, kind: Kind, prefix: str) -> tuple[str, str, Any, str, dict[str, int]]:
    """A request: method, path, body, content type, and which of the versions and uids that were seen it states."""
    name, collection = f"{prefix}-{random.choice('pqr')}", f"/api/v1/namespaces/{SPACE}/{kind.plural}"
    query = {"fieldManager": random.choice(MANAGERS)}
    metadata: Object = {"labels": {"run": prefix, **texts(random)}, "annotations": texts(random)}
    if random.random() < 0.3:
        metadata.pop(random.choice(("labels", "annotations")))
    whole = {"apiVersion": "v1", "kind": kind.name, "metadata": {"name": name, **metadata}, **kind.contents(random)}
    marks = {key: random.choice((1, 1, 1, 2)) for key in ("uid", "resourceVersion") if random.random() < 0.3}
    update = "merge" if kind.contents is limits else "update"
    path, told = f"{collection}/{name}", urlencode(query)
    match random.choice(("create", update, "merge", "merge", "apply", "apply", "apply", "delete", "get", "list")):
        case "create":
            found = "POST", f"{collection}?{told}", whole, "application/json", {}
        case "update":
            found = "PUT", f"{path}?{told}", whole, "application/json", marks
        case "merge":
            patch = {"metadata": {"labels": {**texts(random, gone=True), "run": prefix}}, **kind.contents(random)}
            patch = random.choice((patch, {"metadata": {"annotations": texts(random, gone=True)}}))
            found = "PATCH", f"{path}?{told}", patch, MERGE, marks
        case "apply":
            found = "PATCH", f"{path}?{told}&force={random.choice(('true', 'false'))}", whole, APPLY, marks
        case "delete":
            found = "DELETE", path, None, "application/json", marks
        case "get":
            found = "GET", path, None, "application/json", {}
        case _:
            selector = random.choice((f"run={prefix}", f"run={prefix},a", f"run={prefix},a=x"))
            found = "GET", f"{collection}?{urlencode({'labelSelector': selector})}", None, "application/json", {}
    return found


def test_the_same_answers(admin: Client, twin: Twin):
    """Statuses, reasons, contents, owners of every field, and whether the version moved: the same after every request."""
    for number in range(SEQUENCES):
        random, kind, told = Random(number), KINDS[number % len(KINDS)], []
        left, right = real(admin), imagined(twin)
        for _ in range(STEPS):
            request = step(random, kind, f"s{number}")
            told.append(request)
            assert left.ask(*request) == right.ask(*request), (number, told[-6:])


def test_the_same_on_nodes(admin: Client, twin: Twin):
    """What the task ``nodes`` sends: applies with a uid, taints with a version, and neither makes a node that is not there."""
    sides = real(admin), imagined(twin)
    place = "/api/v1/nodes/worker01"
    twin.create(Place("v1", "nodes"), {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "worker01"}}, "kubelet")
    body = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "worker01", "labels": {"a": "x", "b": "y"}}}
    less = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "worker01", "labels": {"a": "x"}}}
    gone = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": "nobody", "labels": {"a": "x"}, "uid": "u"}}
    patch = {"metadata": {"annotations": {"t": "k"}}, "spec": {"taints": [{"key": "k", "effect": "NoSchedule"}]}}
    apply = f"{place}?fieldManager=cubec-upkeep&force=true"
    requests = [
        ("GET", place, None, "", {}),
        ("PATCH", apply, body, APPLY, {"uid": 1}),
        ("PATCH", apply, body, APPLY, {"uid": 1}),
        ("PATCH", f"{place}?fieldManager=cubec-upkeep", patch, MERGE, {"resourceVersion": 9}),
        ("GET", place, None, "", {}),
        ("PATCH", f"{place}?fieldManager=cubec-upkeep", patch, MERGE, {"uid": 1, "resourceVersion": 1}),
        ("PATCH", apply, less, APPLY, {"uid": 1}),
        ("PATCH", "/api/v1/nodes/nobody?fieldManager=cubec-upkeep&force=true", gone, APPLY, {}),
        ("PATCH", "/api/v1/nodes/nobody?fieldManager=cubec-upkeep", patch, MERGE, {}),
    ]
    for request in requests:
        left, right = (side.ask(*request) for side in sides)
        assert _of_ours(left) == _of_ours(right), request


def _of_ours(answer: tuple[Any, ...]) -> tuple[Any, ...]:
    """The part of a node that the kubelet's stand-in and the controllers do not change by themselves."""
    if len(answer) < 2 or not isinstance(answer[1], dict):
        return answer
    found = answer[1]
    owners = {one: paths for one, paths in found["owners"].items() if one[0] == "cubec-upkeep"}
    labels = {key: value for key, value in found["labels"].items() if key in "ab"}
    return answer[0], owners, labels, found["annotations"].get("t"), found["spec"].get("taints", [])


def test_pages(admin: Client, twin: Twin):
    """What is made and deleted between two pages is in neither, or in both: as it was when the list began."""
    collection, found = f"/api/v1/namespaces/{SPACE}/configmaps", []
    for side in (real(admin), imagined(twin)):
        for name in "abcde":
            metadata = {"name": f"page-{name}", "labels": {"pages": "yes"}}
            body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata}
            side.send("POST", collection, body, "application/json")
        pages, following = [], ""
        while following or not pages:
            query = {"labelSelector": "pages=yes", "limit": "2", "continue": following}
            _, page = side.send("GET", f"{collection}?{urlencode(query)}", None, "")
            pages.append([item["metadata"]["name"] for item in page["items"]])
            following = page["metadata"].get("continue", "")
            side.send("DELETE", f"{collection}/page-d", None, "")
            late = {
                "metadata": {"name": "page-e2", "labels": {"pages": "yes"}},
                "apiVersion": "v1",
                "kind": "ConfigMap",
            }
            side.send("POST", collection, late, "application/json")
        found.append(pages)

    assert found[0] == found[1] == [["page-a", "page-b"], ["page-c", "page-d"], ["page-e"]]


def test_garbage(cluster, admin: Client, twin: Twin):
    """A Secret that belongs to a binding goes with it; one whose owner is of another uid goes, too."""
    where = f"/api/v1/namespaces/{SPACE}"
    for side, collect in ((real(admin), lambda: None), (imagined(twin), twin.collect_garbage)):
        owner = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "owner"}}
        _, made = side.send("POST", f"{where}/configmaps", owner, "application/json")
        for name, uid in (("mine", made["metadata"]["uid"]), ("stale", "another")):
            reference = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": uid}
            secret = {"metadata": {"name": name, "ownerReferences": [reference]}, "apiVersion": "v1", "kind": "Secret"}
            side.send("POST", f"{where}/secrets", secret, "application/json")

        def there(side: Side = side, collect: Callable[[], None] = collect) -> set[str]:
            collect()
            return {
                name for name in ("mine", "stale") if side.send("GET", f"{where}/secrets/{name}", None, "")[0] == 200
            }

        cluster.eventually(lambda there=there: there() == {"mine"}, "the stale one is gone")
        side.send("DELETE", f"{where}/configmaps/owner", None, "application/json")
        cluster.eventually(lambda there=there: not there(), "the other one is gone with its owner")
