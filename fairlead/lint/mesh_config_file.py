"""What does a file with Istio's MeshConfig say, and which of its fields would istiod not read?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from fairlead.lint.linted import Placed
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.file_text import text_of_named
from fairlead.yaml_files.positions import Place, Positions
from fairlead_mesh.findings import Finding
from fairlead_mesh.findings import Path as FieldPath
from fairlead_mesh.lint.schema.mesh_config_fields import FIELDS_RULE, wrong_fields
from fairlead_mesh.lint.stack.chart_keys import NEWEST
from fairlead_mesh.reading.documents import UNREADABLE, each_object, yaml_objects
from fairlead_mesh.reading.problems import yaml_problem
from fairlead_mesh.reading.roots import Roots


def read_mesh_config(path: Path) -> dict[str, Any]:
    """Istio's MeshConfig as a file of its own, as the ConfigMap that istiod reads, or as `meshConfig` of Helm values.

    Raises UserError where the file holds none.
    """
    text = text_of_named(path, missing="Pass a file with Istio's MeshConfig.")
    try:
        documents = yaml_objects(text)
        found = _mesh_config(documents[0]) if len(documents) == 1 else None
    except UNREADABLE as error:
        problem = yaml_problem(error, text)
        place = f"{path}:{problem.line}:{problem.column}"
        raise UserError(f"{place} cannot be read: {problem.message}.", problem.remedy) from None
    if found is None:
        what = "a map such as rootNamespace: istio-system, or the ConfigMap istio with it under data.mesh"
        raise UserError(f"{path} does not contain a MeshConfig.", f"Write {what}.")
    return found


def mesh_config_findings(path: Path) -> list[Placed]:
    """The fields that no MeshConfig has, and the values that istiod cannot read, each at its line."""
    text = text_of_named(path, missing="")
    roots = Roots(text)
    (document, _), *_ = each_object(text, roots=roots)
    before, inner = _held(cast("dict[str, Any]", document))
    found: list[Placed] = []
    for hit in wrong_fields(NEWEST, read_mesh_config(path), (), "Istio's MeshConfig"):
        place = Positions(roots).of_value((*before, *(() if inner else hit.path)))
        if inner:
            inside = Roots(inner)
            list(each_object(inner, roots=inside))
            line = place.line + Positions(inside).of_value(hit.path).line
            place = Place(line, _first_column(text, line))
        told = Finding(FIELDS_RULE, hit.path, hit.value, hit.message, hit.severity or "warning", None, hit.remedy)
        found.append(Placed(told, str(path), place))
    return found


def _held(document: dict[str, Any]) -> tuple[FieldPath, str]:
    """Where the MeshConfig is in a document, and its text where it is text there."""
    if document.get("kind") == "ConfigMap":
        return ("data", "mesh"), document["data"]["mesh"]
    if document.get("kind") == "IstioOperator":
        return ("spec", "meshConfig"), ""
    return ("meshConfig",) if "meshConfig" in document else (), ""


def _first_column(text: str, line: int) -> int:
    written = text.splitlines()[line - 1 : line]
    return len(written[0]) - len(written[0].lstrip()) + 1 if written else 1


def _mesh_config(document: Mapping[str, Any]) -> dict[str, Any] | None:
    if document.get("kind") == "ConfigMap":
        text = document["data"].get("mesh") if isinstance(document.get("data"), dict) else None
        inner = yaml_objects(text) if isinstance(text, str) else []
        return inner[0] if inner else None
    if document.get("kind") == "IstioOperator":
        document = cast("dict[str, Any]", document["spec"]) if isinstance(document.get("spec"), dict) else {}
    if "meshConfig" in document:
        given = document["meshConfig"]
        return cast("dict[str, Any]", given) if isinstance(given, dict) else None
    return dict(document) if "kind" not in document else None
