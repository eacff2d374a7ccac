"""What does each key of a stack file do? The reference in docs/, made from the config model."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_origin, get_type_hints

from pydantic.fields import FieldInfo

from fairlead.reference.lint_page import LINT_PAGE, lint_page
from fairlead.reference.markdown import escaped
from fairlead.reference.type_words import default_in_words, scalar_forms, sections_in, type_in_words
from fairlead_mesh.config import SECRET_KEYS, Config
from fairlead_mesh.keys.key_words import key_words
from fairlead_mesh.keys.project import PROJECT
from fairlead_mesh.keys.section import Section

PROGRAM = Path(__file__).parents[2]
_EXAMPLES = ("Pulumi.dev.yaml", "Pulumi.local.yaml", "examples/*.yaml")
_MADE = "<!-- Made from the config model by `make docs`: fix the docstrings in fairlead_mesh/ instead. -->"


def reference_pages() -> dict[str, str]:
    """Every page by its path: docs/config.md, and one for each section that has keys of its own."""
    pages = {"docs/config.md": _index()}
    for key, hint, _, words in _fields(Config):
        if (section := next(sections_in(hint), None)) is not None:
            pages[f"docs/{_page(key)}"] = _section_page(key, section, words)
    return pages


def write_reference(program: Path = PROGRAM) -> None:
    """Write the pages below the folder of the program."""
    for path, text in {**reference_pages(), LINT_PAGE: lint_page()}.items():
        (program / path).write_text(text, encoding="utf-8")


def _fields(section: type[Section]) -> Iterator[tuple[str, Any, FieldInfo, str]]:
    hints = get_type_hints(section, include_extras=True)
    for name, field in section.model_fields.items():
        yield str(field.alias), hints[name], field, key_words(section).get(name, "")


def _index() -> str:
    keys = [
        _row(_linked(key, hint), _outline(hint, field), default_in_words(field), words)
        for key, hint, field, words in _fields(Config)
    ]
    secrets = [_row(f"`{key}`", "secret", "", text) for key, text in SECRET_KEYS.items()]
    return "\n".join(
        [
            "# The stack file",
            "",
            _MADE,
            "",
            f"`Pulumi.<stack>.yaml` has these keys below `config:`, each with `{PROJECT}:` before it. Only `cluster`",
            "is required. Inside a key, names are camelCase, and an unknown one is an error that suggests the "
            "right one.",
            "Editors with yaml-language-server complete and check them through the first line of the file:",
            "`# yaml-language-server: $schema=docs/stack.schema.json`.",
            "",
            *_table([*keys, *secrets]),
            "",
            "A secret is a key of its own, never part of another: what is inside a structured key reaches a Python",
            "program as plain text, so lint and `up` reject it there.",
            "",
            "## Types",
            "",
            "| Type | What to write |",
            "|---|---|",
            *(f"| {name} | {escaped(form)} |" for name, form in scalar_forms()),
            "",
        ]
    )


def _section_page(key: str, section: type[Section], words: str) -> str:
    lines = [f"# {PROJECT}:{key}", "", _MADE, "", escaped(words or section.__doc__), ""]
    for each in _with_nested(section):
        if each is not section:
            lines += [f"## {each.__name__}", "", escaped(each.__doc__), ""]
        rows = [
            _row(f"`{name}`", type_in_words(hint, field), default_in_words(field), words)
            for name, hint, field, words in _fields(each)
        ]
        lines += [*_table(rows), ""]
    return "\n".join([*lines, *_example(key)])


def _with_nested(section: type[Section]) -> list[type[Section]]:
    """The section and all that it is made of, each once, outer ones first."""
    found = [section]
    for each in found:
        inner = (nested for _, hint, *_ in _fields(each) for nested in sections_in(hint))
        found += [nested for nested in dict.fromkeys(inner) if nested not in found]
    return found


def _example(key: str) -> list[str]:
    """The lines of a shipped stack file that set the key, as they stand there."""
    for path in (path for pattern in _EXAMPLES for path in sorted(PROGRAM.glob(pattern))):
        lines = path.read_text(encoding="utf-8").splitlines()
        starts = [number for number, line in enumerate(lines) if line.startswith(f"  {PROJECT}:{key}:")]
        if starts:
            behind = lines[starts[0] + 1 :]
            end = next((number for number, line in enumerate(behind) if not line.startswith("   ")), len(behind))
            title = f"## Example: {path.relative_to(PROGRAM).as_posix()}"
            return [title, "", "```yaml", "config:", lines[starts[0]], *behind[:end], "```", ""]
    return []


def _page(key: str) -> str:
    return "config-" + "".join(f"-{letter.lower()}" if letter.isupper() else letter for letter in key) + ".md"


def _linked(key: str, hint: Any) -> str:
    return f"[`{key}`]({_page(key)})" if next(sections_in(hint), None) else f"`{key}`"


def _outline(hint: Any, field: FieldInfo) -> str:
    """`map` or `list` for what has a page of its own."""
    if next(sections_in(hint), None) is None:
        return type_in_words(hint, field)
    return "list" if get_origin(hint) is list else "map"


def _table(rows: list[str]) -> list[str]:
    return ["| Key | Type | Default | Description |", "|---|---|---|---|", *rows]


def _row(key: str, words: str, default: str, description: str) -> str:
    return f"| {key} | {words} | {default} | {escaped(description)} |"


if __name__ == "__main__":
    write_reference()
