"""Do paths, hosts and ports of AuthorizationPolicies have the form of what they are compared with?"""

from __future__ import annotations

from collections.abc import Iterator

from fairlead_mesh.findings import Hit
from fairlead_mesh.lint.rule import object_rule
from fairlead_mesh.lint.security.authorization_policy_rules import parts, policy_rules
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.pods.pod_ports import ports_of_pods
from fairlead_mesh.model.pods.sidecars import is_gateway
from fairlead_mesh.model.reach import reach
from fairlead_mesh.model.security.mtls import modes_of_ports
from fairlead_mesh.model.served_hosts import gateways_of, hosts_of_gateway
from fairlead_mesh.model.virtual_service import EVERY_NAMESPACE

_TEMPLATES = ("{*}", "{**}")


@object_rule("KIA0101", severity="warning")
def policy_paths_are_paths(graph: Graph) -> Iterator[Hit]:
    """Paths are compared whole, by a prefix or by a suffix: a * elsewhere, a regex or a query never matches.

    ALLOW then answers 403 to what it was written for; DENY denies nothing.
    """
    for item, rule, _, _ in policy_rules(graph):
        for place, _ in parts(item, rule, "to", "operation"):
            for at, path in (entry for key in ("paths", "notPaths") for entry in item.entries(*place, key)):
                listed = [each for _, each in item.entries(*place, str(at[-2]))]
                # Some write both, to be sure.
                if isinstance(path, str) and path.endswith("/**") and path[:-1] in listed:
                    continue
                if isinstance(path, str) and path and (why := _no_path(path)):
                    yield item.hit(at, f"{why}, so this never matches", "write /path, /path/*, */end or /path/{*}/more")


def _no_path(path: str) -> str:
    if any(template in path for template in _TEMPLATES):
        odd = [part for part in path.split("/") if set("*{}") & set(part) and part not in _TEMPLATES]
        if "{" in path.partition("{**}")[2]:
            return "{**} is the last of the templates"
        return "a template is all between two slashes" if odd else ""
    if "?" in path or "#" in path:
        return "a path has no query"
    if path.startswith("^") or path.endswith("$") or ".*" in path:
        return "a path is no regex"
    # istiod asks first for one at the beginning, and takes the rest as it stands.
    if path != "*" and "*" in (path[1:] if path.startswith("*") else path.removesuffix("*")):
        return "only a single * at one end is a wildcard"
    return "" if path.startswith(("/", "*")) else "a path begins with /"


@object_rule(severity="warning")
def policy_hosts_are_hosts(graph: Graph) -> Iterator[Hit]:
    """A host is what the Host header says: without scheme and path, and at a gateway one that it serves."""
    for item, rule, _, _ in policy_rules(graph):
        for place, _ in parts(item, rule, "to", "operation"):
            for at, host in (entry for key in ("hosts", "notHosts") for entry in item.entries(*place, key)):
                if "/" in str(host):
                    message = f"{host} is not a host, so this never matches"
                    yield item.hit(at, message, "write shop.example.com or *.example.com, without scheme and path")
                elif served := _served(graph, item):
                    name = str(host).partition(":")[0].lower()
                    if not any(_share(name, other) for other in served):
                        message = f"no Gateway of these pods serves {host}, so this never matches"
                        yield item.hit(at, message, f"write one of {', '.join(sorted(served)[:5])}")


def _served(graph: Graph, item: Item) -> set[str]:
    """The hosts that the gateways serve which a policy is for; none where it is for others too, or all are served."""
    pods = reach(graph, item).pods(graph)
    if not pods or not all(map(is_gateway, pods)):
        return set()
    found = {host.lower() for pod in pods for each in gateways_of(graph, pod.labels) for host in hosts_of_gateway(each)}
    return set() if EVERY_NAMESPACE in found else found


def _share(pattern: str, host: str) -> bool:
    """Whether a host of a policy and one of a gateway, each perhaps with a * at an end, have names in common."""
    one, other = pattern.strip("*"), host.strip("*")
    if "*" in pattern or "*" in host:
        return one in other or other in one
    return one == other


@object_rule(severity="warning")
def policy_ports_are_ports_of_their_pods(graph: Graph) -> Iterator[Hit]:
    """A policy sees the port on which the pods listen, not the Service's: with another number it never matches.

    ALLOW then denies what it was written for, and DENY denies nothing.
    """
    for item, rule, _, _ in policy_rules(graph):
        pods = reach(graph, item).pods(graph)
        known = ports_of_pods(graph, pods)
        for place, _ in parts(item, rule, "to", "operation") if known else ():
            named = [entry for key in ("ports", "notPorts") for entry in item.entries(*place, key)]
            # Beside the port of the pods, that of the Service does no harm.
            severity = "info" if known & {int(str(port)) for _, port in named if str(port).isdigit()} else None
            for at, port in named:
                if str(port).isdigit() and int(str(port)) not in known:
                    numbers = ", ".join(map(str, sorted(known)))
                    message = f"none of the pods that this is for is known to listen on {port}; it may never match"
                    remedy = f"write the port of the pods, not of the Service: {numbers}"
                    yield item.hit(at, message, remedy, severity=severity)


@object_rule(severity="warning")
def ports_of_mtls_policies_are_ports_of_their_pods(graph: Graph) -> Iterator[Hit]:
    """portLevelMtls is for ports on which the pods listen: for another number it has no effect.

    A port that was to stay open to plain text is closed, or the other way round.
    """
    for item in graph.of_kind("PeerAuthentication"):
        levels = modes_of_ports(item)
        known = ports_of_pods(graph, reach(graph, item).pods(graph)) if levels else set[int]()
        for port in levels if known else ():
            if port not in known:
                numbers = ", ".join(map(str, sorted(known)))
                message = f"none of these pods is known to listen on {port}, so this has no effect"
                yield item.hit(("spec", "portLevelMtls", str(port)), message, f"write the port of the pods: {numbers}")
