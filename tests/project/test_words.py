"""Do the sentences for users keep to the word list of CONTRIBUTING? Its column `Not` is what no string or page has."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

CODE = ("__main__.py", "components", "fairlead", "fairlead_mesh", "tools/ci")
PAGES = ("CHANGELOG.md", "CONTRIBUTING.md", "Makefile", "Pulumi.yaml", "README.md", "docs")
HEADING = "## Words\n"
TERMS_OF_OTHERS = re.compile(r"connections? (is |are )?refused|refused[ -](connection|stream)s?", re.IGNORECASE)
"""What a TCP stack and Envoy call theirs."""
KEYS = re.compile(r"\bcallers:")
"""Keys of the stack file, as they are written there."""


@cache
def word_list() -> str:
    return (PROGRAM / "CONTRIBUTING.md").read_text(encoding="utf-8").partition(HEADING)[2].partition("\n## ")[0]


def banned() -> list[str]:
    """The phrases of the last column, which are divided by commas."""
    rows = [line.strip("|").split("|") for line in word_list().splitlines() if line.startswith("| ")]
    return [phrase.strip() for row in rows[1:] for phrase in row[-1].split(",") if phrase.strip()]


BANNED = re.compile(rf"\b(?:{'|'.join(map(re.escape, banned()))})\b", re.IGNORECASE)


def found_in(text: str) -> list[str]:
    return BANNED.findall(KEYS.sub("", TERMS_OF_OTHERS.sub("", text)))


def sentences(source: str) -> Iterator[tuple[int, str]]:
    """The string literals with a space in them, but for those that only stand there as documentation of the code."""
    tree = ast.parse(source)
    apart = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and " " in node.value
            and id(node) not in apart
        ):
            yield node.lineno, node.value


def files(names: tuple[str, ...], *suffixes: str) -> list[Path]:
    paths = [PROGRAM / name for name in names]
    inside = (each for path in paths if path.is_dir() for each in path.rglob("*") if each.suffix in suffixes)
    return sorted([*(path for path in paths if path.is_file()), *inside])


def test_the_word_list_has_words() -> None:
    assert "mend" in banned()
    assert found_in("Mend the line") == ["Mend"]
    assert not found_in("recommend it; connections are refused")


@pytest.mark.scale
def test_no_sentence_of_the_program_has_a_word_of_our_own() -> None:
    said = [(path, *each) for path in files(CODE, ".py") for each in sentences(path.read_text(encoding="utf-8"))]
    assert [(*place(path, line), text, found) for path, line, text in said if (found := found_in(text))] == []


def test_no_page_has_a_word_of_our_own() -> None:
    said = [(path, *each) for path in files(PAGES, ".md") for each in prose(path)]
    assert [(*place(path, line), text, found) for path, line, text in said if (found := found_in(text))] == []


def prose(page: Path) -> Iterator[tuple[int, str]]:
    """The lines of a page, without its code and without the list itself."""
    text = page.read_text(encoding="utf-8")
    lines = text.replace(word_list(), "\n" * word_list().count("\n")).splitlines()
    return ((number, re.sub(r"`[^`]*`", "", line)) for number, line in enumerate(lines, start=1))


def place(path: Path, line: int) -> tuple[str, int]:
    return str(path.relative_to(PROGRAM)), line
