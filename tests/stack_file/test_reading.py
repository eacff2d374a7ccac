"""Is a YAML text that is broken, or stands for more than anybody writes, refused at once and in words that help?"""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fairlead.yaml_files.yaml_text import YamlProblemError, as_yaml, from_yaml
from fairlead_mesh.reading.documents import UNREADABLE, documents
from fairlead_mesh.reading.files import UnreadableFileError, text_of
from fairlead_mesh.reading.limits import DEEPEST, MOST, TooMuchError, hold_to_limits
from fairlead_mesh.reading.object_files import read_objects
from fairlead_mesh.reading.problems import YamlProblem, yaml_problem
from fairlead_mesh.reading.stack_objects import stack_objects
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

LAUGHS = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 10)
)
MERGES = "a0: &a0 {x: 1}\n" + "".join(f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 10)}]}}\n" for n in range(1, 10))
LONG = f"a: &a {'y' * 1_000_000}\nb: [{', '.join(['*a'] * 100)}]\n"
TOO_MUCH = {
    "a list of lists of lists": (LAUGHS, "repeats more than 100,000 values by aliases"),
    "maps merged into maps": (MERGES, "repeats more than 100,000 values by aliases"),
    "one long text a hundred times": (LONG, "repeats more than 100,000 values by aliases"),
    "a list that holds itself": ("a: &a [*a]\n", "contains itself: an alias refers"),
    "a map that holds itself": ("a: &a\n  b: {c: *a}\n", "contains itself: an alias refers"),
    "brackets two thousand deep": ("a: " + "[" * 2000 + "]" * 2000, "nested deeper than 200 levels"),
    "brackets three hundred deep": ("a: " + "[" * 300 + "]" * 300, "nested deeper than 200 levels"),
    "dashes a hundred thousand deep": ("a:\n  " + "- " * 100_000 + "x", "nested deeper than 200 levels"),
    "two deep values in each other": (
        f"a: &a {'[' * 150}{']' * 150}\nb: {'[' * 150}*a{']' * 150}",
        "nested deeper than 200 levels",
    ),
}
BROKEN = {
    "a:\n\tb: 1\n": (2, 1, "a tab, which YAML does not allow as indentation", "Indent with spaces."),
    "a: 1\n\tb: 1\n": (2, 1, "a tab, which YAML does not allow as indentation", "Indent with spaces."),
    "a:\n  - b: 1\n   c: 2\n": (
        3,
        4,
        "indented differently from what it belongs to",
        "Indent it like the keys, or the -",
    ),
    "a:\n  b: 1\n c: 2\n": (3, 2, "indented differently from what it belongs to", "Indent it like the keys"),
    "a:\n  b: 1\n   c: 2\n": (3, 5, "a key is not allowed here", "Indent it like the other keys"),
    "a: because: it is\n": (1, 11, "a second colon on this line", "Put the value in quotes."),
    "a: *.example.com\n": (1, 4, "* starts an alias in YAML", 'Put the value in quotes, as "*.example.com".'),
    "a: [*]\n": (1, 5, "* starts an alias in YAML", 'Put the value in quotes, as "*.example.com".'),
    "a: @b\n": (1, 4, "no value can start with @", "Put the value in quotes."),
    "a: %b\n": (1, 4, "no value can start with %", "Put the value in quotes."),
    "a: & b\n": (1, 4, "& starts an anchor in YAML, and no name follows it", "Put the value in quotes."),
    "a: !b c\n": (
        1,
        4,
        "! starts a tag in YAML, which is not supported here",
        "Remove it, or put the value in quotes.",
    ),
    'a: "b\nc: 2\n': (1, 4, "the quote that starts here is never closed", "Close it on this line."),
    'a: "\\d"\n': (1, None, "a backslash between double quotes starts an escape", "Use single quotes."),
    'a: "b" c\n': (1, 8, "unexpected text after the end of a value", "Put the value in quotes."),
    "a: {b: 1]\n": (1, 9, "a comma or } is missing before this", "Write }, or the comma."),
    "a: [b,, c]\n": (1, 7, "a value is missing before this", "Write it, or remove the separator."),
    "a: [b\n": (2, 1, "the text ends before a [ or { is closed", "Close it."),
    "a: |b\n  c\n": (1, 5, "nothing may follow | or > on its line", "Start the text on the next line"),
    "a: 1\nb\n": (2, 1, "no colon and space follow this key", "Write key: value."),
    "a: \x01\n": (1, 4, "holds the character #x0001", "Remove it."),
    "a: {{ .Values.b }}\n": (1, 5, "this is a template, not YAML", "Render it first, as by `helm template`."),
    "{{- if .Values.b }}\na: 1\n": (1, 3, "this is a template, not YAML", "Render it first, as by `helm template`."),
    f"a: {'9' * 5000}\n": (1, 4, "a number of thousands of digits", "Write a smaller one."),
}


def read_as_objects(text: str) -> None:
    list(documents(text))


def problem_of_a_stack_file(text: str) -> YamlProblem:
    with pytest.raises(YamlProblemError) as caught:
        from_yaml(text)
    return caught.value.problem


def problem_of_objects(text: str) -> YamlProblem:
    with pytest.raises(UNREADABLE) as caught:
        read_as_objects(text)
    return yaml_problem(caught.value, text)


BOTH = pytest.mark.parametrize("problem_of", [problem_of_a_stack_file, problem_of_objects])


@BOTH
@pytest.mark.parametrize(("text", "said"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_what_stands_for_more_than_anybody_writes_is_refused_at_once(problem_of: Any, text: str, said: str) -> None:
    before = time.process_time()
    problem = problem_of(text)
    assert said in problem.message
    assert problem.remedy
    assert time.process_time() - before < 2


@pytest.mark.process
def test_a_bomb_of_a_few_hundred_bytes_takes_no_memory() -> None:
    assert len(LAUGHS) < 700
    program = f"""
import resource, sys
from fairlead.yaml_files.yaml_text import YamlProblemError, from_yaml
from fairlead_mesh.reading.documents import documents
for text in ({LAUGHS!r}, {MERGES!r}):
    for read in (from_yaml, lambda text: list(documents(text))):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        try:
            read(text)
        except Exception as error:
            pass
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000, read
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=PROGRAM)


def test_what_people_repeat_by_anchors_is_read() -> None:
    routes = "".join(f"  - {{<<: *app, name: a{n}}}\n" for n in range(1000))
    text = "x: &app {port: 80, external: true, hosts: [a.example.com, b.example.com]}\napps:\n" + routes
    assert len(from_yaml(text)["apps"]) == 1000
    ((value, _),) = documents(text)
    assert value["apps"][999]["hosts"] == ["a.example.com", "b.example.com"]


@pytest.mark.scale
def test_what_is_written_out_may_be_as_long_as_it_is() -> None:
    text = "a:\n" + "  - {b: 1, c: 2}\n" * (MOST // 4)
    assert len(from_yaml(text)["a"]) == MOST // 4


def test_a_value_nested_as_deep_as_is_allowed_is_read() -> None:
    text = "".join(f"{' ' * depth}a:\n" for depth in range(DEEPEST))
    assert from_yaml(text)
    assert list(documents(text))


@given(
    st.recursive(
        st.integers(0, 9), lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abc"), inner)
    )
)
def test_without_aliases_no_value_is_too_much(value: Any) -> None:
    hold_to_limits(yaml.compose(yaml.safe_dump(value), Loader=yaml.SafeLoader))


def test_a_value_is_measured_once_however_often_it_is_repeated() -> None:
    levels = 60
    text = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, levels))
    with pytest.raises(TooMuchError):
        hold_to_limits(yaml.compose(text, Loader=yaml.SafeLoader))


@BOTH
@pytest.mark.parametrize(("text", "expected"), BROKEN.items(), ids=[text[:20] for text in BROKEN])
def test_what_is_no_yaml_is_told_with_place_and_remedy(problem_of: Any, text: str, expected: tuple[Any, ...]) -> None:
    problem = problem_of(text)
    line, column, message, remedy = expected
    assert message in problem.message
    assert problem.remedy.startswith(remedy)
    assert problem.line == line
    assert column in (None, problem.column)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("a: 1\nb: 2\na: 3\n", 3, "the key a is used twice"),
        ("a: 1\n---\nb: 2\n", 2, "a second document starts here"),
    ],
)
def test_a_stack_file_is_one_map_whose_keys_are_there_once(text: str, line: int, said: str) -> None:
    problem = problem_of_a_stack_file(text)
    assert (problem.line, problem.message) == (line, said)


@BOTH
@pytest.mark.parametrize("text", ["password: *hunter2\n", "password: !hunter2 x\n", "password: !h!hunter2 x\n"])
def test_a_value_that_may_be_a_secret_is_not_repeated(problem_of: Any, text: str) -> None:
    problem = problem_of(text)
    assert "hunter2" not in f"{problem.message} {problem.remedy}"


@pytest.mark.parametrize(
    ("content", "why", "remedy"),
    [
        (b"a: caf\xe9\n", "is not UTF-8: line 1 holds the byte 0xe9", "Save it as UTF-8."),
        (b"a: 1\nb: \xff\n", "is not UTF-8: line 2 holds the byte 0xff", "Save it as UTF-8."),
        ("a: 1\n".encode("utf-16"), "is UTF-16, not UTF-8", "Save it as UTF-8."),
    ],
)
def test_a_file_that_is_not_utf_8_says_so(tmp_path: Path, content: bytes, why: str, remedy: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes(content)
    with pytest.raises(UnreadableFileError) as caught:
        text_of(file)
    assert (caught.value.why, caught.value.remedy) == (why, remedy)


def test_a_folder_and_a_file_in_a_file_have_no_text(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for path, why in ((tmp_path, "is a folder, not a file"), (tmp_path / "file" / "a", "a part of its path is a file")):
        with pytest.raises(UnreadableFileError) as caught:
            text_of(path)
        assert why in caught.value.why


def test_the_items_of_every_list_are_objects_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    text = "apiVersion: v1\nkind: ConfigMapList\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n"
    (tmp_path / "own" / "a.yaml").write_text(text)
    read, found = stack_objects(["own"], tmp_path)
    assert found == []
    assert [(item.name, item.source, item.origin) for item in read.items] == [("a", "own/a.yaml", ("objects", 0))]
    assert len(read_objects([str(tmp_path / "own" / "a.yaml")]).items) == 1


@pytest.mark.parametrize("word", ["on", "y", "Yes", "no", "OFF", "N"])
def test_a_word_that_kubectl_reads_as_a_boolean_is_written_in_quotes(word: str) -> None:
    text = as_yaml({word: [word]})
    assert text == f"'{word}':\n- '{word}'\n"
    assert from_yaml(text) == {word: [word]}
    assert as_yaml({"once": "one"}) == "once: one\n"
