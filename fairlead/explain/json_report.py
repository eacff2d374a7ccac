"""What does another program read of an explanation? One prediction a request, under keys that stay."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fairlead.explain.asked_mesh import AskedMesh
from fairlead.explain.text_report import typed_request
from fairlead_mesh.model.traffic.explanation import Explanation
from fairlead_mesh.model.traffic.outcome import Outcome, Step

if TYPE_CHECKING:
    from fairlead.explain.classes import Classes

_DIGITS = 6


def json_report(found: Sequence[Explanation], asked: AskedMesh, every: Classes | None = None) -> str:
    """`{"requests": [...]}` in the order in which they were asked; shares are of 1, what is not said is left out. Of
    `every` class each has its request, and `open` says where there may be more."""
    requests = [prediction(each, asked) for each in found]
    if every is not None:
        requests = [{"request": typed_request(one), **each} for one, each in zip(every.requests, requests, strict=True)]
    more = {"open": every.open} if every and every.open else {}
    refused = [{"object": name} for name in asked.refused]
    return json.dumps({"requests": requests, **({"refused": refused} if refused else {}), **more}, indent=2)


def prediction(found: Explanation, asked: AskedMesh) -> dict[str, Any]:
    """What is predicted of one request."""
    refused = {"refused": True} if asked.refused else {}
    if found.open:
        return {"open": found.open, **refused, "steps": [_step(each, asked) for each in found.steps]}
    said: dict[str, Any] = {
        "status": {str(code): _share(share) for code, share in sorted(found.statuses.items())},
        "errors": _share(found.errors),
        "answered": _shares(found.answered),
        "received": _shares(found.received),
        "seen": found.constant("seen"),
        "answer": found.constant("answer"),
        "body": found.constant("body"),
        "seconds": found.constant("seconds"),
    }
    kept = {key: value for key, value in said.items() if value not in (None, {}, "")}
    ends = [_outcome(each, asked) for each in found.outcomes]
    return {**kept, **refused, "outcomes": ends, "steps": ends[0]["steps"] if ends else []}


def _outcome(outcome: Outcome, asked: AskedMesh) -> dict[str, Any]:
    return {
        "share": _share(outcome.share),
        "ends": outcome.in_words,
        "steps": [_step(each, asked) for each in outcome.steps],
    }


def _step(step: Step, asked: AskedMesh) -> dict[str, Any]:
    said: dict[str, Any] = {"text": step.text}
    if step.item is not None:
        said |= {"object": str(step.item), "at": asked.place(step.item, step.path)}
    if step.passed:
        said["passed"] = list(step.passed)
    return said


def _shares(shares: Mapping[str, float]) -> dict[str, float]:
    return {name: _share(share) for name, share in sorted(shares.items())}


def _share(share: float) -> float:
    return round(share, _DIGITS)
