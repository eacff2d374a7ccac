"""What becomes of a request where its client is a pod like the caller's but for its labels, as one that only sends?"""

from __future__ import annotations

from dataclasses import replace

from fairlead_mesh.model.classes.stand_ins import deployment
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.sidecars import INJECT, REVISION, has_sidecar, is_gateway
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.requests.request import INTERNET, OUTSIDE, Request
from fairlead_mesh.model.traffic.explanation import Explanation, explanation
from fairlead_mesh.model.traffic.mesh import Mesh, workload_name

_NAME = "bare"


def bare_explanation(mesh: Mesh, request: Request) -> Explanation:
    """The same namespace, account and sidecar, and no label that a Service, a route or a policy could select."""
    if request.caller in (INTERNET, OUTSIDE):
        return explanation(mesh, request)
    wide, names = mesh.once("bare clients", lambda: _with_bare_clients(mesh))
    return explanation(wide, request.changed(caller=names.get(request.caller, request.caller)))


def _with_bare_clients(mesh: Mesh) -> tuple[Mesh, dict[str, str]]:
    names: dict[str, str] = {}
    items: list[Item] = []
    for number, pod in enumerate(each for each in mesh.graph.pods.all if not is_gateway(each)):
        name = f"{_NAME}-{number}"
        names.setdefault(workload_name(pod), f"{pod.namespace}/{name}")
        made = deployment(pod.namespace, name, _labels(mesh, pod), account=pod.service_account)
        items.append(Item(made, brought=True))
    wide = replace(mesh.graph, items=(*mesh.graph.items, *items))
    return Mesh(wide, mesh.now, mesh.outside, mesh.secrets, mesh.obeys_headers, mesh.skips_patches), names


def _labels(mesh: Mesh, pod: Workload) -> dict[str, str]:
    if has_sidecar(mesh.graph, pod) is False:
        return {INJECT: "false"}
    return {key: str(pod.labels[key]) for key in (INJECT, REVISION) if key in pod.labels}
