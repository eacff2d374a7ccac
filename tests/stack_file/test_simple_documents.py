"""Is a text read in one pass what the parser's own way makes of it, to the type of each value and the place of each
document?"""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairlead_mesh.reading import documents as reading
from fairlead_mesh.reading.documents import UNREADABLE, documents
from fairlead_mesh.reading.simple_documents import Extent, NotSimpleError
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

FILES = sorted(path for folder in ("tests", "examples") for path in (PROGRAM / folder).rglob("*.y*ml"))
WORDS = ["", "~", "null", "yes", "No", "on", "0x1F", "0o17", "017", "1_000", "1e3", "1.5", ".inf", "-.INF", ".nan"]
WORDS += [
    "2026-11-30",
    "12:30:45",
    "<",
    "a",
    "'8080'",
    '"true"',
    "|\n    a\n    b",
    ">-\n    a\n    b",
    "héllo",
    "1.10",
    "=",
]
NOT_SIMPLE = {
    "an alias": "a: &x {b: 1}\nc: *x\n",
    "a merge key": "a: {<<: {b: 1}, c: 2}\n",
    "a tag": "a: !!str 1\n",
    "a key that is a number": "80: http\n",
    "a key that is nothing": "~: 1\n",
    "a key that stands twice": "a: 1\n'a': 2\n",
    "a key that is a list": "? [a]\n: 1\n",
}


def read(text: str) -> list[tuple[Any, ...]] | str:
    """Values with their types, and where they begin and end; or the problem."""
    try:
        return [(repr(value), *_place(node.start_mark), *_place(node.end_mark)) for value, node in documents(text)]
    except UNREADABLE as error:
        return f"{type(error).__name__}: {error}"


def read_by_the_parser(text: str) -> list[tuple[Any, ...]] | str:
    with patch.object(reading, "simple_documents", side_effect=NotSimpleError):
        return read(text)


def _place(mark: Any) -> tuple[int, int, int]:
    return mark.index, mark.line, mark.column


def test_every_file_here_is_read_as_the_parser_reads_it() -> None:
    texts = {file: file.read_text(encoding="utf-8", errors="replace") for file in FILES}
    assert [file for file, text in texts.items() if read(text) != read_by_the_parser(text)] == []


@pytest.mark.parametrize("word", WORDS)
def test_every_word_is_what_the_parser_takes_it_for(word: str) -> None:
    text = f"--- {{}}\n---\na:\n  b: {word}\n  c:\n  - {word}\n...\n---\n{word}\n"
    assert read(text) == read_by_the_parser(text)
    assert isinstance(next(documents(text))[1], Extent)


@pytest.mark.parametrize("text", NOT_SIMPLE.values(), ids=NOT_SIMPLE)
def test_the_rest_is_left_to_the_parser(text: str) -> None:
    assert read(text) == read_by_the_parser(text)
    with pytest.raises(NotSimpleError), patch.object(reading, "_composed", side_effect=NotSimpleError):
        read(text)


def test_what_stands_before_a_mistake_is_read() -> None:
    reader = documents("a: 1\n---\nb: 2\n---\nc: [\n")
    assert [next(reader)[0], next(reader)[0]] == [{"a": 1}, {"b": 2}]
    with pytest.raises(yaml.YAMLError):
        next(reader)


_LEAVES = st.sampled_from([None, True, 0, -1, 1.5, float("inf"), "", "a", "yes", "08", "1e3", "a: b", "- a", "#", "\n"])
_VALUES = st.recursive(
    _LEAVES | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=12,
)


@settings(derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(_VALUES, max_size=3), st.sampled_from([None, True, False]), st.sampled_from([None, "'", '"', "|", ">"]))
def test_whatever_is_written_is_read_as_the_parser_reads_it(values: Any, flow: bool | None, style: str | None) -> None:
    text = yaml.safe_dump_all(values, default_flow_style=flow, default_style=style, allow_unicode=True)
    assert read(text) == read_by_the_parser(text)
