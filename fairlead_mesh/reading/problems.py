"""What is wrong with a text that is no YAML, and what should be written instead? The parsers' words for people.

No value of the text is repeated: it may be a secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.reading.limits import DEEPEST, TooMuchError

TEMPLATE = "this is a template, not YAML"
_TEMPLATE = re.compile(r"\{\{|\{%|[:-] +\{[A-Za-z][\w.-]*\}")
_DUPLICATE = re.compile(r"found duplicate key \"?(?P<key>.*?)\"? with value")
_REPEATED = re.compile(r"""(?P<quote>['"])(?P<what>(?:\\.|(?!(?P=quote)).)*)(?P=quote)""")
_A_SIGN = re.compile(r"[^\w\s]{1,3}|<[a-z ]+>")
_QUOTE = "put the value in quotes"
UNFIT = "this value does not have the form of its type"
"""The problem of a scalar that its tag, or what it looks like, makes no value of."""
LONG_NUMBER = "integer string conversion"
_SAYS_NO_VALUE = re.compile(rf"{LONG_NUMBER}|unacceptable character #x[0-9a-f]+")


@dataclass(frozen=True)
class YamlProblem:
    """Why a text cannot be read, what to do about it, and where; line and column from 1."""

    message: str
    remedy: str
    line: int = 1
    column: int = 1


@dataclass(frozen=True)
class _Said:
    """The parser's words, and the line that they are about up to the place and from there on."""

    problem: str
    context: str
    before: str
    behind: str
    at_the_end: bool

    @property
    def indentation(self) -> bool:
        """Whether nothing but spaces, tabs and the dashes of a list stand before the place."""
        return not self.before.strip(" \t-")

    @property
    def without_values(self) -> str:
        """The parser's words; of what it quotes, signs alone."""
        why = _REPEATED.sub(lambda found: found[0] if _A_SIGN.fullmatch(found["what"]) else "this", self.problem)
        return f"this is not valid YAML: {why}"


def yaml_problem(error: Exception, text: str) -> YamlProblem:
    """The problem of a text that one of the parsers, or `hold_to_limits`, refused."""
    marked: Any = error
    if isinstance(error, TooMuchError):
        return YamlProblem(f"this value {error.problem}", error.remedy, *_place(error.problem_mark))
    if isinstance(error, RecursionError):
        return YamlProblem(f"this is nested deeper than {DEEPEST} levels", "Nest it less.")
    problem = " ".join(str(getattr(marked, "problem", None) or "").split())
    context = str(getattr(marked, "context", None) or "")
    at = _mark(marked, problem, context)
    line, column = _place(at) if at else _place_of(getattr(marked, "position", None), text)
    lines = text.splitlines()
    shown = lines[line - 1] if line <= len(lines) else ""
    before, behind = shown[: column - 1], shown[column - 1 :]
    at_the_end = not behind and line >= len(lines)
    # What is no parser's own error, such as Python's of a number, repeats the value wherever it likes.
    said = _Said(problem or _without_values(error), context, before, behind, at_the_end)
    message, remedy = next(_reasons(said, lines), (said.without_values, "fix this line"))
    return YamlProblem(message, f"{remedy[:1].upper()}{remedy[1:]}.", line, column)


def _without_values(error: Exception) -> str:
    found = _SAYS_NO_VALUE.search(str(error))
    return found[0] if found else "a value cannot be read"


def _mark(marked: Any, problem: str, context: str) -> Any:
    """Where to look: what never ends is shown where it begins, as the parsers notice it somewhere below."""
    begins = "quoted scalar" in context and "end of stream" in problem
    whole_line = "simple key" in context or "scanning an alias" in context or "scanning an anchor" in context
    marks = (getattr(marked, "problem_mark", None), getattr(marked, "context_mark", None))
    return (marks[1] or marks[0]) if begins or whole_line else (marks[0] or marks[1])


def _place(mark: Any) -> tuple[int, int]:
    return mark.line + 1, mark.column + 1


def _place_of(position: Any, text: str) -> tuple[int, int]:
    """Of a character that may not be there, which the parsers count from the start of the text."""
    before = text[:position] if isinstance(position, int) else ""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


def _reasons(said: _Said, lines: list[str]) -> Iterator[tuple[str, str]]:
    """Message and remedy, the likeliest first."""
    if "\t" in (said.before + said.behind[:1]) and said.indentation:
        yield "a tab, which YAML does not allow as indentation", "indent with spaces"
    if _TEMPLATE.search(said.before + said.behind):
        yield TEMPLATE, "render it first, as by `helm template`"
    yield from _of_a_word(said)
    yield from _of_brackets(said)
    yield from _of_structure(said)
    if any(_TEMPLATE.search(line) for line in lines):
        yield said.without_values, "render the template first, as by `helm template`"


def _of_a_word(said: _Said) -> Iterator[tuple[str, str]]:
    """One value that begins or ends with what YAML takes for something else."""
    if said.behind.startswith("*") and ("alias" in said.problem or "alias" in said.context):
        yield "* starts an alias in YAML, and no anchor has this name", f'{_QUOTE}, as "*.example.com"'
    if "scanning an anchor" in said.context:
        yield "& starts an anchor in YAML, and no name follows it", _QUOTE
    if "cannot start any token" in said.problem:
        yield f"no value can start with {said.behind[:1]}", _QUOTE
    if "end of stream" in said.problem and "quoted" in said.context:
        yield "the quote that starts here is never closed", "close it on this line"
    if "escape character" in said.problem:
        yield "a backslash between double quotes starts an escape sequence, and this is not one", "use single quotes"
    yield from _of_its_form(said)


def _of_its_form(said: _Said) -> Iterator[tuple[str, str]]:
    """A value that is none of its type, or of no type that is read."""
    if LONG_NUMBER in said.problem:
        yield "a number of thousands of digits", "write a smaller one"
    if "unacceptable character" in said.problem:
        yield f"holds the character {said.problem.partition(':')[0].rpartition(' ')[2]}", "remove it"
    if UNFIT in said.problem:
        yield UNFIT, f"{_QUOTE}, without a tag"
    if "constructor for the tag" in said.problem or "tag handle" in said.problem:
        yield "! starts a tag in YAML, which is not supported here", f"remove it, or {_QUOTE}"
    if "block scalar" in said.context:
        yield "nothing may follow | or > on its line", "start the text on the next line, or put it in quotes"


def _of_brackets(said: _Said) -> Iterator[tuple[str, str]]:
    if said.at_the_end and ("flow" in said.context or "simple key" in said.context):
        yield "the text ends before a [ or { is closed", "close it"
    for bracket, closing in (("mapping", "}"), ("sequence", "]")):
        if f"flow {bracket}" in said.context and "end of stream" not in said.problem and "',' or" in said.problem:
            yield f"a comma or {closing} is missing before this", f"write {closing}, or the comma"
    if "node content" in said.problem:
        yield "a value is missing before this", "write it, or remove the separator"
    if "unhashable" in said.problem:
        yield "a list or a map is used as a key", _QUOTE


def _of_structure(said: _Said) -> Iterator[tuple[str, str]]:
    if twice := _DUPLICATE.search(said.problem):
        # A word with no colon behind it is a value that lost its key.
        is_key = re.match(rf"""["']?{re.escape(twice["key"])}["']?\s*:""", said.behind)
        yield (f"the key {twice['key']} is used twice" if is_key else "a key is used twice"), "remove one of the two"
    if "depth" in said.problem:
        yield f"this is nested deeper than {DEEPEST} levels", "nest it less"
    if "another document" in said.problem or "<document start>" in said.problem:
        yield "a second document starts here", "write one document, without ---"
    if "mapping values" in said.problem:
        if ": " in said.before:
            yield "a second colon on this line", _QUOTE
        remedy = "indent it like the other keys, or add the missing colon to the line above"
        yield "a key is not allowed here, because the line above is a value that continues", remedy
    if "simple key" in said.context:
        yield "no colon and space follow this key", "write key: value"
    if any(words in said.problem for words in ("<block end>", "expected key", "expected '-' indicator")):
        if said.indentation:
            yield "indented differently from what it belongs to", "indent it like the keys, or the -, of the same level"
        yield "unexpected text after the end of a value", _QUOTE
