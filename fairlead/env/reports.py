"""What is told of environments? A line each for people, a list for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from fairlead.env.ending import Reaped
from fairlead.env.environment import Environment

_UNITS = ((86400, "d"), (3600, "h"), (60, "m"), (1, "s"))


def text_lines(environments: Iterable[Environment], now: datetime) -> Iterator[str]:
    """Name, owner, age, time left and load balancers of each."""
    rows = [_row(each, now) for each in environments]
    if not rows:
        yield "There is no environment."
        return
    titles = ("NAME", "OWNER", "AGE", "TIME LEFT", "LOAD BALANCERS")
    widths = [max(len(row[place]) for row in (titles, *rows)) for place in range(len(titles))]
    for row in (titles, *rows):
        yield "  ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip()


def _row(each: Environment, now: datetime) -> Sequence[str]:
    age = span(now - each.created) if each.created else "unknown"
    return each.name, each.owner or "nobody", age, time_left(each, now), ", ".join(each.balancers) or "none"


def time_left(each: Environment, now: datetime) -> str:
    """`5h`, or since when it is over."""
    left = each.left(now)
    if left is None:
        return "no end" if each.last_up else "never up"
    return span(left) if left > timedelta() else f"over since {span(-left)}"


def span(time: timedelta) -> str:
    """Its two largest units: `1d 3h`, `4m 10s`."""
    rest = max(0, int(time.total_seconds()))
    words: list[str] = []
    for size, unit in _UNITS:
        number, rest = divmod(rest, size)
        if number and len(words) < 2:  # noqa: PLR2004 - the two largest
            words.append(f"{number}{unit}")
    return " ".join(words) or "0s"


def as_data(each: Environment, now: datetime) -> dict[str, Any]:
    """One environment, times as in ISO 8601."""
    left = each.left(now)
    return {
        "name": each.name,
        "owner": each.owner,
        "created": each.created.isoformat() if each.created else None,
        "lastUp": each.last_up.isoformat() if each.last_up else None,
        "ends": each.ends.isoformat() if each.ends else None,
        "secondsLeft": int(left.total_seconds()) if left is not None else None,
        "over": each.is_over(now),
        "loadBalancers": list(each.balancers),
        "urls": list(each.urls),
    }


def json_text(environments: Iterable[Environment], now: datetime) -> str:
    """A list of them."""
    return json.dumps([as_data(each, now) for each in environments], indent=2)


def reaped_lines(done: Iterable[Reaped], kept: Iterable[Environment], now: datetime) -> Iterator[str]:
    """What became of each, those that fail with their reason."""
    for each in done:
        what = f"{each.environment.name} ({each.environment.owner or 'nobody'})"
        yield f"failed: {what}: {each.why}" if each.why else f"destroyed: {what}"
    yield from (f"kept: {each.name} ({each.owner or 'nobody'}), {time_left(each, now)}" for each in kept)


def reaped_json(done: Iterable[Reaped], kept: Iterable[Environment], now: datetime) -> str:
    """The same as one object."""
    results = [*done]
    said = {
        "destroyed": [each.environment.name for each in results if not each.why],
        "failed": {each.environment.name: each.why for each in results if each.why},
        "kept": [as_data(each, now) for each in kept],
    }
    return json.dumps(said, indent=2)
