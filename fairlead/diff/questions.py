"""What can be asked of a diff? What a revision changes, what sets two stacks apart, how far a cluster has drifted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from fairlead.cluster.toolchain import Toolchain
from fairlead.comparison.sides import evaluated_sides
from fairlead.comparison.stack_choice import Source, StackChoice
from fairlead.diff.report_making import compared_report
from fairlead.diff.sources import place, revisions, stacks
from fairlead.drift.drift_report import live_report
from fairlead.drift.stack_cluster import Named
from fairlead.reports.report import Report

Question = Callable[[Toolchain], Report]


def revisions_apart(program: Path, asked: StackChoice, base: str, head: str | None) -> Question:
    """What `head`, or the working folder, changes since `base`."""

    def report(toolchain: Toolchain) -> Report:
        with revisions(program, asked, base, head) as sources:
            return compared_report(sources, program, toolchain)

    return report


def stacks_apart(program: Path, asked: StackChoice, against: StackChoice, head: str | None) -> Question:
    """What is otherwise in the stack `asked` than it is in `against`."""

    def report(toolchain: Toolchain) -> Report:
        with stacks(program, asked, against, head) as sources:
            return compared_report(sources, program, toolchain)

    return report


def drift(program: Path, asked: StackChoice, head: str | None, cluster: Named) -> Question:
    """What the stack's cluster has otherwise than `head`, or the working folder, says."""

    def report(toolchain: Toolchain) -> Report:
        with place(program, head) as (folder, label):
            asked.read(folder)
            (stack,) = evaluated_sides((Source(f"stack {asked.name} in {label}", folder, asked),), program, toolchain)
            return live_report(stack, cluster, toolchain)

    return report
