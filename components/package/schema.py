"""What is in the package for other languages? Its schema, made of the same models that read a stack file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairlead_mesh.config import SECRET_KEYS, Config

from .type_specs import TypeSpecs

PACKAGE = "fairlead"
MESH = f"{PACKAGE}:index:Mesh"
APP = f"{PACKAGE}:index:App"

MESH_KEY = "mesh"
AROUND = ("cluster", "istio", "gateways", "clients", "lint")
"""What an App is told of the mesh that exists, under that key beside those of the app itself."""
_ANY = {"$ref": "pulumi.json#/Any"}
_PROVIDER = (
    " A Kubernetes provider that the component is given, as `providers`, is used instead; then it may be left out."
)
_OUTPUTS = {
    "gateways": "Gateway -> its address, its ports and the URLs of the apps behind it.",
    "addons": "Addon -> how it is reached from a machine with a kubeconfig.",
    "apps": "App -> its URLs.",
}


def package_schema(version: str) -> dict[str, Any]:
    """The schema of the Pulumi package, as `pulumi package get-schema` shows it."""
    config = Config.model_json_schema(by_alias=True, ref_template="{model}")
    definitions: dict[str, Any] = config["$defs"]
    specs = TypeSpecs(PACKAGE, definitions)
    app = definitions["App"]
    mesh = {key: specs.property("Mesh", key, each) for key, each in config["properties"].items()}
    mesh["cluster"]["description"] += _PROVIDER
    secrets = {key: {"type": "string", "secret": True, "description": text} for key, text in SECRET_KEYS.items()}
    of_app = {key: specs.property("MeshApp", key, each) for key, each in app["properties"].items()}
    specs.types[f"{PACKAGE}:index:ExistingMesh"] = {
        "type": "object",
        "description": "What an App has to know of the mesh that it is routed in. Nothing of it is created or changed.",
        "properties": {key: mesh[key] for key in AROUND},
    }
    around = {"$ref": f"#/types/{PACKAGE}:index:ExistingMesh", "description": "The mesh that exists."}
    return {
        "name": PACKAGE,
        "version": version,
        "displayName": "fairlead",
        "description": "An Istio service mesh, and the routing of apps on it, as components.",
        "license": "Apache-2.0",
        "keywords": ["pulumi", "istio", "kubernetes", "kind/component"],
        "language": {
            "nodejs": {"respectSchemaVersion": True},
            "python": {"respectSchemaVersion": True, "pyproject": {"enabled": True}},
            "go": {"respectSchemaVersion": True, "generateResourceContainerTypes": False},
            "csharp": {"respectSchemaVersion": True},
        },
        "types": {name: specs.types[name] for name in sorted(specs.types)},
        "resources": {
            MESH: _component("The whole mesh of a stack: Istio, gateways, addons, apps.", {**mesh, **secrets}, []),
            APP: _component(
                "The routing of one app on a mesh that exists.",
                {MESH_KEY: around, **of_app},
                app.get("required", []),
            ),
        },
    }


def _component(description: str, inputs: Mapping[str, Any], required: list[str]) -> dict[str, Any]:
    outputs = {
        key: {"type": "object", "additionalProperties": _ANY, "description": text} for key, text in _OUTPUTS.items()
    }
    return {
        "isComponent": True,
        "description": description,
        "inputProperties": dict(sorted(inputs.items())),
        "requiredInputs": sorted(required),
        "properties": outputs,
        "required": sorted(outputs),
    }
