"""Does anybody serve these hosts already? Looked up in the stack files here, and on the cluster."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from fairlead.cluster.answers import Ref
from fairlead.cluster.live_cluster import LiveCluster
from fairlead.terminal.errors import UserError
from fairlead.yaml_files.stack_names import stack_names
from fairlead.yaml_files.stack_reader import read_stack_file
from fairlead_mesh.config import Config
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_list, as_map, as_maps
from fairlead_mesh.model.served_hosts import hosts_of_gateway
from fairlead_mesh.model.virtual_service import strings
from fairlead_mesh.ownership import STACK_LABEL

_EVERY = "*"
_ISTIO = "networking.istio.io/v1"


def own_hosts(config: Config) -> set[str]:
    """The hosts that a stack serves at gateways, `*` aside."""
    served = {host for app in config.apps if app.ingress_gateways for host in app.hosts}
    return {host.lower() for host in served - {_EVERY}}


def taken_here(program: Path, name: str, hosts: set[str], cluster: object) -> Iterator[str]:
    """By other stack files of the folder, for the same cluster."""
    for other in stack_names(program):
        if other == name:
            continue
        try:
            keys = read_stack_file(program, stack=other).own_keys()
        except UserError:
            # It is broken, and says so when it is used itself.
            continue
        if keys.get("cluster") == cluster:
            yield from (f"{host} is a host of Pulumi.{other}.yaml" for host in sorted(hosts & _written(keys)))


def _written(keys: Mapping[str, Any]) -> set[str]:
    return {str(host).lower() for app in as_maps(keys.get("apps")) for host in as_list(app.get("hosts"))} - {_EVERY}


def taken_on(cluster: LiveCluster, mark: str, hosts: set[str], shared: Iterable[tuple[str, str]]) -> Iterator[str]:
    """By VirtualServices and Gateways on the cluster that are not of the stack with this mark; the gateways that it
    `shared` (namespace, name) serve its hosts as they should."""
    gateways = {*shared}
    for kind in ("VirtualService", "Gateway"):
        for ref, live in sorted(_live(cluster, kind).items()):
            item = Item(live)
            served = (
                hosts_of_gateway(item) if kind == "Gateway" else {host for _, host in strings(item, "spec", "hosts")}
            )
            is_ours = item.labels.get(STACK_LABEL) == mark or (ref.namespace, ref.name) in gateways
            if not is_ours:
                whose = f" of stack {label}" if (label := item.labels.get(STACK_LABEL)) else ""
                found = sorted(hosts & {host.lower() for host in served} - {_EVERY})
                yield from (f"{host} is a host of {ref}{whose}, on {cluster.host}" for host in found)


def _live(cluster: LiveCluster, kind: str) -> dict[Ref, dict[str, Any]]:
    known = cluster.knows({"apiVersion": _ISTIO, "kind": kind})
    return {ref: as_map(live) for ref, live in cluster.labelled(_ISTIO, kind, "", "").items()} if known else {}
