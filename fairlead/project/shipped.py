"""Where are the files that come with fairlead and are no code of its own? In the package, or beside it in a clone."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from fairlead.terminal.errors import UserError

_PACKAGE = Path(str(files("fairlead")))


def shipped(name: str) -> Path:
    """The folder of this name: `template`, `examples`. Raises UserError where the installation has lost it."""
    for folder in (_PACKAGE / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise UserError(f"fairlead is installed without its folder {name}.", "Install it again.")
