"""What stands in a file that somebody named? Its text, or an error that says what to name instead."""

from __future__ import annotations

from pathlib import Path

from fairlead.terminal.errors import UserError
from fairlead_mesh.reading.boundaries import boundary, leads_out
from fairlead_mesh.reading.files import UnreadableFileError, text_of
from fairlead_mesh.reading.object_files import files_in


def text_of_named(path: Path, *, missing: str) -> str:
    """The text of a file. Raises UserError; `missing` is the remedy where there is no such file."""
    try:
        return text_of(path)
    except UnreadableFileError as error:
        if error.missing:
            raise UserError(f"There is no file {path}.", missing) from None
        raise UserError(f"{path} {error.why}.", error.remedy) from None


def files_of_named(path: Path) -> list[str]:
    """A file, or the YAML and JSON files of a folder. Raises UserError where a link in the folder leads out of its
    repository: who named the folder did not name that file."""
    found = files_in(path)
    if path.is_dir():
        root = boundary(path)
        for file in found:
            if leads_out(file, root):
                raise UserError(f"{file} is a link that leads out of {root}.", "Replace the link by the file.")
    return [str(file) for file in found]
