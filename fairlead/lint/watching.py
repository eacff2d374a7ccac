"""What does lint say while somebody types? The same again, each time one of the files changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import typer
from watchfiles import DefaultFilter, watch

_SUFFIXES = (".yaml", ".yml", ".json", ".tpl")
_SETTLED = 100
"""Milliseconds without a change after which a file is taken for saved."""
_LOOK = 500
"""Milliseconds after which it is asked whether Ctrl-C was typed."""


class _OfInterest(DefaultFilter):
    """Files that lint reads, outside of what tools keep for themselves."""

    ignore_dirs = (*DefaultFilter.ignore_dirs, ".venv", "build", ".pulumi")

    def __call__(self, change: object, path: str) -> bool:
        return path.endswith(_SUFFIXES) and super().__call__(change, path)  # pyright: ignore[reportArgumentType]


def watched(lint: Callable[[], int], paths: Sequence[Path]) -> int:
    """Lint now and after each change below the paths, until Ctrl-C; the exit code of the last time."""
    code: int | None = None
    # The first time comes once the files are watched: what changes while they are read is not missed.
    told = {"yield_on_timeout": True, "rust_timeout": _LOOK, "step": _SETTLED, "raise_interrupt": False}
    with suppress(KeyboardInterrupt):
        for changed in watch(*paths, watch_filter=_OfInterest(), **told):  # pyright: ignore[reportArgumentType]
            if changed or code is None:
                code = lint()
                typer.echo(f"{datetime.now():%H:%M:%S}  watching; Ctrl-C ends it", err=True)
    return code or 0
