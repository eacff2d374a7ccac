"""What does the command `picture` do? It evaluates a stack and writes its picture as SVG and as a page."""

from __future__ import annotations

from pathlib import Path

import typer

from fairlead.evaluation.evaluation import evaluate
from fairlead.evaluation.garbage_collection import collector_paused
from fairlead.evaluation.snapshot import Snapshot
from fairlead.picture.drawing.page import page
from fairlead.picture.drawing.svg import svg
from fairlead.picture.layout.page_layout import drawing
from fairlead.picture.model.reading import picture
from fairlead.preview.rule_lookups import rules_looked_up
from fairlead.terminal.file_names import file_name
from fairlead.terminal.output_folder import write
from fairlead.terminal.printable import one_line
from fairlead.yaml_files.stack_reader import read_stack_file


def picture_files(snapshot: Snapshot, *, rules_looked_up: bool = False) -> dict[str, str]:
    """File name -> text, the same for the same snapshot."""
    with collector_paused():
        shown = picture(snapshot, rules_looked_up=rules_looked_up)
        element = svg(shown, drawing(shown))
        # A stack's name may have its organisation before it.
        name = file_name(shown.stack)
        return {f"{name}.svg": element, f"{name}.html": page(shown, element)}


def picture_command(
    *, stack: str | None, config_file: Path | None, overrides: list[str] | None, cwd: Path, out: Path
) -> None:
    """Write both files and say where they are. Raises UserError."""
    program = cwd.resolve()
    stack_file = read_stack_file(program, stack=stack, config_file=config_file, overrides=overrides)
    snapshot = evaluate(program, stack_file)
    files = picture_files(snapshot, rules_looked_up=rules_looked_up(snapshot, stack_file))
    write(files, out)
    for name in files:
        typer.echo(one_line(str(out / name)))
