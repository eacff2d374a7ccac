"""What does `diff` say of several stacks at two revisions? One report, whatever becomes of one of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fairlead.diff import questions
from fairlead.diff.sources import Sources
from fairlead.reports.report import Report
from tests.fixtures.ci.scratch_repository import MORE_OF_V2, V2_GETS_MORE, WEIGHTS, Diff, ScratchRepository

pytestmark = [pytest.mark.snapshot, pytest.mark.process]


def test_several_stacks_are_one_report_in_as_many_formats_as_there_are_files(
    repository: ScratchRepository, diff: Diff, tmp_path: Path
) -> None:
    repository.edit("Pulumi.local.yaml", WEIGHTS, MORE_OF_V2)
    files = [tmp_path / name for name in ("report.md", "report.txt", "report.json")]
    outs = [word for file in files for word in ("--out", str(file))]
    code, out, err = diff("--stack", "dev", "--stack", "local", "--base", "main", *outs)
    assert (code, out, err) == (0, "", "")
    markdown, text, json_text = (file.read_text(encoding="utf-8") for file in files)
    assert markdown.startswith("**fairlead diff: main (")
    assert "## stack local\n\n1 changed\n" in markdown
    assert "No changes in dev." in markdown
    assert V2_GETS_MORE in text
    assert [(each["stack"], each["summary"]["changed"]) for each in json.loads(json_text)["stacks"]] == [
        ("local", 1),
        ("dev", 0),
    ]


def test_a_stack_that_cannot_be_evaluated_leaves_the_others_their_report(
    repository: ScratchRepository, diff: Diff
) -> None:
    repository.edit("Pulumi.local.yaml", WEIGHTS, MORE_OF_V2)
    repository.edit("Pulumi.dev.yaml", "weights: {v1: 70, v2: 30}", "weights: {v1: 70, v3: 30}")
    code, out, err = diff("--stack", "dev", "--base", "main")
    assert code == 1
    assert err.startswith("dev: Not compared: the working folder")
    assert V2_GETS_MORE in out
    assert "stack dev\nNot compared: the working folder" in out


def test_a_comparison_that_breaks_leaves_the_others_their_report(
    repository: ScratchRepository, diff: Diff, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = questions.compared_report

    def breaking(sources: Sources, *others: Any) -> Report:
        if sources.after.asked.name == "dev":
            raise KeyError("a value of an object")
        return real(sources, *others)

    monkeypatch.setattr(questions, "compared_report", breaking)
    repository.edit("Pulumi.local.yaml", WEIGHTS, MORE_OF_V2)
    code, out, _ = diff("--stack", "dev", "--base", "main")
    assert code == 1
    assert V2_GETS_MORE in out
    assert "stack dev\nNot compared: KeyError: 'a value of an object'" in out
