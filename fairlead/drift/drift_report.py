"""How does a report on drift come about? The stack's objects against those of its cluster, as far as it answers."""

from __future__ import annotations

from pathlib import Path

from fairlead.cluster.charts import ChartSource
from fairlead.cluster.helm import Helm
from fairlead.cluster.toolchain import Toolchain
from fairlead.comparison.charts import ChartObjects, chart_notes
from fairlead.comparison.compare import compare
from fairlead.comparison.comparison import Comparison, Side
from fairlead.comparison.lint_change import LintChange
from fairlead.comparison.sides import Evaluated, not_evaluated
from fairlead.drift.live_side import live_side, without_hooks
from fairlead.drift.stack_cluster import Named, stack_cluster
from fairlead.effects.effects import effects
from fairlead.reports.report import Report
from fairlead.terminal.errors import UserError

_HOW_TO_READ = (
    "The cluster is the earlier side: the sentences describe the changes that would bring it back to the stack.",
    "`pulumi up` alone does not make them: it compares with its own state. `pulumi refresh` first reads objects into"
    " it; what is edited inside a Helm release stays until the release's values or version change.",
)


def live_report(stack: Evaluated, where: Named, toolchain: Toolchain) -> Report:
    """The drift of one stack."""
    label, said = "the cluster", list(stack.notes)
    comparison: Comparison | None = None
    why = ""
    if stack.snapshot is None:
        why = not_evaluated(stack)
        said.append(f"{stack.source.label} cannot be evaluated, so there is nothing to compare: {stack.problem}")
    else:
        try:
            comparison, more = _compared(Side(stack.source.label, stack.snapshot), stack, where, toolchain)
            label, said = comparison.before.label, [*said, *more, *_HOW_TO_READ]
        except UserError as error:
            why = " ".join(str(error).split())
    remaining = len(stack.findings or ())
    return Report(
        stack=stack.source.asked.name,
        before=label,
        after=stack.source.label,
        comparison=comparison,
        effects=effects(comparison) if comparison else (),
        lint=LintChange(remaining=remaining) if stack.findings is not None else None,
        notes=tuple(dict.fromkeys(said)),
        failed=comparison is None,
        not_compared=why,
    )


def _compared(side: Side, stack: Evaluated, where: Named, toolchain: Toolchain) -> tuple[Comparison, list[str]]:
    cluster = stack_cluster(side.snapshot, stack.source.program, where)
    try:
        # First whether it answers: rendering charts takes longer.
        cluster.kinds()
        side, notes = _with_all_charts(side, stack.source.program, toolchain)
        live, more = live_side(side, cluster)
        return compare(live, side), [*notes, *more]
    finally:
        cluster.close()


def _with_all_charts(side: Side, program: Path, toolchain: Toolchain) -> tuple[Side, list[str]]:
    releases = list(side.releases.values())
    try:
        helm = Helm(toolchain.helm()) if releases else None
    except UserError as error:
        return side, [f"The objects of Helm releases are not compared: {error.message}"]
    if helm is None:
        return side, []
    charts = ChartObjects(helm, ChartSource(toolchain, program), toolchain.cache / "rendered")
    found = {each.urn: objects for each in releases if (objects := charts.objects(each))}
    return without_hooks(Side(side.label, side.snapshot, found)), chart_notes(charts)
