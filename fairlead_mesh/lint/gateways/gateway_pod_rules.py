"""Do Gateways meet pods that serve them, on ports that a Service leads to, each host once?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from fairlead_mesh.findings import Hit, Path, Severity
from fairlead_mesh.lint.gateways.gateway_rules import istio_gateways
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.elsewhere import are_usual_pods, close_to_usual, is_usual_gateway
from fairlead_mesh.model.gateway_listeners import gateway_selector, placed_servers
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.sidecars import is_gateway
from fairlead_mesh.model.pods.workloads import Workload, labels_in_words
from fairlead_mesh.model.protocols import TLS, parsed

_USUAL = {"istio": "ingressgateway"}
_USUAL_PORTS = (80, 443, 8080, 8443, 15021, 15443, 31400)


@object_rule("IST0101", "KIA0302", severity="warning")
def gateways_have_pods(graph: Graph) -> Iterator[Hit]:
    """A Gateway configures the pods that its selector matches; if it matches none, no port opens anywhere.

    Everything is accepted, and clients get a refused connection or a 503 from the load balancer.
    """
    others = [workload for workload in graph.pods.all if is_gateway(workload)]
    labels = sorted(
        {labels_in_words({key: value}) for pod in others for key, value in pod.labels.items() if key == "istio"}
    )
    for item in istio_gateways(graph):
        selector = gateway_selector(item)
        if selector and not graph.selected(None, selector):
            words = labels_in_words(selector)
            message = f"no pods have the labels {words}, so this Gateway opens no port and its hosts stay unreachable"
            known = f"; the gateways here have {' or '.join(labels)}" if labels else ""
            remedy = f"use the labels of the gateway's pods{known}"
            severity = _severity(graph, selector, others)
            yield from [item.hit(("spec", "selector"), message, remedy, severity=severity)] if severity else []


def _severity(graph: Graph, selector: Mapping[str, Any], others: Sequence[Workload]) -> Severity | None:
    """A gateway is mostly installed apart from what it serves; only beside others is this one surely missing."""
    if not graph.closed:
        return "warning"
    if are_usual_pods(selector) and not any(is_usual_gateway(pod) for pod in others):
        return None
    if others:
        return graph.missing
    return "warning" if close_to_usual(selector) else "info"


@object_rule("IST0162", severity="warning")
def gateway_ports_are_on_their_service(graph: Graph) -> Iterator[Hit]:
    """Traffic reaches a gateway's pods through their Service, so a port that the Service lacks gets none.

    The listener is up, and clients of the load balancer get a refused connection or a timeout.
    """
    for item in istio_gateways(graph):
        pods = graph.selected(None, gateway_selector(item))
        reached = [_reached(graph.services_of[pod]) for pod in pods if pod in graph.services_of]
        usual = not pods and gateway_selector(item) == _USUAL
        numbers = set[Any](_USUAL_PORTS if usual else ()).union(*reached)
        whose = "of Istio's usual gateway" if usual else "of these pods"
        for path, server in placed_servers(item) if numbers else ():
            number = as_map(server.get("port")).get("number")
            if isinstance(number, int) and number not in numbers:
                message = f"no Service forwards to port {number} {whose}, so no traffic reaches it"
                known = ", ".join(str(each) for each in sorted(numbers, key=str))
                remedy = f"add the port to the gateway's Service, or use one that it has: {known}"
                yield item.hit((*path, "port", "number"), message, remedy, severity="info" if usual else None)


def _reached(services: list[Item]) -> set[Any]:
    """What a Gateway may write for the ports of these Services: the pod's number or the Service's own."""
    ports = [port for service in services for _, port in service.maps("spec", "ports")]
    tcp = [port for port in ports if port.get("protocol", "TCP") == "TCP"]
    return {port.get(key) for port in tcp for key in ("port", "targetPort") if isinstance(port.get(key), int)}


@object_rule("IST0145", "KIA0301")
def hosts_are_served_by_one_gateway(graph: Graph) -> Iterator[Hit]:
    """Two Gateways with one host and port for the same pods conflict: if both terminate TLS, istiod drops the newer.

    The VirtualServices of the dropped one then get 404. Plain HTTP servers are merged, and the age of the
    VirtualServices decides which one handles a request, not the order in the files.
    """
    seen: dict[tuple[Any, ...], tuple[Item, Path]] = {}
    for item in sorted(istio_gateways(graph), key=_age):
        pods: list[Workload] | list[str] = (
            graph.selected(None, gateway_selector(item)) if gateway_selector(item) else []
        )
        for path, server in placed_servers(item):
            port, bind = as_map(server.get("port")), str(server.get("bind") or "")
            ends_tls = parsed(port.get("protocol")) in TLS
            for place, host in item.entries(*path, "hosts"):
                keys = [
                    (pod, str(port.get("number")), bind, str(host))
                    for pod in pods or [labels_in_words(gateway_selector(item))]
                ]
                other = next((seen[key] for key in keys if key in seen), None)
                # Within one Gateway plain servers of a host are one; those that end TLS are dropped all the same.
                if other and isinstance(port.get("number"), int) and (other[0] is not item or ends_tls):
                    where = f"{other[0]} serves {host} on port {port['number']} of the same pods"
                    remedy = "merge the two, or give one of them another host, port or selector"
                    severity = None if ends_tls else "warning"
                    message = f"{where}, so {_outcome(ends_tls)}"
                    yield item.hit(place, message, remedy, severity=severity, others=[other])
                for key in keys:
                    seen.setdefault(key, (item, place))


def _age(item: Item) -> str:
    return str(item.metadata.get("creationTimestamp") or "")


def _outcome(ends_tls: bool) -> str:
    return "istiod drops one of the two servers" if ends_tls else "their routes are merged in an undefined order"


@object_rule("IST0138", severity="warning")
def certificates_belong_to_one_gateway(graph: Graph) -> Iterator[Hit]:
    """Browsers reuse a connection for all hosts of its certificate, so Gateways that share one cause 404s.

    A request for the second host is sent on the connection of the first, whose Gateway has no route for it: 404, until
    the browser is restarted.
    """
    holders: dict[tuple[Any, ...], tuple[Item, Path]] = {}
    for item in istio_gateways(graph):
        reported: set[tuple[Any, ...]] = set()
        pods = graph.selected(None, gateway_selector(item)) if gateway_selector(item) else []
        for path, server in placed_servers(item):
            tls = as_map(server.get("tls"))
            name = "credentialName" if tls.get("credentialName") else "serverCertificate"
            if not isinstance(tls.get(name), str):
                continue
            keys = [(pod, name, tls[name]) for pod in pods or [labels_in_words(gateway_selector(item))]]
            at: Path = (*path, "tls", name)
            known = [holders.setdefault(key, (item, at)) for key in keys]
            other = next((each for each in known if each[0] is not item), None)
            # Of two servers of the same hosts one is dropped, which is another rule's to say.
            if (
                other
                and keys[0] not in reported
                and server.get("hosts") != as_map(other[0].get(*other[1][:-2])).get("hosts")
            ):
                message = f"{other[0]} serves {tls[name]} too, so browsers that know both hosts get 404 for one of them"
                remedy = "put the hosts into one Gateway, or use a separate certificate for each"
                yield item.hit(at, message, remedy, others=[other])
            reported.update(keys)
