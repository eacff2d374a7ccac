"""How is a diagnosis read? By a person as lines, by programs as JSON or as JUnit's XML.

JSON: `stack`, and `checks`: each with `check`, `verdict` (ok, warning, failed, skipped), `seen` and `remedy`, which is
empty where nothing is wrong. In JUnit a check is a test case; a warning is one that passed, with its words as output.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence

from fairlead.doctor.finding import Diagnosis, Verdict
from fairlead.reports.junit import Case, junit_suite
from fairlead.terminal.printable import one_line

_MARKS = {Verdict.OK: "ok", Verdict.WARNING: "warning", Verdict.FAILED: "FAILED", Verdict.SKIPPED: "skipped"}
_WIDTH = max(len(each) for each in _MARKS.values())


def text_lines(diagnosis: Diagnosis) -> Iterator[str]:
    """One line, and one for the remedy."""
    seen = diagnosis.seen
    first, *more = seen.text.splitlines() or [""]
    yield f"{_MARKS[seen.verdict]:{_WIDTH}}  {diagnosis.check}: {first}"
    yield from (f"{'':{_WIDTH}}  {line}" for line in more)
    if seen.remedy:
        yield f"{'':{_WIDTH}}  -> {one_line(seen.remedy)}"


def summary(said: Sequence[Diagnosis]) -> str:
    """How many of each."""
    number = Counter(each.seen.verdict for each in said)
    words = {Verdict.FAILED: "failed", Verdict.WARNING: "with a warning", Verdict.OK: "ok", Verdict.SKIPPED: "skipped"}
    return ", ".join(f"{number[verdict]} {word}" for verdict, word in words.items() if number[verdict])


def json_report(stack: str, said: Sequence[Diagnosis]) -> str:
    """One document; see above."""
    checks = [
        {"check": each.check, "verdict": each.seen.verdict, "seen": each.seen.text, "remedy": each.seen.remedy}
        for each in said
    ]
    return json.dumps({"stack": stack, "checks": checks}, indent=2)


def junit_report(stack: str, said: Sequence[Diagnosis]) -> str:
    """One test suite; see above."""
    return junit_suite(f"fairlead doctor {stack}", [_case(each) for each in said])


def _case(diagnosis: Diagnosis) -> Case:
    seen, check = diagnosis.seen, diagnosis.check
    if seen.verdict is Verdict.FAILED:
        return Case("doctor", check, "failed", seen.text, seen.remedy)
    if seen.verdict is Verdict.SKIPPED:
        return Case("doctor", check, "skipped", seen.text)
    return Case("doctor", check, "passed", "\n".join([seen.text, seen.remedy]).strip())
