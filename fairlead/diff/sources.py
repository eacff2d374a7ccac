"""Where is what is asked for? Two revisions of a stack, two stacks of a revision, or one: each in a folder."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from fairlead.comparison.revision import Repository, Revision
from fairlead.comparison.stack_choice import Source, StackChoice
from fairlead.terminal.errors import UserError

_WORKING_FOLDER = "the working folder"


@dataclass(frozen=True)
class Sources:
    """Both sides, and what is to be said of them. `deploys` as in `Comparison`."""

    before: Source
    after: Source
    notes: tuple[str, ...] = ()
    deploys: bool = True


@contextmanager
def revisions(program: Path, asked: Sequence[StackChoice], base: str, head: str | None) -> Generator[Sequence[Sources]]:
    """Each stack at two revisions; without `head`, the later side is the working folder as it is."""
    repository = Repository(program)
    before, after = repository.revision(base), repository.revision(head) if head else None
    with ExitStack() as worktrees:
        old = worktrees.enter_context(repository.worktree(before))
        new = worktrees.enter_context(repository.worktree(after)) if after else program
        label = after.label if after else _label(repository)
        notes = tuple(_notes(repository, before, after))
        found = [Sources(Source(before.label, old, each), Source(label, new, each), notes) for each in asked]
        for each in found:
            if not (each.before.has_stack_file or each.after.has_stack_file):
                name = each.after.asked.file(program).name
                raise UserError(f"Neither side has a stack file {name}.", "Fix --stack, or use another --base.")
        yield found


@contextmanager
def stacks(program: Path, asked: StackChoice, against: StackChoice, head: str | None) -> Generator[Sources]:
    """Two stacks of the working folder, or of one revision: `against` is the one to measure by."""
    with place(program, head) as (folder, label):
        at = f" at {label}" if head else ""
        before, after = (Source(f"stack {each.name}{at}", folder, each) for each in (against, asked))
        for side in (before, after):
            side.asked.read(side.program)
        yield Sources(before, after, deploys=False)


@contextmanager
def place(program: Path, head: str | None) -> Generator[tuple[Path, str]]:
    """The program's folder at one revision, or the working folder, and what people call it."""
    if head is None:
        yield program, _WORKING_FOLDER
        return
    repository = Repository(program)
    revision = repository.revision(head)
    with repository.worktree(revision) as folder:
        yield folder, revision.label


def _label(repository: Repository) -> str:
    files = len(repository.uncommitted())
    return f"{_WORKING_FOLDER} ({files} uncommitted {'file' if files == 1 else 'files'})" if files else _WORKING_FOLDER


def _notes(repository: Repository, before: Revision, after: Revision | None) -> Generator[str]:
    if after and (files := repository.uncommitted()):
        more = f" and {len(files) - 1} more" if len(files) > 1 else ""
        yield f"Uncommitted changes are not in this diff ({files[0]}{more}); without --head they are."
    later = after.commit if after else "HEAD"
    if missing := repository.missing_from(later, before):
        commits = f"{missing} commit{'' if missing == 1 else 's'}"
        yield (
            f"{before.label} has {commits} that the other side lacks, so their changes show as reverted; "
            f"--base $(git merge-base {before.name} {after.name if after else 'HEAD'}) leaves them out."
        )
