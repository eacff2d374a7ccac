"""What is compared with what, as it is typed? The options that `diff` and `gate` have in common, and what they mean."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from fairlead.terminal.options import a_stack, wrong

if TYPE_CHECKING:
    from fairlead.diff.questions import Question

Stacks = Annotated[
    list[str] | None,
    typer.Option(
        "--stack",
        "-s",
        help="Name of the stack; its config is in Pulumi.<stack>.yaml. With --base, repeat it for one report.",
    ),
]
Base = Annotated[
    str | None, typer.Option("--base", metavar="REV", help="Revision to compare with: a branch, a tag, a commit.")
]
Head = Annotated[
    str | None, typer.Option("--head", metavar="REV", help="The later revision; defaults to the working folder.")
]
Against = Annotated[
    str | None,
    typer.Option("--against-stack", metavar="STACK", help="Another stack to compare with, instead of a revision."),
]
Live = Annotated[bool, typer.Option("--live", help="Compare with the live cluster of the stack: drift.")]
Kubeconfig = Annotated[
    Path | None, typer.Option("--kubeconfig", help="With --live: kubeconfig file, if the stack sets none.")
]
Context = Annotated[
    str | None, typer.Option("--context", help="With --live: context of the kubeconfig, if the stack sets none.")
]
FailOn = Annotated[
    str | None,
    typer.Option(
        "--fail-on",
        metavar="CLASSES",
        help="Exit with 3 at a risk of one of these classes, as in interrupts,exposes; see `gate --help`.",
    ),
]
Allow = Annotated[
    list[str] | None,
    typer.Option("--allow", metavar="'CLASS: REASON'", help="Let a risk class through all the same. May be repeated."),
]


@dataclass(frozen=True)
class Compared:
    """The values of these options."""

    stack: Sequence[str] | None
    config_file: Path | None
    overrides: Sequence[str] | None
    cwd: Path
    base: str | None
    head: str | None
    against: str | None
    live: bool
    kubeconfig: Path | None
    context: str | None

    @property
    def is_asked(self) -> bool:
        """Whether any of them says what to compare with."""
        return self.base is not None or self.against is not None or self.live

    def question(self) -> Question:
        """What they ask for; a wrong use ends here."""
        from fairlead.comparison.stack_choice import StackChoice  # noqa: PLC0415
        from fairlead.diff.questions import drift, revisions_apart, stacks_apart  # noqa: PLC0415
        from fairlead.drift.stack_cluster import Named  # noqa: PLC0415

        first = next(iter(self.stack or ()), None)
        more = (self.stack or ())[1:]
        self._check(first, more)
        program = self.cwd.resolve()
        overrides = tuple(self.overrides or ())
        asked = StackChoice(first, _place(self.config_file, program, self.base or self.head), overrides)
        if self.base is not None:
            others = [StackChoice(each, None, overrides) for each in dict.fromkeys(more) if each != first]
            return revisions_apart(program, [asked, *others], self.base, self.head)
        if self.against is not None:
            return stacks_apart(program, asked, StackChoice(self.against, None, overrides), self.head)
        return drift(program, asked, self.head, Named(self.kubeconfig, self.context))

    def _check(self, first: str | None, more: Sequence[str]) -> None:
        a_stack(first, self.config_file, self.cwd)
        chosen = {"--base": self.base is not None, "--against-stack": self.against is not None, "--live": self.live}
        if sum(chosen.values()) > 1:
            given = " and ".join(option for option, said in chosen.items() if said)
            wrong("they exclude each other: keep one", given)
        if not any(chosen.values()):
            wrong("choose what to compare with: --base REV, --against-stack STACK or --live", "--base")
        if (self.kubeconfig or self.context) and not self.live:
            wrong("belongs to --live", "--kubeconfig" if self.kubeconfig else "--context")
        if more and self.base is None:
            wrong("several stacks are compared with --base only", "--stack")


def _place(config_file: Path | None, program: Path, revision: str | None) -> Path | None:
    """The stack file, relative to the program where a revision is asked for: it has it at the same place."""
    if config_file is None:
        return None
    whole = config_file.resolve()
    if not revision:
        return whole
    if not whole.is_relative_to(program):
        wrong(f"{config_file} is outside the program's folder, where no revision has it", "--config-file")
    return whole.relative_to(program)
