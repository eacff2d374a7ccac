"""Are pods of a gateway known as such, whatever runs beside their proxy?"""

from __future__ import annotations

import pytest

from fairlead_mesh.model.graph import graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.sidecars import is_gateway

pytestmark = pytest.mark.mesh


@pytest.mark.parametrize(
    ("label", "containers", "known"),
    [
        ("ingressgateway", ["istio-proxy", "stats"], True),
        ("web", ["istio-proxy", "stats"], False),
        ("ingressgateway", ["web", "stats"], False),
    ],
)
def test_a_proxy_that_is_labelled_as_a_gateway_is_one(label: str, containers: list[str], known: bool) -> None:
    spec = {"containers": [{"name": name, "image": "x"} for name in containers]}
    metadata = {"name": "front", "namespace": "shop", "labels": {"istio": label}}
    pod = Item({"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec})
    assert [is_gateway(each) for each in graph([pod], closed=True).pods.all] == [known]
