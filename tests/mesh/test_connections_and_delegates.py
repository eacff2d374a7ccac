"""What do apps of TCP and TLS become, and apps that have paths of another one's host?"""

from __future__ import annotations

from typing import Any

import pytest

from fairlead_mesh.apps.app import App
from fairlead_mesh.lint.stack.stack_lint import stack_findings
from fairlead_mesh.routing.virtual_service import virtual_services
from fairlead_mesh.stack import well_formed
from tests.fixtures.stacks.asked_apps import asked

pytestmark = pytest.mark.mesh

GATEWAYS = {"edge": "edge/edge"}
DB = "db.default.svc.cluster.local"
TWO = [{"name": "v1"}, {"name": "v2"}]


def services(**keys: Any) -> list[dict[str, Any]]:
    app = App.model_validate({"name": "db", "port": 5432, **keys})
    return [each["spec"] for each in virtual_services(app, GATEWAYS)]


def to(version: str, weight: int) -> dict[str, Any]:
    return {"destination": {"host": DB, "port": {"number": 5432}, "subset": version}, "weight": weight}


def test_tcp_is_matched_by_the_gateways_port_outside_and_by_nothing_inside() -> None:
    routes = [{"match": [{"port": 31400}], "weights": {"v1": 80, "v2": 20}}]
    outside, inside = services(
        protocol="TCP", versions=TWO, gateways=["edge", "mesh"], hosts=["db.example.com"], routes=routes
    )
    shared = [to("v1", 80), to("v2", 20)]
    assert outside == {
        "hosts": ["db.example.com"],
        "gateways": ["edge/edge"],
        "tcp": [{"match": [{"port": 31400}], "route": shared}],
    }
    assert inside == {"hosts": [DB], "gateways": ["mesh"], "tcp": [{"route": shared}]}


def test_tls_is_matched_by_the_names_of_the_hosts() -> None:
    (outside,) = services(protocol="TLS", gateways=["edge"], hosts=["db.example.com", "*.db.example.com"])
    assert [each["match"] for each in outside["tls"]] == [[{"sniHosts": ["db.example.com", "*.db.example.com"]}]]
    (inside,) = services(protocol="TLS", active="v1", versions=TWO)
    assert inside["tls"][0]["match"] == [{"sniHosts": [DB]}]


def test_a_tcp_app_without_routes_needs_no_object_inside_the_mesh() -> None:
    assert services(protocol="TCP") == []


def test_explain_shares_connections_out() -> None:
    found = asked({"protocol": "TCP", "versions": TWO, "routes": [{"weights": {"v1": 80, "v2": 20}}]})
    assert found.received == {"default/shop-v1": 0.8, "default/shop-v2": 0.2}


CART: dict[str, Any] = {
    "name": "cart",
    "namespace": "carts",
    "port": 80,
    "external": {"labels": {"app": "cart"}},
    "delegated": True,
    "versions": TWO,
    "routes": [
        {"match": [{"headers": {"x-beta": "on"}}], "weights": {"v2": 100}},
        {"match": [{"uri": "/cart/old"}], "directResponse": {"status": 410}},
        {"weights": {"v1": 100}},
    ],
}
SHOP: dict[str, Any] = {
    "name": "shop",
    "port": 80,
    "external": {"labels": {"app": "shop"}},
    "routes": [
        {"match": [{"uri": {"prefix": "/cart"}}], "delegate": {"name": "cart", "namespace": "carts"}, "timeout": "5s"},
        {},
    ],
}


def test_a_delegate_has_neither_hosts_nor_gateways() -> None:
    (delegate,) = virtual_services(App.model_validate(CART), {})
    assert delegate["metadata"] == {"name": "cart", "namespace": "carts"}
    assert set(delegate["spec"]) == {"http"}
    (root,) = virtual_services(App.model_validate(SHOP), {})
    assert root["spec"]["http"][0] == {
        "match": [{"uri": {"prefix": "/cart"}}],
        "delegate": {"name": "cart", "namespace": "carts"},
        "timeout": "5s",
    }


@pytest.mark.parametrize(
    ("path", "headers", "answers"),
    [
        ("/", {}, "default/shop"),
        ("/cart", {}, "carts/cart-v1"),
        ("/cart/1", {"x-beta": "on"}, "carts/cart-v2"),
        ("/other", {"x-beta": "on"}, "default/shop"),
    ],
)
def test_explain_follows_a_path_to_its_team(path: str, headers: dict[str, str], answers: str) -> None:
    assert asked(SHOP, path, headers=headers, apps=[SHOP, CART]).answered == {answers: 1.0}


def test_a_delegate_may_answer_itself() -> None:
    assert asked(SHOP, "/cart/old", apps=[SHOP, CART]).statuses == {410: 1.0}


def test_a_delegated_app_may_be_delegated_to_from_another_stack() -> None:
    raw = {"cluster": {"kubeconfig": {"context": "kind"}}, "namespaces": [{"name": "carts", "injection": True}]}
    of_routes = [each.rule for each in stack_findings(well_formed({**raw, "apps": [CART]}), []).findings]
    assert [rule for rule in of_routes if rule.startswith("virtual_service")] == []
    lone = {"delegate": {"name": "nobody"}}
    root = {**SHOP, "routes": [lone, {}]}
    found = stack_findings(well_formed({**raw, "apps": [root, CART]}), []).findings
    assert "delegates_exist" in {each.rule for each in found}
