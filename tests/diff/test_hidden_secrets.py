"""Is a Secret hidden in whatever form it is written, and whoever shows it?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fairlead.evaluation.masking import ANOTHER, masked, masked_pair
from fairlead.evaluation.snapshot import SECRET
from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.finding import finding
from fairlead_mesh.lint.rule import OBJECT_RULES
from fairlead_mesh.model.objects.item import Item
from tests.fixtures.ci.scratch_repository import Diff, ScratchRepository

IT = "hunter2hunter2"
COPY = {"kubectl.kubernetes.io/last-applied-configuration": IT}
BARE = {"metadata": {"name": "token", "namespace": "web", "annotations": COPY}, "stringData": {"key": IT}}
ONE = {"apiVersion": "v1", "kind": "Secret", **BARE}
FORMS: dict[str, Any] = {
    "a Secret": ONE,
    "a misspelt field": {**ONE, "stringData": {}, "stringdata": {"key": IT}},
    "a SecretList": {"apiVersion": "v1", "kind": "SecretList", "items": [ONE]},
    "items without a kind": {"apiVersion": "v1", "kind": "SecretList", "items": [BARE]},
    "a List": {"apiVersion": "v1", "kind": "List", "items": [ONE]},
    "lists in lists": {"apiVersion": "v1", "kind": "List", "items": [{"kind": "FooList", "items": [ONE]}]},
    "a list's copy": {"apiVersion": "v1", "kind": "List", "metadata": {"annotations": COPY}, "items": [ONE]},
}
REFUSED: dict[str, Any] = {
    "items by name": {"apiVersion": "v1", "kind": "SecretList", "metadata": {"name": "a"}, "items": {"key": IT}},
    "items of text": {"apiVersion": "v1", "kind": "List", "metadata": {"name": "a"}, "items": IT},
    "a list with data": {"apiVersion": "v1", "kind": "SecretList", "metadata": {"name": "a"}, "stringData": {"k": IT}},
}
COMMANDS = ["preview", "preview --json", *(f"lint --format {form}" for form in ("text", "json", "sarif", "github"))]


@pytest.mark.mesh
@pytest.mark.parametrize("manifest", [*FORMS.values(), *REFUSED.values()], ids=[*FORMS, *REFUSED])
def test_a_secret_is_masked_in_any_form(manifest: dict[str, Any]) -> None:
    assert IT not in json.dumps(masked(manifest))
    assert SECRET in json.dumps(masked(manifest))


@pytest.mark.mesh
def test_another_value_in_a_list_shows_as_another() -> None:
    old, new = ({"kind": "List", "items": [{**ONE, "stringData": {"a": "1", "b": each}}]} for each in ("2", "3"))
    before, after = masked_pair(old, new)
    assert (before["items"][0]["stringData"], after["items"][0]["stringData"]) == (
        {"a": SECRET, "b": SECRET},
        {"a": SECRET, "b": ANOTHER},
    )


@pytest.mark.mesh
@pytest.mark.parametrize("path", [("stringData", "key"), ("stringdata", "key"), ("metadata", "annotations", *COPY)])
def test_no_rule_shows_a_value_of_a_secret(path: tuple[str, ...]) -> None:
    item = Item({**ONE, "stringdata": {"key": IT}})
    rule = next(iter(OBJECT_RULES.values()))
    assert item.get(*path) == IT
    assert finding(rule, Hit(path, item.get(*path), "is wrong", item=item)).value is None
    assert finding(rule, Hit(("metadata", "name"), "token", "is wrong", item=item)).value == "token"


def objects(repository: ScratchRepository, text: str, name: str) -> None:
    """Lets the stack `local` bring these objects."""
    repository.write(f"own/{name}", text)
    if "objects:" not in (repository.folder / "Pulumi.local.yaml").read_text():
        repository.edit("Pulumi.local.yaml", "  fairlead:cluster:", "  fairlead:objects: [own]\n  fairlead:cluster:")


@pytest.mark.snapshot
@pytest.mark.process
def test_no_command_shows_a_secret_of_any_form(
    repository: ScratchRepository, diff: Diff, command: Diff, tmp_path: Path
) -> None:
    whole = [
        {**form, "metadata": {**form.get("metadata", {}), "name": f"a{n}"}} for n, form in enumerate(FORMS.values())
    ]
    texts = [json.dumps(each).replace('"token"', f'"token-{place}"') for place, each in enumerate(whole)]
    objects(repository, "\n---\n".join(texts), "a.yaml")
    shown = str(diff("--base", "main")) + str(diff("--base", "main", "--format", "markdown"))
    shown += str(diff("--base", "main", "--format", "json"))
    for asked in (*COMMANDS, f"render --out {tmp_path / 'out'}", f"picture --out {tmp_path / 'out'}"):
        code, out, err = command(*asked.split(), "--stack", "local")
        assert code == 0, err
        shown += out + err
    files = [file for file in (tmp_path / "out").rglob("*") if file.is_file()]
    assert len(files) > len(FORMS)
    shown += "".join(file.read_text() for file in files)
    assert "token-3" in shown
    assert IT not in shown


@pytest.mark.snapshot
@pytest.mark.process
def test_no_command_shows_a_value_of_a_file_that_it_rejects(
    repository: ScratchRepository, diff: Diff, command: Diff
) -> None:
    head = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:"
    broken = [
        *(json.dumps(each) for each in REFUSED.values()),
        f"{head}\n  password: !!int {IT}\n",
        f"{head}\n  password: *{IT}\n  other: [{IT}\n",
        f"{head} {{{IT}, {IT}: '{IT}}}\n",
    ]
    for place, text in enumerate(broken):
        objects(repository, text, f"{place}.yaml")
    shown = ""
    for form in ("text", "markdown", "json"):
        shown += str(diff("--base", "main", "--format", form))
    for asked in COMMANDS:
        code, out, err = command(*asked.split(), "--stack", "local")
        assert code == 1
        shown += out + err
    assert all(f"own/{place}.yaml" in shown for place in range(len(broken)))
    assert IT not in shown
