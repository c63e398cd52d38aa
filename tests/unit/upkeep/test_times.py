"""Durations and moments, as the desired state and tenants write them."""

from datetime import UTC, datetime, timedelta

import pytest

from cubec.upkeep import times


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("5m", 300), ("72h", 259200), ("2d", 172800), ("1s", 1), ("999999999d", 36500 * 86400)],
)
def test_durations(text: str, seconds: int):
    """Every unit that the documents know."""
    assert times.duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["", "h", "0h", "-1h", "1.5h", "72", "72 h", "1w", "１h", "1h\n"])
def test_what_is_no_duration(text: str):
    """Anything else is an error, so that a task never runs with a time to live of nothing."""
    with pytest.raises(ValueError, match="no duration"):
        times.duration(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-22T10:00:00Z", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("2026-11-22T10:00:00.123456Z", datetime(2026, 11, 22, 10, 0, 0, 123456, tzinfo=UTC)),
        ("2026-11-22T18:00:00+08:00", datetime(2026, 11, 22, 10, tzinfo=UTC)),
    ],
)
def test_moments(text: str, expected: datetime):
    """Kubernetes' own spelling, fractions and other zones."""
    assert times.moment(text) == expected


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        0,
        {},
        "soon",
        "2026-11-22",
        "2026-11-22T10:00:00",
        "2026-13-01T00:00:00Z",
        "0001-01-01T00:00:00+08:00",
        "9" * 9999,
    ],
)
def test_what_is_no_moment(value: object):
    """What somebody else may have written there is nothing, and never an exception."""
    assert times.moment(value) is None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-22T15:29:59Z", "2026-11-21T15:30:00Z"),
        ("2026-11-22T15:30:00Z", "2026-11-22T15:30:00Z"),
        ("2026-11-22T23:00:00Z", "2026-11-22T15:30:00Z"),
    ],
)
def test_the_last_night(now: str, expected: str):
    """Half past eleven in Shanghai, seen from just before, at that moment, and the next morning there."""
    moment = times.moment(now)
    assert moment

    assert times.latest("23:30", "Asia/Shanghai", moment) == times.moment(expected)


def test_a_night_when_clocks_change():
    """On the day after the clocks went back in Berlin the hour is still that of the wall."""
    now = times.moment("2026-10-25T12:00:00Z")
    assert now

    assert times.latest("23:30", "Europe/Berlin", now) == times.moment("2026-10-24T21:30:00Z")


@pytest.mark.parametrize(("clock", "zone"), [("25:00", "Etc/UTC"), ("later", "Etc/UTC"), ("23:30", "Nowhere/None")])
def test_what_is_no_time_of_day(clock: str, zone: str):
    """An hour or a zone that does not exist is an error of the desired state."""
    with pytest.raises((ValueError, KeyError)):
        times.latest(clock, zone, datetime(2026, 11, 22, tzinfo=UTC))
