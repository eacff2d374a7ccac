"""What did a revision of the repository hold? A worktree of its own for it, gone when it was read."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fairlead.cluster.child import run
from fairlead.cluster.interrupts import interrupts_held
from fairlead.comparison.worktrees import left_behind, place_for_worktree, remove_left_folders
from fairlead.terminal.errors import UserError, disk_full

_SHORT = 7
# A hook of the repository is not asked, and a worktree needs no words about a detached HEAD.
_GIT = ("git", "-c", "core.hooksPath=/dev/null", "-c", "advice.detachedHead=false")


@dataclass(frozen=True)
class Revision:
    """One commit: `name` as it was asked for, and its full hash."""

    name: str
    commit: str

    @property
    def label(self) -> str:
        short = self.commit[:_SHORT]
        return short if self.commit.startswith(self.name) else f"{self.name} ({short})"


class Repository:
    """The git repository that holds a program's folder."""

    def __init__(self, program: Path) -> None:
        if shutil.which("git") is None:
            raise UserError("git is not on PATH, and it is needed to read revisions.", "Install git.")
        if not program.is_dir():
            raise UserError(f"There is no folder {program}.", "Name the program's folder with --cwd.")
        self._folder = program
        done = run([*_GIT, "-C", str(program), "rev-parse", "--show-toplevel"])
        if done.returncode != 0:
            said = _words(done.stderr)
            remedy = "Run this in a clone, or compare two stacks of this folder with --against-stack."
            if "not a git repository" not in said:
                raise UserError(f"git cannot read the repository of {program}: {said}", remedy)
            raise UserError(f"{program} is not in a git repository, so it has no revisions.", remedy)
        self.top = Path(done.stdout.strip())

    def revision(self, name: str) -> Revision:
        """The commit that a branch, a tag, a hash or `HEAD~2` means. Raises UserError where it is not here."""
        done = run(self._command("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}"))
        if done.returncode == 0:
            return Revision(name, done.stdout.strip())
        if self._is_shallow():
            raise UserError(
                f"This clone is shallow and has no revision {name}.",
                f"Fetch it: git fetch --depth=1 origin {name}, then name FETCH_HEAD; or git fetch --unshallow.",
            )
        raise UserError(
            f"This repository has no revision {name}.",
            "Use a branch, tag or commit of this clone; git fetch gets more.",
        )

    def missing_from(self, later: str, earlier: Revision) -> int:
        """How many commits `earlier` has that `later` lacks: what they did shows as undone in a diff of the two.

        A shallow clone does not know.
        """
        if self._is_shallow():
            return 0
        done = run(self._command("rev-list", "--count", f"{later}..{earlier.commit}"))
        return int(done.stdout) if done.returncode == 0 else 0

    def uncommitted(self) -> list[str]:
        """The files of the working folder that are not as the last commit has them, new ones included."""
        listed = self._git("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all")
        return sorted(entry[3:] for entry in listed.split("\0") if entry)

    @contextmanager
    def worktree(self, revision: Revision) -> Generator[Path]:
        """The program's folder as `revision` has it (which may lack it), until the end of the block."""
        self._remove_left_behind()
        with place_for_worktree() as folder:
            try:
                self._git("worktree", "add", "--quiet", "--detach", str(folder), revision.commit)
                yield folder / self._folder.resolve().relative_to(self.top.resolve())
            finally:
                # A second Ctrl-C must not cut this short.
                with interrupts_held():
                    self._remove(folder)

    def _remove_left_behind(self) -> None:
        """Of runs that were killed: their worktrees, and nobody else's, be they there or on a disk that is not."""
        listed = self._git("worktree", "list", "--porcelain").splitlines()
        for folder in left_behind(Path(line.removeprefix("worktree ")) for line in listed if line[:9] == "worktree "):
            self._remove(folder)
        remove_left_folders()

    def _remove(self, folder: Path) -> None:
        run(self._command("worktree", "remove", "--force", str(folder)))

    def _is_shallow(self) -> bool:
        return self._git("rev-parse", "--is-shallow-repository").strip() == "true"

    def _command(self, *arguments: str) -> list[str]:
        return [*_GIT, "-C", str(self._folder), *arguments]

    def _git(self, *arguments: str) -> str:
        done = run(self._command(*arguments))
        if done.returncode != 0:
            said = _words(done.stderr)
            if "No space left on device" in said:
                raise disk_full(tempfile.gettempdir())
            raise UserError(f"git {arguments[0]} failed: {said}")
        return done.stdout


def _words(said: str) -> str:
    return " ".join(said.split()).removeprefix("fatal: ") or "no error message"
