"""Date and time functions that do not ask what time it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone

from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.functions.registry import simple
from archdoc.readers.terraform.types import NUMBER, STRING

_TIMESTAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)


def _parse(text: str) -> datetime:
    match = _TIMESTAMP.match(text)
    if match is None:
        raise EvaluationError(f'"{text}" is not a valid RFC3339 timestamp')
    year, month, day, hour, minute, second = (int(g) for g in match.groups()[:6])
    zone: timezone = UTC
    if match[8] != "Z":
        offset = timedelta(hours=int(match[8][1:3]), minutes=int(match[8][4:6]))
        zone = timezone(-offset if match[8][0] == "-" else offset)
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except ValueError as error:
        raise EvaluationError(f'"{text}" is not a valid RFC3339 timestamp: {error}') from None


_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_TOKEN = re.compile(r"'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+")


@simple("formatdate", STRING, STRING, returns=STRING)
def formatdate(layout: str, timestamp: str) -> str:
    """functions/formatdate."""
    moment = _parse(timestamp)
    made, at = [], 0
    while at < len(layout):
        match = _TOKEN.match(layout, at)
        if match is None:
            raise EvaluationError("unterminated literal '")
        token = match[0]
        at = match.end()
        if token.startswith("'"):
            made.append(token[1:-1].replace("''", "'"))
        elif not token[0].isalpha():
            made.append(token)
        else:
            made.append(_part(token, moment))
    return "".join(made)


def _part(token: str, moment: datetime) -> str:
    twelve = moment.hour % 12 or 12
    parts = {
        "YYYY": f"{moment.year:04d}",
        "YY": f"{moment.year % 100:02d}",
        "MMMM": _MONTHS[moment.month - 1],
        "MMM": _MONTHS[moment.month - 1][:3],
        "MM": f"{moment.month:02d}",
        "M": str(moment.month),
        "DD": f"{moment.day:02d}",
        "D": str(moment.day),
        "EEEE": _DAYS[moment.weekday()],
        "EEE": _DAYS[moment.weekday()][:3],
        "hh": f"{moment.hour:02d}",
        "h": str(moment.hour),
        "HH": f"{twelve:02d}",
        "H": str(twelve),
        "AA": "PM" if moment.hour >= 12 else "AM",
        "aa": "pm" if moment.hour >= 12 else "am",
        "mm": f"{moment.minute:02d}",
        "m": str(moment.minute),
        "ss": f"{moment.second:02d}",
        "s": str(moment.second),
        "ZZZZZ": _offset(moment, ":"),
        "ZZZZ": _offset(moment, ""),
        "ZZZ": "UTC" if not moment.utcoffset() else _offset(moment, ""),
        "Z": "Z" if not moment.utcoffset() else _offset(moment, ":"),
    }
    if token not in parts:
        raise EvaluationError(f'invalid date format verb "{token}"')
    return parts[token]


def _offset(moment: datetime, between: str) -> str:
    minutes = int((moment.utcoffset() or timedelta()).total_seconds() // 60)
    sign = "-" if minutes < 0 else "+"
    return f"{sign}{abs(minutes) // 60:02d}{between}{abs(minutes) % 60:02d}"


_UNITS = {"ns": 1, "us": 10**3, "µs": 10**3, "μs": 10**3, "ms": 10**6, "s": 10**9, "m": 60 * 10**9, "h": 3600 * 10**9}
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)")


@simple("timeadd", STRING, STRING, returns=STRING)
def timeadd(timestamp: str, duration: str) -> str:
    """functions/timeadd."""
    moment = _parse(timestamp)
    body = duration[1:] if duration[:1] in ("-", "+") else duration
    at, nanoseconds = 0, 0.0
    while at < len(body) and (match := _DURATION.match(body, at)):
        nanoseconds += float(match[1]) * _UNITS[match[2]]
        at = match.end()
    if (at < len(body) or not body) and body != "0":
        raise EvaluationError(f'invalid duration "{duration}"')
    try:
        moved = moment + timedelta(microseconds=(-1 if duration.startswith("-") else 1) * nanoseconds / 1000)
    except OverflowError:
        raise EvaluationError("the result is out of range") from None
    zone = "Z" if not moved.utcoffset() else _offset(moved, ":")
    return moved.strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0") + zone


@simple("timecmp", STRING, STRING, returns=NUMBER)
def timecmp(first: str, second: str) -> int:
    """functions/timecmp."""
    a, b = _parse(first), _parse(second)
    return (a > b) - (a < b)
