"""How do the files of a picture get into a folder? Both of them or, where something fails, none."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Mapping
from pathlib import Path

from fairlead.terminal.errors import unwritable


def write(files: Mapping[str, str], folder: Path) -> None:
    """Put these files into `folder`, in the place of those of the same names; other files there stay.

    Raises UserError where the folder cannot be written; what was there before is then as it was.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # On the same disk, so that a file is there whole as soon as it has its name.
        with tempfile.TemporaryDirectory(prefix=".picture-", dir=folder) as draft:
            for name, text in files.items():
                (Path(draft) / name).write_text(text, encoding="utf-8", newline="\n")
            _exchange(list(files), Path(draft), folder)
    except OSError as error:
        raise unwritable(folder, error, "Name another folder with --out.") from None


def _exchange(names: list[str], draft: Path, folder: Path) -> None:
    """Give all drafts their names, or every older file its place again."""
    olds = draft / "old"
    olds.mkdir()
    done: list[str] = []
    try:
        for name in names:
            if (folder / name).is_dir() and not (folder / name).is_symlink():
                raise IsADirectoryError(errno.EISDIR, f"{name} is a folder")
            done.append(name)
            if (folder / name).exists():
                (folder / name).rename(olds / name)
            (draft / name).rename(folder / name)
    except OSError:
        for name in done:
            (folder / name).unlink(missing_ok=True)
            if (olds / name).exists():
                (olds / name).rename(folder / name)
        raise
