"""Which findings are about values that are filled in before the file is applied? Those are told once a file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from fairlead.lint.linted import Placed
from fairlead_mesh.findings import Finding
from fairlead_mesh.reading.files import UnreadableFileError, text_of
from fairlead_mesh.reading.problems import TEMPLATE

RULE = "template"
_VARIABLE = r"\$\{[^}\n]*\}|\$\([^)\n]*\)|\$[A-Z_][A-Z0-9_]*|\{\{.*?\}\}|%[A-Z_]+%|@[A-Z_]+@|\w+_PLACEHOLDER"
_BLANK = r"<[A-Za-z][\w .:/-]*>|\[\[.*?\]\]|(?<![\w-])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+(?=\.)"
_BRACES = r"\{\"[A-Za-z][\w .-]*\": null\}"
"""`{name}`, which is a map for YAML."""
_PLACEHOLDER = re.compile(f"{_VARIABLE}|{_BLANK}|{_BRACES}")
_YTT = re.compile(r"(?m)^[^'\"\n]*#@[ /]?\S")


def told_once(found: Iterable[Placed]) -> list[Placed]:
    """The findings, less those on placeholders; for each file with some, one that names the first."""
    kept: list[Placed] = []
    held: dict[str, list[Placed]] = {}
    for each in found:
        if _is_of_placeholder(each.finding) or _is_ytt(each.file):
            held.setdefault(each.file, []).append(each)
        else:
            kept.append(each)
    return [*kept, *(_note(first, len(rest) + 1) for first, *rest in map(sorted_by_place, held.values()))]


def unread_templates_noted(found: Iterable[Placed]) -> list[Placed]:
    """The findings on files that cannot be read, with a note for each that another tool makes YAML of."""
    return [replace(each, finding=_unread(each.finding)) if _is_template(each) else each for each in found]


def _is_template(each: Placed) -> bool:
    return each.finding.message == TEMPLATE


def _unread(finding: Finding) -> Finding:
    message = "this looks like a template, and no YAML before another tool fills it in: it was not judged"
    return replace(finding, rule=RULE, message=message, severity="info")


def sorted_by_place(found: list[Placed]) -> list[Placed]:
    """From the top of the file down."""
    return sorted(found, key=lambda each: each.place)


def _is_of_placeholder(finding: Finding) -> bool:
    value = finding.value if isinstance(finding.value, str) else json.dumps(finding.value, default=str)
    named = " ".join(finding.subject or ())
    steps = " ".join(str(step) for step in finding.path)
    return any(_PLACEHOLDER.search(text) for text in (value, named, steps))


@cache
def _is_ytt(file: str) -> bool:
    """Whether a file has values that ytt fills in: they stand in its comments."""
    try:
        return Path(file).is_file() and bool(_YTT.search(text_of(file)))
    except UnreadableFileError:
        return False


def _note(first: Placed, number: int) -> Placed:
    what = "a value" if number == 1 else f"{number} values"
    message = f"this looks like a template: {what} that another tool fills in cannot be judged"
    remedy = "Fill it in first, and check the result."
    old = first.finding
    told = Finding(RULE, old.path, old.value, message, "info", None, remedy, (), old.subject, old.source, old.document)
    return replace(first, finding=told, related=())
