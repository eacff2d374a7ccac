"""Is what `up` refuses of a stack's own files refused by lint of those files too, and the other way round?"""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.lint.object_lint import lint_objects
from mesh.reading.stack_objects import stack_objects

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
    "a template": (NAMED + "data: {a: b}\n", NAMED + "data: {{ .Values.data }}\n"),
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
