"""Does the fast reader say what ruamel.yaml says, or nothing?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from fairlead.yaml_files.fast_yaml import UnusualYamlError, fast_yaml
from fairlead.yaml_files.yaml_text import from_yaml
from tests.fixtures.checkout import PROGRAM

pytestmark = pytest.mark.mesh

FILES = sorted([*PROGRAM.glob("Pulumi.*.yaml"), *PROGRAM.glob("examples/*.yaml"), *PROGRAM.glob("tests/bad/*.yaml")])
WORDS = """
a true True TRUE tRUE yes No on off null Null ~ 0 -0 +1 -7 007 0o17 0x1F 0b1 1_000 1. .5 -.5 1.50 1e3 1.5e-3 .inf -.INF
.nan 1:30 12:30:45 2020-01-01 2020-01-01T00:00:00Z 1.30.3 10.0.0.0/16 80% = << /api *.example.com -a +a - _1
"""
UNUSUAL = [
    "!!str 5",
    "a: &b {c: 1}\nd: {<<: *b}",
    "!x 5",
    "a: 1\na: 2",
    "1: a",
    "? [a]\n: b",
    "%YAML 1.1\n---\na: on",
]
USUAL = [
    "",
    "# nothing",
    "a: |\n  b\n  c\n",
    "a: >-\n  b\n  c\n",
    "a: 'it''s'",
    'a: "\\u00e9\\n"',
    "a: &b {c: 1}\nd: *b",
    "{a: [1, , 2]}",
]


def slow(text: str) -> Any:
    yaml: Any = YAML(typ="safe", pure=True)
    return yaml.load(text)


def same(one: Any, other: Any) -> bool:
    return json.dumps(one, default=repr) == json.dumps(other, default=repr)


def agrees(text: str) -> bool:
    try:
        found = fast_yaml(text)
    except UnusualYamlError:
        return True
    try:
        return same(found, slow(text))
    except YAMLError:
        return False


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_stack_file_is_read_alike(path: Any) -> None:
    text = path.read_text(encoding="utf-8")
    assert same(from_yaml(text), slow(text))


@pytest.mark.parametrize("word", WORDS.split())
def test_a_word_is_read_alike(word: str) -> None:
    for text in (word, f"a: {word}", f"[{word}, {word}]", f"{{a: {word}}}", f"- {word}\n", f"'{word}'", f"{word}: a"):
        assert agrees(text), text


@pytest.mark.parametrize("text", UNUSUAL)
def test_what_is_rare_is_left_to_ruamel(text: str) -> None:
    with pytest.raises(UnusualYamlError):
        fast_yaml(text)


@pytest.mark.parametrize("text", USUAL)
def test_what_is_usual_is_read_alike(text: str) -> None:
    assert agrees(text)


@settings(max_examples=500, derandomize=True, deadline=None, database=None)
@given(st.text(st.sampled_from("ab1059 -+._:/e\n'\"#[]{}~tru"), max_size=12))
def test_any_text_is_read_alike(text: str) -> None:
    assert agrees(text)


@pytest.mark.parametrize("name", ["dev", "local"])
def test_the_stacks_of_this_program_are_usual(name: str) -> None:
    assert fast_yaml((PROGRAM / f"Pulumi.{name}.yaml").read_text(encoding="utf-8"))["config"]
