"""Do lint, explain, picture, diff and outputs say the same of a mesh? Every mesh of the tests, asked by all of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairlead.comparison.compare import compare
from fairlead.effects.effect import Hurt, Kind
from fairlead.effects.effects import effects
from fairlead.explain.asked_mesh import mesh_of_stack
from fairlead.picture.model.model import App, Picture
from fairlead.picture.model.reading import picture
from fairlead.yaml_files.stack_reader import read_stack_file
from fairlead_mesh.config import SECRET_KEYS
from fairlead_mesh.lint.object_findings import object_findings
from fairlead_mesh.model.clients import Clients
from fairlead_mesh.model.graph import Graph, graph
from fairlead_mesh.model.hostnames import is_label
from fairlead_mesh.model.objects.item import Item
from fairlead_mesh.model.objects.yaml_values import plain_value
from fairlead_mesh.model.requests.request import request
from fairlead_mesh.model.routes import Share, routing, routings
from fairlead_mesh.model.security.mtls import PeerPolicies
from fairlead_mesh.model.traffic.explanation import Explanation, explanation
from fairlead_mesh.model.virtual_service import Destination, destinations
from fairlead_mesh.outputs import Reached, app_outputs, gateway_outputs
from fairlead_mesh.stack import well_formed
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.compared import side

pytestmark = [pytest.mark.mesh, pytest.mark.scale]

TESTS = PROGRAM / "tests"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
LINT = sorted(path for path in (TESTS / "lint").glob("*.yaml") if "mesh-config" not in path.name)
TRUTH = sorted((TESTS / "truth" / "cases").glob("*.yaml"))
STACKS = [*sorted((PROGRAM / "examples").glob("*.yaml")), PROGRAM / "Pulumi.dev.yaml", PROGRAM / "Pulumi.local.yaml"]
# The port of one does not exist, and istiod rejects weights that add up to nothing: no request is lost there.
WORSE = (Hurt.INTERRUPTS, Hurt.REFUSES)
NO_REQUESTS = ("match-port-wrong", "weights-all-zero")
# A client of these has no such subset at all: lint speaks of that, the diff of the clients that lose it.
SOME_LACK_IT = ("setting-05", "dr-workload-selector")
MESHES = [*LINT, *TRUTH]


def manifests(path: Path) -> list[dict[str, Any]]:
    read = [each for each in _documents(path) if each]
    if path.parent.name == "cases":
        (world,) = _documents(TESTS / "truth" / "world.yaml")
        read = [*world["objects"], *(each for document in read for each in document.get("objects", []))]
    return [
        plain_value(each)
        for each in read
        if isinstance(each.get("metadata"), dict) and each.get("apiVersion") and each.get("kind")
    ]


def _documents(path: Path) -> list[Any]:
    return [each for each in yaml.load_all(path.read_text(encoding="utf-8"), _Loader) if isinstance(each, dict)]


def model(objects: list[dict[str, Any]]) -> Graph:
    return graph([Item(each) for each in objects], closed=True)


def apps(shown: Picture) -> list[App]:
    return [app for quarter in shown.quarters for app in quarter.apps]


@pytest.mark.parametrize("path", MESHES, ids=lambda path: path.stem)
def test_a_subset_is_missing_for_lint_where_it_is_for_the_model(path: Path) -> None:
    mesh = model(manifests(path))
    hits = [each for each in object_findings(mesh) if each.rule == "subsets_of_routes_exist"]
    said = {(each.subject, each.value) for each in hits}
    assert {each for each in _missing(mesh) if each not in said} == set()
    assert {each for each in said if each not in _missing(mesh)} == set()


def _missing(mesh: Graph) -> set[Any]:
    clients, found = Clients(mesh), set[Any]()
    for item in mesh.all_of_kind("VirtualService"):
        for each in destinations(item):
            known = all(each.subset in subsets for _, subsets in clients.subsets(each))
            if is_label(each.subset) and mesh.service(each.full_host, "") and not known:
                found.add(((item.kind, item.namespace, item.name), each.subset))
    return found


@pytest.mark.parametrize("path", MESHES, ids=lambda path: path.stem)
def test_a_picture_shows_the_shares_and_the_modes_of_the_model(path: Path) -> None:
    objects = manifests(path)
    mesh, shown = model(objects), picture(side(objects).snapshot)
    drawn = [
        share.percent for app in apps(shown) for strand in app.strands for line in strand.lines for share in line.shares
    ]
    assert all(0 <= percent <= 100 for percent in drawn)
    assert set(drawn) == {share.percent for each in routings(mesh) for route in each.routes for share in route.shares}
    peers = PeerPolicies(mesh)
    modes = {peers.of_port(workload, None)[0] for workload in peers.of_pods}
    badged = {
        badge.words.split(",")[0] for app in apps(shown) for badge in app.badges if badge.words.startswith("mTLS ")
    }
    assert badged <= {f"mTLS {mode}" for mode in modes}
    of_mesh = {badge.words.split(",")[0] for badge in shown.badges if badge.words.startswith("mTLS ")}
    assert of_mesh <= {f"mTLS {peers.of_namespace(mesh.root_namespace)[0]}"}


@pytest.mark.parametrize("path", MESHES, ids=lambda path: path.stem)
def test_a_mesh_against_itself_has_no_effects(path: Path) -> None:
    objects = manifests(path)
    assert effects(compare(side(objects, "before"), side(objects, "after"))) == ()


def _is(share: Share, destination: Destination) -> bool:
    return (share.host, share.subset) == (destination.full_host, destination.subset)


def without_pods(objects: list[dict[str, Any]]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """The mesh without each workload that is the only one of a subset which some client has, and gets requests."""
    mesh = model(objects)
    clients = Clients(mesh)
    for item in mesh.all_of_kind("VirtualService"):
        for each in destinations(item):
            service = mesh.service(each.full_host, "")
            known = [found for _, subsets in clients.subsets(each) if (found := subsets.get(each.subset))]
            pods = [subset.pods(mesh, service) for subset in known if service]
            shares = {share.percent for route in routing(item).routes for share in route.shares if _is(share, each)}
            if each.subset and pods and len(pods[0]) == 1 and min(shares, default=0) > 0:
                gone = pods[0][0].item.manifest
                yield each.subset, [other for other in objects if other is not gone]


@pytest.mark.parametrize("path", MESHES, ids=lambda path: path.stem)
def test_requests_that_a_subset_loses_with_its_pods_are_told_by_the_diff_and_the_subset_found_by_lint(
    path: Path,
) -> None:
    objects = manifests(path) if path.stem not in NO_REQUESTS else []
    for subset, less in list(without_pods(objects))[:2]:
        after = model(less)
        known = any(after.pods_of(each) for each in after.services.values())
        found = {each.rule for each in object_findings(after)}
        everybody = path.stem not in SOME_LACK_IT
        assert not (known and everybody) or "subsets_select_pods" in found or after.machines.all, subset
        comparison = compare(side(objects, "before"), side(less, "after"))
        lost = [each for each in comparison.requests.differences if _good(each.after) < _good(each.before) - 1e-6]
        said = [each for each in effects(comparison) if each.kind is Kind.TRAFFIC and each.hurt in WORSE]
        assert bool(lost) == bool(said), subset
        assert all(each.witness for each in said)
        assert lost or path.stem != "dr-workload-selector"


def _good(found: Explanation) -> float:
    return sum(share for status, share in found.statuses.items() if status < 400)


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_the_urls_of_the_outputs_are_answered_in_explain(path: Path) -> None:
    read = read_stack_file(PROGRAM, config_file=path, stack=None)
    config = well_formed({key: value for key, value in read.own_keys().items() if key not in SECRET_KEYS})
    mesh = mesh_of_stack(read, PROGRAM).mesh
    balanced = [each for each in config.gateways if each.has_load_balancer]
    doors = {each.name: gateway_outputs(each, Reached("lb.example.com"))["urls"] for each in config.gateways}
    gateways = {url: f"{each.home}/{each.name}" for each in balanced for url in doors[each.name]}
    for app in config.apps:
        told = app_outputs(app, doors)
        names = [name for name in told.get("hosts", ["any.example.com"]) if "*" not in name] or ["any.example.com"]
        for url in told["urls"]:
            gateway = next((name for base, name in gateways.items() if url.startswith(base)), "")
            if gateway:
                asked = request("GET", url, gateway=gateway, headers={"Host": names[0]}, sni=names[0])
                found = explanation(mesh, asked)
                assert found.open or (not {404, 503} & found.statuses.keys() and not found.errors), (
                    url,
                    found.outcomes,
                )
