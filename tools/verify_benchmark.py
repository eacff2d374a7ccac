"""How often is verify wrong about a mesh that does everything right, and how long does it take? Against a real Envoy on
loopback (tests/fixtures/loopback), and a thousand reports whose splits are simulated."""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from fairlead.verify.asking import FALSE_ALARM  # noqa: E402
from fairlead.verify.ends import ends_of  # noqa: E402
from fairlead.verify.promise import Promise, Standing  # noqa: E402
from fairlead.verify.statistics.shares_test import Ruling, SharesTest  # noqa: E402
from fairlead.verify.verify import promised, verdicts  # noqa: E402
from tests.fixtures.loopback.shop import shop, subject  # noqa: E402

REPORTS, REAL, BATCH = 1000, 5, 25
_LOOPBACK = ("plain/client", "internet")
_TEXT = """## Requests to a running mesh

`verify` against a mesh that does everything right: a gateway, a sidecar and three apps on loopback, with a real Envoy
(`tests/fixtures/loopback`).

| Reports | of | promises | requests each | seconds each | with a false alarm |
|---:|---|---:|---:|---:|---:|
| {real:,} | the whole, against Envoy | {promises} | {requests:,.0f} | {seconds:.1f} | {alarms} |
| {reports:,} | its splits, mirrors and faults, simulated | {splits} | {simulated:,.0f} | - | {simulated_alarms} |

What is simulated are the answers, drawn by the promised shares; what decides is the same. A report may have a false
alarm once in 1,000 runs; [verify](verify.md#when-is-a-split-the-promised-one) says how often each kind of error is.
"""


def verify_section() -> str:
    """The part of the page on verify."""
    numbers, seconds, alarms, promises = [], [], 0, 0
    with tempfile.TemporaryDirectory() as folder, shop(Path(folder)) as asking:
        asking.manners = replace(asking.manners, rate=100)
        asked = [each for each in promised(asking.subject) if each.request and each.request.caller in _LOOPBACK]
        promises = sum(not each.untested for each in asked)
        for number in range(REAL):
            begin = time.perf_counter()
            found = list(verdicts(asked, asking))
            seconds.append(time.perf_counter() - begin)
            numbers.append(sum(each.evidence.requests for each in found if each.evidence))
            alarms += any(each.standing is Standing.BROKEN for each in found)
            print(f"verify: report {number + 1} of {REAL} measured", file=sys.stderr)
    splits = [shares(each) for each in promised(subject()) if each.is_random and not each.untested]
    sizes, simulated = _simulated(splits)
    return _TEXT.format(
        real=REAL, promises=promises, requests=statistics.mean(numbers), seconds=statistics.median(seconds),
        alarms=alarms, reports=REPORTS, splits=len(splits), simulated=sizes, simulated_alarms=simulated,
    )  # fmt: skip


def shares(promise: Promise) -> dict[str, float]:
    """What a promise with a part of chance says of shares, whatever it is about."""
    share = promise.details.get("share")
    if isinstance(share, float):
        return {"yes": share, "no": 1 - share}
    return dict(ends_of(promise.expected).shares) if promise.expected else {}


def _simulated(splits: list[dict[str, float]]) -> tuple[float, int]:
    """How many requests a report takes, and how many reports have an alarm."""
    rng, alarms, requests = random.Random(1), 0, 0  # noqa: S311 - the same in every run
    for _ in range(REPORTS):
        tests = [SharesTest(each, FALSE_ALARM / len(splits)) for each in splits]
        for test in tests:
            while test.ruling is Ruling.OPEN:
                test.see(Counter(rng.choices(list(test.shares), list(test.shares.values()), k=BATCH)))
        alarms += any(each.ruling is Ruling.FALSE for each in tests)
        requests += sum(each.number for each in tests)
    return requests / REPORTS, alarms


if __name__ == "__main__":
    print(verify_section())
