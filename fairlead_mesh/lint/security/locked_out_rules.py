"""Does a policy deny what the mesh itself sends: requests of the gateways that route there, scrapes of Prometheus?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.lint.telemetry.scraping_rules import PORT, scraped_pods
from fairlead_mesh.model.elsewhere import has_usual_pods
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.sidecars import has_sidecar
from fairlead_mesh.model.pods.workloads import Workload
from fairlead_mesh.model.reach import gateway_pods
from fairlead_mesh.model.security.authorization import (
    action,
    named_namespaces,
    policies_of,
    refusing,
    refusing_paths,
)
from fairlead_mesh.model.security.mtls import PeerPolicies
from fairlead_mesh.model.virtual_service import MESH, destinations, http_routes, named_gateways, paths_of_route

_PRINCIPAL = "cluster.local/ns/istio-system/sa/istio-ingressgateway-service-account"


@object_rule()
def gateways_may_call_what_they_route_to(graph: Graph) -> Iterator[Hit]:
    """A policy for pods that a gateway routes to allows the gateway, by whose service account they know it.

    Otherwise every request through the gateway gets `RBAC: access denied`, 403.
    """
    for item in graph.of_kind("VirtualService"):
        hosts = dict.fromkeys(each.full_host for each in destinations(item))
        pods = [pod for host in hosts for pod in _pods(graph, item, host)]
        for path, name in named_gateways(item) if pods else ():
            home = name.rpartition("/")[0] or item.namespace
            closing = [_refusing(graph, pod, home, name) for pod in pods]
            if name != MESH and all(closing):
                message = f"{closing[0]} denies every request of this gateway: each gets 403"
                remedy = f"allow it there, in an app by callers: [{{gateway: {name.rpartition('/')[2]}}}]"
                if closing[0] and action(closing[0]) == "DENY":
                    remedy = "deny fewer clients there, as no ALLOW policy allows what it denies"
                elif graph.closed:
                    remedy = "add a rule there, from the principal of the gateway's pods, such as " + _PRINCIPAL
                # Beside plain objects of a stack somebody else's policy may allow it; keys say all that there is.
                known = graph.closed or not any(policy.source for policy in closing if policy)
                known = known and (home, name.rpartition("/")[2]) in graph.gateways
                severity = None if known else "info" if graph.closed else "warning"
                yield item.hit(path, message, remedy, severity=severity)


@object_rule(severity="warning")
def policies_allow_the_paths_of_routes(graph: Graph) -> Iterator[Hit]:
    """Where policies allow only some paths of pods, a route sends them such paths: all others get 403.

    A policy that lets Prometheus scrape /metrics is an ALLOW policy, and with it nothing else is allowed any more.
    """
    for item, route, value in http_routes(graph):
        asked = paths_of_route(value)
        for each in destinations(item) if asked else ():
            if each.route != route:
                continue
            closing = [_closing(graph, pod, asked) for pod in _pods(graph, item, each.full_host)]
            policy = closing[0] if closing and all(closing) else None
            if policy:
                message = f"{policy} allows other paths only, so each request of this route gets 403"
                yield item.hit((*each.path, "host"), message, f"add paths: [{asked[0]}] to a rule of that policy")


def _closing(graph: Graph, pod: Workload, asked: list[str]) -> Item | None:
    return refusing_paths(policies_of(graph, pod.namespace, pod.labels), asked)


def _refusing(graph: Graph, pod: Workload, home: str, name: str) -> Item | None:
    """The policy by which the pods of a Gateway get 403, wherever they may be: a Gateway names no namespace of its own
    pods, so where files hold none of them they may be in any namespace of which the files hold no pods."""
    policies = policies_of(graph, pod.namespace, pod.labels)
    gateway = graph.gateways.get((home, name.rpartition("/")[2]))
    known = {each.namespace for each in gateway_pods(graph, gateway)} if gateway else set[str]()
    likely = [graph.root_namespace, *named_namespaces(policies)] if graph.closed else []
    # The gateway of an installation stands apart from the pods of an app.
    is_usual = gateway is not None and graph.closed and has_usual_pods(gateway)
    own = [] if is_usual and graph.workloads.get(home) else [home]
    spaces = known or [*own, *(each for each in likely if not graph.workloads.get(each))]
    found = [refusing(policies, space) for space in spaces]
    return found[0] if found and all(found) else None


def _pods(graph: Graph, item: Item, host: str) -> list[Workload]:
    service = graph.service(host, item.namespace)
    return [pod for pod in graph.pods_of(service) if has_sidecar(graph, pod)] if service else []


@object_rule(severity="warning")
def policies_let_prometheus_scrape(graph: Graph) -> Iterator[Hit]:
    """Pods that Prometheus scrapes past their proxy's own port allow clients without an identity on that port.

    Prometheus has no sidecar, so a policy that allows clients by who they are answers its scrapes with 403: the target
    is down. Merged metrics, Istio's default, are scraped from the proxy itself, to which no policy applies; with STRICT
    mTLS the scrape fails before.
    """
    peers = graph.once(PeerPolicies)
    for pod, port in scraped_pods(graph):
        policy = refusing(policies_of(graph, pod.namespace, pod.labels), None)
        if policy and peers.of_port(pod, port)[0] != "STRICT":
            message = f"{policy} denies clients without an identity, so Prometheus gets 403 from port {port}"
            remedy = f"allow it, in an app by callers: [{{ports: [{port}]}}], or let the proxy merge the metrics"
            yield pod.item.hit((*pod.at, "metadata", "annotations", PORT), message, remedy)
