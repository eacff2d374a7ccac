"""How does a report come about? Both sides compared as far as they could be had, and a note on what could not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fairlead.cluster.charts import ChartSource
from fairlead.cluster.toolchain import Toolchain
from fairlead.comparison.chart_pairs import with_charts
from fairlead.comparison.compare import compare
from fairlead.comparison.comparison import Side
from fairlead.comparison.lint_change import LintChange, lint_change
from fairlead.comparison.sides import Evaluated, evaluated_sides, not_evaluated
from fairlead.diff.sources import Sources
from fairlead.effects.effects import effects
from fairlead.evaluation.snapshot import Snapshot
from fairlead.reports.report import Report


def compared_report(sources: Sources, program: Path, toolchain: Toolchain) -> Report:
    """The diff of two revisions or two stacks; `program` is the folder whose packages the running Python has."""
    before, after = evaluated_sides((sources.before, sources.after), program, toolchain)
    notes = [*sources.notes, *before.notes, *after.notes, *_missing(before), *_missing(after)]
    notes += _encrypted_anew(before, after)
    comparison, found = None, ()
    if before.snapshot and after.snapshot:
        source = ChartSource(toolchain, before.source.program)
        old, new, said = with_charts(
            Side(before.source.label, before.snapshot),
            Side(after.source.label, after.snapshot),
            (source, replace(source, program=after.source.program)),
            toolchain,
        )
        comparison = compare(old, new, deploys=sources.deploys)
        found = effects(comparison)
        notes += [*_other_providers(before.snapshot, after.snapshot), *said]
    return Report(
        stack=after.source.asked.name,
        before=before.source.label,
        after=after.source.label,
        comparison=comparison,
        effects=found,
        lint=_lint(before, after),
        notes=tuple(dict.fromkeys(notes)),
        failed=after.snapshot is None,
        not_compared=not_evaluated(before, after),
    )


def _lint(before: Evaluated, after: Evaluated) -> LintChange | None:
    if before.findings is None or after.findings is None:
        return None
    return lint_change(before.findings, after.findings)


def _other_providers(before: Snapshot, after: Snapshot) -> list[str]:
    """Which of Pulumi's providers come in another version: what they do with the same inputs may be another thing."""
    old, new = _providers(before), _providers(after)
    both = sorted(name for name in old if name in new and old[name] != new[name])
    return [f"Pulumi's provider {name} changes from {old[name]} to {new[name]}." for name in both]


def _providers(snapshot: Snapshot) -> dict[str, str]:
    found = {(each.type.partition(":")[0], each.plugin_version) for each in snapshot.resources if each.plugin_version}
    return dict(sorted(found))


def _encrypted_anew(before: Evaluated, after: Evaluated) -> list[str]:
    both = sorted(key for key in before.ciphertexts if key in after.ciphertexts)
    return [
        f"{key} is encrypted again; nothing is decrypted here, so a change of its value is not visible."
        for key in both
        if before.ciphertexts[key] != after.ciphertexts[key]
    ]


def _missing(side: Evaluated) -> list[str]:
    label = side.source.label
    notes: list[str] = []
    if side.problem:
        notes.append(f"{label} cannot be evaluated, so there is nothing to compare: {side.problem}")
    elif not side.source.has_stack_file:
        notes.append(f"{label} has no {side.source.asked.file(side.source.program).name}, so it has no such stack.")
    if side.findings is None:
        notes.append(f"lint does not run in {label}, so findings are not compared.")
    return notes
