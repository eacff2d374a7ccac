"""How does a stack file read with other weights? Only the characters of the weights are other than before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import yaml

from fairlead.terminal.errors import UserError
from fairlead_mesh.findings import Path, dotted

Node = Any
_MAP, _LIST, _SCALAR = yaml.MappingNode.id, yaml.SequenceNode.id, yaml.ScalarNode.id
_BY_HAND = "Change these weights by hand."


def edited_text(text: str, path: Path, weights: Mapping[str, int]) -> str:
    """The text with `weights` at `path` below `config:`; a version that is not there yet comes last. Raises UserError
    where the file says the weights in a way that an edit would change more than them."""
    node = _node(text, path)
    there: dict[str, Node] = {str(key.value): value for key, value in node.value}
    edits = [
        (value.start_mark.index, value.end_mark.index, str(weights[name]))
        for name, value in there.items()
        if name in weights and str(value.value) != str(weights[name])
    ]
    if added := {name: weight for name, weight in weights.items() if name not in there}:
        edits.append(_addition(text, node, added))
    for start, end, new in sorted(edits, reverse=True):
        text = text[:start] + new + text[end:]
    return text


def _node(text: str, path: Path) -> Node:
    """The map at a path, where it is written itself: not what an alias or a merge key stands for."""
    node = cast("Node", yaml.compose(text, Loader=yaml.SafeLoader))  # pyright: ignore[reportUnknownMemberType]
    for part in ("config", *path):
        inner = _entry(node, part)
        if inner is None or not _is_within(inner, node):
            raise UserError(f"{dotted(path)} is not written where it is used, but by an alias or as text.", _BY_HAND)
        node = inner
    if node.id != _MAP or not all(value.id == _SCALAR for _, value in node.value):
        raise UserError(f"{dotted(path)} is not written as a map of versions and weights.", _BY_HAND)
    return node


def _is_within(inner: Node, outer: Node) -> bool:
    return outer.start_mark.index <= inner.start_mark.index <= inner.end_mark.index <= outer.end_mark.index


def _entry(node: Node, part: str | int) -> Node:
    if node.id == _LIST:
        return node.value[part] if isinstance(part, int) and part < len(node.value) else None
    found = [value for key, value in node.value if key.value == part] if node.id == _MAP else []
    return found[-1] if found else None


def _addition(text: str, node: Node, added: Mapping[str, int]) -> tuple[int, int, str]:
    """Behind the last entry: in the braces of a map on one line, or on lines of their own."""
    last_key, last = node.value[-1]
    if node.flow_style:
        at = last.end_mark.index
        return at, at, "".join(f", {name}: {weight}" for name, weight in added.items())
    end_of_line = text.find("\n", last.end_mark.index)
    at = len(text) if end_of_line < 0 else end_of_line
    line_end = "\r\n" if text[at - 1 : at] == "\r" else "\n"
    at -= len(line_end) - 1
    indent = " " * last_key.start_mark.column
    return at, at, "".join(f"{line_end}{indent}{name}: {weight}" for name, weight in added.items())
