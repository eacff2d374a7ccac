"""Does the API server reach istiod's webhooks? Asked as it asks: a pod and a rule that are never kept.

A pod of an injected namespace, by a dry run, comes back with a sidecar; if the security rules do not admit port 15017,
it comes back after the webhook's time-out with its name (Istio: ops/common-problems/injection).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead.cloud.account import AwsError
from fairlead.cluster.answers import Ref
from fairlead.cluster.api_client import RefusedError
from fairlead.cluster.symptoms import OPEN_PORT, UNREACHED_WEBHOOK
from fairlead.doctor.closed_ports import closed_ports
from fairlead.doctor.examined import Examined
from fairlead.doctor.finding import Seen, Skip, failed, ok, warning
from fairlead_mesh.model.objects.yaml_values import as_map, as_maps

ORDER = 50
QUICK = False
PROXY = "istio-proxy"
_SIDECARS = ("initContainers", "containers")
_POD = "fairlead-doctor"
_NOT_INJECTED = "see the labels of the namespace, and kubectl get mutatingwebhookconfigurations"


def check(examined: Examined) -> Iterator[Seen]:
    """One dry run in the first namespace with injection that exists."""
    homes = [each.name for each in examined.config.all_namespaces if each.is_injected]
    if not homes:
        raise Skip("no namespace has sidecar injection")
    if not examined.live("admissionregistration.k8s.io/v1", "MutatingWebhookConfiguration", selector="istio.io/rev"):
        raise Skip("Istio is not installed yet")
    live = examined.cluster.read_all(Ref("v1", "Namespace", "", name) for name in homes)
    there = [ref.name for ref in live]
    if not there:
        raise Skip("no namespace with sidecar injection exists yet")
    try:
        made = examined.cluster.create(_pod(there[0]), dry_run=True)
    except RefusedError as error:
        if not UNREACHED_WEBHOOK.search(error.message):
            yield warning(f"a pod in {there[0]} is rejected: {error.message}", "see the policies of the namespace")
            return
        yield failed(f"the API server does not reach istiod: {error.message}", OPEN_PORT)
        yield from _closed(examined)
        return
    if PROXY in containers(made):
        yield ok(f"a pod in {there[0]} gets its sidecar")
    else:
        yield failed(f"a pod in {there[0]} gets no sidecar", _NOT_INJECTED)


def _closed(examined: Examined) -> Iterator[Seen]:
    """On EKS, between which security groups; off EKS nobody knows the rules."""
    try:
        yield from (failed(str(each), each.remedy) for each in closed_ports(examined))
    except Skip:
        return
    except AwsError as error:
        yield warning(f"the security groups could not be looked at: {error.message}", error.remedy or OPEN_PORT)


def containers(pod: dict[str, Any]) -> dict[str, str]:
    """Containers of a pod by name, with their images; a sidecar may be an init container that goes on."""
    spec = as_map(pod.get("spec"))
    return {str(each.get("name")): str(each.get("image")) for key in _SIDECARS for each in as_maps(spec.get(key))}


def _pod(namespace: str) -> dict[str, Any]:
    security = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    container = {"name": "nothing", "image": "registry.k8s.io/pause:3.10", "securityContext": security}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": _POD, "namespace": namespace},
        "spec": {
            "containers": [container],
            "securityContext": {"runAsNonRoot": True, "runAsUser": 65534, "seccompProfile": {"type": "RuntimeDefault"}},
        },
    }
