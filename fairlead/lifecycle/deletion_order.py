"""In which order does a stack go, and how long did each step take last time? Said without doing anything.

The times are of this user on this machine: they are kept where caches are, as the state is empty after a `down`, and
not every backend has a place for more than the state.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from fairlead.lifecycle.deployment import Deployment
from fairlead.lifecycle.sighting import title_of
from fairlead.terminal.file_names import file_name
from fairlead_mesh.reading.boundaries import own_cache

_STEP = re.compile(r"^\s*[-+~]+\s+(\S+) (\S+) deleted\b[^(]*\((?:(?P<minutes>\d+)m)?(?P<seconds>[\d.]+)s\)")
_UNKNOWN = "-"
_NO_ROW = ("pulumi:pulumi:Stack", "pulumi:providers:")


def step_times(said: Iterable[str]) -> dict[str, float]:
    """Seconds that each deletion took, by the last part of the type and the name, in the engine's words."""
    found = filter(None, map(_STEP.match, said))
    return {
        f"{each[1].rpartition(':')[2]} {each[2]}": 60 * int(each["minutes"] or 0) + float(each["seconds"])
        for each in found
    }


def keep_times(file: Path, times: Mapping[str, float]) -> None:
    """For the next time, with those of steps that an earlier run took; nothing fails because they cannot be kept."""
    if not times:
        return
    _, before = _kept(file)
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(
            json.dumps({"at": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "seconds": {**before, **times}}),
            encoding="utf-8",
        )
        draft.replace(file)


def times_file(project: str, stack: str, environment: Mapping[str, str] = os.environ) -> Path:
    """Where they are kept."""
    return own_cache(environment) / "down" / f"{file_name(f'{project}.{stack}')}.json"


def deletion_order(state: Deployment, file: Path) -> Iterator[str]:
    """A line for each resource, the first to go first: what depends on another goes before it."""
    at, times = _kept(file)
    rows = [each for each in reversed(state.resources) if each.get("custom") and not each.get("external")]
    rows = [each for each in rows if not str(each.get("type")).startswith(_NO_ROW)]
    if not rows:
        yield "The state has nothing to delete."
        return
    yield "Would delete, in this order; what does not depend on each other goes at the same time:"
    for place, each in enumerate(rows, start=1):
        type_, name = str(each["type"]), str(each["urn"]).rpartition("::")[2]
        step = f"{type_.rpartition(':')[2]} {name}"
        took = f"{times[step]:.1f} s" if step in times else _UNKNOWN
        yield f"{place:4}  {took:>8}  {title_of(each) if type_.startswith('kubernetes:') else step}"
    yield (
        f"The times are of the down of {at}."
        if at
        else "No down of this stack was run from here, so no times are known."
    )


def _kept(file: Path) -> tuple[str, dict[str, float]]:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return str(kept["at"]), {str(key): float(value) for key, value in kept["seconds"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return "", {}
