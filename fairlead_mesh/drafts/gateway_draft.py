"""What would a stack file say of a gateway that exists? That it exists, as one of another stack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairlead_mesh.drafts.alike import plain_spec
from fairlead_mesh.drafts.said import UnsaidError, part, read
from fairlead_mesh.gateway_values import gateway_object
from fairlead_mesh.gateways import Gateway
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.traffic.balancer_traffic import is_internal

Draft = dict[str, Any]
_EXPOSED = {"NodePort": "nodePort", "ClusterIP": "clusterIP"}
_ISTIO = "istio"


def gateway_draft(item: Item, graph: Graph) -> Draft:
    """The section of an Istio Gateway, wherever its pods are. Raises UnsaidError."""
    said = part(item.spec, "selector", "servers")
    selector = {key: str(value) for key, value in as_map(said.get("selector")).items()}
    section: Draft = {"name": item.name, "namespace": item.namespace, "external": True}
    section |= _pods(item, selector, graph)
    if selector != {_ISTIO: item.name.removeprefix("istio-")}:
        section["selector"] = selector
    section["ports"] = [_port(each) for each in as_maps(said.get("servers"))]
    made = gateway_object(read(section, Gateway))
    if made is None or plain_spec(Item(made), graph) != plain_spec(item, graph):
        raise UnsaidError("servers")
    return section


def _pods(item: Item, selector: Mapping[str, str], graph: Graph) -> Draft:
    """Where its pods are, if not in its own place, and who reaches their Service."""
    service = _service(item, selector, graph)
    if service:
        place, found = (service.namespace, service.name), _exposed(service)
    elif list(selector) in ([_ISTIO], ["app", _ISTIO], [_ISTIO, "app"]):
        # Where its pods are not among the files, they are those that Istio itself installs under this label.
        place, found = (graph.root_namespace, f"istio-{selector[_ISTIO].removeprefix('istio-')}"), {}
    else:
        raise UnsaidError("no pods that it selects")
    pods: Draft = {"service": place[1], "namespace": place[0]}
    accounts = {pod.service_account for pod in graph.pods_of(service)} if service else set[str]()
    pods |= {"serviceAccount": min(accounts)} if len(accounts) == 1 and accounts != {place[1]} else {}
    is_told = place != (item.namespace, item.name) or "serviceAccount" in pods
    return found | ({"pods": pods} if is_told else {})


def _service(item: Item, selector: Mapping[str, str], graph: Graph) -> Item | None:
    """The Service before its pods: of its own name, else the one that most clients reach."""
    own = graph.services.get((item.namespace, item.name))
    if own:
        return own
    pods = graph.selected(None, selector) if selector else []
    found = {(each.namespace, each.name): each for pod in pods for each in graph.services_of.get(pod, [])}
    labelled = [each for each in graph.services.values() if selector.items() <= _selected(each).items()]
    listed = [*found.values(), *(labelled if selector else [])]
    kinds = ["LoadBalancer", "NodePort", "ClusterIP"]
    known = (each for kind in kinds for each in listed if (each.get("spec", "type") or "ClusterIP") == kind)
    return next(known, None)


def _selected(service: Item) -> dict[str, str]:
    return {key: str(value) for key, value in as_map(service.get("spec", "selector")).items()}


def _exposed(service: Item) -> Draft:
    kind = str(service.get("spec", "type") or "ClusterIP")
    if kind == "LoadBalancer":
        return {"expose": "internal"} if is_internal(service) else {}
    return {"expose": _EXPOSED[kind]} if kind in _EXPOSED else {}


def _port(server: Mapping[str, Any]) -> Draft:
    said = part(server, "port", "hosts", "tls")
    port = part(said.get("port") or {}, "number", "name", "protocol")
    found: Draft = {"port": port.get("number")}
    protocol = str(port.get("protocol", ""))
    found |= {"protocol": protocol} if protocol != "HTTP" else {}
    label = f"{protocol.lower()}-{port.get('number')}"
    found |= {"name": port["name"]} if port.get("name") not in (None, label) else {}
    hosts = [str(each) for each in as_list(said.get("hosts"))]
    found |= {"hosts": hosts} if hosts != ["*"] else {}
    tls = part(said.get("tls") or {}, "mode", "credentialName", "httpsRedirect")
    if tls.pop("httpsRedirect", False):
        found["httpsRedirect"] = True
    return found | ({"tls": tls} if tls else {})
