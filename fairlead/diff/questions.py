"""What can be asked of a diff? What a revision changes, what sets two stacks apart, how far a cluster has drifted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from fairlead.cluster.toolchain import Toolchain
from fairlead.comparison.sides import evaluated_sides
from fairlead.comparison.stack_choice import Source, StackChoice
from fairlead.diff.report_making import compared_report
from fairlead.diff.sources import Sources, place, revisions, stacks
from fairlead.drift.drift_report import live_report
from fairlead.drift.stack_cluster import Named
from fairlead.reports.report import Report
from fairlead.terminal.errors import UserError

Question = Callable[[Toolchain], Sequence[Report]]
"""Asks for both sides and compares them; a report for each stack that was named."""


def revisions_apart(program: Path, asked: Sequence[StackChoice], base: str, head: str | None) -> Question:
    """What `head`, or the working folder, changes in each stack since `base`."""

    def reports(toolchain: Toolchain) -> Sequence[Report]:
        with revisions(program, asked, base, head) as found:
            if len(found) == 1:
                return [compared_report(found[0], program, toolchain)]
            return [_by_itself(sources, program, toolchain) for sources in found]

    return reports


def _by_itself(sources: Sources, program: Path, toolchain: Toolchain) -> Report:
    """One of several: what goes wrong with it leaves the others their reports."""
    try:
        return compared_report(sources, program, toolchain)
    except UserError as error:
        why = str(error)
    except Exception as error:  # a stack can be anything, and the other reports are worth having
        why = f"{type(error).__name__}: {error}"
    before, after = sources.before.label, sources.after.label
    return Report(sources.after.asked.name, before, after, None, failed=True, not_compared=why)


def stacks_apart(program: Path, asked: StackChoice, against: StackChoice, head: str | None) -> Question:
    """What is otherwise in the stack `asked` than it is in `against`."""

    def report(toolchain: Toolchain) -> Sequence[Report]:
        with stacks(program, asked, against, head) as sources:
            return [compared_report(sources, program, toolchain)]

    return report


def drift(program: Path, asked: StackChoice, head: str | None, cluster: Named) -> Question:
    """What the stack's cluster has otherwise than `head`, or the working folder, says."""

    def report(toolchain: Toolchain) -> Sequence[Report]:
        with place(program, head) as (folder, label):
            asked.read(folder)
            (stack,) = evaluated_sides((Source(f"stack {asked.name} in {label}", folder, asked),), program, toolchain)
            return [live_report(stack, cluster, toolchain)]

    return report
