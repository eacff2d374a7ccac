"""Do the labels of namespaces and pods get them the sidecars that they ask for?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.lint.workloads.injected_namespace_rules import SYSTEM_NAMESPACES
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.pods.sidecars import (
    AUTO,
    DATAPLANE_MODE,
    INJECT,
    INJECTION,
    PROXY,
    REVISION,
    injects,
    is_ambient,
    is_injected_by_default,
)
from fairlead_mesh.model.pods.workloads import TEMPLATED, Workload


@object_rule("IST0123", severity="warning")
def namespaces_have_one_injection_label(graph: Graph) -> Iterator[Hit]:
    """A namespace has one injection label; if it has two, istio-injection wins.

    Pods then get the sidecar of another istiod than that of the revision label, and are left behind in an upgrade.
    """
    for item in graph.of_kind("Namespace"):
        if item.labels.get(INJECTION) not in (None, "enabled"):
            continue
        named = [label for label in (INJECTION, REVISION, DATAPLANE_MODE) if label in item.labels]
        for label in named[1:]:
            message = f"{named[0]} is set too and wins, so {label} has no effect"
            yield item.hit(("metadata", "labels", label), message, f"remove {named[0]} or {label}")


@object_rule()
def injection_labels_say_what_istio_reads(graph: Graph) -> Iterator[Hit]:
    """Injection is `enabled` or `disabled` on a namespace and `true` or `false` on a pod; other values turn it off.

    The pods start without a sidecar and without an error: no mTLS, no policy, and 503 or resets under STRICT.
    """
    for item in graph.of_kind("Namespace"):
        value = item.labels.get(INJECTION)
        if value is not None and value not in ("enabled", "disabled"):
            message = f"istiod reads only enabled here: with {value} no pod of {item.name} gets a sidecar"
            yield item.hit(("metadata", "labels", INJECTION), message, f"write {INJECTION}: enabled, or disabled")
    for pod in graph.pods.all:
        value = pod.labels.get(INJECT)
        if value not in (None, "true", "false") and not pod.item.brought:
            message = f"istiod reads only 'true' or 'false' here and ignores {value}"
            at = (*pod.at, "metadata", "labels", INJECT)
            yield pod.item.hit(at, message, f"write {INJECT}: 'true', in quotes as labels are text")


@object_rule("IST0102", severity="info")
def namespaces_with_pods_are_in_the_mesh(graph: Graph) -> Iterator[Hit]:
    """Pods in a namespace without an injection label are not in the mesh; `disabled` says that this is intended.

    Nothing fails at once: their traffic is plain text, not covered by policies and traces, and rejected by STRICT pods.
    """
    for item in graph.of_kind("Namespace"):
        labels = item.labels
        if item.name in (graph.root_namespace, *SYSTEM_NAMESPACES) or labels.get(DATAPLANE_MODE) == "ambient":
            continue
        pods = [pod for pod in graph.workloads.get(item.name, []) if _outside(graph, pod)]
        unlabelled = INJECTION not in labels and REVISION not in labels
        if unlabelled and pods and not is_injected_by_default(graph, labels):
            message = f"namespace {item.name} has no injection label, so {pods[0].item} gets no sidecar"
            remedy = f"add the label {INJECTION}: enabled, or disabled if they are to stay outside"
            yield item.hit(("metadata", "name"), message, remedy)


def _outside(graph: Graph, pod: Workload) -> bool:
    has_proxy = any(container.get("name") == PROXY for _, container in pod.containers)
    asked = INJECT in pod.labels or REVISION in pod.labels
    return not pod.item.brought and not has_proxy and not asked and not is_ambient(graph, pod)


@object_rule("IST0107", severity="warning")
def injection_of_pods_is_said_where_it_is_read(graph: Graph) -> Iterator[Hit]:
    """Injection of a pod is a label of the pod itself: on its Deployment it has no effect.

    An annotation of that name can only turn injection off, because the injection webhook selects pods by labels.
    """
    for pod in graph.pods.all:
        if pod.item.brought:
            continue
        for part, found in (("labels", pod.item.labels), ("annotations", pod.item.annotations)):
            if pod.item.kind in TEMPLATED and INJECT in found and INJECT not in pod.labels:
                message = f"{INJECT} on the {pod.item.kind} has no effect: its pods do not have it"
                yield pod.item.hit(("metadata", part, INJECT), message, "move it to spec.template.metadata.labels")
        annotation, label = pod.annotations.get(INJECT), pod.labels.get(INJECT)
        at: Path = (*pod.at, "metadata", "annotations", INJECT)
        namespace = graph.namespaces.get(pod.namespace)
        if annotation is not None and label is not None and annotation != label:
            message = f"the label is {label} and overrides this annotation"
            yield pod.item.hit(at, message, "remove the annotation")
        elif annotation == "true" and label is None and namespace and not injects(namespace.labels, pod.labels):
            message = f"annotations do not turn injection on in {pod.namespace}, so these pods get no sidecar"
            # A script may label the namespace later.
            is_said = INJECTION in namespace.labels or REVISION in namespace.labels or not graph.closed
            severity = None if is_said else "info"
            yield pod.item.hit(at, message, f"write it as a label: {INJECT}: 'true'", severity=severity)


@object_rule("IST0146", "IST0147")
def images_that_istio_fills_in_are_injected(graph: Graph) -> Iterator[Hit]:
    """`image: auto` is replaced at injection; pods that are not injected try to pull an image named `auto`.

    They stay in ImagePullBackOff, and a Release of the gateway chart times out after five minutes.
    """
    for pod in graph.pods.all:
        namespace = graph.namespaces.get(pod.namespace)
        if pod.item.brought or injects(namespace.labels if namespace else {}, pod.labels):
            continue
        for path, container in pod.containers:
            if container.get("name") == PROXY and container.get("image") == AUTO:
                message = (
                    f"no label of {pod.namespace} or of these pods turns injection on: ImagePullBackOff for `auto`"
                )
                remedy = f"add the label {INJECT}: 'true' to the pods"
                # Its label may stand where the namespace is made.
                others = [(namespace, ("metadata", "name"))] if namespace else []
                severity = None if namespace else "info"
                yield pod.item.hit((*path, "image"), message, remedy, severity=severity, others=others)
