"""Date and time functions that do not ask what time it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from archdoc.readers.terraform.errors import EvaluationError
from archdoc.readers.terraform.functions.registry import simple
from archdoc.readers.terraform.types import NUMBER, STRING

_TIMESTAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)\Z", re.ASCII)
_MONTHS = "January February March April May June July August September October November December".split()
_DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split()
_DAY = 86_400
_SECOND = 10**9


@dataclass(frozen=True, slots=True)
class Moment:
    """Nanoseconds since the beginning of the year 0, and the offset from UTC in minutes.

    Python's own dates know neither nanoseconds nor the years before 1 and after 9999, which Go has.
    """

    nanoseconds: int
    offset: int

    @classmethod
    def parsed(cls, text: str) -> Moment:
        """A timestamp of RFC 3339 (EvaluationError if it is none)."""
        match = _TIMESTAMP.match(text)
        if match is None:
            raise EvaluationError(f'"{text}" is not a valid RFC3339 timestamp')
        year, month, day, hour, minute, second = (int(g) for g in match.groups()[:6])
        zone = match[8]
        offset = 0 if zone == "Z" else int(zone[1:3]) * 60 + int(zone[4:6])
        fits = 1 <= month <= 12 and 1 <= day <= _days_in(year, month) and hour < 24 and minute < 60 and second < 60
        if not fits or (zone != "Z" and (int(zone[1:3]) > 23 or int(zone[4:6]) > 59)):
            raise EvaluationError(f'"{text}" is not a valid RFC3339 timestamp: a part of it is out of range')
        offset = -offset if zone[0] == "-" else offset
        days = _days_before(year) + sum(_days_in(year, m) for m in range(1, month)) + day - 1
        seconds = days * _DAY + hour * 3600 + minute * 60 + second - offset * 60
        fraction = int((match[7] or "0")[:9].ljust(9, "0"))
        return cls(seconds * _SECOND + fraction, offset)

    def parts(self) -> tuple[int, int, int, int, int, int, int]:
        """Year, month, day, hour, minute, second and day of the week (0 for Sunday), where the offset holds."""
        days, seconds = divmod(self.nanoseconds // _SECOND + self.offset * 60, _DAY)
        year = days * 400 // 146_097
        while _days_before(year + 1) <= days:
            year += 1
        while _days_before(year) > days:
            year -= 1
        left, month = days - _days_before(year), 1
        while left >= _days_in(year, month):
            left -= _days_in(year, month)
            month += 1
        return year, month, left + 1, seconds // 3600, seconds // 60 % 60, seconds % 60, (days + 6) % 7

    def zone(self, between: str) -> str:
        """The offset as ``+hh:mm``, with ``between`` between the two."""
        sign = "-" if self.offset < 0 else "+"
        return f"{sign}{abs(self.offset) // 60:02d}{between}{abs(self.offset) % 60:02d}"


def _days_before(year: int) -> int:
    """Days from the beginning of the year 0 to the beginning of a year."""
    before = year - 1
    return year * 365 + before // 4 - before // 100 + before // 400 + 1


def _days_in(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


_TOKEN = re.compile(r"''|'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+")


@simple("formatdate", STRING, STRING, returns=STRING)
def formatdate(layout: str, timestamp: str) -> str:
    """functions/formatdate."""
    moment = Moment.parsed(timestamp)
    made, at = [], 0
    while at < len(layout):
        match = _TOKEN.match(layout, at)
        if match is None:
            raise EvaluationError("unterminated literal '")
        token = match[0]
        at = match.end()
        if token == "''":
            made.append("'")
        elif token.startswith("'"):
            made.append(token[1:-1].replace("''", "'"))
        else:
            made.append(_part(token, moment) if match[1] else token)
    return "".join(made)


def _part(token: str, moment: Moment) -> str:
    year, month, day, hour, minute, second, weekday = moment.parts()
    twelve = hour % 12 or 12
    parts = {
        "YYYY": f"{year:04d}",
        "YY": f"{year % 100:02d}",
        "MMMM": _MONTHS[month - 1],
        "MMM": _MONTHS[month - 1][:3],
        "MM": f"{month:02d}",
        "M": str(month),
        "DD": f"{day:02d}",
        "D": str(day),
        "EEEE": _DAYS[weekday],
        "EEE": _DAYS[weekday][:3],
        "hh": f"{hour:02d}",
        "h": str(hour),
        "HH": f"{twelve:02d}",
        "H": str(twelve),
        "AA": "PM" if hour >= 12 else "AM",
        "aa": "pm" if hour >= 12 else "am",
        "mm": f"{minute:02d}",
        "m": str(minute),
        "ss": f"{second:02d}",
        "s": str(second),
        "ZZZZZ": moment.zone(":"),
        "ZZZZ": moment.zone(""),
        "ZZZ": moment.zone("") if moment.offset else "UTC",
        "Z": moment.zone(":") if moment.offset else "Z",
    }
    if token not in parts:
        raise EvaluationError(f'invalid date format verb "{token}"')
    return parts[token]


_UNITS = {
    "ns": 1,
    "us": 10**3,
    "\u00b5s": 10**3,
    "\u03bcs": 10**3,
    "ms": 10**6,
    "s": _SECOND,
    "m": 60 * _SECOND,
    "h": 3600 * _SECOND,
}
_DURATION = re.compile(r"(\d+(?:\.\d*)?|\.\d+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)", re.ASCII)
_LONGEST = 2**63 - 1


def _duration(text: str) -> int:
    """A duration in Go's syntax as nanoseconds: https://pkg.go.dev/time#ParseDuration."""
    body = text[1:] if text[:1] in ("-", "+") else text
    at, amount = 0, 0
    while at < len(body) and (match := _DURATION.match(body, at)):
        amount += int(Fraction(match[1].rstrip(".")) * _UNITS[match[2]])
        at = match.end()
    if (at < len(body) or not body) and body != "0":
        raise EvaluationError(f'invalid duration "{text}"')
    if amount > _LONGEST:
        raise EvaluationError(f'invalid duration "{text}": it is longer than 292 years')
    return -amount if text.startswith("-") else amount


@simple("timeadd", STRING, STRING, returns=STRING)
def timeadd(timestamp: str, duration: str) -> str:
    """functions/timeadd: fractions of a second count, but are not written."""
    moment = Moment.parsed(timestamp)
    moved = Moment(moment.nanoseconds + _duration(duration), moment.offset)
    year, month, day, hour, minute, second, _ = moved.parts()
    sign = "-" if year < 0 else ""
    date = f"{sign}{abs(year):04d}-{month:02d}-{day:02d}T{hour:02d}:{minute:02d}:{second:02d}"
    return date + (moved.zone(":") if moved.offset else "Z")


@simple("timecmp", STRING, STRING, returns=NUMBER)
def timecmp(first: str, second: str) -> int:
    """functions/timecmp."""
    one, other = Moment.parsed(first).nanoseconds, Moment.parsed(second).nanoseconds
    return (one > other) - (one < other)
