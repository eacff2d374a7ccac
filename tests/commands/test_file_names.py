"""Does a file that is named after data lie in its folder, whatever the data?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairlead.picture.command import picture_files
from fairlead.preview.rendering import ORDER, rendered, write
from fairlead.terminal.file_names import FileNames, file_name
from tests.fixtures.compared import release, side
from tests.fixtures.hostile_text import HOSTILE

pytestmark = pytest.mark.mesh

ESCAPES = [
    "../../../../pwned/ns",
    "/etc/passwd",
    "..",
    ".",
    "...",
    "-rf",
    "a\\..\\..\\b",
    "C:\\x",
    "con",
    "NUL.txt",
    "~",
]
NAMES = [*HOSTILE, *ESCAPES, "a/../../b", "x" * 5000, "a\0b", "\u0130", "system:auth"]


@pytest.mark.parametrize("text", NAMES)
def test_a_name_of_data_is_one_step_on_any_file_system(text: str) -> None:
    name = file_name(text)
    assert len(name) <= 121
    assert Path(f"x/{name}y").parent == Path("x")
    assert all(letter.isascii() and (letter.isalnum() or letter in "._-") for letter in name)
    assert name[:1] not in (".", "-")
    assert name.partition(".")[0].casefold() not in ("con", "nul")


def test_what_people_name_things_stays_readable() -> None:
    assert file_name("istio-system-deployment-istiod") == "istio-system-deployment-istiod"
    assert file_name("organisation/dev") == "organisation-dev"


def test_two_names_are_two_files_also_where_capitals_are_not_told_apart() -> None:
    names = FileNames(".yaml")
    given = [names.path("charts", *steps) for steps in (("a", "B"), ("A", "b"), ("a", "b:"), ("a", "b-"), ("a", "b-2"))]
    assert given == [
        "charts/a/B.yaml",
        "charts/A/b-2.yaml",
        "charts/a/b-.yaml",
        "charts/a/b--2.yaml",
        "charts/a/b-2-2.yaml",
    ]
    assert len({each.casefold() for each in given}) == len(given)


def manifest(name: str, **metadata: Any) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Role", "metadata": {"name": name, **metadata}}


def test_no_object_of_a_rendering_is_written_outside_of_its_folder_or_over_another(tmp_path: Path) -> None:
    texts = [text for text in NAMES if text]
    manifests = [manifest(text) for text in texts] + [manifest("a", namespace=text) for text in texts]
    manifests += [{**manifest("a"), "kind": text} for text in texts]
    brought = [manifest(text, namespace=text) for text in texts] + [{"kind": "Job", "metadata": {"generateName": "x-"}}]
    snapshot = side([release("../../chart", "gateway"), release("../../Chart", "gateway"), *manifests]).snapshot
    files = rendered(snapshot, lambda _: brought)
    folder = tmp_path / "deep" / "er" / "out"
    write(files, folder)
    written = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert all(path.is_relative_to(folder) for path in written)
    assert len(files) == len(manifests) + 2 + 2 * len(brought)
    assert len(written) == len(files) + 1
    assert len({name.casefold() for name in files}) == len(files)
    write(rendered(side([release("gateway", "gateway")]).snapshot), folder)
    assert sorted(path.name for path in folder.rglob("*") if path.is_file()) == ["gateway.yaml", ORDER]


def test_two_kinds_of_one_name_are_two_files() -> None:
    two = [{**manifest("edge"), "kind": "Gateway", "apiVersion": version} for version in ("a.io/v1", "b.io/v1")]
    files = rendered(side([]).snapshot, None) | rendered(side(two).snapshot)
    assert [*files] == ["objects/gateway-edge.yaml", "objects/gateway-edge-2.yaml"]
    assert "b.io/v1" in files["objects/gateway-edge-2.yaml"]


def test_a_picture_is_named_after_its_stack_and_no_folder() -> None:
    snapshot = side([]).snapshot
    named = type(snapshot)(snapshot.project, "../../up/dev", snapshot.resources, {})
    assert [*picture_files(named)] == ["up-dev.svg", "up-dev.html"]
