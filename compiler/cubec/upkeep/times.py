"""Durations and moments, as the desired state and the API server write them. What cannot be read is None, never a guess."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DURATION = re.compile(r"([1-9][0-9]{0,8})([smhd])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_NEVER = timedelta(days=36500)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def duration(text: str) -> timedelta:
    """``72h`` as the documents write it; ValueError for anything else. Beyond a century nobody counts."""
    found = _DURATION.fullmatch(text)
    if not found:
        raise ValueError(f"{text!r} is no duration")
    return min(timedelta(**{_UNITS[found[2]]: int(found[1])}), _NEVER)


def moment(value: object) -> datetime | None:
    """A time as Kubernetes writes it (RFC 3339, always with its zone); None for anything else, since tenants write some of them."""
    if not isinstance(value, str) or not _MOMENT.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def latest(clock: str, zone: str, now: datetime) -> datetime:
    """The last time that it was ``clock`` (``23:30``) in a time zone; ValueError where either is not known."""
    hour, _, minute = clock.partition(":")
    here = now.astimezone(ZoneInfo(zone))
    today = datetime.combine(here.date(), time(int(hour), int(minute)), here.tzinfo)
    if today > here:
        today = datetime.combine(here.date() - timedelta(days=1), today.timetz())
    return today.astimezone(UTC)
