"""How fast are requests asked about? One in a large mesh, all classes as apps grow, and a mesh made to explode."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

REQUEST_SIZES = (10, 100, 1000)
EXPLODING = 0
_ASKED = "GET http://app-0007.example.com/"
_EXPRESSIONS = 40
Process = Callable[..., tuple[float, str]]


@dataclass(frozen=True)
class RequestRun:
    """Of one size: how many classes two sides have between which every app's weight changes, and the seconds that it
    takes to ask about all of them; `open` is how many reasons leave something undecided."""

    asked: int
    seconds: float
    open: int


def measure_requests(stack: Mapping[str, Any]) -> None:
    """In a process of its own, after imports; with no app, of the mesh that is made to explode."""
    from fairlead.comparison.compare import compare  # noqa: PLC0415 - of this process alone
    from fairlead.comparison.comparison import Side  # noqa: PLC0415
    from fairlead.evaluation.evaluation import evaluate  # noqa: PLC0415
    from fairlead.yaml_files.stack_file import StackFile  # noqa: PLC0415

    old = dict(stack) if stack["fairlead:apps"] else {**stack, "fairlead:apps": [_exploding()]}
    new = json.loads(json.dumps(old).replace('"v1": 70', '"v1": 40').replace('"v2": 30', '"v2": 60'))
    root = Path(__file__).resolve().parents[1]
    sides = [Side(name, evaluate(root, StackFile("fairlead", "benchmark", Path(), each)))
             for name, each in (("before", old), ("after", new))]  # fmt: skip
    begin = time.perf_counter()
    found = compare(*sides).requests
    print(json.dumps(asdict(RequestRun(found.asked, time.perf_counter() - begin, len(found.open)))))


def _exploding() -> dict[str, Any]:
    """An app whose routes ask for regular expressions that overlap in every way."""
    routes = [{"match": [{"uri": {"regex": f".*a.{{{number}}}b.*"}}], "weights": {"v1": 70, "v2": 30}}
              for number in range(_EXPRESSIONS)]  # fmt: skip
    return {
        "name": "app-0000",
        "port": 8080,
        "hosts": ["app-0000.example.com"],
        "gateways": ["istio-ingress"],
        "versions": [{"name": "v1"}, {"name": "v2"}],
        "routes": [*routes, {"weights": {"v1": 70, "v2": 30}}],
    }


def request_section(stack: Mapping[str, Any], process: Process, script: str, runs: int) -> str:
    """The part of the page on requests; `stack` is the largest."""
    sizes = {apps: RequestRun(**json.loads(process(script, "requests", apps)[1])) for apps in REQUEST_SIZES}
    exploding = RequestRun(**json.loads(process(script, "requests", EXPLODING)[1]))
    if not exploding.open:
        raise SystemExit("the mesh that is made to explode is decided: make it larger")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "Pulumi.benchmark.yaml"
        file.write_text(json.dumps({"config": stack}), encoding="utf-8")
        asked = ("-m", "fairlead", "explain", "--config-file", file, _ASKED)
        one = statistics.median(process(*asked)[0] for _ in range(runs))
    rows = "\n".join(f"| {apps:,} | {run.asked:,} | {run.seconds:.2f} s |" for apps, run in sizes.items())
    growth = "\n".join(
        f"- 10 times as many apps ({small:,} to {large:,}): {sizes[large].asked / sizes[small].asked:.1f} times as many"
        f" classes, {sizes[large].seconds / sizes[small].seconds:.1f} times as long."
        for small, large in pairwise(REQUEST_SIZES)
    )
    print("requests measured", file=sys.stderr)
    return _TEXT.format(
        one=f"{one:.2f}", rows=rows, growth=growth, exploding=f"{exploding.seconds:.1f}", number=_EXPRESSIONS
    )


_TEXT = """## Requests

`python -m fairlead explain` of one request in a mesh of 1,000 apps, a cold process with all imports and the evaluation:
{one} s. The target is 1.5 s.

Classes of requests that a diff asks about where a weight of every app changes, and how long that takes:

| Apps | Classes | Seconds |
|---|---|---|
{rows}

{growth}

A mesh that is made to explode, {number} routes of one host whose regular expressions overlap in every way, ends with
"not decided" after {exploding} s.
"""
