"""What does `diff` say of two revisions? Each is evaluated as it was, with its own code."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.checkout import PROGRAM
from tests.fixtures.ci.scratch_repository import MORE_OF_V2, V2_GETS_MORE, WEIGHTS, Diff, ScratchRepository

pytestmark = [pytest.mark.snapshot, pytest.mark.process]


def test_a_change_of_the_working_folder_is_told_as_traffic(repository: ScratchRepository, diff: Diff) -> None:
    repository.edit("Pulumi.local.yaml", WEIGHTS, MORE_OF_V2)
    code, out, _ = diff("--base", "main")
    assert code == 0
    assert V2_GETS_MORE in out
    assert "the working folder (1 uncommitted file)" in out
    assert "1 changed" in out


def test_nothing_changed_is_one_sentence(diff: Diff) -> None:
    code, out, _ = diff("--base", "HEAD")
    assert code == 0
    assert "No changes" in out
    assert "VirtualService" not in out


def test_the_process_of_a_revision_loads_no_mesh_of_today() -> None:
    program = (
        "import sys, fairlead.comparison.worker, fairlead.evaluation.evaluation\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('fairlead_mesh', 'components')])"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=PROGRAM, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_each_revision_runs_its_own_code(repository: ScratchRepository, diff: Diff) -> None:
    repository.edit("fairlead_mesh/routing/virtual_service.py", "networking.istio.io/v1", "networking.istio.io/v1beta1")
    repository.commit("An older API version")
    code, out, _ = diff("--base", "main~1", "--head", "main", "--format", "json")
    assert code == 0
    differences = [each for change in json.loads(out)["changes"] for each in change["differences"]]
    assert {"path": "apiVersion", "old": "networking.istio.io/v1", "new": "networking.istio.io/v1beta1"} in differences


def test_with_a_head_uncommitted_changes_are_left_out_and_said_to_be(repository: ScratchRepository, diff: Diff) -> None:
    repository.edit("Pulumi.local.yaml", WEIGHTS, MORE_OF_V2)
    repository.write("notes.txt", "new")
    code, out, _ = diff("--base", "main", "--head", "main")
    assert code == 0
    assert V2_GETS_MORE not in out
    assert "Uncommitted changes are not in this diff (Pulumi.local.yaml and 1 more)" in out


def test_a_base_that_has_gone_on_is_named_with_the_command_that_leaves_it_out(
    repository: ScratchRepository, diff: Diff
) -> None:
    repository.git("branch", "feature")
    repository.edit("Pulumi.local.yaml", WEIGHTS, MORE_OF_V2)
    repository.commit("More of v2")
    repository.git("checkout", "--quiet", "feature")
    _, out, _ = diff("--base", "main")
    assert "main (" in out
    assert "has 1 commit that the other side lacks" in out
    assert "--base $(git merge-base main HEAD)" in out


def test_a_base_that_does_not_evaluate_is_a_note_and_no_failure(repository: ScratchRepository, diff: Diff) -> None:
    repository.edit("Pulumi.local.yaml", WEIGHTS, "weights: {v1: 70, v3: 30}")
    repository.commit("A version that is not there")
    repository.edit("Pulumi.local.yaml", "v3: 30", "v2: 30")
    code, out, err = diff("--base", "main")
    assert code == 0
    assert "cannot be evaluated" in out
    assert "v3" in out
    assert "2 fixed" in out
    assert str(repository.folder) not in out
    assert "Traceback" not in out + err


def test_a_head_that_does_not_evaluate_fails_and_still_reports_its_findings(
    repository: ScratchRepository, diff: Diff
) -> None:
    repository.edit("Pulumi.local.yaml", WEIGHTS, "weights: {v1: 70, v3: 30}")
    code, out, _ = diff("--base", "main")
    assert code == 1
    assert out.startswith("Not compared: the working folder (1 uncommitted file) cannot be evaluated")
    assert "2 new findings" in out


def test_each_revision_is_linted_by_its_own_rules(repository: ScratchRepository, diff: Diff) -> None:
    repository.edit("Pulumi.local.yaml", WEIGHTS, "weights: {v1: 100}")
    repository.commit("Nothing for v2")
    repository.edit("fairlead_mesh/lint/apps/app_version_config_rules.py", "it gets no requests", "it is idle")
    _, out, _ = diff("--base", "main")
    assert "v2: it is idle" in out


def test_a_program_that_crashes_is_a_sentence_with_its_last_words(repository: ScratchRepository, diff: Diff) -> None:
    repository.write("__main__.py", "raise ZeroDivisionError('over')\n")
    repository.commit("Broken")
    repository.git("checkout", "--quiet", "main~1", "--", "__main__.py")
    code, out, _ = diff("--base", "main")
    assert code == 0
    assert "the program ended with ZeroDivisionError: over" in out
    assert "Traceback" not in out


def test_a_base_that_is_no_yaml_is_named_by_its_line_and_not_by_its_worktree(
    repository: ScratchRepository, diff: Diff
) -> None:
    repository.write("Pulumi.local.yaml", "config:\n  a: [1\n")
    repository.commit("Broken")
    repository.git("checkout", "--quiet", "main~1", "--", "Pulumi.local.yaml")
    code, out, _ = diff("--base", "main")
    assert code == 0
    assert "nothing to compare: Pulumi.local.yaml:3:1: the text ends before a [ or { is closed" in out
    assert "worktree" not in out


def test_a_base_without_the_mesh_does_not_borrow_that_of_today(repository: ScratchRepository, diff: Diff) -> None:
    repository.git("rm", "--quiet", "-r", "--cached", "fairlead_mesh")
    repository.git("commit", "--quiet", "--message", "No mesh")
    code, out, _ = diff("--base", "main")
    assert code == 0
    assert "the program ended with ModuleNotFoundError: No module named 'fairlead_mesh'" in out


def test_nothing_is_left_of_the_worktrees_and_no_hook_runs(repository: ScratchRepository, diff: Diff) -> None:
    ran = repository.folder.parent / "ran"
    repository.write(".git/hooks/post-checkout", f"#!/bin/sh\ntouch {ran}\n")
    (repository.folder / ".git/hooks/post-checkout").chmod(0o755)
    diff("--base", "main", "--head", "main")
    assert len(repository.git("worktree", "list").splitlines()) == 1
    assert not ran.exists()


def test_packages_that_cannot_be_installed_are_replaced_by_these_and_that_is_said(
    repository: ScratchRepository, diff: Diff, monkeypatch: Any, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    repository.edit("requirements.txt", "pulumi==", "pulumi==0.")
    repository.commit("Other packages")
    repository.git("checkout", "--quiet", "main~1", "--", "requirements.txt")
    code, out, _ = diff("--base", "main")
    assert code == 0
    assert "is evaluated with the packages of this environment" in out
    assert "could not be installed" in out
    assert "No changes" in out


def test_two_stacks_are_held_against_each_other(repository: ScratchRepository, diff: Diff) -> None:
    text = (repository.folder / "Pulumi.local.yaml").read_text(encoding="utf-8")
    repository.write("Pulumi.prod.yaml", text.replace(WEIGHTS, MORE_OF_V2))
    code, out, _ = diff("--against-stack", "prod")
    assert code == 0
    assert "stack prod compared with stack local" in out
    assert "1 different" in out
    assert "80 %" in out


@pytest.mark.parametrize("form", [["text"], ["text", "--verbose"], ["markdown"], ["json"]], ids=" ".join)
def test_the_same_input_gives_the_same_bytes_and_no_secret(
    repository: ScratchRepository, diff: Diff, form: list[str]
) -> None:
    own = "apiVersion: v1\nkind: Secret\nmetadata: {name: token, namespace: hello}\nstringData: {key: %s}\n"
    repository.write("own.yaml", own % "hunter2-before")
    repository.edit("Pulumi.local.yaml", "  fairlead:apps:", "  fairlead:objects: [own.yaml]\n  fairlead:apps:")
    repository.edit(
        "Pulumi.local.yaml", "\nconfig:", "\nconfig:\n  fairlead:kialiSigningKey:\n    secure: v1:cipher-before"
    )
    repository.commit("A secret")
    repository.write("own.yaml", own % "hunter2-after")
    repository.edit("Pulumi.local.yaml", "cipher-before", "cipher-after")
    first, again = (diff("--base", "main", "--format", *form) for _ in range(2))
    assert first == again
    assert first[0] == 0
    assert "Secret hello/token" in first[1] or '"token"' in first[1]
    assert "[another secret]" in first[1]
    assert "kialiSigningKey is encrypted again" in first[1]
    assert "hunter2" not in first[1] + first[2]
    assert "cipher" not in first[1] + first[2]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "choose what to compare with"),
        (("--base", "main", "--live"), "--base and --live: they exclude each other"),
        (("--base", "main", "--context", "kind"), "belongs to --live"),
        (("--base", "main", "--format", "yaml"), "not one of text, markdown, json"),
        (("--base", "main", "--limit", "10"), "1500 characters"),
        (("--live", "--stack", "dev"), "several stacks are compared with --base only"),
        (("--base", "main", "--format", "text", "--out", "a.md", "--out", "b.json"), "leave it out"),
    ],
)
def test_wrong_use_is_told(diff: Diff, arguments: tuple[str, ...], words: str) -> None:
    code, _, err = diff(*arguments)
    assert code == 2
    assert words in " ".join(err.replace("│", " ").split())


def test_a_report_goes_to_a_file_whose_folder_is_made(
    repository: ScratchRepository, diff: Diff, tmp_path: Path
) -> None:
    repository.edit("Pulumi.local.yaml", WEIGHTS, MORE_OF_V2)
    file = tmp_path / "new" / "report.md"
    code, out, _ = diff("--base", "main", "--format", "markdown", "--out", str(file))
    assert (code, out) == (0, "")
    assert "30 % to 80 %" in file.read_text(encoding="utf-8")
    code, _, err = diff("--base", "main", "--out", str(tmp_path))
    assert code == 2
    assert "cannot be written" in err
