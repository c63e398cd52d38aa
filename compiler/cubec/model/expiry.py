"""Days that are near: when a notice is due, and how a person would say when."""

from datetime import date

_NOTICE = 14  # days


def soon(day: date | None, as_of: date) -> bool:
    """Whether ``day`` is the last valid one of something that ends within two weeks, and has not ended yet."""
    return day is not None and 0 <= (day - as_of).days <= _NOTICE


def when(day: date, as_of: date) -> str:
    days = (day - as_of).days
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
