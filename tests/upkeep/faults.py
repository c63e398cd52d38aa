"""What can go wrong between a client and an API server, and what others do in the meantime, drawn from a seed."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime, parsedate_to_datetime
from random import Random
from typing import Any

from urllib3.exceptions import NewConnectionError, ProtocolError, ReadTimeoutError

from tests.upkeep.twin import Response, Twin, place

CALM, ROUGH, STORM = 0.0, 0.12, 0.45  # how many requests meet a fault


@dataclass(frozen=True)
class Sent:
    """A request that arrived and asked for a change."""

    method: str
    path: str
    body: Any


@dataclass
class Faulty:
    """The way to a twin. ``meanwhile`` is called now and then: somebody else does something."""

    twin: Twin
    random: Random
    meanwhile: Callable[[], None] = lambda: None
    rate: float = CALM
    ends: bool = False  # whether the process may be told to end
    skew: timedelta = timedelta()
    sent: list[Sent] = field(default_factory=list)
    met: set[int] = field(default_factory=set)

    def request(self, method: str, url: str, **more: Any) -> Response:
        self.twin.now += timedelta(milliseconds=self.random.randint(1, 40))
        if self.rate and self.random.random() < 0.3:
            self.meanwhile()
        if self.random.random() >= self.rate:
            return self._deliver(method, url, more)
        number = self.random.randrange(len(FAULTS))
        self.met.add(number)
        return FAULTS[number](self, method, url, more)

    def _deliver(self, method: str, url: str, more: dict[str, Any]) -> Response:
        if method != "GET":
            path = url.removeprefix("http://twin").partition("?")[0]
            self.sent.append(Sent(method, path, json.loads(more["body"] or "null")))
        response = self.twin.request(method, url, **more)
        response.headers["Date"] = _later(response.headers["Date"], self.skew)
        return response


def _later(date: str, by: timedelta) -> str:
    return format_datetime(parsedate_to_datetime(date) + by, usegmt=True) if by else date


Fault = Callable[[Faulty, str, str, dict[str, Any]], Response]


def _said(status: int, *, page: bool = False, **headers: str) -> Fault:
    """The server, or something before it, answers with a status, having done nothing."""
    status_object = {"kind": "Status", "status": "Failure", "reason": "Trouble", "message": "not now", "code": status}
    data = b"<html>no</html>" if page else json.dumps(status_object).encode()
    return lambda *_request: Response(status, data, dict(headers))


def _no_connection(wire: Faulty, method: str, url: str, more: dict[str, Any]) -> Response:
    raise NewConnectionError(None, "refused")  # type: ignore[arg-type]


def _timeout(wire: Faulty, method: str, url: str, more: dict[str, Any]) -> Response:
    wire.twin.now += timedelta(seconds=30)
    raise ReadTimeoutError(None, url, "no answer")  # type: ignore[arg-type]


def _answer_lost(wire: Faulty, method: str, url: str, more: dict[str, Any]) -> Response:
    wire._deliver(method, url, more)
    raise ProtocolError("the connection was reset")


def _answer_late(wire: Faulty, method: str, url: str, more: dict[str, Any]) -> Response:
    wire._deliver(method, url, more)
    wire.twin.now += timedelta(seconds=30)
    raise ReadTimeoutError(None, url, "no answer")  # type: ignore[arg-type]


def _done_and_said_not(wire: Faulty, method: str, url: str, more: dict[str, Any]) -> Response:
    """The server gives up waiting for itself; the change is made all the same."""
    wire._deliver(method, url, more)
    return _said(504)(wire, method, url, more)


def _twice(wire: Faulty, method: str, url: str, more: dict[str, Any]) -> Response:
    wire._deliver(method, url, more)
    wire.meanwhile()
    return wire._deliver(method, url, more)


def _cut(wire: Faulty, method: str, url: str, more: dict[str, Any]) -> Response:
    whole = wire._deliver(method, url, more)
    return Response(whole.status, whole.data[: wire.random.randint(0, len(whole.data) - 1)], whole.headers)


def _other_page(wire: Faulty, method: str, url: str, more: dict[str, Any]) -> Response:
    """A page of something else, with a status that says all is well."""
    wire._deliver(method, url, more)
    return Response(200, b"<html>please log in</html>", {})


def _list_expires(wire: Faulty, method: str, url: str, more: dict[str, Any]) -> Response:
    wire.twin.forget_lists()
    return wire._deliver(method, url, more)


def _no_items(wire: Faulty, method: str, url: str, more: dict[str, Any]) -> Response:
    whole = wire._deliver(method, url, more)
    body = json.loads(whole.data)
    if method != "GET" or place(url).name:
        return whole
    body.pop("items", None)
    return Response(whole.status, json.dumps(body).encode(), whole.headers)


def _conflict(wire: Faulty, method: str, url: str, more: dict[str, Any]) -> Response:
    return _said(409)(wire, method, url, more) if method != "GET" else wire._deliver(method, url, more)


def _told_to_end(wire: Faulty, method: str, url: str, more: dict[str, Any]) -> Response:
    if wire.random.random() < 0.5:
        wire._deliver(method, url, more)
    if wire.ends:
        raise SystemExit(143)
    return wire._deliver(method, url, more)


FAULTS: tuple[Fault, ...] = (
    _said(429, **{"Retry-After": "1"}),
    _said(429, **{"Retry-After": "3600"}),
    _said(500),
    _said(502, page=True),
    _said(503),
    _said(403),
    _no_connection,
    _timeout,
    _answer_lost,
    _answer_late,
    _done_and_said_not,
    _twice,
    _cut,
    _other_page,
    _list_expires,
    _no_items,
    _conflict,
    _told_to_end,
)
