"""Do compared requests keep what must hold of any two meshes? Recorded worlds and changes made to them."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from fairlead_mesh.model.classes.differences import Compared, differences, treatment
from fairlead_mesh.model.classes.entrances import entrances
from fairlead_mesh.model.classes.host_headers import UNNAMED
from fairlead_mesh.model.graph import Graph
from fairlead_mesh.model.hostnames import patterns
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.requests.request import Request
from fairlead_mesh.model.traffic.explanation import explanation
from fairlead_mesh.model.traffic.mesh import Mesh
from tests.fixtures.truth import CASES, asked, case, mesh_of

pytestmark = [pytest.mark.mesh, pytest.mark.scale]

KINDS = ("VirtualService", "DestinationRule", "AuthorizationPolicy", "PeerAuthentication", "Gateway", "Sidecar")
SOME = CASES[::2]


def changed(graph: Graph, item: Item, manifest: dict[str, Any] | None) -> Graph:
    items = (replace_item(each, manifest) if each is item else each for each in graph.items)
    return replace(graph, items=tuple(each for each in items if each is not None))


def replace_item(item: Item, manifest: dict[str, Any] | None) -> Item | None:
    return None if manifest is None else Item(manifest, source=item.source, document=item.document)


def mutations(item: Item) -> Iterator[dict[str, Any] | None]:
    """The object gone, and each number, subset, prefix, path, header, action and mode of it another."""
    yield None
    for path, value in leaves(item.manifest.get("spec"), ("spec",)):
        if (other := another(path, value)) is not None:
            manifest = copy.deepcopy(item.manifest)
            holder: Any = manifest
            for key in path[:-1]:
                holder = holder[key]
            holder[path[-1]] = other
            yield manifest
    for number in range(len(item.entries("spec", "http"))):
        manifest = copy.deepcopy(item.manifest)
        del manifest["spec"]["http"][number]
        yield manifest


def leaves(value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in list(pairs):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            yield from leaves(inner, (*path, key))
    else:
        yield path, value


def another(path: tuple[Any, ...], value: Any) -> Any:
    key = path[-1]
    if key == "weight":
        return value // 2 + 7
    if key in ("prefix", "exact", "uri") and isinstance(value, str):
        return f"{value.rstrip('/')}x" if value != "/" else "/x"
    swapped = {"v1": "v2", "v2": "v1", "ALLOW": "DENY", "DENY": "ALLOW", "STRICT": "DISABLE", "PERMISSIVE": "STRICT"}
    if value in swapped and isinstance(value, str):
        return swapped[value]
    if "paths" in path or "methods" in path or "namespaces" in path or "principals" in path:
        return "/other" if "paths" in path else "other"
    return None


@cache
def changes_of(path: Path) -> list[tuple[Mesh, Mesh]]:
    before = mesh_of(path).mesh
    found: list[tuple[Mesh, Mesh]] = []
    for item in before.graph.items:
        if item.kind in KINDS:
            for manifest in list(mutations(item))[:6]:
                graph = changed(before.graph, item, manifest)
                found.append((before, replace(before, graph=graph, _proxies={}, _kept={})))
    return found[:12]


def told(found: Compared, *, turned: bool = False) -> set[tuple[str, ...]]:
    """Where classes differ: who asks for which host, and the routes that take it on either side."""
    sides = [(each.request, each.takers[::-1] if turned else each.takers) for each in found.differences]
    return {(one.caller, one.gateway, one.authority, *(str(each and (each.route.name, each.match)) for each in takers))
            for one, takers in sides}  # fmt: skip


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_mesh_against_itself_differs_nowhere(path: Path) -> None:
    mesh = mesh_of(path).mesh
    again = replace(mesh, graph=replace(mesh.graph, mesh_config={**(mesh.graph.mesh_config or {}), "a": "b"}))
    assert differences(mesh, mesh).differences == []
    found = differences(mesh, again)  # the mesh config is another, so that every class is asked
    assert found.differences == []
    assert found.asked > 0


@pytest.mark.parametrize("path", SOME, ids=lambda path: path.stem)
def test_the_way_back_differs_as_the_way_there(path: Path) -> None:
    for before, after in changes_of(path):
        assert told(differences(before, after)) == told(differences(after, before), turned=True)


@pytest.mark.parametrize("path", SOME, ids=lambda path: path.stem)
def test_every_change_of_a_recorded_answer_is_a_reported_class(path: Path) -> None:
    requests = [asked(record) for record in case(path).get("requests", []) if not has_own_ways(record)]
    for before, after in changes_of(path):
        found = differences(before, after)
        reported = {(each.request.gateway, each.request.host) for each in found.differences}
        for request in requests:
            old, new = explanation(before, request), explanation(after, request)
            if not (old.open or new.open or found.open) and treatment(old) != treatment(new):
                assert place(request, before, after) in reported, f"{request} is treated differently"


def place(request: Request, *meshes: Mesh) -> tuple[str, str]:
    """The gateway and the host of a request as classes have them: a Service by its whole name, one host for all that
    a wildcard takes or that nobody names, and a gateway's Service as the gateway, whoever calls it."""
    known = {(each.gateway, each.host) for each in entrances(meshes)}
    caller = meshes[0].workload(request.caller)
    to, named = (meshes[0].service(name, caller.namespace) if caller else None for name in (request.to, request.host))
    gateway = f"{to.namespace}/{to.item.name}" if to and not named else request.gateway if caller is None else ""
    host = named.name if named else request.host
    samples = (pattern.replace("*", "any", 1) for pattern in patterns(host) if pattern.startswith("*."))
    return gateway, next((each for each in (host, *samples) if (gateway, each) in known), UNNAMED)


def has_own_ways(record: dict[str, Any]) -> bool:
    """Whether a request is one that classes leave out: an address, a certificate, or headers that the app obeys."""
    headers = [name.lower() for name in record.get("headers") or {}]
    return bool(record.get("connect") or record.get("tls") or any(name.startswith("x-app-") for name in headers))
