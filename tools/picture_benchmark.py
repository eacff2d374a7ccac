"""How fast is a stack drawn? Seconds by the number of apps, of a whole command and of the drawing alone."""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

PICTURE_SIZES = (5, 200, 1000)
DRAWN = 200
"""Apps of the stack that the whole command draws."""
_TARGET = "3 s"
_KIBIBYTE = 1024


@dataclass(frozen=True)
class PictureRun:
    """One size: processor seconds of the drawing alone and with the evaluation, and the size of both files in KiB."""

    drawing: float
    whole: float
    svg: int
    html: int


def measure_picture(stack: Mapping[str, Any], runs: int) -> None:
    """In a process of its own, after imports: medians of so many runs."""
    from fairlead.evaluation.evaluation import evaluate  # noqa: PLC0415 - of this process alone
    from fairlead.picture.command import picture_files  # noqa: PLC0415
    from fairlead.yaml_files.stack_file import StackFile  # noqa: PLC0415

    program = Path(__file__).parent.parent
    stack_file = StackFile("fairlead", "benchmark", Path(), dict(stack))
    drawing: list[float] = []
    whole: list[float] = []
    sizes: dict[str, int] = {}
    for _ in range(runs):
        begin = time.process_time()
        snapshot = evaluate(program, stack_file)
        evaluated = time.process_time()
        files = picture_files(snapshot)
        end = time.process_time()
        drawing.append(end - evaluated)
        whole.append(end - begin)
        sizes = {name.rpartition(".")[2]: len(text.encode()) // _KIBIBYTE for name, text in files.items()}
    print(json.dumps(asdict(PictureRun(statistics.median(drawing), statistics.median(whole), **sizes))))


def picture_section(runs: Mapping[int, PictureRun], command: float) -> str:
    """The part of the page; `command` holds the seconds of the command on the stack of 200 apps, start-up included."""
    rows = "\n".join(
        f"| {apps:,} | {run.drawing:.2f} s | {run.whole:.2f} s | {run.svg:,} KiB | {run.html:,} KiB |"
        for apps, run in runs.items()
    )
    return _TEXT.format(rows=rows, growth="\n".join(_growth(runs)), command=f"{command:.2f}", target=_TARGET)


def _growth(runs: Mapping[int, PictureRun]) -> Iterator[str]:
    for fewer, more in pairwise(runs):
        times = (getattr(runs[more], what) / getattr(runs[fewer], what) for what in ("drawing", "whole"))
        words = " and ".join(f"{each:.1f}" for each in times)
        yield f"- {more / fewer:.0f} times as many apps ({fewer:,} to {more:,}) take {words} times as long."


_TEXT = """## Pictures

`python -m fairlead picture` of 200 apps, a cold process with all imports, evaluation and both files: {command} s. The
target is {target}. Processor seconds once everything is imported, of the drawing alone and with the evaluation:

| Apps | Drawing | With evaluation | SVG | HTML |
|---|---|---|---|---|
{rows}

{growth}
"""


if __name__ == "__main__":
    sys.exit("run tools/benchmark.py")
