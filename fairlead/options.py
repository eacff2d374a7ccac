"""Which options do several commands have? Those that name a stack and the program."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Stack = Annotated[str | None, typer.Option("--stack", "-s", help="The stack: its config is in Pulumi.<stack>.yaml.")]
ConfigFile = Annotated[Path | None, typer.Option("--config-file", help="A stack file of any name instead.")]
Set = Annotated[
    list[str] | None, typer.Option("--set", metavar="PATH=VALUE", help="Override one value, as often as needed.")
]
Cwd = Annotated[Path, typer.Option("--cwd", "-C", help="Folder of the program, the one with Pulumi.yaml.")]
HERE = Path()
