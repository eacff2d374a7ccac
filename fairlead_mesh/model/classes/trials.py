"""With which answers of an app do two routes differ? Slow and failing ones, where timeouts or retries are not the same.

The headers are those that the model's app obeys; see fairlead_mesh/model/requests/app.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.requests.handling import seconds

_ASKED = ("timeout", "retries")
_FAILING = ("503", "500", "409", "reset")


@dataclass(frozen=True)
class Trial:
    """What an app does, in words, and the headers that make it do so."""

    words: str
    headers: Mapping[str, str]


def trials(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Trial]:
    """What apps may do that the one route and the other may treat differently."""
    if all(before.get(key) == after.get(key) for key in _ASKED):
        return
    spans = sorted({span for spec in (before, after) for span in _spans(spec) if span > 0})
    for span in spans:
        yield Trial(f"the app answers after {1.5 * span:g}s", {"x-app-delay": f"{1.5 * span:g}"})
        yield Trial(f"the app answers after {1.01 * span:g}s", {"x-app-delay": f"{1.01 * span:g}"})
    for code in _FAILING:
        words = "the app closes connections" if code == "reset" else f"the app answers {code}"
        yield Trial(words, {"x-app-fail-first": "99", "x-app-fail-code": code})


def _spans(spec: Mapping[str, Any]) -> Iterator[float]:
    for value in (spec.get("timeout"), as_map(spec.get("retries")).get("perTryTimeout")):
        if value:
            yield seconds(value)
