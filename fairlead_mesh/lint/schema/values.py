"""Is one value such as its definition wants it: type, enumeration, length, pattern and range?"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any, cast

from fairlead_mesh.keys.duration import nanoseconds
from fairlead_mesh.keys.nearest import nearest
from fairlead_mesh.lint.schema.definitions import Node

Wrong = tuple[str, str]
"""What is wrong, and what to write instead."""
_REJECTED = "so the API server rejects the object"
_WORDS = {"object": "a map", "array": "a list", "string": "text", "integer": "a whole number", "number": "a number"}
_SMALLEST, _LARGEST = -(2**31), 2**31 - 1
_MILLISECOND = 10**6
_LAST_PORT = 65535
_FEW = 10


def wrong_value(value: Any, schema: Node) -> Wrong | None:
    """Why the API server rejects this value, and what to write; None where it does not."""
    kind: str = schema["type"]
    if value is None:
        return None if schema.get("nullable") or kind == "any" else (f"this is empty, {_REJECTED}", _instead(schema))
    if not _HAS_TYPE[kind](value):
        return f"{_shown(value)} is not {_WORDS.get(kind, 'true or false')}, {_REJECTED}", _of_type(value, schema)
    if isinstance(value, str):
        return _of_text(value, schema)
    if isinstance(value, bool):
        return None
    if isinstance(value, (int, float)):
        return _of_number(value, schema)
    return _of_many(cast("list[Any] | dict[str, Any]", value), schema)


def _whole(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


_HAS_TYPE: dict[str, Callable[[Any], bool]] = {
    "any": lambda _: True,
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _whole,
    "number": lambda value: isinstance(value, (int, float)) and not isinstance(value, bool),
    "intOrString": lambda value: isinstance(value, str) or _whole(value),
}


def _shown(value: Any) -> str:
    if isinstance(value, (dict, list)):
        return "a map" if isinstance(value, dict) else "a list"
    return f"{str(value).lower() if isinstance(value, bool) else value}" if value != "" else "an empty text"


def _of_type(value: Any, schema: Node) -> str:
    """What to write instead of a value of another type."""
    kind = schema["type"]
    if kind == "string" and not isinstance(value, (dict, list)):
        return f'put it in quotes: "{_shown(value)}"'
    if kind in ("integer", "number") and isinstance(value, str) and re.fullmatch(r"-?\d+(\.\d+)?", value):
        return f"write {value} without quotes"
    if kind == "boolean" and isinstance(value, str) and value.lower() in ("true", "false"):
        return f"write {value.lower()} without quotes"
    if kind == "array" and not isinstance(value, list):
        return f"write it as a list: [{_shown(value)}]" if not isinstance(value, dict) else "put a - before each item"
    if kind == "object" and isinstance(value, list):
        return "remove the - before it: this is one map, not a list"
    return _instead(schema)


def _instead(schema: Node) -> str:
    kind: str = schema["type"]
    if "enum" in schema:
        return _one_of(schema["enum"])
    if kind == "object" and "fields" in schema:
        fields: list[str] = [*schema["fields"]]
        return f"write a map with {', '.join(fields[:_FEW])}" if len(fields) <= _FEW else "write a map of its fields"
    return f"write {_WORDS.get(kind, 'true or false')}, or remove it"


def _one_of(values: list[str]) -> str:
    return f"write one of {', '.join(values)}"


def _of_text(value: str, schema: Node) -> Wrong | None:
    if "enum" in schema and value not in schema["enum"]:
        meant = nearest(value, schema["enum"])
        remedy = f"write {meant}" if meant else _one_of(schema["enum"])
        return f"{value or 'an empty text'} is not a value that this field has, {_REJECTED}", remedy
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if len(value) < least:
        return f"this is {'empty' if not value else f'shorter than {least} characters'}, {_REJECTED}", "write a value"
    if most is not None and len(value) > most:
        return f"this has {len(value)} characters and may have {most}, {_REJECTED}", "shorten it"
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return f"{value} does not match {schema['pattern']}, {_REJECTED}", "write a value that matches"
    if schema.get("format") == "byte" and not _is_base64(value):
        return f"this is not base64, {_REJECTED}", "encode it as base64, or use string"
    return next((wrong for check in schema.get("checks", ()) if (wrong := _checked(check, value))), None)


def _is_base64(value: str) -> bool:
    try:
        return bool(base64.b64decode(value, validate=True)) or not value
    except binascii.Error:
        return False


def _of_number(value: float, schema: Node) -> Wrong | None:
    small = schema.get("format") == "int32"
    least, most = (
        schema.get("minimum", _SMALLEST if small else None),
        schema.get("maximum", _LARGEST if small else None),
    )
    if "port" in schema.get("checks", ()):
        least, most = 1, _LAST_PORT
    if least is not None and value < least:
        return f"{value} is less than {least}, {_REJECTED}", f"write {least} or more"
    if most is not None and value > most:
        return f"{value} is more than {most}, {_REJECTED}", f"write {most} or less"
    return None


def _of_many(value: list[Any] | dict[str, Any], schema: Node) -> Wrong | None:
    least = schema.get("minItems" if isinstance(value, list) else "minProperties", 0)
    most = schema.get("maxItems" if isinstance(value, list) else "maxProperties")
    if len(value) < least:
        return f"this has {len(value) or 'no'} items and needs {least}, {_REJECTED}", "add what is missing"
    if most is not None and len(value) > most:
        return f"this has {len(value)} items and may have {most}, {_REJECTED}", "divide it among several objects"
    checks = schema.get("checks", ())
    if "noStarInKeys" in checks and (wrong := next((key for key in value if "*" in str(key)), None)):
        return f"{wrong} has a *, which labels have not, {_REJECTED}", "write the whole key of the label"
    return None


def _duration(value: str) -> Wrong | None:
    length = nanoseconds(value)
    if length is None:
        return f"{value} is not a duration, {_REJECTED}", "write a duration such as 5s, 250ms or 1h"
    if length < _MILLISECOND:
        return f"{value} is shorter than a millisecond, {_REJECTED}", "write 1ms or more"
    return None


# What the API server's rules in CEL ask of a text: how it must look, what it is not otherwise, and what to write.
_FORMS = {
    "noStar": (r"[^*]*", "has a *, which selectors have not", "write the whole value of the label"),
    "httpUrl": (r"(?i:https?)://.*", "is not a URL of http or https", "write https:// and the rest of the URL"),
    "httpOrHttps": (r"(HTTPS?)?", "is not HTTP or HTTPS", "write HTTP or HTTPS"),
    "empty": ("", "is another namespace, which cannot be named here", "remove it, and put the object there"),
}


def _checked(check: str, value: str) -> Wrong | None:
    if check == "duration":
        return _duration(value)
    form, why, remedy = _FORMS.get(check, (".*", "", ""))
    return None if re.fullmatch(form, value, re.DOTALL) else (f"{value} {why}, {_REJECTED}", remedy)
