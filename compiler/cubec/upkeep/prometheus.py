"""What pods used, as Prometheus knows it: the highest of their cpu and of their memory."""

import json
import math
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from cubec.upkeep.web import Server, WebError

_SECONDS = 240.0  # for all questions of a run
_MOST_BYTES = 1 << 20
_STEPS = 1000  # of one evaluation, so that a long run costs no more than a short one
_MINUTE = 60
_GIB = 2**30


@dataclass(frozen=True, slots=True)
class Usage:
    """The highest cpu, in cores, and the highest memory, in GiB."""

    cpu: float
    memory: float


class Prometheus:
    """One server, by its address. Each question may fail with WebError."""

    def __init__(self, address: str) -> None:
        self._server = Server(address.rstrip("/"), seconds=_SECONDS, most=_MOST_BYTES)

    def peak(self, namespace: str, pod: str, began: datetime, ended: datetime) -> Usage | None:
        """The highest use between two moments; None where there are no samples of it."""
        chosen = f'namespace={json.dumps(namespace)},pod={json.dumps(pod)},container!="",container!="POD"'
        seconds = max(int((ended - began).total_seconds()) + _MINUTE, 2 * _MINUTE)
        step = max(seconds // _STEPS, _MINUTE // 2)
        # windows of steps touch, so that no peak falls between them; a container that was started again counts once
        rate = (
            f"max by (container) (rate(container_cpu_usage_seconds_total{{{chosen}}}[{max(2 * _MINUTE, 2 * step)}s]))"
        )
        size = f"max by (container) (max_over_time(container_memory_working_set_bytes{{{chosen}}}[{seconds}s]))"
        cpu = self._number(f"max_over_time(sum({rate})[{seconds}s:{step}s])", ended)
        memory = None if cpu is None else self._number(f"sum({size})", ended)
        return None if cpu is None or memory is None else Usage(cpu, memory / _GIB)

    def _number(self, query: str, at: datetime) -> float | None:
        asked = urlencode({"query": query, "time": f"{at.timestamp():.0f}", "timeout": "10s"})
        text = self._server.ask("GET", f"/api/v1/query?{asked}")
        try:
            samples = json.loads(text)["data"]["result"]
            value = float(samples[0]["value"][1]) if samples else math.nan
        except (IndexError, KeyError, OverflowError, RecursionError, TypeError, ValueError) as error:
            raise WebError("its answer is not one of Prometheus' own") from error
        return value if math.isfinite(value) and value > 0 else None
