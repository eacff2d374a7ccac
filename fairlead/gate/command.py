"""How does `gate` run? It compares, or reads a report of what was compared, decides, and says why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from fairlead.cluster.interrupts import termination_is_interrupt
from fairlead.cluster.toolchain import Toolchain
from fairlead.diff.questions import Question
from fairlead.gate.gate import Gate, reports_of
from fairlead.gate.gate_report import gate_annotations, gate_text
from fairlead.reports.json_report import documents
from fairlead.terminal.errors import UserError
from fairlead.terminal.plain_console import PlainConsole
from fairlead.terminal.progress import ConsoleProgress
from fairlead.yaml_files.file_text import text_of_named


def gate_command(gate: Gate, question: Question | None, report: Path | None, written_as: str) -> int:
    """Decide and print. The exit code: 0 where nothing stops, 3 where a risk does, 1 where nothing could be compared.
    Raises UserError."""
    reports = _compared(question) if question else _read(report or Path())
    decision = gate.decision(reports)
    typer.echo((gate_annotations if written_as == "github" else gate_text)(decision))
    return decision.exit_code


def _compared(question: Question) -> list[dict[str, Any]]:
    with termination_is_interrupt():
        return documents(question(Toolchain(ConsoleProgress(PlainConsole(stderr=True)))))


def _read(path: Path) -> list[dict[str, Any]]:
    text = text_of_named(path, missing="Write one with fairlead diff --format json --out FILE.")
    try:
        found = reports_of(json.loads(text))
    except ValueError as error:
        raise UserError(f"{path} is not JSON: {error}.", "Name a report of diff --format json.") from None
    if found is None:
        remedy = "Write one with fairlead diff --format json --out FILE."
        raise UserError(f"{path} is not a report of diff --format json.", remedy)
    return found
