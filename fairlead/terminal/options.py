"""Which options do several commands have? Those that name a stack and the program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

from fairlead.yaml_files.stack_names import stack_names

HERE = Path()


def _completed(context: typer.Context, incomplete: str) -> list[str]:
    program = context.params.get("cwd") or HERE
    return [each for each in stack_names(program) if each.startswith(incomplete)]


Stack = Annotated[
    str | None,
    typer.Option(
        "--stack", "-s", help="Name of the stack; its config is in Pulumi.<stack>.yaml.", autocompletion=_completed
    ),
]
ConfigFile = Annotated[
    Path | None, typer.Option("--config-file", help="A stack file with any name, instead of --stack.")
]
Set = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Override one value by the path that findings print, such as 'apps[1].routes[0].weights.v1=80'; "
        "an item of a list also by its name, as apps.shop.port=80. May be repeated.",
    ),
]
Cwd = Annotated[Path, typer.Option("--cwd", "-C", help="Folder of the program, the one with Pulumi.yaml.")]
Kubeconfig = Annotated[Path | None, typer.Option("--kubeconfig", help="Look at the cluster by this kubeconfig.")]
Context = Annotated[str | None, typer.Option("--context", help="Look at the cluster by this context.")]


def wrong(why: str, option: str) -> NoReturn:
    """The command line was used wrongly: exit code 2."""
    raise typer.BadParameter(why, param_hint=option)


def one_of(option: str, word: str, words: tuple[str, ...]) -> None:
    """Whether an option's word is one that is known; else it ends here."""
    if word not in words:
        wrong(f"{word} is not one of {', '.join(words)}", option)


def a_stack(stack: str | None, config_file: Path | None, program: Path, *, or_else: str = "") -> None:
    """Whether a stack is named in one of its two ways; else it ends here, with the stacks that the folder has.

    `or_else` is what a command takes instead of a stack.
    """
    if stack is None and config_file is None:
        there = ", ".join(stack_names(program))
        named = f"name a stack ({there})" if there else "name a stack"
        file = "a stack file with --config-file"
        wrong(f"{named}, {file}, or {or_else}" if or_else else f"{named}, or {file}", "--stack")
    if stack is not None and config_file is not None:
        wrong("they exclude each other: name a stack, or a stack file", "--stack and --config-file")
