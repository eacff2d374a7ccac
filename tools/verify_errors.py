"""How often is the test of shares wrong? Both kinds of error, simulated, for docs/verify.md.

Usage: .venv/bin/python tools/verify_errors.py [RUNS]. What is simulated are the answers alone: each is one of the
categories by the true shares, in batches as `verify` sends them. Everything that decides is fairlead's own code.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from fairlead.verify.asking import FALSE_ALARM  # noqa: E402
from fairlead.verify.statistics.shares_test import Ruling, SharesTest, usual_number  # noqa: E402

RUNS = 10_000
MOST, BATCH = 5000, 25
SPLITS = 10
"""Promises with a split in one report, among which the false alarms of the report are divided."""
Shares = Mapping[str, float]
_CASES: tuple[tuple[str, Shares, Shares], ...] = (
    ("70/30, as promised", {"v1": 0.7, "v2": 0.3}, {"v1": 0.7, "v2": 0.3}),
    ("60/40 for 70/30", {"v1": 0.7, "v2": 0.3}, {"v1": 0.6, "v2": 0.4}),
    ("80/20 for 70/30", {"v1": 0.7, "v2": 0.3}, {"v1": 0.8, "v2": 0.2}),
    ("50/50 for 70/30", {"v1": 0.7, "v2": 0.3}, {"v1": 0.5, "v2": 0.5}),
    ("all to v1 for 70/30", {"v1": 0.7, "v2": 0.3}, {"v1": 1.0, "v2": 0.0}),
    ("95/5, as promised", {"v1": 0.95, "v2": 0.05}, {"v1": 0.95, "v2": 0.05}),
    ("90/10 for 95/5", {"v1": 0.95, "v2": 0.05}, {"v1": 0.9, "v2": 0.1}),
    ("none for 5 %", {"v1": 0.95, "v2": 0.05}, {"v1": 1.0, "v2": 0.0}),
    ("a third each, as promised", {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}, {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}),
    ("44/33/23 for a third each", {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}, {"a": 0.44, "b": 0.33, "c": 0.23}),
)


def ruled(promised: Shares, true: Shares, alarm: float, rng: random.Random) -> SharesTest:
    """One test, until it has ruled or has asked as often as it may."""
    test = SharesTest(promised, alarm)
    while test.ruling is Ruling.OPEN and test.number < MOST:
        test.see(Counter(rng.choices(list(true), list(true.values()), k=BATCH)))
    return test


def row(name: str, promised: Shares, true: Shares, runs: int) -> str:
    """How such tests end, and after how many requests."""
    rng = random.Random(name)  # noqa: S311 - the same in every run of this script
    tests = [ruled(promised, true, FALSE_ALARM / SPLITS, rng) for _ in range(runs)]
    ends = Counter(each.ruling for each in tests)
    numbers = sorted(each.number for each in tests)
    said = [f"{100 * ends[each] / runs:.2f} %" for each in (Ruling.TRUE, Ruling.FALSE, Ruling.OPEN)]
    middle, most = numbers[len(numbers) // 2], numbers[int(len(numbers) * 0.99)]
    usual = usual_number(promised)
    return f"| {name} | {' | '.join(said)} | {sum(numbers) / runs:.0f} | {middle} | {most} | {usual} |"


def alarms(runs: int, allowed: float) -> int:
    """Reports of SPLITS true splits with an alarm."""
    rng = random.Random(allowed)  # noqa: S311
    split = _CASES[0][1]
    return sum(
        any(ruled(split, split, allowed / SPLITS, rng).ruling is Ruling.FALSE for _ in range(SPLITS))
        for _ in range(runs)
    )


def main() -> None:
    """Print the rows of the page."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    print("| Answers | holds | does not hold | undecided | requests, mean | median | 99 of 100 below | announced |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, promised, true in _CASES:
        print(row(name, promised, true, runs), flush=True)
    print()
    print("| Reports of ten true splits | allowed | with a false alarm |")
    print("|---:|---:|---:|")
    for allowed in (0.5, 0.1, FALSE_ALARM):
        print(
            f"| {runs // 2:,} | {100 * allowed:g} % | {100 * alarms(runs // 2, allowed) / (runs // 2):.2f} % |",
            flush=True,
        )


if __name__ == "__main__":
    main()
