"""Can Envoy find the endpoints of every ServiceEntry, and do entries of one host agree?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

from fairlead_mesh.findings import Hit, Path
from fairlead_mesh.lint.routing.service_entry_rules import resolution_of
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.hostnames import complaint
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map
from fairlead_mesh.model.pods.workloads import MACHINES, labels_in_words

_REFUSED = "so istiod rejects the ServiceEntry"
_DNS = ("DNS", "DNS_ROUND_ROBIN")
_BY_REQUEST = ("HTTP", "TLS", "GRPC", "HTTP2")
_EVERYWHERE = "*"


@object_rule("webhook")
def endpoints_fit_the_resolution(graph: Graph) -> Iterator[Hit]:
    """The resolution decides which endpoints are valid: none for NONE, addresses for STATIC, names for DNS.

    STATIC without endpoints is accepted, and every request gets 503, no healthy upstream.
    """
    for item in graph.of_kind("ServiceEntry"):
        resolution, endpoints = resolution_of(item), item.entries("spec", "endpoints")
        at: Path = ("spec", "resolution")
        selects = item.get("spec", "workloadSelector") is not None
        if endpoints and selects:
            message = f"endpoints are set too, {_REFUSED}"
            yield item.hit(("spec", "workloadSelector"), message, "keep workloadSelector or endpoints, not both")
        if endpoints and resolution in ("NONE", "DYNAMIC_DNS"):
            message = f"{resolution} uses the destination address of the request, {_REFUSED} with endpoints"
            remedy = "write resolution: STATIC for addresses or DNS for names, or remove endpoints"
            yield item.hit(("spec", "endpoints"), message, remedy)
        if resolution == "STATIC" and not endpoints and not selects:
            message = "STATIC without endpoints has no destination: every request gets 503, no healthy upstream"
            remedy = "add endpoints: [{address: ...}], a workloadSelector, or write resolution: DNS"
            yield item.hit(at, message, remedy, severity="warning")
        if resolution == "DNS_ROUND_ROBIN" and len(endpoints) > 1:
            yield item.hit(at, f"DNS_ROUND_ROBIN allows one endpoint, {_REFUSED}", "write resolution: DNS")
        yield from _by_name(item, resolution, [] if selects else endpoints)


def _by_name(item: Item, resolution: str, endpoints: list[tuple[Path, Any]]) -> Iterator[Hit]:
    for place, host in item.entries("spec", "hosts"):
        if resolution in _DNS and str(host).startswith("*") and not endpoints:
            message = f"no DNS server has an address for {host}, {_REFUSED}"
            yield item.hit(place, message, "write resolution: NONE, DYNAMIC_DNS, or add endpoints with a name")
        if resolution == "DYNAMIC_DNS" and not str(host).startswith("*"):
            message = f"DYNAMIC_DNS is for wildcard hosts, {_REFUSED}"
            yield item.hit(place, message, "write resolution: DNS")
    for path, port in item.maps("spec", "ports") if resolution == "DYNAMIC_DNS" else ():
        if str(port.get("protocol")).upper() not in _BY_REQUEST:
            message = f"{port.get('protocol')} has no host name, {_REFUSED}"
            at = (*path, "protocol") if "protocol" in port else path
            yield item.hit(at, message, "write HTTP, HTTP2, GRPC or TLS, or another resolution")


@object_rule("webhook")
def endpoint_addresses_fit_the_resolution(graph: Graph) -> Iterator[Hit]:
    """An endpoint has an address that fits the resolution, and ports that the ServiceEntry has."""
    for item in graph.of_kind("ServiceEntry"):
        resolution = resolution_of(item)
        names = {str(port.get("name")) for _, port in item.maps("spec", "ports")}
        for path, endpoint in item.maps("spec", "endpoints"):
            address = str(endpoint.get("address") or "")
            if resolution == "STATIC" and address and not address.startswith("unix://") and not _is_address(address):
                message = f"STATIC needs IP addresses and {address} is a name, {_REFUSED}"
                yield item.hit((*path, "address"), message, "write resolution: DNS, or an IP address here")
            if resolution == "STATIC" and not address and not endpoint.get("network"):
                yield item.hit(path, f"an endpoint without an address, {_REFUSED}", "add address: 10.0.0.7")
            for name in as_map(endpoint.get("ports")):
                if str(name) not in names:
                    message = f"the ServiceEntry has no port {name}, {_REFUSED}"
                    yield item.hit((*path, "ports", name), message, f"write one of {', '.join(sorted(names))}")


@object_rule("webhook")
def addresses_of_machines_are_addresses(graph: Graph) -> Iterator[Hit]:
    """A WorkloadEntry has an IP address, a host name or unix:// and a path: istiod rejects anything else."""
    for item in graph.of_kind("WorkloadEntry"):
        address = item.get("spec", "address")
        if isinstance(address, str) and address and not address.startswith("unix://") and complaint(address):
            message = f"{address} is neither an IP address nor a host name, so istiod rejects the WorkloadEntry"
            yield item.hit(("spec", "address"), message, "write an IP address, or a host name")


@object_rule(severity="info")
def machines_are_selected(graph: Graph) -> Iterator[Hit]:
    """A machine gets requests as an endpoint of a Service or a ServiceEntry that selects it by its labels."""
    for item in graph.of_kind("WorkloadEntry"):
        labels, selecting = as_map(item.get(*MACHINES[item.kind])), graph.selecting.get(item.namespace, [])
        if labels and selecting and not any(selector.items() <= labels.items() for selector, _ in selecting):
            message = "no Service and no ServiceEntry of this namespace selects these labels: it gets no requests"
            remedy = f"write labels that one selects, such as {labels_in_words(selecting[0][0])}"
            yield item.hit(MACHINES[item.kind], message, remedy)


def _is_address(text: str) -> bool:
    try:
        return bool(ip_address(text))
    except ValueError:
        return False


@object_rule("IST0177", "KIA1212", severity="warning")
def entries_of_a_host_agree_on_its_protocol(graph: Graph) -> Iterator[Hit]:
    """If two ServiceEntries give a port of a host different protocols, their age decides which one applies.

    Envoy then handles HTTP as bytes or TLS as HTTP: routes stop matching, or handshakes fail.
    """
    first: dict[tuple[str, str, str], tuple[str, Item, Path]] = {}
    for scopes, item in _by_scope(graph):
        for path, port in item.maps("spec", "ports"):
            protocol = str(port.get("protocol") or "").upper()
            hosts = [str(host).lower() for _, host in item.entries("spec", "hosts")]
            keys = [(scope, host, str(port.get("number"))) for host in hosts for scope in scopes]
            others = (first[key] for key in [*keys, *((_EVERYWHERE, *key[1:]) for key in keys)] if key in first)
            other = next((each for each in others if each[1] is not item and each[0] != protocol), None)
            at: Path = (*path, "protocol") if "protocol" in port else path
            if other and not item.brought:
                message = (
                    f"{other[1]} has {other[0] or 'no protocol'} for this host and port, so age decides which one "
                    "applies"
                )
                remedy = f"write {other[0] or 'the protocol in both'}, or merge the two"
                yield item.hit(at, message, remedy, others=[other[1:]])
            for key in keys:
                first.setdefault(key, (protocol, item, at))


@object_rule("KIA1211", severity="info")
def hosts_have_one_service_entry(graph: Graph) -> Iterator[Hit]:
    """Two ServiceEntries in different namespaces for one port of a host are not merged: a client uses one of them."""
    first: dict[tuple[str, str, str], tuple[str, Item, Path]] = {}
    for scopes, item in _by_scope(graph):
        for place, host in item.entries("spec", "hosts"):
            ports = [
                (str(port.get("number")), str(port.get("protocol") or "")) for _, port in item.maps("spec", "ports")
            ]
            keys = [(scope, str(host).lower(), number, protocol) for number, protocol in ports for scope in scopes]
            found = (first[key[:3]] for key in keys if key[:3] in first and first[key[:3]][0] == key[3])
            other = next((each for each in found if each[1].namespace != item.namespace), None)
            if other and not item.brought:
                message = f"{other[1]} has this host and port too, so a client uses the endpoints of only one of them"
                remedy = "merge the two, or restrict them with exportTo"
                yield item.hit(place, message, remedy, others=[other[1:]])
            for key in keys:
                first.setdefault(key[:3], (key[3], item, place))


def _by_scope(graph: Graph) -> list[tuple[list[str], Item]]:
    """ServiceEntries with the namespaces that see them."""
    found: dict[Item, list[str]] = defaultdict(list)
    for item in graph.all_of_kind("ServiceEntry"):
        exported = [str(name) for _, name in item.entries("spec", "exportTo")] or [_EVERYWHERE]
        found[item] = [item.namespace if name == "." else name for name in exported]
    # Those that all see come first, so that the others meet them.
    return sorted(((scopes, item) for item, scopes in found.items()), key=lambda each: _EVERYWHERE not in each[0])
