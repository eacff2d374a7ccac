"""Is what `up` refuses of a stack's own files refused by lint of those files too, and the other way round?"""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.lint.object_lint import lint_objects
from fairlead_mesh.reading.stack_objects import stack_objects

pytestmark = pytest.mark.mesh

NAMED = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n"
OTHER = NAMED.replace("web", "other")
BAD = {
    "a key that is written twice": (NAMED + "data: {a: '1'}\n", NAMED + "data: {a: '1', a: '2'}\n"),
    "a key of the object that is written twice": (NAMED, NAMED + "kind: ConfigMap\n"),
    "a list without items": (NAMED, "apiVersion: v1\nkind: ConfigMapList\n"),
    "a list whose items are none": (NAMED, "apiVersion: v1\nkind: List\nitems: {}\n"),
    "an object without a name": (NAMED, "apiVersion: v1\nkind: ConfigMap\nmetadata: {namespace: shop}\n"),
    "an object without metadata": (NAMED, "apiVersion: v1\nkind: ConfigMap\n"),
    "a name that is a number": (NAMED, "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: 12}\n"),
    "an item of a list without a name": (
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n",
        "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {}}\n",
    ),
    "an object without apiVersion": (NAMED, "kind: ConfigMap\nmetadata: {name: web}\n"),
    "an object without kind": (NAMED, "apiVersion: v1\nmetadata: {name: web}\n"),
    "a tab": (NAMED + "data: {}\n", NAMED + "data:\n\ta: b\n"),
    "an alias of nothing": (NAMED + "data: {a: b}\n", NAMED + "data: *nothing\n"),
    "a value that holds itself": (NAMED + "data: {a: b}\n", NAMED + "data: &a {b: *a}\n"),
    "brackets that are never closed": (NAMED + "data: {a: b}\n", NAMED + "data: {a: b\n"),
    "a second document that is broken": (f"{NAMED}---\n{OTHER}", f"{NAMED}---\n{OTHER} data: {{}}\n"),
}


def refused(folder: Path, text: str) -> tuple[bool, bool]:
    """Whether `up` refuses a file, and whether lint does."""
    folder.mkdir()
    (folder / "own.yaml").write_text(text)
    read, found = stack_objects(["own.yaml"], folder)
    linted = lint_objects([str(folder / "own.yaml")])
    return bool(found or read.broken), linted.fails("error")


@pytest.mark.parametrize("name", BAD)
def test_both_refuse_what_one_refuses(tmp_path: Path, name: str) -> None:
    good, bad = BAD[name]
    assert refused(tmp_path / "bad", bad) == (True, True)
    assert refused(tmp_path / "good", good) == (False, False)


@pytest.mark.parametrize("name", ["a key that is written twice", "a tab"])
def test_both_name_the_same_line(tmp_path: Path, name: str) -> None:
    (tmp_path / "own.yaml").write_text(BAD[name][1])
    read, _ = stack_objects(["own.yaml"], tmp_path)
    (found,) = lint_objects([str(tmp_path / "own.yaml")]).found
    assert [(each.problem.line, each.problem.column) for each in read.broken] == [
        (found.place.line, found.place.column)
    ]


def test_a_template_is_refused_by_up_and_noted_of_strangers_files(tmp_path: Path) -> None:
    assert refused(tmp_path / "own", NAMED + "data: {{ .Values.data }}\n") == (True, False)


def test_an_object_that_is_written_twice_the_same_is_one_for_both(tmp_path: Path) -> None:
    twice = f"{NAMED}---\n{NAMED}"
    assert refused(tmp_path / "own", twice) == (False, False)
    assert len(stack_objects(["own.yaml"], tmp_path / "own")[0].items) == 1
    assert lint_objects([str(tmp_path / "own" / "own.yaml")]).found == []


def test_two_definitions_of_an_object_are_told_by_both(tmp_path: Path) -> None:
    (tmp_path / "own.yaml").write_text(f"{NAMED}---\n{NAMED}data: {{a: b}}\n")
    _, (up,) = stack_objects(["own.yaml"], tmp_path)
    (lint,) = lint_objects([str(tmp_path / "own.yaml")]).found
    assert "is defined otherwise in own.yaml" in up.message
    assert lint.finding.rule == "objects_are_defined_once"
