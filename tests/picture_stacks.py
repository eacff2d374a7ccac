"""Which stacks are drawn in the tests? Made from plain keys and objects, so that each case says what it is about."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import yaml

from fairlead.evaluation.snapshot import HELM_RELEASE, Resource, Snapshot
from tests import hand_made
from tests.evaluated import EKS, evaluated
from tests.hand_made import known, stack

NETWORKING = "networking.istio.io/v1"


def app_keys(number: int) -> dict[str, Any]:
    """The keys of one app: every few one with several versions, routes, hosts, or callers inside the mesh."""
    namespace = f"team-{number % 12:02}"
    app: dict[str, Any] = {
        "name": f"app-{number:03}",
        "namespace": namespace,
        "port": 8080,
        "external": True,
        "hosts": [f"app-{number:03}.{namespace}.example.com"],
        "gateways": [["istio-ingress"], ["istio-internal"], ["istio-ingress", "mesh"], ["mesh"]][number % 4],
    }
    match number % 5:
        case 0:
            app["versions"] = [{"name": "v1"}, {"name": "v2"}]
            app["routes"] = [{"match": [{"uri": {"prefix": f"/api/{number}"}}], "weights": {"v1": 90, "v2": 10}}]
        case 1:
            app["versions"] = [{"name": "stable"}, {"name": "canary"}, {"name": "next"}]
            beta = {"match": [{"headers": {"x-beta": "yes"}}], "weights": {"next": 100}}
            app["routes"] = [beta, {"weights": {"stable": 95, "canary": 5}}]
        case 2:
            app["routes"] = [{"match": [{"uri": {"prefix": "/old"}}], "redirect": {"uri": "/new"}}, {}]
        case _:
            app["routes"] = [{"match": [{"uri": {"prefix": f"/{app['name']}"}}], "rewrite": {"uri": "/"}}]
    return app


def many_keys(apps: int) -> dict[str, Any]:
    """A stack of so many apps in a dozen namespaces, behind two load balancers."""
    return {
        "cluster": EKS,
        "istio": {"mtls": "strict"},
        "gateways": [
            {"name": "istio-ingress", "loadBalancer": {"allowFrom": {"cidrs": ["203.0.113.0/24", "198.51.100.0/24"]}}},
            {"name": "istio-internal", "expose": "internal"},
        ],
        "addons": {"prometheus": {}, "grafana": {}, "kiali": {}, "tracing": {}},
        "namespaces": [
            {"name": f"team-{number:02}", "injection": True} for number in range(min(apps, 12))
        ],
        "apps": [app_keys(number) for number in range(apps)],
    }  # fmt: skip


@cache
def many_apps(apps: int) -> Snapshot:
    return evaluated(**many_keys(apps))


def manifest(api_version: str, kind: str, name: str, *, namespace: str = "", **rest: Any) -> Resource:
    """An object whose URN is its own, as the program's are."""
    made = hand_made.manifest(api_version, kind, name, namespace=namespace, **rest)
    return replace(made, urn=f"{made.urn.rpartition('::')[0]}::{namespace}/{name}")


def virtual_service(name: str, namespace: str, spec: Any, **more: Any) -> Resource:
    return manifest(NETWORKING, "VirtualService", name, namespace=namespace, spec=spec, **more)


def service(name: str, namespace: str, **spec: Any) -> Resource:
    full = {"ports": [{"name": "http", "port": 80}], "selector": {"app": name}} | spec
    return manifest("v1", "Service", name, namespace=namespace, spec=full)


def deployment(name: str, namespace: str, **labels: str) -> Resource:
    spec = {"template": {"metadata": {"labels": labels or {"app": name}}, "spec": {}}}
    return manifest("apps/v1", "Deployment", name, namespace=namespace, spec=spec)


def gateway(name: str, namespace: str, *servers: Any, **selector: str) -> Resource:
    spec = {"selector": selector or {"istio": name}, "servers": list(servers)}
    return manifest(NETWORKING, "Gateway", name, namespace=namespace, spec=spec)


def crowded() -> Snapshot:
    """One app of ten routes to five subsets each."""
    names = [f"v{number}" for number in range(1, 6)]
    routes = [
        {
            "match": [{"uri": {"prefix": f"/part-{number}"}}],
            "route": [{"destination": {"host": "shop", "subset": name}, "weight": 20} for name in names],
        }
        for number in range(10)
    ]
    subsets = [{"name": name, "labels": {"version": name}} for name in names]
    return stack(
        gateway("front", "gates", {"port": {"number": 80, "protocol": "HTTP"}, "hosts": ["*"]}),
        virtual_service("shop", "web", {"hosts": ["shop.example.com"], "gateways": ["gates/front"], "http": routes}),
        manifest(NETWORKING, "DestinationRule", "shop", namespace="web", spec={"host": "shop", "subsets": subsets}),
        service("shop", "web"),
        *(deployment(f"shop-{name}", "web", app="shop", version=name) for name in names),
    )


def gateway_release(name: str, namespace: str, **values: Any) -> Resource:
    inputs = {"name": name, "namespace": namespace, "chart": "gateway", "version": "1.30.3", "values": values}
    return known(HELM_RELEASE, name, inputs)


def applied(manifests: str) -> list[Resource]:
    """The objects of YAML documents, as the program would register them."""
    return [_applied(document) for document in yaml.safe_load_all(manifests)]


def _applied(document: dict[str, Any]) -> Resource:
    metadata = document["metadata"]
    kind = f"kubernetes:{document['apiVersion']}:{document['kind']}"
    urn = f"urn:pulumi:hand::fairlead::{kind}::{metadata.get('namespace', '')}/{metadata['name']}"
    return Resource(urn, kind, metadata["name"], "", True, document)


def awkward() -> Snapshot:
    """Names and numbers that nobody would choose: far too long, far too many, in any script."""
    long = "x" * 300
    words = " ".join(f"word{number}" for number in range(60))
    hosts = [f"host-{number}.{'deep.' * 20}example.com" for number in range(40)]
    letters = {long: {"regex": "(漢字|😀)+" * 9}}
    match = [{"uri": {"prefix": f"/{long}{number}"}, "headers": letters} for number in range(20)]
    shares = [
        {"destination": {"host": f"{long}-{number}.web.svc.cluster.local"}, "weight": number} for number in range(12)
    ]
    routes = [{"match": match, "route": shares, "rewrite": {"uri": f"/{words}"}}, {"redirect": {"uri": f"/{long}"}}]
    servers = [{"port": {"number": number, "protocol": "HTTP"}, "hosts": hosts} for number in range(30)]
    entrances = [f"gates/{long}", "mesh", *(f"other-{number}/shared" for number in range(10))]
    selector = {"matchLabels": {"app": long}}
    balancer = "service.beta.kubernetes.io/aws-load-balancer-"
    ports = {f"{balancer}ssl-cert": "x", f"{balancer}ssl-ports": words}
    ranges = [f"10.{number}.0.0/16" for number in range(99)]
    policies = [
        manifest("security.istio.io/v1", "AuthorizationPolicy", f"{number} {words}", namespace="web", spec=spec)
        for number in range(6)
        for spec in [{"selector": selector, "rules": [{}]} if number % 2 else {"rules": [{}]}]
    ]
    return stack(
        gateway(long, "gates", *servers, istio=long),
        virtual_service(long, "web", {"hosts": hosts, "gateways": entrances, "http": routes}),
        virtual_service("漢字" * 40, "名" * 60, {"hosts": ["ж" * 200], "http": [{"route": shares[:1]}]}),
        *(service(f"{long}-{number}", "web", selector={"app": long}) for number in range(12)),
        *(deployment(f"{long}-{number}", "web", app=long) for number in range(9)),
        *policies,
        service("many-ports", "web", ports=[{"port": number} for number in range(60)]),
        gateway_release(
            long, "gates", labels={"istio": long}, service={"annotations": ports, "loadBalancerSourceRanges": ranges}
        ),
        known(HELM_RELEASE, "odd", {"name": words, "chart": words, "version": words, "values": {}}),
    )
