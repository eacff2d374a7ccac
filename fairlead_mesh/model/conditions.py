"""Does one match take every request that another would? Matches as sets of conditions, compared without pairs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_map

_SAYS_NOTHING = ("name", "statPrefix")
_MAPS = ("headers", "withoutHeaders", "queryParams", "sourceLabels")
_MOST = 5


@dataclass(frozen=True)
class Conditions:
    """What a match asks for: a path that begins with `prefix`, and all of `others`. `paths` is where its own paths
    lie, for which an earlier match's prefix must be a beginning."""

    prefix: str
    paths: str
    others: frozenset[str]

    def wider(self) -> Iterator[tuple[str, frozenset[str]]]:
        """Each (prefix, others) of a match that takes all that this one takes; of many conditions only the likely."""
        listed = sorted(self.others)
        sizes = range(len(listed) + 1) if len(listed) <= _MOST else (0, 1, len(listed))
        subsets = [frozenset(subset) for size in sizes for subset in combinations(listed, size)]
        for length in range(len(self.paths) + 1):
            for subset in subsets:
                yield self.paths[:length], subset


def conditions(match: dict[str, Any]) -> Conditions:
    """What a match of an HTTP, TLS or TCP route asks for."""
    others = {f"{key}:{name}={_text(value)}" for key in _MAPS for name, value in as_map(match.get(key)).items()}
    others |= {
        f"{key}={_text(value)}"
        for key, value in match.items()
        if value and key not in (*_SAYS_NOTHING, *_MAPS, "uri", "ignoreUriCase")
    }
    return _with_path(match, others)


def _with_path(match: dict[str, Any], others: set[str]) -> Conditions:
    uri = as_map(match.get("uri"))
    exact, prefix, regex = (uri.get(way) for way in ("exact", "prefix", "regex"))
    if not uri or prefix in ("/", "") or regex in (".*", "/.*"):
        return Conditions("", "/" if uri else "", frozenset(others))
    if match.get("ignoreUriCase") or not isinstance(prefix, str):
        case = "any case " if match.get("ignoreUriCase") else ""
        paths = exact if isinstance(exact, str) and not case else ""
        return Conditions("", paths, frozenset({*others, f"uri={case}{_text(uri)}"}))
    return Conditions(prefix, prefix, frozenset(others))


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, default=str)
