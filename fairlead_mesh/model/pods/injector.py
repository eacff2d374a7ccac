"""Which namespaces does istiod inject that say nothing? The values of its chart say it, in a ConfigMap beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map

_INJECTOR = "istio-sidecar-injector"


def injects_by_default(configs: Iterable[Item]) -> bool:
    """Whether one of these ConfigMaps is an injector's that injects namespaces without a label."""
    return any(_by_default(item.get("data", "values")) for item in configs if item.name.startswith(_INJECTOR))


def _by_default(values: Any) -> bool:
    try:
        found = as_map(json.loads(values)) if isinstance(values, str) else {}
    except ValueError:
        return False
    return as_map(found.get("sidecarInjectorWebhook")).get("enableNamespacesByDefault") is True
