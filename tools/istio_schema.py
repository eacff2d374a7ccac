"""Which fields have Istio's kinds, and which values? Of Istio's CRDs.

Writes fairlead_mesh/lint/schema/istio_schema.json:

    python tools/istio_schema.py

The definitions are those that Istio's base chart installs, from the Go module of tools/charts (Apache License 2.0), as
the demo uses them: needs Go. Without prose and repetition they are one line for each part that differs from the others.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from fairlead.cluster.toolchain import Toolchain  # noqa: E402 - found by the path above

TABLE = ROOT / "fairlead_mesh" / "lint" / "schema" / "istio_schema.json"
KEPT = ("enum", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "format")
KEPT_OF_MAPS = ("minProperties", "maxProperties")
Schema = dict[str, Any]

# The API server's rules in CEL that one value breaks -> what they are called in the table.
OF_A_VALUE = {
    "duration(self) >= duration('1ms')": "duration",
    "0 < self && self <= 65535": "port",
    '!self.contains("*")': "noStar",
    'self.all(key, !key.contains("*"))': "noStarInKeys",
    'url(self).getScheme() in ["http", "https"]': "httpUrl",
    'self in ["", "HTTP", "HTTPS"]': "httpOrHttps",
    "self.size() == 0": "empty",
}
# Rules of lint say the same of these, in words that fit.
OF_OTHER_RULES = re.compile(
    r"key\.size\(\)|isURL|valueFrom|self\.context|k\.contains|resolution|self\.address|unix://|size\(key\)"
    r"|self != \"\*\"|exists_one|serviceAccounts|has\(self\.portLevelMtls\)|self\.operation|int\(key\)"
)
ANY_OF = re.compile(r"has\(self\.\w+\) (?:\|\||!=) has\(self\.\w+\)")
AT_MOST_ONE = re.compile(r"(?:\(has\(self\.\w+\) \? 1 : 0\)(?: \+ )?)+ <= 1")


class Nodes:
    """Each different part once; others name it by its number."""

    def __init__(self) -> None:
        self.all: list[Schema] = []
        self._numbers: dict[str, int] = {}

    def number(self, schema: Schema) -> int:
        node = self._node(schema)
        text = json.dumps(node, sort_keys=True)
        if text not in self._numbers:
            self._numbers[text] = len(self.all)
            self.all.append(node)
        return self._numbers[text]

    def _node(self, schema: Schema) -> Schema:
        if schema.get("x-kubernetes-preserve-unknown-fields"):
            return {"type": schema.get("type", "any"), "open": True}
        node: Schema = {"type": "intOrString" if "x-kubernetes-int-or-string" in schema else schema["type"]}
        node |= {key: schema[key] for key in KEPT if key in schema}
        if schema.get("nullable"):
            node["nullable"] = True
        if "items" in schema:
            node["items"] = self.number(schema["items"])
        if "additionalProperties" in schema:
            node["values"] = self.number(schema["additionalProperties"])
            node |= {key: schema[key] for key in KEPT_OF_MAPS if key in schema}
        if "properties" in schema:
            node["fields"] = {name: self.number(inner) for name, inner in sorted(schema["properties"].items())}
        if "required" in schema:
            node["required"] = schema["required"]
        if single := [*_single(schema), *_of_cel(schema, node)]:
            node["atMostOne"] = single
        return node


def _single(schema: Schema) -> Iterable[list[str]]:
    """Fields of which one may be set: what protobuf calls a oneof."""
    for each in (schema, *schema.get("allOf", [])):
        if alternatives := each.get("oneOf"):
            yield [alternative["required"][0] for alternative in alternatives if "required" in alternative]


def _of_cel(schema: Schema, node: Schema) -> Iterable[list[str]]:
    for validation in schema.get("x-kubernetes-validations", []):
        rule = validation["rule"]
        if AT_MOST_ONE.fullmatch(rule):
            yield re.findall(r"self\.(\w+)", rule)
        elif ANY_OF.fullmatch(rule):
            node.setdefault("anyOf", []).append(re.findall(r"self\.(\w+)", rule))
        elif rule in OF_A_VALUE:
            node.setdefault("checks", []).append(OF_A_VALUE[rule])
        elif not OF_OTHER_RULES.search(rule):
            raise SystemExit(f"a rule that nobody holds: {rule}")


def main() -> None:
    """Of the charts that the demo uses."""
    folder = Toolchain().istio_charts()
    version = re.search(r"istio\.io/istio (\S+)", (ROOT / "tools" / "charts" / "go.mod").read_text(encoding="utf-8"))
    nodes, kinds = Nodes(), dict[str, Any]()
    for crd in yaml.safe_load_all((folder / "base" / "files" / "crd-all.gen.yaml").read_text(encoding="utf-8")):
        spec = crd["spec"]
        schemas = [each["schema"]["openAPIV3Schema"] for each in spec["versions"]]
        first = schemas[0]
        numbers = {nodes.number(schema["properties"]["spec"]) for schema in schemas}
        if len(numbers) != 1:
            raise SystemExit(f"{spec['names']['kind']} has different fields in its versions: the table has one of them")
        kinds.setdefault(spec["group"], {})[spec["names"]["kind"]] = {
            "versions": [each["name"] for each in spec["versions"] if each["served"]],
            "required": first.get("required", []),
            "spec": numbers.pop(),
        }
    head = {"source": "istio.io/istio manifests/charts/base/files/crd-all.gen.yaml", "version": version and version[1]}
    lines = [f'"{key}": {json.dumps(value)}' for key, value in head.items()]
    lines += [f'"kinds": {json.dumps(kinds, indent=1)}']
    lines += ['"nodes": [\n' + ",\n".join(json.dumps(node) for node in nodes.all) + "\n]"]
    TABLE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
