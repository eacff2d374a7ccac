"""Does what is wrong with a text repeat a value of it? A Secret's file may be the one that is broken."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from fairlead.yaml_files.yaml_text import YamlProblemError, from_yaml
from fairlead_mesh.reading.documents import UNREADABLE, documents
from fairlead_mesh.reading.problems import YamlProblem, yaml_problem

pytestmark = pytest.mark.mesh

IT = "hunter2hunter2"
TAGS = re.findall(r"\S+", "binary bool float int map merge null omap pairs seq set str timestamp value python/object:x")
# Each may stand where a value of a Secret stands.
VALUES = [
    *(f"!!{tag} {IT}" for tag in TAGS),
    *(f"!!{tag} [{IT}]" for tag in TAGS),
    *(f"!!{tag} {{{IT}, {IT}}}" for tag in TAGS),
    *(f"!!{tag} [{{a: b, {IT}: c}}]" for tag in ("omap", "pairs")),
    *(f"!!int {start}{IT}" for start in ("0b", "0x", "1:", "+", "_")),
    *(f"{start}{IT}" for start in ("!", "!!", "*", "&", "%", "@", "`", "|", ">", "'", '"', "[", "{", "? ", "- ", "\t")),
    *(f"{start}{IT}" for start in ("\x00", "\x07", "\ufffe", "--- ", "... ", "%YAML ", "%TAG ", "<<: ")),
    *(f"!<{IT}> a", f"!{IT}!x y", f"!h!{IT} x"),
    *(f"&{IT} *{IT}", f"[&{IT} a, &{IT} b, *none{IT}]", f"[&{IT} a, &{IT} b]"),
    *(f"{{{IT}, {IT}}}", f"{{{IT}: 1}}}}", f"[{IT} {IT}: ]]", f"{{a: b c: {IT}}}", f"{{<<: {IT}}}", f"{{<<: [{IT}]}}"),
    *(f'"\\{IT}"', f'"\\x{IT}"', f"'{IT}' {IT}", f'"{IT}" {IT}', f"a: b: {IT}", f"{IT}\n {IT}\n{IT}"),
    *("!!timestamp 2026-99-99", "-_", "0b_", "1_:9", "=", "."),
]
PLACES = ["stringData:\n  key: {}\n", "key:\n  {}\n", "{}\n", "{}", "key: [{}]", "- {}", "%YAML 1.1\n---\nkey: {}\n"]


def said_of_objects(text: str) -> Iterator[YamlProblem]:
    try:
        list(documents(text))
    except UNREADABLE as error:
        yield yaml_problem(error, text)


def said_of_a_stack_file(text: str) -> Iterator[YamlProblem]:
    try:
        from_yaml(text)
    except YamlProblemError as error:
        yield error.problem


@pytest.mark.parametrize("said_of", [said_of_objects, said_of_a_stack_file])
@pytest.mark.parametrize("value", VALUES)
def test_no_value_is_repeated_whatever_is_wrong(said_of: Callable[[str], Iterator[YamlProblem]], value: str) -> None:
    for place in PLACES:
        with warnings.catch_warnings():
            # A warning is text of the parser on standard error.
            warnings.simplefilter("error")
            for problem in said_of(place.replace("{}", value)):
                assert IT not in f"{problem.message} {problem.remedy}"


def test_a_value_that_is_not_what_its_tag_says_is_told_with_its_place() -> None:
    text = f"a: 1\nb: !!bool {IT}\n"
    for said_of in (said_of_objects, said_of_a_stack_file):
        (problem,) = said_of(text)
        assert (problem.line, problem.column) == (2, 4)
        assert problem.message == "this value does not have the form of its type"


@pytest.mark.parametrize(
    ("text", "message"),
    [("a: 1\na: 2\n", "the key a is used twice"), (f"a: {{{IT}, {IT}}}\n", "a key is used twice")],
)
def test_a_key_used_twice_is_named_where_it_is_sure_to_be_one(text: str, message: Any) -> None:
    (problem,) = said_of_a_stack_file(text)
    assert problem.message == message
