"""Which findings on files are meant? Those that a file of `--silenced` lists, or a comment beside what they are about.

`# fairlead: ignore RULE reason` holds for its line, for the next one where it stands alone, and for the whole object
where that line is a key of the object itself, such as `kind:`.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from fairlead.lint.linted import Placed
from fairlead.yaml_files.positions import Place, node_at
from fairlead_mesh.findings import Finding, Severity
from fairlead_mesh.lint.rule import OBJECT_RULES
from fairlead_mesh.reading.files import UnreadableFileError, text_of
from fairlead_mesh.reading.roots import Root

_COMMENT = re.compile(r"#\s*fairlead:\s*ignore\b[ \t]*(?P<rule>[\w-]*)[ \t]*(?P<reason>.*)$")
_HINT = "fairlead:"
_NOTES = ("template", "chart", "kustomize")
_RULE = "ignored_rules_exist"


@dataclass(frozen=True)
class _Note:
    """A comment: where it stands, and the line that it is about."""

    file: str
    place: Place
    about: int
    rule: str
    reason: str


def without_silenced(
    found: Sequence[Placed], files: Iterable[str], roots: Mapping[str, Sequence[Root]], listed: Path | None
) -> tuple[list[Placed], int]:
    """The findings that remain, with those about silences themselves, and how many are silenced."""
    kept, told = list(found), list[Placed]()
    for note in (each for file in files for each in _notes(file)):
        wrong = _wrong(note)
        lines = _lines(note, roots.get(note.file, ()))
        rest = [each for each in kept if not (_is_about(each, note) and each.place.line in lines)]
        if not wrong and len(rest) == len(kept):
            wrong = (f"{note.rule} finds nothing here", "remove the comment")
        if wrong:
            told.append(
                told_of_silence(note.file, note.place, wrong, "warning" if "finds nothing" in wrong[0] else "error")
            )
        else:
            kept = rest
    if listed:
        from fairlead.lint.silenced_list import without_listed  # noqa: PLC0415 - with the model of the stack file

        kept, unused = without_listed(kept, listed)
        told += unused
    return [*kept, *told], len(found) - len(kept)


def _notes(file: str) -> Iterator[_Note]:
    try:
        text = text_of(file) if Path(file).is_file() else ""
    except UnreadableFileError:
        return
    lines = text.splitlines() if _HINT in text else []
    for number, line in enumerate(lines, start=1):
        if match := _COMMENT.search(line):
            alone = not line[: match.start()].strip()
            below = (at for at in range(number + 1, len(lines) + 1) if not lines[at - 1].lstrip().startswith("#"))
            about = next(below, number) if alone else number
            yield _Note(file, Place(number, match.start() + 1), about, match["rule"], match["reason"].strip())


def _wrong(note: _Note) -> tuple[str, str] | None:
    if note.rule not in OBJECT_RULES and (wrong := unknown_rule(note.rule)):
        return wrong
    if not note.reason:
        return "a silence needs a reason, for the next reader", f"write # fairlead: ignore {note.rule} and why"
    return None


def unknown_rule(name: str) -> tuple[str, str] | None:
    """What is wrong with the name of a rule, and what to do; None where a rule has it."""
    from fairlead.lint.rule_page import rule_pages  # noqa: PLC0415 - with the rules over the stack file

    known = [*rule_pages(), *_NOTES]
    if name in known:
        return None
    near = difflib.get_close_matches(name, known, n=1)
    remedy = f"did you mean {near[0]}?" if near else "write a name from `fairlead lint --list`"
    return f"no rule is called {name or 'nothing'}, so nothing is silenced", remedy


def _is_about(each: Placed, note: _Note) -> bool:
    return each.file == note.file and each.finding.rule == note.rule


def _lines(note: _Note, roots: Sequence[Root]) -> range:
    """The lines that a comment is about: one, or those of the object whose own key stands there."""
    for root in roots:
        node = node_at(root)
        pairs = cast("list[Any]", node.value) if isinstance(getattr(node, "value", None), list) else []
        own = [root.above + cast("Any", pair)[0].start_mark.line + 1 for pair in pairs if isinstance(pair, tuple)]
        if note.about in own:
            return range(root.above + node.start_mark.line + 1, root.above + node.end_mark.line + 2)
    return range(note.about, note.about + 1)


def told_of_silence(file: str, place: Place, wrong: tuple[str, str], severity: Severity) -> Placed:
    """What is to be said of a silence: what is wrong with it, and the remedy."""
    return Placed(Finding(_RULE, (), None, wrong[0], severity, remedy=wrong[1], source=file), file, place)
