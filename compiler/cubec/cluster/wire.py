"""Requests and their whole answers: what is sent again, how long we wait before that, and when we stop.

What arrives is a whole JSON object or it did not arrive: an answer that broke off, or a page of some proxy, is asked for again.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from cubec.cluster.errors import ClusterError, LateError, RefusedError, UnreachableError

JSON = "application/json"

_ATTEMPTS = 6
_LONGEST_PAUSE = 30.0  # seconds; what a server may ask us to wait at most
_SECONDS = 30.0  # for one answer
_TOO_MANY = 429
_AGAIN = frozenset({_TOO_MANY, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: Any
    headers: Mapping[str, str]


class Wire:
    """The way to one API server as one user; see Cluster for what the arguments mean."""

    def __init__(
        self, configuration: Any, *, pause: Callable[[float], None], clock: Callable[[], datetime] | None
    ) -> None:
        from kubernetes.client import ApiClient  # noqa: PLC0415 - a third of a second, for commands that need a cluster

        self._configuration = configuration
        self.pool = ApiClient(configuration).rest_client.pool_manager
        self._pause, self._clock = pause, clock
        self.skew = timedelta()
        self.until: datetime | None = None

    def request(
        self, method: str, where: str, body: object = None, kind: str = JSON, accept: str = JSON
    ) -> dict[str, Any]:
        """The object that the server answers with; RefusedError, or UnreachableError after six attempts."""
        what = f"{method} {where.partition('?')[0]}"
        payload = None if body is None else json.dumps(body)
        trouble: ClusterError = UnreachableError(what)
        for attempt in range(_ATTEMPTS):
            wait = 0.5 * 2**attempt
            try:
                answer = self._send(method, where, payload, kind, accept)
            except UnreachableError as error:
                trouble = UnreachableError(f"{what}: {error}")
            else:
                if answer.status < 300 and isinstance(answer.body, dict):  # noqa: PLR2004 - what is beyond says no, or sends us elsewhere
                    return answer.body
                trouble = _trouble(answer, what)
                if isinstance(trouble, RefusedError) and trouble.status not in _AGAIN:
                    raise trouble
                wait = _asked_to_wait(answer.headers, wait)
            if attempt < _ATTEMPTS - 1:
                self._pause(min(wait, _LONGEST_PAUSE, self._left()))
        raise trouble

    def _left(self) -> float:
        """How many seconds there are; LateError where there are none."""
        if self.until is None or self._clock is None:
            return _SECONDS
        left = (self.until - self._clock()).total_seconds()
        if left <= 0:
            raise LateError("the run's time is over")
        return left

    def _send(self, method: str, where: str, payload: str | None, kind: str, accept: str) -> _Answer:
        """One request and its whole answer, or UnreachableError."""
        from urllib3.exceptions import HTTPError  # noqa: PLC0415 - comes with the client

        headers = {"Accept": accept, "User-Agent": "cubec"} | ({"Content-Type": kind} if payload is not None else {})
        for setting in self._configuration.auth_settings().values():
            headers[setting["key"]] = setting["value"]
        seconds = min(_SECONDS, self._left())
        try:
            response = self.pool.request(
                method,
                self._configuration.host + where,
                body=payload,
                headers=headers,
                timeout=seconds,
                retries=False,
                redirect=False,
            )
            if self._clock and (told := response.headers.get("Date")):
                self.skew = parsedate_to_datetime(told) - self._clock()
            text = response.data.decode()
            return _Answer(response.status, json.loads(text) if text.startswith("{") else text, response.headers)
        except (HTTPError, OSError, ValueError, TypeError, RecursionError) as error:
            raise UnreachableError(_reason(error)) from error


def _trouble(answer: _Answer, what: str) -> ClusterError:
    if answer.status < 300:  # noqa: PLR2004 - it worked, and was not said by an API server
        return UnreachableError(f"{what}: the answer is no object")
    return RefusedError(answer.status, answer.body, what)


def _asked_to_wait(headers: Mapping[str, str], otherwise: float) -> float:
    told = headers.get("Retry-After", "")
    return float(told) if told.isdecimal() else otherwise


def _reason(error: Exception) -> str:
    """What went wrong, without the request: its headers hold the token."""
    broken = isinstance(error, ValueError | TypeError | RecursionError)
    return "the answer broke off" if broken else type(error).__name__
