"""Requests to servers that are not the API server: no redirect is followed, little is read, and soon we give up."""

import time
from collections.abc import Callable

_SECONDS = 10.0  # for one answer
_OK = range(200, 300)
_PIECE = 1 << 16


class WebError(Exception):
    """No usable answer; the message is for people and repeats neither address nor answer."""


class StatusError(WebError):
    """The server is there, and said no."""


class Server:
    """One server, by its address. ``seconds`` are for all that it is asked, ``most`` bytes are read of an answer."""

    def __init__(self, address: str, *, seconds: float, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        from urllib3 import PoolManager  # noqa: PLC0415 - comes with the client of Kubernetes

        if not address.startswith(("http://", "https://")):
            raise WebError("that is no address of a server")
        self._address, self._most, self._clock = address, most, clock
        self._until = clock() + seconds
        self._pool = PoolManager(retries=False)

    def ask(self, method: str, path: str = "", body: str | None = None) -> bytes:
        """The answer's first bytes; WebError where there is none in time, or its status is not one of success."""
        from urllib3.exceptions import HTTPError  # noqa: PLC0415

        until = min(self._clock() + _SECONDS, self._until)
        headers = {"User-Agent": "cubec", "Accept-Encoding": "identity"}
        headers |= {"Content-Type": "application/json"} if body is not None else {}
        try:
            response = self._pool.request(
                method,
                self._address + path,
                body=body,
                headers=headers,
                timeout=self._left(until),
                redirect=False,
                preload_content=False,
            )
            try:
                if response.status not in _OK:
                    raise StatusError(f"it answered with status {response.status}")
                return self._read(response.read1, until)
            finally:
                response.close()
        except (HTTPError, OSError, ValueError) as error:
            raise WebError(f"it does not answer: {type(error).__name__}") from error

    def _read(self, read: Callable[[int, bool], bytes], until: float) -> bytes:
        """Piece by piece, so that a server that sends a byte now and then does not hold us."""
        text = b""
        while len(text) < self._most and (piece := read(_PIECE, False)):
            text += piece
            self._left(until)
        return text[: self._most]

    def _left(self, until: float) -> float:
        left = until - self._clock()
        if left <= 0:
            raise WebError("it takes too long")
        return left
