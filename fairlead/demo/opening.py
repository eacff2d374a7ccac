"""What does the demo show before there is a server? All that needs none: resources, findings, a diff, the picture."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.text import Text

from fairlead.comparison.compare import compare
from fairlead.comparison.comparison import Side
from fairlead.effects.effects import effects
from fairlead.evaluation.snapshot import Snapshot
from fairlead.lint.stack_lint import lint_stack_file
from fairlead.lint.text_report import text_report as findings_text
from fairlead.picture.command import picture_files
from fairlead.preview.rule_lookups import rules_looked_up
from fairlead.preview.tree import resource_tree
from fairlead.reports.report import Report
from fairlead.reports.text_report import text_report
from fairlead.terminal.output_folder import write
from fairlead.yaml_files.stack_file import StackFile
from fairlead_mesh.reading.boundaries import own_cache

_UNBOUNDED = 10_000


def print_opening(
    stack_file: StackFile, program: Path, snapshot: Snapshot, changed: Snapshot | None, console: Console
) -> None:
    """What `preview`, `lint`, `picture` and `diff` say of the stack, without a cluster and without a network."""
    looked_up = rules_looked_up(snapshot, stack_file)
    console.print(Text("The stack, before there is a cluster", style="bold"))
    width = console.width
    # A file or a pipe has no width to fit.
    console.width = width if console.is_terminal else _UNBOUNDED
    console.print(resource_tree(snapshot, rules_looked_up=looked_up))
    console.width = width
    _say(console, "Lint", findings_text(lint_stack_file(stack_file, program)))
    if changed:
        before, after = Side("now", snapshot), Side("with one weight changed", changed)
        comparison = compare(before, after)
        report = Report(snapshot.stack, before.label, after.label, comparison, effects(comparison))
        _say(console, "What one changed weight would do", text_report(report, colours=False))
    folder = own_cache() / "pictures"
    files = picture_files(snapshot, rules_looked_up=looked_up)
    write(files, folder)
    page = next(name for name in files if name.endswith(".html"))
    _say(console, "Picture", f"  {(folder / page).as_uri()}")


def _say(console: Console, title: str, text: str) -> None:
    console.print(Text(title, style="bold"))
    console.print(Text(text), soft_wrap=True)
