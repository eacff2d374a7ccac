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

from pydantic import ValidationError

from fairlead.lint.linted import Placed, shown_path
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.file_text import text_of_named
from fairlead.yaml_files.positions import Place, node_at, positions
from mesh.findings import Finding
from mesh.lint.rule import CONFIG_RULES, OBJECT_RULES
from mesh.lint.stack.silence import silenced
from mesh.lint.stack.silence_config_rules import ignored_rules_exist
from mesh.lint_settings import LintSettings
from mesh.reading.documents import UNREADABLE, yaml_objects
from mesh.reading.files import UnreadableFileError, text_of
from mesh.reading.roots import Root

_COMMENT = re.compile(r"#\s*fairlead:\s*ignore\b[ \t]*(?P<rule>[\w-]*)[ \t]*(?P<reason>.*)$")
_HINT = "fairlead:"
_OTHER_RULES = ("yaml", "template", "chart", "kustomize", "objects")
_RULE = ignored_rules_exist.__name__


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
            told.append(_told(note.file, note.place, wrong, "warning" if "finds nothing" in wrong[0] else "error"))
        else:
            kept = rest
    if listed:
        kept, unused = _less_listed(kept, listed)
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
    known = [*CONFIG_RULES, *OBJECT_RULES, *_OTHER_RULES]
    if note.rule not in known:
        near = difflib.get_close_matches(note.rule, known, n=1)
        remedy = f"did you mean {near[0]}?" if near else "write a name from `python -m fairlead lint --list`"
        return f"no rule is called {note.rule or 'nothing'}, so nothing is silenced", remedy
    if not note.reason:
        return "a silence needs a reason, for the next reader", f"write # fairlead: ignore {note.rule} and why"
    return None


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


def _less_listed(found: Sequence[Placed], listed: Path) -> tuple[list[Placed], list[Placed]]:
    """Less what a file lists, and what is to be said of its entries."""
    text = text_of_named(listed, missing="Pass a file with a list `ignore`, as under fairlead:lint of a stack.")
    settings = _settings(listed, text)
    placed = {id(each.finding): each for each in found}
    result = silenced([each.finding for each in found], settings)
    where, name = positions(text), shown_path(listed)
    told = [Placed(each, name, where.of_value(each.path[1:])) for each in result.unused]
    for index, entry in enumerate(settings.ignore):
        if entry.rule not in (*CONFIG_RULES, *OBJECT_RULES, *_OTHER_RULES):
            told = [each for each in told if each.finding.path[2] != index]
            wrong = _wrong(_Note(name, Place(), 0, entry.rule, entry.reason))
            told.append(_told(name, where.of_value(("ignore", index)), wrong or ("", ""), "error"))
    return [placed[id(each)] for each in result.kept], told


def _settings(listed: Path, text: str) -> LintSettings:
    try:
        (document,) = yaml_objects(text) or [{}]
        return LintSettings.model_validate(document)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise UserError(f"{listed}: {place}: {first['msg']}.", "Write ignore: [{rule: ..., reason: ...}].") from None
    except (*UNREADABLE, ValueError):
        raise UserError(f"{listed} is not one YAML document.", "Write ignore: [{rule: ..., reason: ...}].") from None


def _told(file: str, place: Place, wrong: tuple[str, str], severity: Any) -> Placed:
    return Placed(Finding(_RULE, (), None, wrong[0], severity, remedy=wrong[1], source=file), file, place)
