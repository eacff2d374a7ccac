"""What does an editor say of a wrong value? `errorMessage`, which yaml-language-server shows in place of its own words
(its schemaValidation/baseValidator.ts: for types, patterns, enums, required and unknown keys)."""

from __future__ import annotations

from typing import Any, cast

_Schema = dict[str, Any]
_TYPES = {
    "boolean": "write true or false",
    "array": "write a list, one item per line after '- '",
    "string": "write a string, in quotes where YAML would read something else",
}


def with_messages(value: Any) -> Any:
    """A schema, or a part of one, in which every part that can be wrong says what to write."""
    if isinstance(value, list):
        return [with_messages(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    schema: _Schema = {}
    for key, part in cast("_Schema", value).items():
        if key in ("properties", "patternProperties", "definitions"):
            schema[key] = {name: with_messages(inner) for name, inner in part.items()}
        elif key in ("enum", "default", "required", "allOf"):
            schema[key] = part
        else:
            schema[key] = with_messages(part)
    names: _Schema = schema.get("propertyNames", {})
    if set(names) == {"errorMessage"}:
        # The pattern of the keys stands in patternProperties.
        schema["errorMessage"] = schema.pop("propertyNames")["errorMessage"]
    message = schema.get("errorMessage") or _message(schema)
    return schema | ({"errorMessage": message} if message else {})


def _message(schema: _Schema) -> str:
    types = schema.get("type")
    kind: Any = cast("list[Any]", types)[0] if isinstance(types, list) else types
    if "enum" in schema and kind in ("string", None):
        return f"write {alternatives([each for each in schema['enum'] if each is not None])}"
    if kind == "integer":
        return _number(schema)
    if kind == "object" and "properties" in schema:
        return _keys(schema)
    return _TYPES.get(str(kind), "")


def _number(schema: _Schema) -> str:
    least, most = schema.get("minimum"), schema.get("maximum")
    if least is None or most is None:
        return "write a whole number"
    return f"write a whole number from {least} to {most}"


def _keys(schema: _Schema) -> str:
    required = [str(key) for key in schema.get("required", [])]
    others = [key for key in schema["properties"] if key not in required]
    needs = f"a map needs {' and '.join(required)}" if required else "write a map"
    return f"{needs}; the keys here are {', '.join([*required, *others])}"


def alternatives(words: list[Any]) -> str:
    """`a`, `a or b`, `a, b or c`."""
    written = [str(word) for word in words]
    return written[0] if len(written) == 1 else f"{', '.join(written[:-1])} or {written[-1]}"
