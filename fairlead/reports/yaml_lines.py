"""Which lines is an object in YAML, and what of it does each of them say? Block style, every line with its path.

A diff has thousands of objects and has to say where in an object a line stands. Hence this writer, which does nothing
else: `fairlead.yaml_files.yaml_text` knows no paths and takes some fifty times as long.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, cast

from fairlead_mesh.findings import Path

_INDENT = 2
_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n", "null"})
_STARTS_AS_A_WORD = re.compile(r"[A-Za-z_/]")
_STARTS_AS_A_NUMBER = re.compile(r"\d[\w./-]*")
_NO_NUMBER = re.compile(r"[g-np-wyzG-NP-WYZ/]|\..*\.")
_KNOWN_NAMES = 4096


@dataclass(frozen=True, slots=True)
class Line:
    """One line, and the path to what stands in it."""

    path: Path
    text: str


def yaml_lines(value: Any) -> list[Line]:
    """A plain value in YAML; text of several lines as such."""
    lines: list[Line] = []
    _write(value, (), 0, lines)
    return lines


def dotted(path: Path) -> str:
    """`("spec", "http", 0)` -> `spec.http[0]`."""
    words = (f".{part}" if isinstance(part, str) and re.fullmatch(r"[\w-]+", part) else f"[{part!r}]" for part in path)
    return "".join(words).removeprefix(".")


def _write(value: Any, path: Path, indent: int, lines: list[Line]) -> None:
    if isinstance(value, dict) and value:
        for key, inner in cast("dict[Any, Any]", value).items():
            _write_entry(str(key), inner, (*path, str(key)), indent, lines)
    elif isinstance(value, list) and value:
        for number, item in enumerate(cast("list[Any]", value)):
            first = len(lines)
            _write(item, (*path, number), indent + _INDENT, lines)
            head = lines[first]
            lines[first] = Line(head.path, f"{' ' * indent}- {head.text[indent + _INDENT :]}")
    else:
        _write_scalar(value, path, "", indent, lines)


def _write_entry(key: str, value: Any, path: Path, indent: int, lines: list[Line]) -> None:
    if value and isinstance(value, (dict, list)):
        lines.append(Line(path, f"{' ' * indent}{_plain_or_quoted(key)}:"))
        _write(cast("Any", value), path, indent + (_INDENT if isinstance(value, dict) else 0), lines)
    else:
        _write_scalar(value, path, f"{_plain_or_quoted(key)}: ", indent + _INDENT, lines)


def _write_scalar(value: Any, path: Path, head: str, indent: int, lines: list[Line]) -> None:
    """`head` is the key that the value belongs to, and stands a step further left."""
    pad = " " * (indent - _INDENT if head else indent)
    if isinstance(value, str) and _is_block(value):
        lines.append(Line(path, f"{pad}{head}{'|' if value.endswith(chr(10)) else '|-'}"))
        inner = " " * (indent if head else indent + _INDENT)
        lines += [Line(path, inner + text if text else "") for text in value.removesuffix("\n").split("\n")]
    else:
        lines.append(Line(path, f"{pad}{head}{_scalar(value)}"))


def _is_block(text: str) -> bool:
    """Whether a text can stand on lines of its own just as it is."""
    if "\n" not in text or text[0] in " \n\t" or text.endswith("\n\n"):
        return False
    return text.replace("\n", "").replace("\t", "").isprintable()


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return _plain_or_quoted(value)
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, float) and not math.isfinite(value):
        return f".{value}" if math.isnan(value) else f"{'-' if value < 0 else ''}.inf"
    if isinstance(value, dict):
        return "{}"
    return "[]" if isinstance(value, list) else str(value)


@lru_cache(_KNOWN_NAMES)
def _plain_or_quoted(text: str) -> str:
    if _is_plain(text):
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return quoted if quoted.isprintable() else "".join(map(_escaped, quoted))


def _is_plain(text: str) -> bool:
    """Whether YAML takes it for this very text without quotes."""
    if _STARTS_AS_A_NUMBER.fullmatch(text):
        return _NO_NUMBER.search(text) is not None
    if not _STARTS_AS_A_WORD.match(text) or text.lower() in _WORDS or not text.isprintable():
        return False
    return ": " not in text and " #" not in text and not text.endswith((":", " "))


def _escaped(letter: str) -> str:
    if letter.isprintable():
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) <= 0xFFFF else f"\\U{ord(letter):08x}"  # noqa: PLR2004 - \u has four
