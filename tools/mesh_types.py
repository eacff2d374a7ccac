"""Which types have the fields of MeshConfig and ProxyConfig? Of istio/api.

Writes fairlead_mesh/lint/schema/mesh_types.json:

    python tools/mesh_types.py API_CLONE

Of each message of mesh/v1alpha1 its fields with their types, as JSON writes them: a word, a list of an enum's words,
the name of another message, or one of these in `list` or `map`. What is of another file may hold anything.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

TABLE = Path(__file__).resolve().parents[1] / "fairlead_mesh" / "lint" / "schema" / "mesh_types.json"
FILES = ("mesh/v1alpha1/config.proto", "mesh/v1alpha1/proxy.proto")
_BLOCK = re.compile(r"(message|enum|oneof)\s+(\w+)\s*\{|(\})|([^;{}]+);")
_FIELD = re.compile(r"(?:(repeated|optional)\s+)?(map<\s*\w+\s*,\s*([\w.]+)\s*>|[\w.]+)\s+(\w+)\s*=\s*\d+")
_VALUE = re.compile(r"(\w+)\s*=\s*-?\d+")
_WORDS = {
    **dict.fromkeys(("string", "StringValue", "bytes"), "text"),
    **dict.fromkeys(("bool", "BoolValue"), "boolean"),
    **dict.fromkeys(("int32", "int64", "uint32", "uint64", "Int32Value", "Int64Value", "UInt32Value"), "whole"),
    **dict.fromkeys(("double", "float", "DoubleValue", "FloatValue"), "number"),
    "Duration": "duration",
}


def git(clone: str, *arguments: str) -> str:
    """What git says of a clone."""
    return subprocess.run(["git", "-C", clone, *arguments], check=True, capture_output=True, text=True).stdout


def blocks(text: str) -> dict[str, dict[str, Any]]:
    """Message or enum -> its fields with their types as written, or its values; a inner one by `Outer.Inner`."""
    text = re.sub(r"//[^\n]*|/\*.*?\*/|\[[^\]]*\]", "", text, flags=re.DOTALL)
    text = re.sub(r"reserved[^;]*;|option[^;]*;", "", text)
    found: dict[str, dict[str, Any]] = {}
    stack: list[tuple[str, str]] = []
    for kind, name, end, statement in _BLOCK.findall(text):
        if kind:
            stack.append((kind, stack[-1][1] if kind == "oneof" else ".".join([*(s for _, s in stack[-1:]), name])))
            found.setdefault(stack[-1][1], {})
        elif end:
            stack.pop()
        elif stack and stack[-1][0] == "enum" and (value := _VALUE.search(statement)):
            found[stack[-1][1]][value[1]] = "enum"
        elif stack and (field := _FIELD.search(statement)):
            shape = "list" if field[1] == "repeated" else "map" if field[3] else ""
            found[stack[-1][1]][_camel(field[4])] = (shape, field[3] or field[2])
    return found


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def type_of(holder: str, written: str, known: dict[str, dict[str, Any]]) -> Any:
    """A field's type: a word, an enum's values or a message's name."""
    last = written.rpartition(".")[2]
    outer = holder.split(".")
    names = [".".join([*outer[:count], written]) for count in range(len(outer), -1, -1)]
    name = next((each for each in names if each in known), "")
    if name and "enum" in known[name].values():
        return [*known[name]]
    return name or _WORDS.get(last, "any")


def main(clone: str) -> None:
    """Write the table."""
    known: dict[str, dict[str, Any]] = {}
    for file in FILES:
        known |= blocks(git(clone, "show", f"HEAD:{file}"))
    messages: dict[str, dict[str, Any]] = {}
    for name, fields in known.items():
        if "enum" not in fields.values():
            typed = {field: (shape, type_of(name, written, known)) for field, (shape, written) in fields.items()}
            messages[name] = {field: {shape: each} if shape else each for field, (shape, each) in typed.items()}
    source = f"istio/api mesh/v1alpha1, {git(clone, 'rev-parse', 'HEAD')[:12]}"
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(fields)}" for name, fields in sorted(messages.items()))
    TABLE.write_text(f'{{"source": {json.dumps(source)}, "messages": {{\n{lines}\n}}}}\n', encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
