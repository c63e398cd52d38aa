"""Requests and answers: what is sent again, how long we wait, when we stop, and what is never taken for an answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from kubernetes.client import Configuration
from urllib3.exceptions import NewConnectionError, ProtocolError

from cubec.cluster import Cluster, ClusterError, LateError, RefusedError, UnreachableError

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
TOKEN = "canary-token"
Answer = tuple[int, Any, dict[str, str]]


@dataclass
class Response:
    status: int
    data: bytes
    headers: dict[str, str]


@dataclass
class Script:
    """A connection pool that answers from a list, the last entry for ever; an exception is raised."""

    answers: list[Answer | Exception]
    asked: list[tuple[str, str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    timeouts: list[float] = field(default_factory=list)

    def request(
        self, method: str, url: str, *, body: str | None, headers: dict[str, str], timeout: float, **_: Any
    ) -> Response:
        self.asked.append((method, url.removeprefix("https://cluster"), body and json.loads(body)))
        self.headers.append(headers)
        self.timeouts.append(timeout)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        status, value, more = answer
        data = value.encode() if isinstance(value, str) else json.dumps(value).encode()
        return Response(status, data, more)


@dataclass
class Clock:
    now: datetime = NOW
    pauses: list[float] = field(default_factory=list)

    def pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += timedelta(seconds=seconds)


@dataclass
class Line:
    cluster: Cluster
    script: Script
    clock: Clock


@pytest.fixture
def line() -> Callable[..., Line]:
    def make(*answers: Answer | Exception, page: int = 500) -> Line:
        configuration = Configuration()
        configuration.host = "https://cluster"
        configuration.api_key["authorization"] = f"Bearer {TOKEN}"
        clock, script = Clock(), Script(list(answers))
        cluster = Cluster(configuration, pause=clock.pause, clock=lambda: clock.now, page=page)
        cluster._wire.pool = script
        return Line(cluster, script, clock)

    return make


def ok(body: Any, **headers: str) -> Answer:
    return 200, body, headers


def no(status: int, reason: str = "", message: str = "", **headers: str) -> Answer:
    return status, {"kind": "Status", "reason": reason, "message": message}, headers


BROKEN = [
    ProtocolError("Connection broken: IncompleteRead"),
    NewConnectionError(None, f"no route, {TOKEN}"),  # type: ignore[arg-type]
    TimeoutError("slow"),
    ok('{"kind": "Po'),
    ok(""),
    ok("<html>log in</html>"),
    ok({"a": 1}, Date="nonsense"),
    ok({"a": 1}, Date="Sun, 22 Nov 2026 12:00:00 -0000"),
    ok('{"a":' * 100_000),
    no(429),
    no(500),
    no(502),
    no(503),
    no(504),
]


@pytest.mark.parametrize("trouble", BROKEN, ids=lambda one: str(one)[:40])
def test_what_did_not_arrive_is_asked_for_again(line, trouble: Answer | Exception):
    """Whatever breaks off, or is no answer of an API server, is asked for again; waiting doubles."""
    made = line(trouble, trouble, ok({"kind": "Pod"}))

    assert made.cluster.get("/x") == {"kind": "Pod"}
    assert made.clock.pauses == [0.5, 1.0]


@pytest.mark.parametrize("trouble", BROKEN, ids=lambda one: str(one)[:40])
def test_six_times_and_no_more(line, trouble: Answer | Exception):
    """Then it is an error whose words name the request, and never what its headers hold."""
    made = line(trouble)

    with pytest.raises(ClusterError, match=r"^GET /x: ") as raised:
        made.cluster.get("/x?watch=1")
    assert len(made.script.asked) == 6
    assert TOKEN not in str(raised.value)
    assert made.script.headers[0]["authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("status", [301, 400, 401, 403, 409, 422])
def test_no_is_no(line, status: int):
    """A refusal is not asked about twice, and neither is an answer that sends us elsewhere."""
    made = line(no(status, "Because", "of this"))

    with pytest.raises(RefusedError, match=r"^GET /x: of this$") as raised:
        made.cluster.get("/x")
    assert (raised.value.status, raised.value.reason) == (status, "Because")
    assert len(made.script.asked) == 1


@pytest.mark.parametrize(
    ("header", "seconds"), [("7", 7.0), ("3600", 30.0), ("9" * 500, 30.0), ("soon", 0.5), ("-1", 0.5), ("", 0.5)]
)
def test_the_server_says_how_long_to_wait(line, header: str, seconds: float):
    """Retry-After counts, up to half a minute; what is no number of seconds does not."""
    made = line(no(429, **{"Retry-After": header}), ok({}))

    made.cluster.get("/x")

    assert made.clock.pauses == [seconds]


def test_after_the_end_nothing_is_sent(line):
    """Neither a wait nor an answer goes beyond the end; after it there is no request."""
    made = line(no(429, **{"Retry-After": "20"}))
    made.cluster.stop_at(NOW + timedelta(seconds=25))

    with pytest.raises(LateError, match="the run's time is over"):
        made.cluster.get("/x")
    assert made.clock.pauses == [20.0, 5.0]
    assert made.script.timeouts == [25.0, 5.0]


def test_skew_is_what_the_server_said_last(line):
    """The difference of the clocks, from the header of any answer, a refusal's too."""
    made = line(no(404, Date="Sun, 22 Nov 2026 12:02:00 GMT"))

    assert made.cluster.get("/x") is None
    assert made.cluster.skew == timedelta(minutes=2)


def page(*names: str, following: str = "") -> Answer:
    return ok({"items": [{"metadata": {"name": name}} for name in names], "metadata": {"continue": following}})


def test_a_list_is_whole(line):
    """Page after page with the server's token; an empty list may be null."""
    made = line(page("a", "b", following="t1"), page("c"), page=2)

    assert [item["metadata"]["name"] for item in made.cluster.list("/x", labels="a=b")] == ["a", "b", "c"]
    assert [where for _, where, _ in made.script.asked] == [
        "/x?labelSelector=a%3Db&limit=2",
        "/x?labelSelector=a%3Db&limit=2&continue=t1",
    ]
    assert line(ok({"items": None})).cluster.list("/x") == ()


@pytest.mark.parametrize("broken", [no(410, "Expired"), ok({"kind": "List"}), ok({"items": "none"})])
def test_a_list_that_breaks_is_begun_again(line, broken: Answer):
    """An expired token, or a page that is none, has the whole list asked for again: never a part of it."""
    made = line(page("a", following="t1"), broken, page("b", following="t2"), page("c"))

    assert [item["metadata"]["name"] for item in made.cluster.list("/x")] == ["b", "c"]


def test_a_list_that_always_breaks_is_an_error(line):
    """After six beginnings we give up, and say of what."""
    with pytest.raises(UnreachableError, match="GET /x: the list changed faster than it could be read"):
        line(no(410)).cluster.list("/x")
    with pytest.raises(UnreachableError, match="GET /x: a page of the list is none"):
        line(ok({})).cluster.list("/x")
    with pytest.raises(RefusedError, match="not you"):
        line(no(403, message="not you")).cluster.list("/x")


def test_writes_say_who_writes(line):
    """Every write names its manager and is strict; a delete names the object that was seen."""
    made = line(ok({}))
    made.cluster.apply("/x", {"a": 1}, manager="m", force=True)
    made.cluster.apply("/x", {"a": 1}, manager="m", dry_run=True)
    made.cluster.create("/x", {"a": 1}, manager="m")
    made.cluster.replace("/x", {"a": 1}, manager="m")
    made.cluster.patch("/x", {"a": 1}, manager="m")
    assert made.cluster.delete("/x", uid="u", version="7")
    made.cluster.delete("/x")
    made.cluster.ask("/x", {"a": 1})

    assert [(method, where) for method, where, _ in made.script.asked] == [
        ("PATCH", "/x?fieldManager=m&fieldValidation=Strict&force=true"),
        ("PATCH", "/x?fieldManager=m&fieldValidation=Strict&force=false&dryRun=All"),
        ("POST", "/x?fieldManager=m&fieldValidation=Strict"),
        ("PUT", "/x?fieldManager=m&fieldValidation=Strict"),
        ("PATCH", "/x?fieldManager=m"),
        ("DELETE", "/x"),
        ("DELETE", "/x"),
        ("POST", "/x"),
    ]
    assert made.script.asked[5][2]["preconditions"] == {"uid": "u", "resourceVersion": "7"}
    assert "preconditions" not in made.script.asked[6][2]


def test_what_is_gone_is_deleted(line):
    """A delete of what is not there is no error; one of another object of that name is a conflict."""
    assert line(no(404)).cluster.delete("/x", uid="u") is False
    with pytest.raises(RefusedError) as raised:
        line(no(409)).cluster.delete("/x", uid="u")
    assert raised.value.conflict


@pytest.mark.parametrize(
    ("status", "field", "conflict"),
    [(409, "", True), (422, "metadata.uid", True), (422, "metadata.labels", False), (403, "metadata.uid", False)],
)
def test_an_object_made_anew_is_a_conflict(status: int, field: str, conflict: bool):
    """A patch that states the uid of a former object is invalid for the server, and for us a change in between."""
    body = {"message": "no", "details": {"causes": [{"field": field}] if field else None}}

    assert RefusedError(status, body, "PATCH /x").conflict is conflict
    assert RefusedError(status, "<html>", "PATCH /x").message == f"status {status}"


def test_kinds_are_found(line):
    """Every kind that the server has, of the core and of groups, in namespaces or not."""
    core = {"version": "v1", "resources": [_kind("pods", "Pod", "Namespaced")]}
    group = {"version": "v1", "resources": [_kind("clusterroles", "ClusterRole", "Cluster")]}
    made = line(
        ok({"items": [{"metadata": {}, "versions": [core]}]}),
        ok({"items": [{"metadata": {"name": "rbac.authorization.k8s.io"}, "versions": [group, {"version": "v2"}]}]}),
    )
    found = made.cluster.resources

    assert found["v1", "Pod"].path("dev1", "a/b") == "/api/v1/namespaces/dev1/pods/a%2Fb"
    assert found["rbac.authorization.k8s.io/v1", "ClusterRole"].path("dev1") == (
        "/apis/rbac.authorization.k8s.io/v1/clusterroles"
    )


def _kind(plural: str, kind: str, scope: str) -> dict[str, Any]:
    return {"resource": plural, "responseKind": {"kind": kind}, "scope": scope}
