"""How fast is a stack linted? Seconds by the number of apps, the file read and every finding placed."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

LINT_SIZES = (10, 100, 1000)
_TARGET = "2 s"


@dataclass(frozen=True)
class LintRun:
    """Processor seconds of one size: of the rules alone, of the whole lint of a stack file with no finding, and of one
    in which every app has a finding."""

    rules: float
    whole: float
    with_findings: float


def stack_with_services(stack: Mapping[str, Any]) -> dict[str, Any]:
    """The benchmark's stack, whose apps say that their Services are there."""
    apps = [{**app, "external": True} for app in stack["fairlead:apps"]]
    return {**stack, "fairlead:apps": apps}


def measure_lint(stack: Mapping[str, Any], runs: int) -> None:
    """In a process of its own, after imports: medians of so many runs."""
    from fairlead.evaluation.garbage_collection import collector_paused  # noqa: PLC0415
    from fairlead.lint.stack_lint import lint_stack  # noqa: PLC0415 - of this process alone
    from fairlead.yaml_files.stack_file import StackFile  # noqa: PLC0415
    from fairlead.yaml_files.yaml_text import as_yaml  # noqa: PLC0415
    from fairlead_mesh.lint.stack.stack_lint import stack_findings  # noqa: PLC0415
    from fairlead_mesh.stack import well_formed  # noqa: PLC0415

    clean = stack_with_services(stack)
    config = well_formed(StackFile("fairlead", "benchmark", Path(), clean).own_keys())
    with tempfile.TemporaryDirectory() as folder:
        program = Path(folder)
        (program / "Pulumi.yaml").write_text("name: fairlead\n", encoding="utf-8")
        (program / "Pulumi.clean.yaml").write_text(as_yaml({"config": clean}), encoding="utf-8")
        (program / "Pulumi.wrong.yaml").write_text(as_yaml({"config": dict(stack)}), encoding="utf-8")
        if lint_stack(program, stack="clean").found:
            raise SystemExit("the benchmark's own stack has findings: fix it")
        run = LintRun(
            _seconds(collector_paused()(lambda: stack_findings(config, [])), runs),
            _seconds(lambda: lint_stack(program, stack="clean"), runs),
            _seconds(lambda: lint_stack(program, stack="wrong"), runs),
        )
    print(json.dumps(asdict(run)))


def _seconds(work: Any, runs: int) -> float:
    taken: list[float] = []
    for _ in range(runs):
        begin = time.process_time()
        work()
        taken.append(time.process_time() - begin)
    return statistics.median(taken)


def lint_section(runs: Mapping[int, LintRun], command: float) -> str:
    """The part of the page; `command` holds the seconds of the command on the dev stack, start-up included."""
    rows = "\n".join(
        f"| {apps:,} | {run.rules:.3f} s | {run.whole:.2f} s | {run.with_findings:.2f} s |"
        for apps, run in runs.items()
    )
    return _TEXT.format(rows=rows, growth="\n".join(_growth(runs)), command=f"{command:.2f}", target=_TARGET)


def _growth(runs: Mapping[int, LintRun]) -> Iterator[str]:
    for fewer, more in pairwise(runs):
        times = (getattr(runs[more], what) / getattr(runs[fewer], what) for what in ("rules", "whole", "with_findings"))
        words = ", ".join(f"{each:.1f}" for each in times)
        yield f"- {more / fewer:.0f} times as many apps ({fewer:,} to {more:,}) take {words} times as long."


_TEXT = """## Linting

`python -m fairlead lint --stack dev`, imports included: {command} s. Processor seconds once everything is imported, of
the rules over config and objects alone, of the whole lint of a clean stack file (its YAML is read and its shape
checked too), and of one in which every app has a finding that is traced to its line. The target for 1,000 apps
is {target}.

| Apps | Rules alone | Whole lint | With a finding an app |
|---|---|---|---|
{rows}

{growth}
"""


if __name__ == "__main__":
    sys.exit("run tools/benchmark.py")
