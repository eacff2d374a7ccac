"""Is what lint keeps of files small, and is every line found all the same?"""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.lint.object_lint import lint_objects
from fairlead.yaml_files.positions import Positions
from fairlead_mesh.model.objects.ballast import without_ballast
from fairlead_mesh.reading import object_files
from fairlead_mesh.reading.object_files import ReadObjects, read_objects

pytestmark = pytest.mark.mesh

_LARGE = 1 << 19

OLD_PLACE = "/".join(("gcr.io", "istio-release"))
APP = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: NAME, labels: {team: shop}, managedFields: [{manager: kubectl}]}
spec: {selector: {matchLabels: {team: shop}}, template: {metadata: {labels: {team: shop}}, spec: {containers: []}}}
status: {replicas: 1}
"""


def read(folder: Path, text: str, *, judged: bool = True) -> ReadObjects:
    (folder / "a.yaml").write_text(text)
    return read_objects([str(folder / "a.yaml")], judged=judged)


def test_what_objects_repeat_is_kept_once_where_files_are_large_also_of_what_was_read_before(tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(f"{APP.replace('NAME', 'b')}---\n{APP.replace('NAME', 'c')}# {'x' * _LARGE}\n")
    (tmp_path / "a.yaml").write_text(APP)
    first, *others = read_objects([str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml")], judged=True).items
    assert all(each.manifest["spec"] is first.manifest["spec"] for each in others)
    assert all(each.manifest["metadata"] != first.manifest["metadata"] for each in others)


def test_what_is_applied_is_whole_and_its_own(tmp_path: Path) -> None:
    one, other = read(tmp_path, f"{APP}---\n{APP}", judged=False).items
    assert one.manifest == other.manifest
    assert one.manifest["spec"] is not other.manifest["spec"]
    assert one.manifest["status"] == {"replicas": 1}
    assert "managedFields" in one.manifest["metadata"]


@pytest.mark.parametrize("large", [0, _LARGE])
def test_true_and_one_stay_what_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, large: int) -> None:
    monkeypatch.setattr(object_files, "_LARGE", large)
    (item,) = read(tmp_path, APP + "a: [1, true, 1.0, '1', 'true']\nb: [true, 1]\n").items
    assert [type(each) for each in item.manifest["a"]] == [int, bool, float, str, str]
    assert [type(each) for each in item.manifest["b"]] == [bool, int]


def test_what_no_rule_looks_at_is_not_kept(tmp_path: Path) -> None:
    (item,) = read(tmp_path, APP).items
    assert "status" not in item.manifest
    assert set(item.metadata) == {"name", "labels"}


def test_texts_of_programs_differ_still_and_what_names_istio_stays() -> None:
    kept = [
        without_ballast({"kind": "ConfigMap", "data": {"a": text}})["data"]["a"]
        for text in ("x" * 1000, "y" * 1000, "x" * 10, f"{OLD_PLACE} " * 10)
    ]
    assert len({*kept}) == 4
    assert [len(each) for each in kept] == [64, 64, 10, 210]


def test_a_definition_keeps_its_names_and_a_list_loses_the_ballast_of_its_items() -> None:
    definition = {"kind": "CustomResourceDefinition", "spec": {"group": "example.com", "versions": [{"schema": {}}]}}
    assert without_ballast({"kind": "List", "items": [definition]})["items"][0]["spec"] == {"group": "example.com"}


@pytest.mark.parametrize(
    ("text", "document", "line"),
    [
        (f"# one\n{APP}--- # two\n{APP}", 1, 10),
        (f"%YAML 1.1\n---\n{APP}", 0, 5),
        (f"{APP}...\n%YAML 1.1\n---\n{APP}", 1, 11),
        ("--- {apiVersion: v1, kind: A,\n  metadata: {name: NAME}}\n--- {kind: B,\n  metadata: {name: NAME}}\n", 1, 4),
        ("kind: List\nitems:\n- kind: A\n  metadata: {name: NAME}\n- kind: B\n  metadata: {name: NAME}\n", 1, 6),
        (f"{APP}---\r\n{APP}".replace("\n", "\r\n").replace("\r\r", "\r"), 1, 9),
        (f"# \u00e9\u2603\n{APP}---\n{APP}", 1, 10),
    ],
)
def test_a_place_is_found_again(tmp_path: Path, text: str, document: int, line: int) -> None:
    found = read(tmp_path, text)
    place = Positions(found.roots[str(tmp_path / "a.yaml")]).of_value(("metadata", "name"), document)
    assert place.line == line
    assert text.replace("\r\n", "\n").splitlines()[place.line - 1][place.column - 1 :].startswith("NAME")


def test_findings_of_a_file_of_many_objects_stand_at_their_lines(tmp_path: Path) -> None:
    route = "apiVersion: networking.istio.io/v1\nkind: VirtualService\nmetadata: {name: NAME}\nspec: {hots: [a]}\n"
    (tmp_path / "a.yaml").write_text("---\n".join(route.replace("NAME", f"a{n}") for n in range(30)))
    found = [
        each.place.line for each in lint_objects([str(tmp_path)]).found if each.finding.rule == "istio_fields_exist"
    ]
    assert found == [4 + 5 * number for number in range(30)]


def test_of_the_environment_of_containers_a_number_stays_by_which_others_differ() -> None:
    def kept(value: str) -> object:
        container = {"name": "a", "env": [{"name": "A", "value": value}]}
        spec = {"template": {"spec": {"containers": [container]}}}
        lighter = without_ballast({"kind": "Deployment", "spec": spec})
        return lighter["spec"]["template"]["spec"]["containers"][0]["env"]

    assert isinstance(kept("b"), int)
    assert kept("b") == kept("b") != kept("c")
    assert kept("docker.io/istio/proxyv2") == [{"name": "A", "value": "docker.io/istio/proxyv2"}]
