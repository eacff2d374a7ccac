"""Is another Istio on the cluster? Its CRDs, its webhooks and its istiod would be fought over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead.cluster.answers import Ref
from fairlead.cluster.applied_names import istiod_revision, release_name
from fairlead.cluster.helm_records import release_of
from fairlead.doctor.examined import Examined, metadata
from fairlead.doctor.finding import Seen, Skip, failed, ok, warning
from fairlead_mesh.model.objects.yaml_values import as_map

ORDER = 31
QUICK = True
_REV = "istio.io/rev"
_DEFINITIONS = ("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", "app.kubernetes.io/part-of=istio")
_WEBHOOKS = ("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", "", _REV)
_ISTIOD = ("apps/v1", "Deployment", "", "app=istiod")
_TAKEN = "remove the other one, or give this one a revision of its own: istio.values.istiod.revision"


def check(examined: Examined) -> Iterator[Seen]:
    """What has Istio's labels and is not of a release of the stack."""
    if examined.config.istio.is_shared:
        raise Skip("the stack shares the Istio that is there")
    ours = {release_name(each.inputs): each for each in examined.snapshot.releases}
    revision = istiod_revision(examined.snapshot)
    definitions = _others(examined.live(*_DEFINITIONS), ours)
    if definitions and any(each.chart == "base" for each in ours.values()):
        who = sorted({_owner(each) for each in definitions.values()})
        text = f"{len(definitions)} of Istio's CRDs exist already, {_list(who)}"
        yield failed(text, f"remove what installed them, or have Helm take them over: {_adopt(ours)}")
    same = [ref for ref, live in _others(examined.live(*_WEBHOOKS), ours).items() if _rev(live) == revision]
    for ref in same:
        yield failed(f"{ref} injects sidecars of the revision {revision} already", _TAKEN)
    others = _others(examined.live(*_ISTIOD), ours)
    for ref, live in others.items():
        found = _rev(live) or "default"
        text = f"istiod {ref.namespace}/{ref.name} of the revision {found} is there"
        if found == revision:
            yield failed(text, _TAKEN)
        else:
            yield warning(text, "see that no namespace has the labels of both")
    if not (definitions or same or others):
        yield ok("no other Istio is there")


def _others(found: dict[Ref, dict[str, Any]], ours: dict[str, Any]) -> dict[Ref, dict[str, Any]]:
    return {ref: live for ref, live in found.items() if release_of(metadata(live)) not in ours}


def _owner(live: dict[str, Any]) -> str:
    release = release_of(metadata(live))
    return "of no Helm release" if "None" in release else f"of the Helm release {release}"


def _rev(live: dict[str, Any]) -> str:
    return str(as_map(metadata(live).get("labels")).get(_REV) or "")


def _list(words: list[str]) -> str:
    return " and ".join(words)


def _adopt(ours: dict[str, Any]) -> str:
    base = next(name for name, each in ours.items() if each.chart == "base")
    namespace, _, name = base.partition("/")
    return (
        f"annotations meta.helm.sh/release-name: {name} and meta.helm.sh/release-namespace: {namespace}, "
        "label app.kubernetes.io/managed-by: Helm"
    )
