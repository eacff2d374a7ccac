"""Does a namespace say whether its pods are injected, and is there an istiod of the revision that it says?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.elsewhere import close
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.sidecars import DATAPLANE_MODE, INJECTION, REVISION, injects, is_injected_by_default
from fairlead_mesh.model.revisions import DEFAULT, installs_webhooks, is_istiod, known_revisions

SYSTEM_NAMESPACES = ("kube-system", "kube-public", "kube-node-lease", "local-path-storage")


@object_rule("IST0102", "IST0148", severity="info")
def namespaces_say_whether_they_are_injected(graph: Graph) -> Iterator[Hit]:
    """Beside namespaces that are injected, one without a label is not: pods that come into it get no sidecar.

    Where istiod injects namespaces by default, it is the other way round. `enabled` or `disabled` says what is meant.
    """
    labelled = any(injects(item.labels, {}) for item in graph.namespaces.values())
    used = {item.namespace for item in graph.items if item.kind != "Namespace" and "namespace" in item.metadata}
    for item in graph.of_kind("Namespace"):
        if item.name in (graph.root_namespace, *SYSTEM_NAMESPACES) or DATAPLANE_MODE in item.labels:
            continue
        if INJECTION in item.labels or REVISION in item.labels:
            continue
        if is_injected_by_default(graph, item.labels):
            message = f"istiod injects namespaces by default, so pods of {item.name} get a sidecar"
            yield item.hit(("metadata", "name"), message, f"add the label {INJECTION}: enabled, or disabled")
        elif labelled and item.name not in used:
            message = f"other namespaces are injected and {item.name} is not: pods that come into it get no sidecar"
            yield item.hit(("metadata", "name"), message, f"add the label {INJECTION}: enabled, or disabled")


@object_rule(severity="warning")
def revisions_of_labels_exist(graph: Graph) -> Iterator[Hit]:
    """The label istio.io/rev names a revision, or a tag, of an istiod: of another one no webhook injects the pods.

    They start without sidecars and without an error, and gateways stay in ImagePullBackOff for an image named `auto`.
    """
    known = known_revisions(graph)
    names = ", ".join(sorted(known))
    for item, at, wanted in _asked(graph) if known else ():
        if wanted not in known:
            message = f"no istiod of these objects has the revision {wanted}, only {names}: pods get no sidecar"
            # Tags are set by commands, and another istiod may be installed by another file.
            sure = not graph.closed or close(wanted, sorted(known)) or installs_webhooks(graph)
            severity = None if sure else "info"
            yield item.hit(at, message, f"write {' or '.join(sorted(known))}", severity=severity)
    for item in graph.of_kind("Namespace") if known else ():
        if item.labels.get(INJECTION) == "enabled" and DEFAULT not in known:
            message = f"this asks for the revision default, and istiod has {names}: without a tag pods get no sidecar"
            remedy = f"write {REVISION}: {sorted(known)[0]}, or set the tag: istioctl tag set default"
            yield item.hit(("metadata", "labels", INJECTION), message, remedy, severity="info")


def _asked(graph: Graph) -> Iterator[tuple[Item, Path, str]]:
    for item in graph.of_kind("Namespace"):
        if REVISION in item.labels and INJECTION not in item.labels:
            yield item, ("metadata", "labels", REVISION), str(item.labels[REVISION])
    for pod in graph.pods.all:
        if REVISION in pod.labels and not pod.item.brought and not is_istiod(pod.item):
            yield pod.item, (*pod.at, "metadata", "labels", REVISION), str(pod.labels[REVISION])
