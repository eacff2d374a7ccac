"""What stands in a file of text? Its text, or in one sentence why it cannot be had."""

from __future__ import annotations

import sys
from pathlib import Path

STANDARD_INPUT = "-"


class UnreadableFileError(Exception):
    """Why a file has no text, as the end of a sentence that begins with its name; `missing` where there is none."""

    def __init__(self, why: str, remedy: str, *, missing: bool = False):
        super().__init__(why)
        self.why = why
        self.remedy = remedy
        self.missing = missing


def text_of(path: Path | str) -> str:
    """The text of a file, `-` being standard input. Raises UnreadableFileError."""
    try:
        return _decoded(sys.stdin.buffer.read() if path == STANDARD_INPUT else Path(path).read_bytes())
    except FileNotFoundError:
        raise UnreadableFileError("does not exist", "Fix the name.", missing=True) from None
    except NotADirectoryError:
        raise UnreadableFileError("cannot exist: a part of its path is a file", "Fix the path.") from None
    except IsADirectoryError:
        raise UnreadableFileError("is a folder, not a file", "Name a file.") from None
    except PermissionError:
        raise UnreadableFileError("may not be read", "Check its permissions with `ls -l`.") from None
    except OSError as error:
        raise UnreadableFileError(f"cannot be read: {error.strerror}", "Name another file.") from None


def _decoded(content: bytes) -> str:
    """As UTF-8, with the ends of lines as one character each."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise UnreadableFileError("is UTF-16, not UTF-8", "Save it as UTF-8.") from None
        line = content[: error.start].count(b"\n") + 1
        why = f"is not UTF-8: line {line} holds the byte 0x{content[error.start]:02x}"
        raise UnreadableFileError(why, "Save it as UTF-8.") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
