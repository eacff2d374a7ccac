"""Is it known whose proxies log requests? The nearest Telemetry decides, and without one the mesh config."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.model.graph import graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.telemetry.access_logs import logs_requests

pytestmark = pytest.mark.mesh

WEB = {"app": "web"}
ON, OFF = {"providers": [{"name": "envoy"}]}, {"disabled": True}


def telemetry(namespace: str, *logging: dict[str, Any], selector: dict[str, str] | None = None) -> Item:
    spec: dict[str, Any] = {"accessLogging": list(logging)} if logging else {"tracing": [{}]}
    if selector:
        spec["selector"] = {"matchLabels": selector}
    metadata = {"name": "logs", "namespace": namespace}
    return Item({"apiVersion": "telemetry.istio.io/v1", "kind": "Telemetry", "metadata": metadata, "spec": spec})


def logs(*items: Item, labels: dict[str, str] | None = None, config: dict[str, Any] | None = None) -> bool:
    mesh = graph(items, closed=False, mesh_config=config)
    return logs_requests(mesh, "shop", WEB if labels is None else labels)


def test_without_a_telemetry_the_mesh_config_decides() -> None:
    assert not logs()
    assert logs(config={"accessLogFile": "/dev/stdout"})
    assert logs(config={"defaultProviders": {"accessLogging": ["envoy"]}})
    assert not logs(telemetry("shop", OFF), config={"accessLogFile": "/dev/stdout"})


def test_the_nearest_telemetry_decides() -> None:
    root, space, pods = telemetry("istio-system", ON), telemetry("shop", OFF), telemetry("shop", ON, selector=WEB)
    assert logs(root)
    assert not logs(root, space)
    assert logs(root, space, pods)


def test_one_of_other_pods_or_of_another_namespace_says_nothing() -> None:
    assert not logs(telemetry("shop", ON, selector={"app": "cart"}))
    assert not logs(telemetry("cart", ON))
    assert not logs(telemetry("shop", ON, selector=WEB), labels={})


def test_one_that_is_about_something_else_leaves_it_to_the_next() -> None:
    assert logs(telemetry("istio-system", ON), telemetry("shop"))
