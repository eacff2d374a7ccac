"""What does a person in a terminal read of an explanation? The way of the request, a line a step, and its ends."""

from __future__ import annotations

import json
from collections.abc import Sequence

from fairlead.explain.asked_mesh import AskedMesh
from fairlead.terminal.printable import one_line
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.traffic.explanation import Explanation
from fairlead_mesh.model.traffic.outcome import Outcome, Step


def text_report(request: Request, found: Explanation, asked: AskedMesh) -> str:
    """The whole report on one request."""
    lines = [one_line(request_in_words(request)), ""]
    if asked.refused:
        lines += [f"Istio's webhook rejects {', '.join(asked.refused)}: the rest is evaluated without it.", ""]
    if found.open:
        lines += _steps(found.steps, asked)
        return "\n".join([*lines, f"Not decided: {one_line(found.open)}"])
    shared = _common(found.outcomes)
    lines += _steps(found.outcomes[0].steps[:shared], asked) if found.outcomes else []
    for outcome in found.outcomes if len(found.outcomes) > 1 else found.outcomes[:1]:
        if len(found.outcomes) > 1:
            lines += ["", f"{_per_cent(outcome.share)} of requests"]
        lines += _steps(outcome.steps[shared:], asked)
    return "\n".join([*lines, "", *ends(found)])


def request_in_words(request: Request) -> str:
    """`GET http://hello.example.com/hello from the internet through istio-ingress/istio-ingress`."""
    way = f" through {request.gateway}" if request.gateway else ""
    url = f"{request.scheme}://{request.authority}{request.path}"
    return f"{request.method} {url} from {request.caller}{way}"


def typed_request(request: Request) -> str:
    """The same as it is typed: with its headers and claims."""
    headers = "".join(f" -H '{name}: {value}'" for name, value in request.headers.items())
    claims = f" --jwt '{json.dumps(dict(request.claims))}'" if request.claims is not None else ""
    return f"{request_in_words(request)}{headers}{claims}"


def ends(found: Explanation) -> list[str]:
    """The table of outcomes, those of the same kind as one."""
    added: dict[str, float] = {}
    for each in found.outcomes:
        added[_end(each)] = added.get(_end(each), 0.0) + each.share
    return [
        f"{_per_cent(share):>8}  {one_line(text)}" for text, share in sorted(added.items(), key=lambda one: -one[1])
    ]


def _end(outcome: Outcome) -> str:
    to = outcome.answer.get("location")
    text = f"{outcome.in_words} to {to}" if to else outcome.in_words
    if outcome.answered or not outcome.steps or to:
        return text
    return f"{text}: {outcome.steps[-1].text}"


def _common(outcomes: Sequence[Outcome]) -> int:
    """How many steps all ends begin with."""
    if len(outcomes) < len(("one", "other")):
        return 0
    shortest = min(len(each.steps) for each in outcomes)
    return next(
        (at for at in range(shortest) if any(each.steps[at] != outcomes[0].steps[at] for each in outcomes)), shortest
    )


def _steps(steps: Sequence[Step], asked: AskedMesh) -> list[str]:
    lines: list[str] = []
    for step in steps:
        lines += [f"      {one_line(each)}" for each in step.passed]
        place = f"  ({asked.place(step.item, step.path)})" if step.item is not None else ""
        lines.append(f"  {one_line(step.text)}{one_line(place)}")
    return lines


def _per_cent(share: float) -> str:
    return f"{100 * share:.3g} %"
