"""Which documents does a YAML text hold? Read as Kubernetes reads it, fast enough for Istio's definitions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, cast

import yaml

from mesh.model.yaml_values import as_map, plain_value
from mesh.reading.limits import TooMuchError, hold_to_limits
from mesh.reading.typed_scalars import with_places

_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LIST = "List"
UNREADABLE = (yaml.YAMLError, TooMuchError, ValueError, RecursionError)
"""What reading a text raises where it is no YAML, or more than anybody writes."""


class _KubernetesLoader(_Fast):
    """YAML as JSON knows it: a date stays the text it is."""


_KubernetesLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Fast.yaml_implicit_resolvers.items()
}
_KubernetesLoader.yaml_constructors = with_places(_Fast.yaml_constructors, yaml.constructor.ConstructorError)


def documents(text: str) -> Iterator[tuple[Any, Any]]:
    """Every document that is not empty, with the node that it was made of. Raises one of UNREADABLE."""
    loader: Any = _KubernetesLoader(text)
    try:
        while loader.check_node():
            root = loader.get_node()
            hold_to_limits(root)
            value = plain_value(loader.construct_document(root))
            if value is not None:
                yield value, root
    finally:
        loader.dispose()


def each_object(text: str) -> Iterator[tuple[Any, Any]]:
    """Every document, a list's items one by one, each with its node. Raises one of UNREADABLE."""
    for value, root in documents(text):
        yield from _expanded(value, root)


def yaml_objects(text: str) -> list[dict[str, Any]]:
    """Every map of the text, a list's items one by one. Raises one of UNREADABLE."""
    return [cast("dict[str, Any]", value) for value, _ in each_object(text) if isinstance(value, dict)]


def _expanded(value: Any, root: Any) -> Iterator[tuple[Any, Any]]:
    fields = as_map(value)
    kind = str(fields.get("kind"))
    if not kind.endswith(_LIST) or not isinstance(fields.get("items"), list):
        yield value, root
        return
    nodes = next(node.value for key, node in reversed(root.value) if key.value == "items")
    of_the_list = {"apiVersion": fields.get("apiVersion"), "kind": kind.removesuffix(_LIST)}
    for item, node in zip(cast("list[Any]", fields["items"]), cast("Sequence[Any]", nodes), strict=True):
        # As kubectl reads it: items of a SecretList without a kind are Secrets.
        infers = isinstance(item, dict) and "kind" not in item and of_the_list["kind"]
        yield from _expanded({**of_the_list, **as_map(item)} if infers else item, node)
