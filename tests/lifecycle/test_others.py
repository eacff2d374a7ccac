"""What does `down` say of what others lose? Sidecars of this istiod, and objects of Istio's kinds."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead.cluster.answers import Ref
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.evaluation.snapshot import HELM_RELEASE, Resource, Snapshot
from fairlead.lifecycle.attached import attached
from fairlead.lifecycle.definitions import objects_of, without_definitions
from tests.fixtures.placed import POD, there, thing

pytestmark = pytest.mark.apiserver

LABELS = {"security.istio.io/tlsMode": "istio", "pod-template-hash": "6c9d"}
GROUP = "things.example.com"
NAMES = {"plural": "widgets", "kind": "Widget", "singular": "widget", "listKind": "WidgetList"}
VERSION = {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
WIDGETS = thing(
    *("apiextensions.k8s.io/v1", "CustomResourceDefinition", f"widgets.{GROUP}"),
    spec={"group": GROUP, "names": NAMES, "scope": "Namespaced", "versions": [VERSION]},
)


def pod(name: str, revision: str = "default", owner: str = "", namespace: str = "default") -> dict[str, Any]:
    reference = {
        "apiVersion": "apps/v1",
        "kind": "ReplicaSet",
        "name": f"{owner}-6c9d",
        "uid": "1",
        "controller": False,
    }
    metadata = {"labels": LABELS, "annotations": {"istio.io/rev": revision}}
    metadata |= {"ownerReferences": [reference]} if owner else {}
    return thing("v1", "Pod", name, namespace, metadata=metadata, spec=POD)


def stack(*objects: dict[str, Any], revision: str | None = None) -> Snapshot:
    values = {"revision": revision} if revision else {}
    istiod = {"name": "istiod", "namespace": "istio-system", "chart": "istiod", "values": values}
    front = {"name": "front", "namespace": "default", "chart": "gateway"}
    given = [(HELM_RELEASE, istiod), (HELM_RELEASE, front), *(("kubernetes:x:y", each) for each in objects)]
    resources = [
        Resource(f"urn:{number}", kind, str(number), "", custom=True, inputs=inputs)
        for number, (kind, inputs) in enumerate(given)
    ]
    return Snapshot("fairlead", "dev", tuple(resources), {})


class Pods:
    """A cluster with these pods."""

    def __init__(self, *pods: dict[str, Any]) -> None:
        self._pods = pods

    def labelled(self, *_: str) -> dict[Ref, dict[str, Any]]:
        return {Ref("v1", "Pod", each["metadata"]["namespace"], each["metadata"]["name"]): each for each in self._pods}


def test_workloads_of_others_with_this_revision_are_named_once() -> None:
    cluster: Any = Pods(
        pod("cart-6c9d-1", owner="cart"),
        pod("cart-6c9d-2", owner="cart"),
        pod("alone"),
        pod("other", revision="canary"),
        pod("front-6c9d-1", owner="front"),
        pod("ours-6c9d-1", owner="ours"),
        pod("inside", namespace="hello"),
    )
    ours = thing("apps/v1", "Deployment", "ours", "default")
    home = thing("v1", "Namespace", "hello")
    assert attached(cluster, stack(ours, home)) == ["Deployment default/cart", "Pod default/alone"]
    assert attached(cluster, stack(ours, home, revision="canary")) == ["Pod default/other"]
    assert attached(cluster, Snapshot("fairlead", "dev", (), {})) == []


def test_pods_are_found_on_a_cluster_by_the_label_of_their_proxy(live_cluster: LiveCluster) -> None:
    bare = thing("v1", "Pod", "bare", "default", spec=POD)
    with there(live_cluster, pod("alone"), bare):
        assert attached(live_cluster, stack()) == ["Pod default/alone"]


def test_objects_that_go_with_the_definitions_are_counted_and_named(live_cluster: LiveCluster) -> None:
    definition = live_cluster.ref(WIDGETS)
    live_cluster.apply(WIDGETS)
    live_cluster.wait_for_definitions([definition.name])
    assert list(objects_of(live_cluster, [definition])) == []
    for number in range(5):
        live_cluster.apply(thing(f"{GROUP}/v1", "Widget", f"w{number}", "default"))
    assert list(objects_of(live_cluster, [definition])) == ["5 Widget: default/w0, default/w1, default/w2 and 2 more"]
    assert without_definitions(live_cluster, [definition]) == []
    assert live_cluster.read(definition) is None
    assert not live_cluster.knows({"apiVersion": f"{GROUP}/v1", "kind": "Widget"})
