"""How does a part of the JSON schema read as Pulumi's? One type for each section, one for each list of words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_ANY = {"$ref": "pulumi.json#/Any"}
_PLAIN = frozenset({"string", "boolean", "integer", "number"})
_RENAMED = {"App": "MeshApp"}
"""A type that is called as a component would have its name twice in Go."""


@dataclass
class TypeSpecs:
    """Collects the types of a package while the specs that name them are made."""

    package: str
    definitions: Mapping[str, Any]
    types: dict[str, Any] = field(default_factory=dict[str, Any])

    def property(self, owner: str, key: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        """The spec of a key of `owner`, with its description."""
        spec = self._spec(f"{owner}{key[0].upper()}{key[1:]}", schema)
        described = " ".join(str(schema.get("description") or "").split())
        return {**spec, **({"description": described} if described else {})}

    def _spec(self, name: str, schema: Any) -> dict[str, Any]:
        if not isinstance(schema, Mapping):
            return dict(_ANY)
        if "$ref" in schema:
            return self._reference(str(schema["$ref"]))
        if either := schema.get("anyOf") or schema.get("oneOf"):
            return self._either(name, either)
        if isinstance(schema.get("type"), list):
            return self._either(name, [{**schema, "type": each} for each in schema["type"]])
        words = schema.get("enum") or ([schema["const"]] if "const" in schema else [])
        if words and all(isinstance(each, str) for each in words):
            return {"$ref": f"#/types/{self._words(name, words)}"}
        return self._of_kind(name, schema, schema.get("type") or _kind_of(words))

    def _reference(self, section: str) -> dict[str, Any]:
        if isinstance(self.definitions[section].get("additionalProperties"), Mapping):
            # Names of the user's own beside keys: no type of Pulumi has both.
            return {"type": "object", "additionalProperties": dict(_ANY)}
        return {"$ref": f"#/types/{self._section(section)}"}

    def _of_kind(self, name: str, schema: Mapping[str, Any], kind: str) -> dict[str, Any]:
        if kind in _PLAIN:
            return {"type": kind}
        if kind == "array":
            return {"type": "array", "items": self._spec(name, schema.get("items"))}
        if kind == "object":
            return {"type": "object", "additionalProperties": self._values(name, schema)}
        return dict(_ANY)

    def _either(self, name: str, schemas: list[Any]) -> dict[str, Any]:
        specs: list[dict[str, Any]] = []
        for each in schemas:
            spec = self._spec(name, each)
            if each != {"type": "null"} and spec not in specs:
                specs.append(spec)
        if _ANY in specs:
            return dict(_ANY)
        return specs[0] if len(specs) == 1 else {"oneOf": specs}

    def _values(self, name: str, schema: Mapping[str, Any]) -> dict[str, Any]:
        """What the keys of a map hold: the same for each, or anything."""
        found = [*dict(schema.get("patternProperties") or {}).values()]
        extra = schema.get("additionalProperties")
        found += [extra] if isinstance(extra, Mapping) else []
        specs = list(_once(self._spec(name, each) for each in found))
        return specs[0] if len(specs) == 1 and not schema.get("properties") else dict(_ANY)

    def _section(self, name: str) -> str:
        token = f"{self.package}:index:{_RENAMED.get(name, name)}"
        if token not in self.types:
            schema = self.definitions[name]
            made: dict[str, Any] = {"type": "object"}
            # Before its properties, as one of them may be of the same type.
            self.types[token] = made
            made["description"] = " ".join(str(schema.get("description") or "").split())
            made["properties"] = {key: self.property(name, key, each) for key, each in schema["properties"].items()}
            made["required"] = sorted(schema.get("required", []))
        return token

    def _words(self, name: str, words: list[str]) -> str:
        token = f"{self.package}:index:{name}"
        self.types[token] = {"type": "string", "enum": [{"value": each} for each in words]}
        return token


def _kind_of(words: list[Any]) -> str:
    """The type of values that are listed without one."""
    kinds = {type(each) for each in words}
    return {bool: "boolean", int: "integer"}.get(kinds.pop(), "") if len(kinds) == 1 else ""


def _once(specs: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    seen: list[dict[str, Any]] = []
    for each in specs:
        if each not in seen:
            seen.append(each)
            yield each
