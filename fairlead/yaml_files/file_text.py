"""What stands in a file that somebody named? Its text, or an error that says what to name instead."""

from __future__ import annotations

from pathlib import Path

from fairlead.terminal.errors import UserError
from mesh.reading.files import UnreadableFileError, text_of


def text_of_named(path: Path, *, missing: str) -> str:
    """The text of a file. Raises UserError; `missing` is the remedy where there is no such file."""
    try:
        return text_of(path)
    except UnreadableFileError as error:
        if error.missing:
            raise UserError(f"There is no file {path}.", missing) from None
        raise UserError(f"{path} {error.why}.", error.remedy) from None
