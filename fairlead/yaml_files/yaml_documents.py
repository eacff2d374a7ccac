"""Which objects does a YAML text hold? Read as Kubernetes reads it, fast enough for Istio's definitions."""

from __future__ import annotations

from typing import Any, cast

import yaml

_Fast: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class KubernetesLoader(_Fast):
    """YAML as JSON knows it: a date stays the text it is."""


KubernetesLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in _Fast.yaml_implicit_resolvers.items()
}


def yaml_documents(text: str) -> list[dict[str, Any]]:
    """Every object of the text; a List is its items, and what is empty is nothing."""
    found: list[dict[str, Any]] = []
    for document in yaml.load_all(text, Loader=KubernetesLoader):
        if isinstance(document, dict):
            each = cast("dict[str, Any]", document)
            found.extend(each["items"] if each.get("kind") == "List" else [each])
    return found
