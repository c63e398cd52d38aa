"""The time zone does not exist.

Schedules of the upkeep tasks are read in the platform's `timeZone`, by its name in the IANA list: an area and a city,
such as Asia/Shanghai, or Etc/UTC. Kubernetes refuses a job with any other name.

Bad:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      upkeep:
        image: registry.example.com/platform/cubec:1.0
        timeZone: Asia/Beijing

Good:
    apiVersion: cubec.io/v1
    kind: Platform
    metadata:
      name: research
    spec:
      upkeep:
        image: registry.example.com/platform/cubec:1.0
        timeZone: Asia/Shanghai
"""

from collections.abc import Iterator
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cubec.diagnostics import Diagnostic, Rule, Severity
from cubec.model.model import Model
from cubec.near import near_miss

RULE = Rule("time-zone", Severity.ERROR, "the time zone does not exist", __doc__ or "")

_ALWAYS = frozenset({"UTC", "Etc/UTC"})
_MEANT = {"Asia/Beijing": "Asia/Shanghai", "Asia/Shenzhen": "Asia/Shanghai"}  # the list has one city for all of China


def check(model: Model) -> Iterator[Diagnostic]:
    upkeep = model.platform.upkeep
    if upkeep is None or upkeep.time_zone in _ALWAYS or _exists(upkeep.time_zone):
        return
    place, known = upkeep.origin.at("timeZone"), available_timezones()
    if not known:
        message = f'time zone "{upkeep.time_zone}" cannot be checked here, as this machine has no list of time zones'
        yield RULE.at(place, message, hint="install the package tzdata, or write Etc/UTC")
        return
    near = _MEANT.get(upkeep.time_zone) or near_miss(upkeep.time_zone, known)
    meant = f'did you mean "{near}"?' if near else "write an area and a city, such as Asia/Shanghai, or Etc/UTC"
    yield RULE.at(place, f'there is no time zone "{upkeep.time_zone}"', hint=meant)


def _exists(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return "/" in name and not name.startswith(("posix/", "right/"))
