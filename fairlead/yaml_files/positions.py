"""On which line does a value stand? The place of a path in a YAML text, found without reading the text twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import yaml

from fairlead_mesh.findings import Path
from fairlead_mesh.keys.project import PROJECT
from fairlead_mesh.reading.documents import nodes
from fairlead_mesh.reading.roots import Node, Root

_MERGE = "tag:yaml.org,2002:merge"
_NULL = "tag:yaml.org,2002:null"


@dataclass(frozen=True, order=True)
class Place:
    """Where a value starts, both from 1."""

    line: int = 1
    column: int = 1


@dataclass(frozen=True)
class Positions:
    """Where the values of a text stand: `roots` are the places of its documents (or objects), in order."""

    roots: Sequence[Root]

    def of_value(self, path: Path, document: int = 0) -> Place:
        """Of the value at a path of a document; where the path leads nowhere, of the nearest that is there."""
        return self._walk(document, path)[0]

    def leads_to_a_value(self, path: Path, document: int = 0) -> bool:
        return self._walk(document, path)[1] == len(path)

    def of_key(self, path: Path, project: str = PROJECT) -> Place:
        """Of a value below `config:` of a stack file, whose keys may leave out the project's name."""
        if not path:
            return self.of_value(("config",))
        key, *rest = path
        if ":" in str(key):
            return self.of_value(("config", *path))
        full = ("config", f"{project}:{key}", *rest)
        short = ("config", str(key), *rest)
        place, steps = self._walk(0, full)
        return place if steps > 1 else self.of_value(short)

    def _walk(self, document: int, path: Path) -> tuple[Place, int]:
        """The place, and how many parts of the path lead to it."""
        root = self.roots[document] if document < len(self.roots) else None
        node = root.node if root else None
        if root is None or node is None:
            return Place(), 0
        mark, steps = node.start_mark, -len(root.steps)
        for part in (*root.steps, *path):
            found = _entry(node, part)
            if found is None:
                break
            key, node = found
            # What is left empty stands nowhere; its key does.
            mark = key.start_mark if _is_left_empty(node) else node.start_mark
            steps += 1
        return Place(root.above + mark.line + 1, mark.column + 1), steps


def positions(text: str) -> Positions:
    """The positions of a text; of one that is no YAML, none are known."""
    try:
        return Positions([Root(node) for node in nodes(text)])
    except (yaml.YAMLError, ValueError, RecursionError):
        return Positions(())


def node_at(root: Root) -> Node:
    """The node of an object, which may be an item of its document; None where there is none."""
    node = root.node
    for part in root.steps:
        found = _entry(node, part) if node else None
        node = found[1] if found else None
    return node


def _entry(node: Node, part: str | int) -> tuple[Node, Node] | None:
    """What a step leads to, with the node to point at where it is empty."""
    if isinstance(node, yaml.SequenceNode):
        items = cast("list[Node]", node.value)
        return (node, items[part]) if isinstance(part, int) and 0 <= part < len(items) else None
    return _value_of(node, str(part)) if isinstance(node, yaml.MappingNode) else None


def _value_of(node: Node, name: str, within: tuple[Node, ...] = ()) -> tuple[Node, Node] | None:
    """The last entry of that name; one of what is merged in, where it has none of its own."""
    if node in within:
        return None
    pairs: list[tuple[Node, Node]] = node.value
    for key, value in reversed(pairs):
        if isinstance(key, yaml.ScalarNode) and key.value == name and key.tag != _MERGE:
            return key, value
    for key, value in pairs:
        if key.tag == _MERGE:
            for merged in value.value if isinstance(value, yaml.SequenceNode) else [value]:
                found = _value_of(merged, name, (*within, node)) if isinstance(merged, yaml.MappingNode) else None
                if found:
                    return found
    return None


def _is_left_empty(node: Node) -> bool:
    return node.tag == _NULL and node.start_mark.index == node.end_mark.index
