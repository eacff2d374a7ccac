"""Is a conflict reported once, with every object that takes part, wherever those stand?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from fairlead_mesh.lint.conflict import conflicts
from fairlead_mesh.model.objects.item import Item

pytestmark = pytest.mark.mesh

RULE = "mesh_hosts_have_one_virtual_service"
NAMES = ("one", "two", "three")


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    """Three VirtualServices for one host, each in a file of its own; in the last, another object comes first."""
    spec = "spec: {hosts: [api.example.com], http: [{directResponse: {status: 200}}]}"
    for name in NAMES:
        text = f"apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {{name: {name}}}\n{spec}\n"
        before = "apiVersion: v1\nkind: Namespace\nmetadata: {name: default}\n---\n" if name == "three" else ""
        (tmp_path / f"{name}.yaml").write_text(before + text)
    return [str(tmp_path / f"{name}.yaml") for name in NAMES]


def test_json_names_kind_namespace_name_file_and_line_of_each(command, files: list[str]) -> None:
    _, out, _ = command("lint", "--objects", *files, "--format", "json")
    (finding,) = [each for each in json.loads(out)["findings"] if each["rule"] == RULE]
    assert (finding["name"], finding["file"], finding["line"]) == ("three", files[2], 8)
    assert finding["related"] == [
        {"kind": "VirtualService", "namespace": "", "name": name, "file": file, "line": 4, "column": 16}
        for name, file in zip(NAMES[:2], files[:2], strict=True)
    ]


def test_the_text_has_a_line_for_each(command, files: list[str]) -> None:
    _, out, _ = command("lint", "--objects", *files)
    lines = [line.strip() for line in out.splitlines()]
    assert f"with VirtualService one, {files[0]}:4" in lines
    assert f"with VirtualService two, {files[1]}:4" in lines


def test_sarif_has_related_locations(command, files: list[str]) -> None:
    _, out, _ = command("lint", "--objects", *files, "--format", "sarif")
    (result,) = [each for each in json.loads(out)["runs"][0]["results"] if each["ruleId"] == RULE]
    related: list[dict[str, Any]] = result["relatedLocations"]
    assert [each["id"] for each in related] == [0, 1]
    assert [each["physicalLocation"]["region"]["startLine"] for each in related] == [4, 4]
    assert related[1]["physicalLocation"]["artifactLocation"]["uri"].endswith("two.yaml")
    assert related[1]["message"]["text"] == "VirtualService two"


def test_github_gets_an_annotation_at_each(command, files: list[str]) -> None:
    _, out, _ = command("lint", "--objects", *files, "--format", "github")
    lines = [line for line in out.splitlines() if f"title={RULE}" in line]
    assert [line.partition(",line=")[0] for line in lines] == [f"::error file={files[at]}" for at in (2, 0, 1)]


def test_a_group_inside_another_is_no_conflict_of_its_own() -> None:
    one, two, three = (Item({"metadata": {"name": name}}) for name in NAMES)
    claims = [[one], [one, two], [one, two, three], [two, two]]
    groups = conflicts([(item, ()) for item in items] for items in claims)
    assert [[item.name for item, _ in parts] for parts in groups] == [[*NAMES]]
