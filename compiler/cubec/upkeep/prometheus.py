"""What pods used, as Prometheus knows it: the highest of their cpu and of their memory."""

import json
import math
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

_SECONDS = 20.0  # for one answer
_MOST_BYTES = 1 << 20
_STEPS = 1000  # of one evaluation, so that a long run costs no more than a short one
_MINUTE = 60
_GIB = 2**30
_OK = 200


class PrometheusError(Exception):
    """No usable answer; the message is for people."""


@dataclass(frozen=True, slots=True)
class Usage:
    """The highest cpu, in cores, and the highest memory, in GiB."""

    cpu: float
    memory: float


class Prometheus:
    """One server, by its address. PrometheusError for an address that is none."""

    def __init__(self, url: str) -> None:
        from urllib3 import PoolManager, Timeout  # noqa: PLC0415 - comes with the client of Kubernetes

        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise PrometheusError(f"{url!r} is not the address of a Prometheus server")
        self._url = url.rstrip("/")
        self._pool = PoolManager(timeout=Timeout(total=_SECONDS), retries=False)

    def peak(self, namespace: str, pod: str, began: datetime, ended: datetime) -> Usage | None:
        """The highest use between two moments; None where there are no samples of it."""
        chosen = f'namespace={json.dumps(namespace)},pod={json.dumps(pod)},container!="",container!="POD"'
        seconds = max(int((ended - began).total_seconds()) + _MINUTE, 2 * _MINUTE)
        span = f"{seconds}s:{max(seconds // _STEPS, _MINUTE // 2)}s"
        rate = f"sum(rate(container_cpu_usage_seconds_total{{{chosen}}}[2m]))"
        size = f"sum(container_memory_working_set_bytes{{{chosen}}})"
        cpu, memory = (self._number(f"max_over_time({each}[{span}])", ended) for each in (rate, size))
        return None if cpu is None or memory is None else Usage(cpu, memory / _GIB)

    def _number(self, query: str, at: datetime) -> float | None:
        found = self._ask(query, at)
        try:
            samples = found["data"]["result"]
            value = float(samples[0]["value"][1]) if samples else math.nan
        except (IndexError, KeyError, TypeError, ValueError) as error:
            raise PrometheusError("its answer has another shape than Prometheus' own") from error
        return value if math.isfinite(value) and value > 0 else None

    def _ask(self, query: str, at: datetime) -> Any:
        from urllib3.exceptions import HTTPError  # noqa: PLC0415

        asked = urlencode({"query": query, "time": f"{at.timestamp():.0f}", "timeout": "10s"})
        try:
            response = self._pool.request("GET", f"{self._url}/api/v1/query?{asked}", preload_content=False)
            text = response.read(_MOST_BYTES)
            response.release_conn()
            if response.status != _OK:
                raise PrometheusError(f"it answered with status {response.status}")
            return json.loads(text)
        except (HTTPError, OSError) as error:
            raise PrometheusError(f"it does not answer: {type(error).__name__}") from error
        except ValueError as error:
            raise PrometheusError("its answer is no JSON") from error
