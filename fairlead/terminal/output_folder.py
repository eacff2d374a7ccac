"""How do a command's files get into a folder of the user's? All of them or none, and nobody else's file is touched."""

from __future__ import annotations

import errno
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from fairlead.terminal.errors import UserError, unwritable


def write(files: Mapping[str, str], folder: Path, *, stale: Iterable[str] = ()) -> None:
    """Put these files into `folder`, in the place of those of the same names, and take out the stale ones.

    Raises UserError where the folder cannot be written; what was there before is then as it was.
    """
    for name in (*files, *stale):
        if Path(name).is_absolute() or ".." in Path(name).parts:
            raise UserError(
                f"{name} would be outside of {folder}.", "Rename the resource that the file is named after."
            )
    leaving = [name for name in stale if name not in files]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # On the same disk, so that a file is there whole as soon as it has its name.
        with tempfile.TemporaryDirectory(prefix=".fairlead-", dir=folder) as draft:
            for name, text in files.items():
                _below(Path(draft), name).write_text(text, encoding="utf-8", newline="\n")
            _exchange([*files], leaving, Path(draft), folder)
        _tidy(leaving, folder)
    except OSError as error:
        raise unwritable(folder, error, "Name another folder with --out.") from None


def _exchange(names: list[str], leaving: list[str], draft: Path, folder: Path) -> None:
    """Give all drafts their names and take out what leaves, or give every older file its place again."""
    olds = draft / ".old"
    moved: list[str] = []
    placed: list[str] = []
    try:
        for name in [*leaving, *names]:
            place = _below(folder, name)
            if place.is_dir() and not place.is_symlink():
                raise IsADirectoryError(errno.EISDIR, f"{name} is a folder")
            if place.exists() or place.is_symlink():
                place.rename(_below(olds, name))
                moved.append(name)
        for name in names:
            (draft / name).rename(folder / name)
            placed.append(name)
    except OSError:
        for name in placed:
            (folder / name).unlink()
        for name in moved:
            (olds / name).rename(folder / name)
        _tidy(names, folder)
        raise


def _below(folder: Path, name: str) -> Path:
    """The place of a file, with the folders above it made; a link among them would lead elsewhere."""
    for above in _folders([name]):
        if (folder / above).is_symlink():
            raise NotADirectoryError(errno.ENOTDIR, f"{above} is a link")
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    return folder / name


def _tidy(names: list[str], folder: Path) -> None:
    """Remove the folders that held these files and hold nothing any more."""
    for above in _folders(names):
        place = folder / above
        if place.is_dir() and not place.is_symlink() and not any(place.iterdir()):
            place.rmdir()


def _folders(names: list[str]) -> list[Path]:
    """The folders above these files, the innermost first."""
    return sorted({above for name in names for above in Path(name).parents} - {Path()}, reverse=True)
