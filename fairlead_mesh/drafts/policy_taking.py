"""Which policies of a mesh become keys? Those of a namespace, and those for the pods of an app."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fairlead_mesh.access.app_policies import app_policies
from fairlead_mesh.access.default_denials import namespace_denial
from fairlead_mesh.access.identities import Identities, Pods
from fairlead_mesh.apps.app import App
from fairlead_mesh.drafts.access_draft import OF_APPS, access_draft
from fairlead_mesh.drafts.alike import plain_spec, service_ports
from fairlead_mesh.drafts.drafted import Drafted
from fairlead_mesh.drafts.free_name import free_name
from fairlead_mesh.drafts.said import UnsaidError, read
from fairlead_mesh.istio import MODES, peer_authentication
from fairlead_mesh.keys.section import Manifest
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.hostnames import CLUSTER_DOMAIN
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import as_map

_DRY_RUN = "istio.io/dry-run"
_HELPS = {"AuthorizationPolicy": "defaultDeny", "PeerAuthentication": "mtls"}


def policies_of(app: App) -> list[Item]:
    """What the keys of access of an app render, with the labels of its pods that it says."""
    pods = {app.name: Pods(app.namespace, app.pod_labels, ())}
    return list(app_policies(app, (), Identities("cluster.local", "", pods, {}), ()))


def space_draft(item: Item, graph: Graph) -> dict[str, Any]:
    """The keys of a namespace. Raises UnsaidError."""
    made: list[tuple[str, str, Manifest, str]] = []
    if item.kind == "PeerAuthentication":
        made = [("mtls", mode, peer_authentication(item.namespace, mode), "default") for mode in MODES]  # pyright: ignore[reportArgumentType]
    elif item.kind == "AuthorizationPolicy":
        how = "dryRun" if str(item.annotations.get(_DRY_RUN)) == "true" else "enforce"
        made = [("defaultDeny", how, namespace_denial(item.namespace, how), "default-deny")]
    for key, value, manifest, usual in made:
        if plain_spec(Item(manifest), graph) == plain_spec(item, graph):
            return {key: value} | ({"objectNames": {key: item.name}} if item.name != usual else {})
    raise UnsaidError(f"more than {_HELPS[item.kind]} of a namespace" if item.kind in _HELPS else "no key for it")


def take_policies(
    mine: Sequence[Item], graph: Graph, apps: list[Drafted], spaces: dict[str, Drafted]
) -> dict[Item, str]:
    """Adds their keys to the namespaces and the apps, which may be new ones; the others, each with the reason why."""
    kept: dict[Item, str] = {}
    for item in mine:
        try:
            if not as_map(item.spec.get("selector")):
                _take(spaces.setdefault(item.namespace, Drafted({})), space_draft(item, graph), item)
            else:
                _take_of_app(item, graph, apps)
        except UnsaidError as why:
            kept[item] = str(why)
    return kept


def _take(drafted: Drafted, keys: dict[str, Any], item: Item) -> None:
    if taken := sorted(keys.keys() & drafted.section.keys() - {"objectNames"}):
        raise UnsaidError(f"a second object for {taken[0]}")
    drafted.take(keys, item)


def _take_of_app(item: Item, graph: Graph, apps: list[Drafted]) -> None:
    if item.kind not in OF_APPS:
        raise UnsaidError("no key for it")
    if item.annotations.get(_DRY_RUN):
        raise UnsaidError("dry run")
    labels = as_map(as_map(item.spec.get("selector")).get("matchLabels"))
    own = [each for each in apps if each.section["namespace"] == item.namespace and _labels(each) == labels]
    drafted = own[0] if own else _new(item, labels, graph, apps)
    keys = access_draft(item, drafted.section["name"])
    tried = Drafted(dict(drafted.section), list(drafted.objects))
    _take(tried, keys, item)
    made = policies_of(read(tried.section, App))
    same = [each for each in made if (each.kind, each.name) == (item.kind, item.name)]
    if not same or plain_spec(same[0], graph) != plain_spec(item, graph):
        raise UnsaidError("its keys would say more or less")
    drafted.take(keys, item)
    if not own:
        apps.append(drafted)


def _labels(drafted: Drafted) -> Any:
    external = drafted.section.get("external")
    return as_map(as_map(external).get("labels"))


def _new(item: Item, labels: dict[str, Any], graph: Graph, apps: list[Drafted]) -> Drafted:
    """An app of which nothing but the policy is said: its Service selects the same pods."""
    for (namespace, name), service in sorted(graph.services.items()):
        ports = service_ports(graph, f"{name}.{namespace}.{CLUSTER_DOMAIN}")
        if namespace == item.namespace and as_map(service.get("spec", "selector")) == labels and ports:
            called = free_name(name, namespace, [each.section["name"] for each in apps])
            own = {} if called == name else {"service": name}
            pods = {"labels": {key: str(value) for key, value in sorted(labels.items())}}
            return Drafted({"name": called, "namespace": namespace, **own, "port": ports[0], "external": pods})
    raise UnsaidError("no Service selects the same pods")
