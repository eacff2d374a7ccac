"""What does a pipeline show of a gate's decision? What stops the change, what was let through and why."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.gate.gate import Decision, Risk
from fairlead.terminal.annotations import annotation
from fairlead.terminal.printable import one_line


def gate_text(decision: Decision) -> str:
    """For a log."""
    return "\n".join(_lines(decision))


def _lines(decision: Decision) -> Iterator[str]:
    yield f"gate: {_verdict(decision)}"
    for each in decision.not_compared:
        yield f"  not compared: {one_line(each)}"
    for risk in decision.stopping:
        yield f"  {risk.name}: {_told(risk)}"
        if risk.advice:
            yield f"    {one_line(risk.advice)}"
    for risk in decision.passed:
        yield f"  let through, {risk.name}: {_told(risk)} (because {one_line(decision.reasons[risk.name])})"
    for name in sorted(set(decision.reasons) - {risk.name for risk in decision.passed}):
        yield f"  {name} is let through, and there is no such risk"


def _told(risk: Risk) -> str:
    return one_line(f"[{risk.stack}] {risk.sentence}")


def _verdict(decision: Decision) -> str:
    if decision.not_compared:
        return "the change is stopped, as it could not be compared"
    asked = ", ".join(decision.classes)
    if not decision.stopping:
        passed = f"; {len(decision.passed)} let through" if decision.passed else ""
        return f"the change passes: no risk of {asked} stops it{passed}"
    names = ", ".join(dict.fromkeys(each.name for each in decision.stopping))
    number = len(decision.stopping)
    return f"the change is stopped by {number} {'risk' if number == 1 else 'risks'} ({names})"


def gate_annotations(decision: Decision) -> str:
    """For the log of GitHub's workflows: an error for each risk that stops, a warning for each that was let through."""
    lines = [annotation("error", "gate: not compared", each) for each in decision.not_compared]
    lines += [_annotated("error", risk, risk.advice) for risk in decision.stopping]
    reasons = decision.reasons
    lines += [_annotated("warning", each, f"Let through because {reasons[each.name]}") for each in decision.passed]
    return "\n".join([*lines, gate_text(decision)])


def _annotated(level: str, risk: Risk, more: str) -> str:
    return annotation(level, f"gate: {risk.name}", "\n".join(part for part in (_told(risk), more) if part))
