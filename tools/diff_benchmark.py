"""How fast is a diff? Seconds of a whole process between two commits, with charts that are cached."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
APPS = 1000
_PROGRAM = (
    "__main__.py",
    "Pulumi.yaml",
    "Pulumi.dev.yaml",
    "requirements.txt",
    "components",
    "fairlead",
    "fairlead_mesh",
)
_WHO = ("-c", "user.name=benchmark", "-c", "user.email=benchmark@example.com", "-c", "commit.gpgsign=false")
Process = Callable[..., tuple[float, str]]
"""Runs a command in a fresh process: its seconds and what it printed."""


def diff_section(stack: Mapping[str, Any], process: Process, runs: int) -> str:
    """The part of the page on diffs; `stack` has so many apps, each with weights."""
    with _repository(stack) as folder:
        _commit(folder, "Pulumi.dev.yaml", "v1: 70, v2: 30", "v1: 20, v2: 80", "min: 2, max: 5", "min: 3, max: 5")
        dev = _seconds(folder, "dev", process, runs)
        one = _first_weights(folder)
        _commit(folder, "Pulumi.apps.yaml", one, one.replace("70", "20").replace("30", "80"))
        few = _seconds(folder, "apps", process, 1)
        text = (folder / "Pulumi.apps.yaml").read_text(encoding="utf-8")
        _write(folder, text.replace('"v1": 70', '"v1": 40').replace('"v2": 30', '"v2": 60'))
        every = _seconds(folder, "apps", process, 1)
    return _TEXT.format(dev=f"{dev:.1f}", few=f"{few:.1f}", every=f"{every:.1f}", apps=f"{APPS:,}")


@contextmanager
def _repository(stack: Mapping[str, Any]) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "repository"
        folder.mkdir()
        for name in _PROGRAM:
            subprocess.run(["cp", "-R", str(ROOT / name), str(folder / name)], check=True)
        _git(folder, "init", "--quiet")
        _write(folder, json.dumps({"config": stack}))
        yield folder


def _write(folder: Path, text: str) -> None:
    (folder / "Pulumi.apps.yaml").write_text(text, encoding="utf-8")
    _git(folder, "add", "--all")
    _git(folder, "commit", "--quiet", "--message", "benchmark")


def _commit(folder: Path, name: str, *pairs: str) -> None:
    file = folder / name
    text = file.read_text(encoding="utf-8")
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        if old not in text:
            raise SystemExit(f"{name} has no {old!r} any more: bring the benchmark up to date")
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    _git(folder, "commit", "--quiet", "--all", "--message", "benchmark")


def _first_weights(folder: Path) -> str:
    """The weights of the first app, with what stands before them, so that they are found once."""
    text = (folder / "Pulumi.apps.yaml").read_text(encoding="utf-8")
    begin = text.index('"app-0000"')
    return text[begin : text.index("}", text.index('"weights"', begin)) + 1]


def _seconds(folder: Path, stack: str, process: Process, runs: int) -> float:
    """The median of so many runs; one before them fills the cache of charts."""
    asked = ("-m", "fairlead", "diff", "--cwd", folder, "--stack", stack, "--base", "HEAD~1", "--head", "HEAD")
    process(*asked)
    taken: list[float] = []
    for _ in range(runs):
        seconds, told = process(*asked)
        if " changed" not in told.splitlines()[1]:
            raise SystemExit(f"the diff of {stack} says of no change:\n{told[:500]}")
        taken.append(seconds)
    return statistics.median(taken)


def _git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *_WHO, *arguments], check=True)


_TEXT = """## Diffs

`python -m fairlead diff --base HEAD~1 --head HEAD`, both revisions evaluated in a worktree each, charts cached, imports
included.

| Stack | What changed | Seconds | Target |
|---|---|---|---|
| dev | a weight, and a value of istiod | {dev} s | 3 s |
| {apps} apps | a weight of one app | {few} s | 15 s |
| {apps} apps | a weight of every app | {every} s | 15 s |
"""
