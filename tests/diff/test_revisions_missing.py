"""What does `diff` say where a side of the comparison is not to be had?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.ci.scratch_repository import MORE_OF_V2, V2_GETS_MORE, WEIGHTS, Diff, ScratchRepository

pytestmark = [pytest.mark.snapshot, pytest.mark.process]


def test_a_revision_without_the_program_is_said_to_have_none(repository: ScratchRepository, diff: Diff) -> None:
    repository.git("rm", "--quiet", "--cached", "__main__.py")
    repository.git("commit", "--quiet", "--message", "No program")
    _, out, _ = diff("--base", "main")
    assert "it has no program in this folder" in out


def test_a_stack_that_is_new_is_all_added(repository: ScratchRepository, diff: Diff) -> None:
    repository.write("Pulumi.next.yaml", (repository.folder / "Pulumi.local.yaml").read_text(encoding="utf-8"))
    code, out, _ = diff("--base", "main", stack="next")
    assert code == 0
    assert "has no Pulumi.next.yaml, so it has no such stack" in out
    assert "added" in out
    assert "removed" not in out.split("Notes")[0]


def test_a_stack_whose_file_is_gone_is_all_removed(repository: ScratchRepository, diff: Diff) -> None:
    (repository.folder / "Pulumi.local.yaml").unlink()
    code, out, _ = diff("--base", "main")
    assert code == 0
    assert "the working folder (1 uncommitted file) has no Pulumi.local.yaml" in out
    assert "pulumi destroy" in out


def test_a_stack_that_neither_side_has_is_an_error(diff: Diff) -> None:
    code, out, err = diff("--base", "main", stack="nowhere")
    assert (code, out) == (2, "")
    assert "Neither side has a stack file Pulumi.nowhere.yaml" in err


@pytest.mark.parametrize("name", ["nowhere", "--help", "main:Pulumi.yaml", "", "main^{tree}"])
def test_a_revision_that_is_not_there_is_an_error(diff: Diff, name: str) -> None:
    code, out, err = diff(f"--base={name}")
    assert (code, out) == (2, "")
    assert "has no revision" in err


def test_a_shallow_clone_is_told_how_to_fetch(repository: ScratchRepository, diff: Diff, tmp_path: Path) -> None:
    repository.commit("Another")
    old = repository.git("rev-parse", "HEAD~1").strip()
    shallow = tmp_path / "shallow"
    repository.git("clone", "--quiet", "--depth=1", f"file://{repository.folder}", str(shallow))
    repository.folder = shallow
    code, _, err = diff("--base", old)
    assert code == 2
    assert "This clone is shallow" in err
    assert f"git fetch --depth=1 origin {old}" in err


def test_a_shallow_clone_that_has_both_commits_is_compared(
    repository: ScratchRepository, diff: Diff, tmp_path: Path
) -> None:
    base = repository.git("rev-parse", "HEAD").strip()
    repository.edit("Pulumi.local.yaml", WEIGHTS, MORE_OF_V2)
    repository.commit("More of v2")
    repository.commit("Another")
    repository.git("config", "uploadpack.allowAnySHA1InWant", "true")
    origin, repository.folder = repository.folder, tmp_path / "shallow"
    origin_git = ["clone", "--quiet", "--depth=1", f"file://{origin}", str(repository.folder)]
    repository.folder = origin
    repository.git(*origin_git)
    repository.folder = tmp_path / "shallow"
    repository.git("fetch", "--quiet", "--depth=1", "origin", base)
    code, out, _ = diff("--base", base)
    assert code == 0
    assert V2_GETS_MORE in out
    assert "the other side lacks" not in out


def test_a_folder_in_no_repository_is_an_error_with_another_way(
    repository: ScratchRepository, diff: Diff, monkeypatch: Any
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(repository.folder.parent))
    (repository.folder / ".git").rename(repository.folder.parent / "elsewhere")
    code, _, err = diff("--base", "main")
    assert code == 2
    assert "is not in a git repository" in err
    assert "--against-stack" in err


def test_a_folder_that_is_not_there_is_an_error(diff: Diff, tmp_path: Path) -> None:
    code, _, err = diff("--base", "main", "--cwd", str(tmp_path / "nowhere"))
    assert code == 2
    assert "There is no folder" in err


def test_without_git_there_is_an_error_with_a_remedy(diff: Diff, monkeypatch: Any, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    code, _, err = diff("--base", "main")
    assert code == 2
    assert "git is not on PATH" in err


def test_a_stack_to_measure_by_that_is_not_there_is_an_error(diff: Diff) -> None:
    code, _, err = diff("--against-stack", "nowhere")
    assert code == 2
    assert "Pulumi.nowhere.yaml" in err
