"""Which sentences must hold in a company's meshes? Each a generator over what a stack deploys, as rules of lint are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from fairlead_mesh.addons.addons import KINDS
from fairlead_mesh.addons.product import Product
from fairlead_mesh.company.profile import Profile
from fairlead_mesh.company.public_gateways import public_gateways
from fairlead_mesh.company.resources import Deployed
from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import Rule
from fairlead_mesh.model.gateway_listeners import servers
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.security.mtls import PeerPolicies, mode_of_policy, modes_of_ports
from fairlead_mesh.model.virtual_service import strings
from fairlead_mesh.versions import ISTIO_HUB

COMPANY_RULES: dict[str, Rule] = {}
_STRICT = "STRICT"
_PUBLIC_HUB = "docker.io"


@dataclass(frozen=True)
class Stack:
    """What the rules are asked of: a stack by its name, what it deploys, and what the company says."""

    name: str
    deployed: Deployed
    graph: Graph
    profile: Profile


def company_rule(check: Callable[[Stack], Iterator[Hit]]) -> Callable[[Stack], Iterator[Hit]]:
    """A sentence that must hold; its docstring is its documentation."""
    COMPANY_RULES[check.__name__] = Rule(check, "error", frozenset(), ())
    return check


@company_rule
def mtls_is_strict_in_production(stack: Stack) -> Iterator[Hit]:
    """In production pods accept mTLS alone: the mesh has a PeerAuthentication with STRICT, and no other allows more.

    PERMISSIVE and DISABLE let anybody in the network talk to pods in plain text, without an identity that a policy
    could ask for. Production is every stack whose name matches `production` in the profile.
    """
    if not stack.profile.is_production(stack.name):
        return
    remedy = "write mode STRICT, or exempt the object with the reason why plain text is accepted"
    for item in stack.graph.of_kind("PeerAuthentication"):
        mode = mode_of_policy(item)
        if mode not in (None, _STRICT):
            yield Hit(("spec", "mtls", "mode"), mode, "accepts plain text in production", remedy, item)
        for port, other in modes_of_ports(item).items():
            if other != _STRICT:
                yield Hit(("spec",), other, f"accepts plain text on port {port} in production", remedy, item)
    policies = PeerPolicies(stack.graph)
    mode, said_by = policies.of_namespace(stack.graph.root_namespace)
    for release in stack.deployed.releases:
        if release.chart == "istiod" and said_by is None and mode != _STRICT:
            message = "is installed in production, and no PeerAuthentication makes mTLS strict in the whole mesh"
            remedy = f"add one with mode STRICT to the namespace {stack.graph.root_namespace}"
            yield Hit(("metadata", "name"), release.item.name, message, remedy, release.item)


@company_rule
def public_gateways_serve_tls(stack: Stack) -> Iterator[Hit]:
    """A gateway that the internet reaches serves TLS, or redirects to it; its load balancer may terminate it.

    What is sent in plain text can be read and changed on its way, cookies and tokens included.
    """
    for gateway in public_gateways(stack.graph):
        if gateway.terminates_tls:
            continue
        for item in gateway.gateways:
            for listener in servers(item):
                if not listener.tls:
                    message = f"port {listener.port} is plain text, and {gateway.service} is reached from the internet"
                    remedy = "set tls on the server, or httpsRedirect, or use an internal load balancer"
                    yield Hit(("spec", "servers"), listener.port, message, remedy, item)


@company_rule
def public_gateways_have_an_allow_list(stack: Stack) -> Iterator[Hit]:
    """A load balancer that the internet reaches says from which addresses, and not from everywhere.

    Sources are `loadBalancerSourceRanges` of the Service or the security groups of its load balancer.
    """
    for gateway in public_gateways(stack.graph):
        if gateway.is_for_everybody:
            message = "the internet reaches its load balancer from every address"
            remedy = "set loadBalancerSourceRanges (loadBalancer.allowFrom in a stack file), or make it internal"
            yield Hit(("spec", "loadBalancerSourceRanges"), gateway.sources or None, message, remedy, gateway.service)


@company_rule
def addons_ask_people_to_log_in(stack: Stack) -> Iterator[Hit]:
    """Addons that have a login require it, and those without one are not reachable from outside the cluster.

    Kiali and Grafana show every workload, its traffic and its configuration.
    """
    products = {product.name: product for kind in KINDS for product in kind.products}
    for release in stack.deployed.releases:
        product = products.get(release.chart)
        if product and (message := _open(product, dict(release.values))):
            remedy = f"require a login in the values of {product.title} (addons in a stack file: auth: token)"
            yield Hit(("spec", "values"), None, message, remedy, release.item)


@company_rule
def hosts_are_no_wildcards(stack: Stack) -> Iterator[Hit]:
    """Gateways and VirtualServices name the hosts that they serve.

    With `*` a gateway answers for names that nobody has thought of, also for those that somebody else points at it.
    """
    remedy = "name the hosts, or exempt the object with the reason why it serves all of them"
    for item in stack.graph.of_kind("Gateway"):
        for host in sorted({host for listener in servers(item) for host in listener.hosts}):
            if "*" in host.rpartition("/")[2]:
                yield Hit(("spec", "servers"), host, "serves hosts by a wildcard", remedy, item)
    for item in stack.graph.of_kind("VirtualService"):
        for path, host in strings(item, "spec", "hosts"):
            if "*" in host:
                yield Hit(path, host, "routes hosts by a wildcard", remedy, item)


@company_rule
def images_come_from_the_registry(stack: Stack) -> Iterator[Hit]:
    """Images come from `registries` of the profile; without any, this rule says nothing.

    Of charts only istiod's is known, by its hub: what images others bring, only rendering them tells.
    """
    wanted = [each.rstrip("/") for each in stack.profile.registries]
    if not wanted:
        return
    remedy = f"use an image from {' or '.join(wanted)}"
    for workload in stack.graph.pods.all:
        for path, container in [] if workload.item.brought else workload.containers:
            image = str(container.get("image") or "")
            if image and image != "auto" and not _is_from(image, wanted):
                yield Hit((*path, "image"), image, "is no image of the company's registry", remedy, workload.item)
    for release in stack.deployed.releases:
        hub = str(as_map(release.values.get("global")).get("hub") or release.values.get("hub") or ISTIO_HUB)
        if release.chart == "istiod" and not _is_from(f"{hub}/pilot", wanted):
            message = "istiod and all proxies get their images from another registry"
            yield Hit(("spec", "values", "global", "hub"), hub, message, f"set hub to one in {wanted[0]}", release.item)


def _open(product: Product, values: dict[str, Any]) -> str:
    read, usual = product.read(values), product.read({})
    if read.anonymous and not usual.anonymous:
        return f"{product.title} requires no login"
    if read.anonymous and read.opened_by:
        return f"{product.title} has no login, and its {read.opened_by} opens it to the outside"
    return ""


def _is_from(image: str, registries: list[str]) -> bool:
    first = image.partition("/")[0]
    has_host = "/" in image and ("." in first or ":" in first or first == "localhost")
    whole = image if has_host else f"{_PUBLIC_HUB}/{image if '/' in image else f'library/{image}'}"
    return any(whole.startswith(f"{each}/") for each in registries)
