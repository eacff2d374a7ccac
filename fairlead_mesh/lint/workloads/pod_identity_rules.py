"""Do pods get the sidecar and the service account that others count on?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.keys.nearest import nearest
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.pods.sidecars import INJECT, INJECTION, has_sidecar, injects, is_ambient, is_gateway
from fairlead_mesh.model.security.mtls import PeerPolicies

_REMEDY = "let them have a sidecar, or call only pods that are PERMISSIVE"
_SYSTEM = ("kube-system", "kube-public", "kube-node-lease", "local-path-storage")

_OVERRIDE = "sidecar.istio.io/bootstrapOverride"


@object_rule(severity="warning")
def pods_of_strict_namespaces_have_sidecars(graph: Graph) -> Iterator[Hit]:
    """Where mTLS is STRICT, pods without a sidecar have no identity, and no policy applies to them.

    STRICT pods reject their requests, and anybody can send them plain text. Pods on the host's network never get one.
    """
    policies, told = graph.once(PeerPolicies), set[str]()
    for pod in graph.pods.all:
        if pod.item.brought or has_sidecar(graph, pod) is not False or is_ambient(graph, pod) or is_gateway(pod):
            continue
        mode, said_by = policies.of_port(pod, None)
        if mode != "STRICT" or pod.namespace in (graph.root_namespace, *_SYSTEM):
            continue
        namespace = graph.namespaces.get(pod.namespace)
        others = [(said_by, ("metadata", "name"))] if said_by else []
        injected = namespace and injects(namespace.labels, {})
        if pod.pod.get("hostNetwork") is True and (injected or pod.labels.get(INJECT) == "true"):
            message = f"{said_by} is STRICT, and pods on the host's network get no sidecar"
            at: Path = (*pod.at, "spec", "hostNetwork")
            yield pod.item.hit(at, message, "remove hostNetwork, or write a policy for these pods", others=others)
        elif pod.labels.get(INJECT) == "false" or pod.annotations.get(INJECT) == "false":
            part = "labels" if pod.labels.get(INJECT) == "false" else "annotations"
            message = f"{said_by} is STRICT: it does not apply to these pods, and others reject their requests"
            at = (*pod.at, "metadata", part, INJECT)
            remedy = f"remove {INJECT}, or let these pods call only PERMISSIVE ones"
            yield pod.item.hit(at, message, remedy, severity="info", others=others)
        elif namespace and namespace.labels.get(INJECTION) == "disabled" and pod.namespace not in told:
            told.add(pod.namespace)
            message = f"{said_by} is STRICT, which rejects requests of {pod.item} and of all others here"
            at = ("metadata", "labels", INJECTION)
            yield namespace.hit(
                at, message, "write enabled, or call only pods that are PERMISSIVE", severity="info", others=others
            )


@object_rule(severity="warning")
def accounts_of_pods_exist(graph: Graph) -> Iterator[Hit]:
    """Pods run as a service account that exists in their namespace: otherwise no pod is created.

    Only the events of the ReplicaSet say so. It is also the identity that policies allow.
    """
    known: dict[str, set[str]] = {}
    for item in graph.all_of_kind("ServiceAccount"):
        known.setdefault(item.namespace, {"default"}).add(item.name)
    for pod in graph.pods.all if graph.closed else ():
        accounts, name = known.get(pod.namespace, set[str]()), pod.service_account
        if pod.item.brought or not accounts or name in accounts:
            continue
        near = nearest(name, accounts)
        message = f"no ServiceAccount {pod.namespace}/{name} is known; without it no pod is created"
        remedy = f"write {near}" if near else f"create it, or write one of {', '.join(sorted(accounts))}"
        at = (*pod.at, "spec", "serviceAccountName")
        yield pod.item.hit(at, message, remedy, severity=None if near else "info")


@object_rule(severity="warning")
def bootstrap_overrides_exist(graph: Graph) -> Iterator[Hit]:
    """sidecar.istio.io/bootstrapOverride names a ConfigMap in the pods' namespace: without it no pod starts.

    The pods wait for the volume, in ContainerCreating.
    """
    known: dict[str, set[str]] = {}
    for item in graph.all_of_kind("ConfigMap"):
        known.setdefault(item.namespace, set()).add(item.name)
    for pod in graph.pods.all:
        name, here = pod.annotations.get(_OVERRIDE), known.get(pod.namespace, set[str]())
        if isinstance(name, str) and name not in here and not pod.item.brought:
            message = f"no ConfigMap {pod.namespace}/{name} is known; without it no pod starts"
            remedy = f"create it, or write one of {', '.join(sorted(here))}" if here else "create it, or remove this"
            at = (*pod.at, "metadata", "annotations", _OVERRIDE)
            yield pod.item.hit(at, message, remedy, severity=None if here and graph.closed else "info")


@object_rule(severity="warning")
def namespaces_are_spelt_as_they_are_known(graph: Graph) -> Iterator[Hit]:
    """An object is in a namespace that exists: in one that is spelt almost like it, it meets nobody."""
    if not graph.closed or not graph.namespaces:
        return
    inhabited = {*graph.workloads, *(home for home, _ in graph.services)}
    known = {*graph.namespaces, graph.root_namespace}
    for item in graph.items:
        here = item.metadata.get("namespace")
        if item.brought or not isinstance(here, str) or here in known or here in inhabited:
            continue
        # Names that add a word to another one are names of their own.
        meant = [name for name in known if not _adds_a_word(here, name) and not _adds_a_word(name, here)]
        if near := nearest(here, meant):
            message = f"no namespace {here} is known, nor anything else in it"
            yield item.hit(("metadata", "namespace"), message, f"write {near}")


def _adds_a_word(longer: str, shorter: str) -> bool:
    return longer.startswith(f"{shorter}-") or longer.endswith(f"-{shorter}")
