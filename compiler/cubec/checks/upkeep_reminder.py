"""A reminder would come before the notebook begins.

`upkeep.notebooks` stops a notebook when nobody used it for `ttl`, and reminds its owner `reminder` before that. So a
reminder has to be shorter than the time to live; with a short `ttl` the default of 24h may be too long. The
upkeep job does nothing about notebooks until this is put right.

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      upkeep:
        image: registry.example.com/platform/cubec:1.0
        notebooks: {ttl: 12h}

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      upkeep:
        image: registry.example.com/platform/cubec:1.0
        notebooks: {ttl: 12h, reminder: 2h}
"""

from collections.abc import Iterator

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model

RULE = Rule("upkeep-reminder", Severity.ERROR, "a reminder would come before the notebook begins", __doc__ or "")

_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def check(model: Model) -> Iterator[Diagnostic]:
    for task in model.platform.upkeep.tasks if model.platform.upkeep else ():
        if task.name != "notebooks":
            continue
        ttl, reminder = task.settings["ttl"], task.settings["reminder"]
        if _seconds(reminder) >= _seconds(ttl):
            yield RULE.at(
                task.origin.at("reminder"),
                f'reminder "{reminder}" is not shorter than ttl "{ttl}"',
                hint="write a reminder that is shorter than ttl",
            )


def _seconds(duration: str) -> int:
    return int(duration[:-1]) * _SECONDS[duration[-1]]
