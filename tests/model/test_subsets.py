"""Do all readers mean the same pods by a subset? Lint, explain, picture and diff, asked about the same mesh."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fixtures.picture.parts import app
from tests.fixtures.readers import deployment, drawn, explained, findings, istio, namespace, service, told

pytestmark = pytest.mark.mesh

HOST = "shop.web.svc.cluster.local"
RULES = ("subsets_select_pods", "subsets_of_routes_exist")


def rule(host: str = HOST, labels: dict[str, str] | None = None, home: str = "web", **spec: Any) -> dict[str, Any]:
    subset = {"name": "v1", "labels": labels or {"version": "v1"}}
    return istio("DestinationRule", f"shop-{home}", home, {"host": host, "subsets": [subset], **spec})


def mesh(*rules: dict[str, Any], subset: str = "v1") -> list[dict[str, Any]]:
    """A shop with pods of v1, another app with its version v2, and a client in another namespace."""
    route = [{"route": [{"destination": {"host": HOST, "subset": subset}}]}]
    return [
        *(namespace(name) for name in ("web", "client")),
        deployment("shop-v1", "web", {"app": "shop", "version": "v1"}),
        deployment("other", "web", {"app": "other", "version": "v2"}),
        deployment("curl", "client", {"app": "curl"}),
        service("shop", "web"),
        istio("VirtualService", "shop", "web", {"hosts": [HOST], "http": route}),
        *rules,
    ]


def kinds(objects: list[dict[str, Any]]) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {each.name: (each.kind, each.pods) for each in app(drawn(objects), "shop").versions}


def status(objects: list[dict[str, Any]], caller: str = "client/curl") -> Any:
    found = explained(objects, f"http://{HOST}/", caller)
    return found.open or set(found.statuses)


def said(objects: list[dict[str, Any]]) -> set[str]:
    return {each.rule for each in findings(objects, *RULES)}


WHOLE = mesh(rule())
ZONE = {"topology.kubernetes.io/zone": "eu-1"}


def test_the_mesh_that_they_are_asked_about_is_whole() -> None:
    assert (said(WHOLE), status(WHOLE)) == (set(), {200})
    assert kinds(WHOLE)["v1"] == ("subset", ("Deployment shop-v1",))


def test_labels_of_a_subset_never_override_the_selector_of_the_service() -> None:
    stolen = mesh(rule(labels={"app": "other", "version": "v2"}))
    assert (said(stolen), status(stolen)) == ({"subsets_select_pods"}, {503})
    assert kinds(stolen)["v1"] == ("subset", ("pods are not in this stack",))
    assert any("requests to v1 get 503" in each for each in told(WHOLE, stolen))
    assert not any("Deployment web/other" in each for each in told(WHOLE, stolen))


def test_a_subset_of_a_zone_is_known_to_nobody() -> None:
    zoned = mesh(rule(labels={"version": "v1", **ZONE}))
    assert said(zoned) == set()
    assert status(zoned) == "the nodes of the pods decide which of them are in subset v1"
    assert kinds(zoned)["v1"] == ("subset by node", ("Deployment shop-v1",))
    assert not any("503" in each for each in told(WHOLE, zoned))


def test_a_subset_of_a_zone_without_pods_of_its_other_labels_is_known_to_be_empty() -> None:
    empty = mesh(rule(labels={"version": "v9", **ZONE}))
    assert (said(empty), status(empty)) == ({"subsets_select_pods"}, {503})
    assert any("requests to v1 get 503" in each for each in told(WHOLE, empty))


@pytest.mark.parametrize("wildcard", ["*.web.svc.cluster.local", "*.local", "*"])
def test_a_rule_by_wildcard_has_the_subsets_of_a_host(wildcard: str) -> None:
    whole, lost = mesh(rule(wildcard)), mesh(rule(wildcard), subset="v2")
    assert (said(whole), status(whole)) == (set(), {200})
    assert kinds(whole)["v1"] == ("subset", ("Deployment shop-v1",))
    assert (said(lost), status(lost)) == ({"subsets_of_routes_exist"}, {503})
    assert kinds(lost)["v2"][0] == "subset is not defined"
    gone = mesh(istio("DestinationRule", "shop-web", "web", {"host": wildcard, "subsets": [{"name": "other"}]}))
    assert any("requests to v1 get 503" in each for each in told(whole, gone))


def test_a_wildcards_subset_without_pods_is_found_where_it_is_routed_to() -> None:
    empty = mesh(rule("*.web.svc.cluster.local", {"version": "v9"}))
    assert (said(empty), status(empty)) == ({"subsets_select_pods"}, {503})


def test_a_nearer_rule_hides_the_subsets_of_a_wildcard() -> None:
    nearer = istio("DestinationRule", "nearer", "web", {"host": HOST, "trafficPolicy": {"loadBalancer": {}}})
    hidden = mesh(rule("*.web.svc.cluster.local"), nearer)
    assert (said(hidden), status(hidden)) == ({"subsets_of_routes_exist"}, {503})
    assert kinds(hidden)["v1"][0] == "subset is not defined"
    assert any("requests to v1 get 503" in each for each in told(mesh(rule("*.web.svc.cluster.local")), hidden))


def test_a_rule_of_the_clients_own_namespace_comes_before_that_of_the_host() -> None:
    own = istio("DestinationRule", "own", "client", {"host": HOST, "subsets": [{"name": "v2"}]})
    split = mesh(rule(), own)
    assert (said(split), status(split), status(split, "web/other")) == ({"subsets_of_routes_exist"}, {503}, {200})
    assert kinds(split)["v1"][0] == "subset is not defined for all clients"
    assert any("requests to v1 get 503" in each for each in told(WHOLE, split))


def test_a_rule_that_is_exported_to_its_own_namespace_is_no_other_clients() -> None:
    kept = mesh(rule(exportTo=["."]))
    assert (said(kept), status(kept), status(kept, "web/other")) == ({"subsets_of_routes_exist"}, {503}, {200})
    (finding,) = findings(kept, *RULES)
    assert "clients in client do not use that rule" in finding.message
    assert any("requests to v1 get 503" in each for each in told(WHOLE, kept))


def test_a_rule_for_some_clients_is_followed_by_no_others() -> None:
    some = mesh(rule(workloadSelector={"matchLabels": {"app": "other"}}))
    assert (said(some), status(some), status(some, "web/other")) == ({"subsets_of_routes_exist"}, {503}, {200})
    assert kinds(some)["v1"][0] == "subset is not defined for all clients"
