"""Which documents does a YAML text hold? Read as Kubernetes reads it, fast enough for Istio's definitions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

import yaml

from mesh.model.yaml_values import plain_value
from mesh.reading.limits import TooMuchError, hold_to_limits
from mesh.reading.typed_scalars import with_places

_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
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


def yaml_objects(text: str) -> list[dict[str, Any]]:
    """Every map of the text; a List is its items, and what is empty is nothing. Raises one of UNREADABLE."""
    found: list[dict[str, Any]] = []
    for document, _ in documents(text):
        if isinstance(document, dict):
            each = cast("dict[str, Any]", document)
            found.extend(each["items"] if each.get("kind") == "List" else [each])
    return found
