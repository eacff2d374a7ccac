"""Which revisions of istiod are known, by what installs one or names one? A namespace or a pod asks for one by a label.

Istio, manifests/charts/istio-control/istio-discovery: the Deployment, the webhooks and the tags carry istio.io/rev.
"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.sidecars import REVISION

DEFAULT = "default"
_TAG = "istio.io/tag"
_ISTIOD = "istiod"
_INJECTOR = "sidecar-injector"
_WEBHOOK = "MutatingWebhookConfiguration"
_OPERATOR = "IstioOperator"
_NAMES_THEM_ITSELF = ("Istio", "IstioRevision", "IstioRevisionTag", "ServiceMeshControlPlane")


def is_istiod(item: Item) -> bool:
    """Whether an object is istiod's Deployment, or a pod of it."""
    return item.kind in ("Deployment", "Pod") and item.labels.get("app") == _ISTIOD


def installs_webhooks(graph: Graph) -> bool:
    """Whether the webhooks that inject are at hand: each revision and each tag has one."""
    return any(item.labels.get("app") == _INJECTOR for item in graph.all_of_kind(_WEBHOOK))


def known_revisions(graph: Graph) -> set[str]:
    """The revisions and tags that there are; none where no istiod is known, or one whose controller names them."""
    if graph.all_of_kind(*_NAMES_THEM_ITSELF):
        return set()
    return {name for item in graph.all_of_kind("Deployment", "Pod", _WEBHOOK, _OPERATOR) for name in _named(item)}


def _named(item: Item) -> Iterator[str]:
    if is_istiod(item):
        yield str(item.labels.get(REVISION) or item.get("spec", "template", "metadata", "labels", REVISION) or DEFAULT)
    elif item.kind == _OPERATOR:
        yield str(item.get("spec", "revision") or DEFAULT)
    elif item.kind == _WEBHOOK and item.labels.get("app") == _INJECTOR:
        yield str(item.labels.get(REVISION) or DEFAULT)
        if tag := item.labels.get(_TAG):
            yield str(tag)
