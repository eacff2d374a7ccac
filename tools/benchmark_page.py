"""What did the benchmark find? Its results as a page: ratios first, as they say most about another machine."""

from __future__ import annotations

import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True)
class Run:
    """One round of a program: clock seconds of a whole process, and processor seconds of the evaluation alone in
    another; that one's peak memory in MiB, and what was registered."""

    cold: float
    warm: float
    memory: int
    resources: int
    fingerprint: str


Results = Mapping[int, Mapping[str, Sequence[Run]]]
"""Number of apps -> program -> its runs."""


def page(results: Results, preview: Sequence[float], sections: str) -> str:
    """The whole page; `preview` holds the seconds of the command line's preview of the dev stack.

    `sections` are those on the other commands.
    """
    runs = len(next(iter(results.values()))["plain"])
    return _TEXT.format(
        runs=runs,
        ratios="\n".join(_ratios(apps, of) for apps, of in results.items()),
        seconds="\n".join(_seconds(apps, of) for apps, of in results.items()),
        growth="\n".join(_growth(results)),
        sections=sections,
        preview=f"{statistics.median(preview):.2f}",
        machine=f"Python {platform.python_version()} on {platform.system()} {platform.machine()}",
    )


def _median(runs: Sequence[Run], what: str) -> float:
    return statistics.median(getattr(run, what) for run in runs)


def _ratios(apps: int, runs: Mapping[str, Sequence[Run]]) -> str:
    quotients = (_median(runs["fairlead"], what) / _median(runs["plain"], what) for what in ("warm", "cold", "memory"))
    return f"| {apps:,} | {runs['plain'][0].resources:,} | " + " | ".join(f"{each:.2f}" for each in quotients) + " |"


def _seconds(apps: int, runs: Mapping[str, Sequence[Run]]) -> str:
    both = (runs["fairlead"], runs["plain"])
    times = [f"{_median(each, what):.2f} s" for what in ("warm", "cold") for each in both]
    memory = [f"{_median(each, 'memory'):.0f} MiB" for each in both]
    return f"| {apps:,} | " + " | ".join([*times, *memory]) + " |"


def _growth(results: Results) -> list[str]:
    return [
        f"- {more / fewer:.0f} times as many apps ({fewer:,} to {more:,}): "
        + ", ".join(
            f"{program} takes {_median(results[more][program], 'warm') / _median(results[fewer][program], 'warm'):.1f}"
            for program in ("fairlead", "plain")
        )
        + " times as long."
        for fewer, more in pairwise(results)
    ]


_TEXT = """# Benchmarks

<!-- Written by `make bench`. -->

A stack of so many apps, each with a gateway, two subsets and weights, is evaluated by fairlead and by
[a plain Pulumi program](../tools/plain_program/__main__.py) that registers the same resources by hand. Every
measurement is a fresh process, the two take turns, both run under the same recording monitor, and the two evaluations
are checked to be equal to the last input before they are compared. Medians of {runs} runs.

## fairlead as a multiple of the plain program

| Apps | Resources | Evaluation | With start-up | Peak memory |
|---|---|---|---|---|
{ratios}

*Evaluation* is processor time once the program is loaded; *with start-up* is a whole process by the clock, with
Python, the SDK and all other imports. The evaluation of fairlead includes its lint.

{growth}

## Seconds on one machine

| Apps | fairlead | plain | fairlead with start-up | plain | fairlead's peak memory | plain |
|---|---|---|---|---|---|---|
{seconds}

`python -m fairlead preview --stack dev`, imports included: {preview} s.

{sections}
{machine}.
"""
