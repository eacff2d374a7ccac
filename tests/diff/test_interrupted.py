"""What is left of a diff that is stopped? Nothing at Ctrl-C, and what a kill leaves the next diff removes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from fairlead.comparison.revision import Repository
from fairlead.comparison.worktrees import place_for_worktree
from tests.fixtures.ci.scratch_repository import ScratchRepository

pytestmark = [pytest.mark.snapshot, pytest.mark.process]

# A shell starts a job in the background with SIGINT ignored, and a test run in such a job would hand that on.
DIFF = """
import runpy, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.argv = ["fairlead", "diff", "--stack", "local", "--base", "HEAD"]
runpy.run_module("fairlead", run_name="__main__")
"""
SLOW = "import time; time.sleep(60)\n"
WITHIN = 30.0


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for scratch files, of this test alone."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    return folder


@pytest.fixture
def running(repository: ScratchRepository, scratch: Path) -> Iterator[subprocess.Popen[str]]:
    """A diff whose program does not come to an end, at the moment when it has begun with it."""
    begun = scratch.parent / "begun"
    touched = f"import pathlib; pathlib.Path({str(begun)!r}).touch()\n"
    program = repository.folder / "__main__.py"
    repository.write("__main__.py", touched + SLOW + program.read_text(encoding="utf-8"))
    repository.commit("A program that takes long")
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", DIFF], cwd=repository.folder, **pipes) as process:
        deadline = time.monotonic() + WITHIN
        while not begun.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        assert begun.exists()
        yield process
        if process.poll() is None:
            process.kill()


def worktrees(repository: ScratchRepository) -> list[str]:
    listed = repository.git("worktree", "list", "--porcelain").splitlines()
    return [line.removeprefix("worktree ") for line in listed if line.startswith("worktree ")]


def programs_in(folder: Path) -> list[str]:
    listed = subprocess.run(["ps", "-A", "-o", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if str(folder) in line]


@pytest.mark.skipif(not shutil.which("ps"), reason="ps is not installed")
@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_a_diff_at_once_with_a_word_and_leaves_nothing(
    running: subprocess.Popen[str], repository: ScratchRepository, scratch: Path, stop: signal.Signals
) -> None:
    assert len(worktrees(repository)) == 2
    before = time.monotonic()
    running.send_signal(stop)
    _, said = running.communicate(timeout=WITHIN)
    # A second on a machine at rest; the programs would run for a minute.
    assert time.monotonic() - before < 10
    assert running.returncode == 130
    assert said.splitlines()[-1].startswith("Interrupted; ")
    assert "Traceback" not in said
    assert worktrees(repository) == [str(repository.folder)]
    # Python's own probe of a folder for scratch files is a file of four bytes, which a program that is ended leaves.
    assert [each for each in scratch.iterdir() if each.is_dir() or each.stat().st_size > len(b"blat")] == []
    assert programs_in(scratch) == []


def test_what_a_killed_diff_leaves_the_next_one_removes_and_nothing_else(
    running: subprocess.Popen[str], repository: ScratchRepository, scratch: Path
) -> None:
    mine, absent = scratch.parent / "mine" / "worktree", scratch.parent / "fairlead-mine" / "tree"
    lookalike = scratch / "fairlead-mine" / "worktree"
    for each in (mine, absent, lookalike):
        repository.git("worktree", "add", "--quiet", "--detach", str(each))
    # As on a disk that is not there now.
    shutil.rmtree(absent)
    running.kill()
    running.wait()
    assert len(worktrees(repository)) == 5
    here = Repository(repository.folder)
    with here.worktree(here.revision("HEAD")) as folder:
        assert (folder / "__main__.py").is_file()
        assert len(worktrees(repository)) == 5
    assert sorted(worktrees(repository)) == sorted(map(str, (repository.folder, mine, absent, lookalike)))
    assert [each.name for each in scratch.iterdir()] == ["fairlead-mine"]


def test_the_worktree_of_a_diff_that_runs_is_left_alone(repository: ScratchRepository, scratch: Path) -> None:
    one, other = Repository(repository.folder), Repository(repository.folder)
    revision = one.revision("HEAD")
    with one.worktree(revision) as first:
        with other.worktree(revision):
            assert len(list(scratch.iterdir())) == 2
        assert (first / "__main__.py").is_file()
    assert list(scratch.iterdir()) == []


@pytest.mark.usefixtures("scratch")
def test_books_that_git_keeps_of_a_folder_that_was_emptied_are_removed(repository: ScratchRepository) -> None:
    with place_for_worktree() as folder:
        repository.git("worktree", "add", "--quiet", "--detach", str(folder))
    assert len(worktrees(repository)) == 2
    here = Repository(repository.folder)
    with here.worktree(here.revision("HEAD")):
        pass
    assert worktrees(repository) == [str(repository.folder)]


def test_the_scratch_folder_of_another_user_is_not_looked_into(
    repository: ScratchRepository, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = scratch / "fairlead-theirs"
    theirs.mkdir()
    (theirs / "in-use").touch()
    (theirs / "held").touch()
    here = Repository(repository.folder)
    real = os.getuid()
    monkeypatch.setattr("os.getuid", lambda: real + 1)
    with here.worktree(here.revision("HEAD")):
        pass
    assert theirs.is_dir()


def test_ctrl_c_has_a_word_in_any_command(
    command: Callable[..., tuple[int, str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("fairlead.preview.command.print_tree", stopped)
    code, _, err = command("preview", "--stack", "local")
    assert (code, err) == (130, "Interrupted.\n")
