"""Which Istio objects does an app's routing become? None where its Service alone does the same."""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.apps.app import App
from fairlead_mesh.routing.destination_rule import destination_rules
from fairlead_mesh.routing.virtual_service import virtual_services

pytestmark = pytest.mark.mesh

GATEWAYS = {"istio-ingress": "istio-ingress/istio-ingress", "partners": "edge/partners"}
SHOP = "shop.default.svc.cluster.local"
TWO = [{"name": "v1"}, {"name": "v2"}]


def app(**keys: Any) -> App:
    return App.model_validate({"name": "shop", "port": 80, **keys})


def services(**keys: Any) -> list[dict[str, Any]]:
    return virtual_services(app(**keys), GATEWAYS)


def to(subset: str | None = None, host: str = SHOP) -> dict[str, Any]:
    return {"destination": {"host": host, "port": {"number": 80}} | ({"subset": subset} if subset else {})}


def test_a_plain_app_needs_no_object() -> None:
    assert services() == []
    assert destination_rules(app()) == []


def test_versions_without_routes_are_subsets_and_nothing_else() -> None:
    assert services(versions=TWO) == []
    assert len(destination_rules(app(versions=TWO))) == 1


def test_an_app_behind_a_gateway_gets_one_virtual_service_bound_to_it() -> None:
    (service,) = services(gateways=["istio-ingress"], namespace="web")
    assert (service["apiVersion"], service["kind"]) == ("networking.istio.io/v1", "VirtualService")
    assert service["metadata"] == {"name": "shop", "namespace": "web"}
    assert service["spec"] == {
        "hosts": ["*"],
        "gateways": ["istio-ingress/istio-ingress"],
        "http": [{"route": [to(host="shop.web.svc.cluster.local")]}],
    }


def test_gateways_keep_the_order_of_the_file() -> None:
    (service,) = services(gateways=["partners", "istio-ingress"])
    assert service["spec"]["gateways"] == ["edge/partners", "istio-ingress/istio-ingress"]


def test_every_host_outside_and_callers_inside_are_two_virtual_services() -> None:
    outside, inside = services(gateways=["istio-ingress", "mesh"], versions=TWO, routes=[{"weights": {"v1": 100}}])
    assert (outside["metadata"]["name"], outside["spec"]["hosts"]) == ("shop", ["*"])
    assert outside["spec"]["gateways"] == ["istio-ingress/istio-ingress"]
    assert (inside["metadata"]["name"], inside["spec"]["hosts"]) == ("shop-mesh", [SHOP])
    assert inside["spec"]["gateways"] == ["mesh"]
    assert outside["spec"]["http"] == inside["spec"]["http"] == [{"route": [to("v1")]}]


def test_a_named_host_outside_and_callers_inside_share_one_virtual_service() -> None:
    (service,) = services(gateways=["mesh", "istio-ingress"], hosts=["shop.example.com"], routes=[{}])
    assert service["spec"]["hosts"] == ["shop.example.com", SHOP]
    assert service["spec"]["gateways"] == ["istio-ingress/istio-ingress", "mesh"]


def test_callers_inside_need_nothing_where_there_is_no_route() -> None:
    (service,) = services(gateways=["istio-ingress", "mesh"])
    assert service["spec"]["gateways"] == ["istio-ingress/istio-ingress"]
    assert service["spec"]["hosts"] == ["*"]


def test_callers_inside_reach_the_app_by_its_own_name_alone() -> None:
    (service,) = services(hosts=["shop.example.com"], versions=TWO, routes=[{"weights": {"v1": 100}}])
    assert service["spec"]["hosts"] == [SHOP]
    assert service["spec"]["gateways"] == ["mesh"]


def test_subsets_are_told_by_the_version_label_or_by_their_own() -> None:
    canary = {"name": "canary", "labels": {"track": "c", "app": "shop"}}
    (rule,) = destination_rules(app(versions=[{"name": "v1"}, canary]))
    assert (rule["apiVersion"], rule["kind"]) == ("networking.istio.io/v1", "DestinationRule")
    assert rule["metadata"] == {"name": "shop", "namespace": "default"}
    assert rule["spec"]["host"] == SHOP
    assert rule["spec"]["subsets"] == [
        {"name": "v1", "labels": {"version": "v1"}},
        {"name": "canary", "labels": {"app": "shop", "track": "c"}},
    ]
    assert list(rule["spec"]["subsets"][1]["labels"]) == ["app", "track"]


def test_versions_with_services_of_their_own_are_no_subsets() -> None:
    assert destination_rules(app(versions=[{"name": "v1", "service": "shop-v1"}])) == []
    (mixed,) = destination_rules(app(versions=[{"name": "v1", "service": "shop-v1"}, {"name": "v2"}]))
    assert [subset["name"] for subset in mixed["spec"]["subsets"]] == ["v2"]
