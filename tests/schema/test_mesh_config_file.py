"""Are the fields of a MeshConfig that --mesh-config names judged, at their lines?"""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.lint.object_lint import lint_objects

pytestmark = pytest.mark.mesh

PLAIN = """\
rootNamespace: istio-system
acessLogFile: /dev/stdout
enableAutoMtls: "maybe"
"""
HELD = {
    "as itself": (PLAIN, (2, 15), (3, 17)),
    "as Helm values": (f"meshConfig:\n  {PLAIN.strip().replace(chr(10), chr(10) + '  ')}\n", (3, 17), (4, 19)),
    "as the ConfigMap": (
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: istio}\ndata:\n  mesh: |-\n    "
        + PLAIN.strip().replace("\n", "\n    ")
        + "\n",
        (7, 5),
        (8, 5),
    ),
}


@pytest.mark.parametrize("how", HELD)
def test_a_field_that_no_mesh_config_has_is_told_at_its_line(tmp_path: Path, how: str) -> None:
    text, misspelt, mistyped = HELD[how]
    config, objects = tmp_path / "mesh.yaml", tmp_path / "objects.yaml"
    config.write_text(text)
    objects.write_text("apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n")
    found = [each for each in lint_objects([str(objects)], config).found if each.file == str(config)]
    assert [(each.finding.severity, (each.place.line, each.place.column)) for each in found] == [
        ("warning", misspelt),
        ("error", mistyped),
    ]
    assert "accessLogFile" in found[0].finding.remedy


def test_a_good_mesh_config_says_nothing(tmp_path: Path) -> None:
    config = tmp_path / "mesh.yaml"
    config.write_text("rootNamespace: istio-system\naccessLogFile: /dev/stdout\ndefaultConfig: {concurrency: 2}\n")
    assert lint_objects([], config).found == []
