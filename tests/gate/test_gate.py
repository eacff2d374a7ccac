"""Does a change stop at the risks that were named, and at these alone? And what does letting one through need?"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from fairlead.effects.effect import Effect, Hurt
from fairlead.gate.gate import CLASSES, gate_of
from fairlead.gate.gate_report import gate_annotations, gate_text
from fairlead.reports.json_report import documents, json_reports
from fairlead.reports.report import Report
from fairlead.terminal.errors import UserError
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.compared import compared

pytestmark = pytest.mark.mesh

Command = Callable[..., tuple[int, str, str]]
DOWN = Effect("shop", "requests get 503", Hurt.INTERRUPTS, "add the subset first")
OPEN = Effect("pay", "everybody may call", Hurt.EXPOSES)


def _report(*effects: Effect, **parts: Any) -> Report:
    return Report("dev", "main", "here", compared([], []), effects, **parts)


def _file(folder: Path, *reports: Report) -> str:
    path = folder / "diff.json"
    path.write_text(json_reports(reports), encoding="utf-8")
    return str(path)


def test_every_risk_class_has_a_name_and_the_page_tells_it() -> None:
    page = (PROGRAM / "docs" / "diff.md").read_text(encoding="utf-8")
    assert set(CLASSES) == set(Hurt)
    assert [name for name in CLASSES.values() if f"| `{name}` |" not in page] == []


@pytest.mark.parametrize(
    ("fail_on", "allow", "code"),
    [
        ("interrupts", [], 3),
        ("exposes", [], 0),
        ("exposes, interrupts", [], 3),
        ("interrupts", ["interrupts: closed on Sunday"], 0),
        ("interrupts", ["exposes: reviewed"], 3),
        ("replaces,restarts", [], 0),
    ],
)
def test_a_change_stops_at_a_risk_of_a_named_class_alone(fail_on: str, allow: list[str], code: int) -> None:
    assert gate_of(fail_on, allow).decision(documents([_report(DOWN)])).exit_code == code


def test_what_stops_and_what_is_let_through_is_said_with_advice_and_reason() -> None:
    decision = gate_of("interrupts,exposes", ["exposes: it is public"]).decision(documents([_report(DOWN, OPEN)]))
    text = gate_text(decision)
    assert "gate: the change is stopped by 1 risk (interrupts)" in text
    assert "interrupts: [dev] shop: requests get 503\n    add the subset first" in text
    assert "let through, exposes: [dev] pay: everybody may call (because it is public)" in text
    annotations = gate_annotations(decision).splitlines()
    assert annotations[0] == "::error title=gate%3A interrupts::[dev] shop: requests get 503%0Aadd the subset first"
    assert annotations[1].startswith("::warning title=gate%3A exposes::[dev] pay: everybody may call%0ALet through")


def test_a_comparison_that_was_not_made_passes_no_gate() -> None:
    missing = Report("dev", "main", "here", None, not_compared="main cannot be evaluated")
    decision = gate_of("interrupts", ["interrupts: x"]).decision(documents([missing, _report()]))
    assert decision.exit_code == 1
    assert "dev: main cannot be evaluated" in gate_text(decision)


@pytest.mark.parametrize(
    ("fail_on", "allow", "words"),
    [
        ("interupts", [], "did you mean interrupts?"),
        ("nonsense", [], "the classes are interrupts, exposes"),
        (" ,", [], "--fail-on names no class"),
        ("interrupts", ["interrupts"], "a class is let through with a reason"),
        ("interrupts", ["interrupts: "], "a class is let through with a reason"),
        ("expose", ["restart: x"], "did you mean restarts?"),
    ],
)
def test_what_is_typed_wrongly_is_said_with_the_nearest_class(fail_on: str, allow: list[str], words: str) -> None:
    with pytest.raises(UserError) as error:
        gate_of(fail_on, allow)
    assert words in str(error.value)


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(UserError) as error:
        gate_of("expose,interupts", ["restarts"])
    assert str(error.value).count("did you mean") == 2
    assert "with a reason" in str(error.value)


def test_the_command_reads_a_report_of_one_stack_or_of_several(command: Command, tmp_path: Path) -> None:
    one = _file(tmp_path, _report(DOWN))
    assert command("gate", "--fail-on", "interrupts", "--report", one)[0] == 3
    assert command("gate", "--fail-on", "exposes", "--report", one)[0] == 0
    several = _file(tmp_path, _report(), _report(OPEN))
    code, out, _ = command("gate", "--fail-on", "exposes", "--report", several, "--format", "github")
    assert code == 3
    assert "::error title=gate%3A exposes::" in out


@pytest.mark.parametrize("text", ["{", "[]", '{"risks": 1}', '{"stacks": [{}]}'])
def test_a_file_that_is_no_report_is_an_error(command: Command, tmp_path: Path, text: str) -> None:
    path = tmp_path / "diff.json"
    path.write_text(text, encoding="utf-8")
    code, _, err = command("gate", "--fail-on", "exposes", "--report", str(path))
    assert code == 1
    assert "diff --format json" in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("gate", "--fail-on", "nothing", "--report", "x"),
        ("gate", "--fail-on", "exposes", "--report", "x", "--base", "main"),
        ("gate", "--fail-on", "exposes", "--stack", "dev"),
        ("diff", "--stack", "dev", "--base", "main", "--allow", "exposes: x"),
        ("diff", "--stack", "dev", "--base", "main", "--fail-on", "exposed"),
    ],
)
def test_a_wrong_use_ends_with_2(command: Command, arguments: tuple[str, ...]) -> None:
    assert command(*arguments)[0] == 2


@pytest.fixture
def ci_gate(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(PROGRAM / "tools" / "ci"))
    monkeypatch.delitem(sys.modules, "gate", raising=False)
    import gate  # noqa: PLC0415 - a script beside others

    return gate


@pytest.mark.parametrize(
    ("labels", "description", "through"),
    [
        (["allow-interrupts"], "What it does.\r\nfairlead: allow interrupts -- closed on Sunday\r\n", ["interrupts"]),
        ([], "fairlead: allow interrupts -- closed", []),
        (["allow-interrupts"], "It interrupts.", []),
        (["allow-exposes"], "fairlead: allow interrupts -- closed", []),
        (["allow-interrupts"], "> quoted: fairlead: allow interrupts -- closed", []),
        (["allow-interrupts"], "fairlead: allow interrupts -- ", []),
    ],
)
def test_a_pull_request_needs_a_label_and_a_reason(
    ci_gate: Any, labels: list[str], description: str, through: list[str]
) -> None:
    found, missing = ci_gate.allowed(labels, description)
    assert list(found) == through
    assert bool(missing) is not bool(through)


def test_labels_and_description_come_from_the_event_and_not_from_the_workflows_text(
    ci_gate: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    event = tmp_path / "event.json"
    event.write_text(json.dumps({"pull_request": {"labels": [{"name": "a"}], "body": None}}), encoding="utf-8")
    monkeypatch.setenv("GITHUB_EVENT_PATH", str(event))
    assert ci_gate.labels_and_description() == (["a"], "")
    monkeypatch.delenv("GITHUB_EVENT_PATH")
    monkeypatch.setenv("CI_MERGE_REQUEST_LABELS", "a, allow-exposes")
    monkeypatch.setenv("CI_MERGE_REQUEST_DESCRIPTION", "text")
    assert ci_gate.labels_and_description() == (["a", "allow-exposes"], "text")
