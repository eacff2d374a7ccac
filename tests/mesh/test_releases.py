"""Do releases do to requests what they promise? Blue and green, A/B by client, sticky canaries, as explain says."""

from __future__ import annotations

import re
from typing import Any

import pytest

from fairlead_mesh.apps.app import App
from fairlead_mesh.routing.managed_weights import managed_weights
from fairlead_mesh.routing.virtual_service import virtual_services
from tests.fixtures.stacks.asked_apps import asked

pytestmark = pytest.mark.mesh

V1, V2 = "default/shop-v1", "default/shop-v2"
TWO = [{"name": "v1"}, {"name": "v2"}]
CLIENTS = {"userHeader": "x-user", "devices": {"phone": ".*(iPhone|Android.*Mobile).*"}}
STICKY = {
    "versions": TWO,
    "routes": [{"weights": {"v1": 75, "v2": 25}, "sticky": {"cookie": "shop-version", "maxAge": "1h"}}],
}


def test_the_active_version_gets_what_no_weight_says() -> None:
    keys = {"versions": TWO, "routes": [{"match": [{"headers": {"x-preview": "on"}}], "weights": {"v2": 100}}, {}]}
    for active, other in (("v1", V1), ("v2", V2)):
        assert asked(keys | {"active": active}).answered == {other: 1.0}
        assert asked(keys | {"active": active}, headers={"x-preview": "on"}).answered == {V2: 1.0}


def test_an_active_version_alone_is_a_route_for_clients_in_the_mesh() -> None:
    assert asked({"versions": TWO, "active": "v2"}).answered == {V2: 1.0}


@pytest.mark.parametrize(
    ("headers", "answers"),
    [
        ({}, V1),
        ({"x-user": "jason"}, V2),
        ({"x-user": "kate"}, V1),
        ({"user-agent": "Mozilla/5.0 (iPhone; CPU)"}, V2),
        ({"user-agent": "Mozilla/5.0 (X11; Linux)"}, V1),
        ({"cookie": "group=beta"}, V2),
        ({"cookie": "id=1; group=beta; lang=en"}, V2),
        ({"cookie": "id=1;group=beta"}, V2),
        ({"cookie": "group=betamax"}, V1),
        ({"cookie": "othergroup=beta"}, V1),
    ],
    ids=str,
)
def test_users_devices_and_cookies_tell_clients_apart(headers: dict[str, str], answers: str) -> None:
    matches = [{"user": "jason"}, {"device": "phone"}, {"cookie": {"name": "group", "value": "beta"}}]
    keys = {"versions": TWO, "routes": [{"match": matches, "weights": {"v2": 100}}, {"weights": {"v1": 100}}]}
    assert asked(keys, headers=headers, clients=CLIENTS).answered == {answers: 1.0}


def test_a_client_without_a_cookie_is_shared_out_and_told_its_version() -> None:
    found = asked(STICKY)
    assert found.answered == {V1: 0.75, V2: 0.25}
    told = {each.answered: each.answer["set-cookie"] for each in found.outcomes}
    rest = "Path=/; HttpOnly; Max-Age=3600"
    assert told == {V1: f"shop-version=v1; {rest}", V2: f"shop-version=v2; {rest}"}


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_a_client_stays_with_the_version_of_its_cookie(version: str) -> None:
    found = asked(STICKY, headers={"cookie": f"lang=en; shop-version={version}"})
    assert found.answered == {f"default/shop-{version}": 1.0}
    assert "set-cookie" not in found.constant("answer")


def test_a_client_of_a_version_that_gets_nothing_any_more_is_shared_out_again() -> None:
    keys = {"versions": TWO, "routes": [{"weights": {"v1": 100, "v2": 0}, "sticky": {"cookie": "shop-version"}}]}
    found = asked(keys, headers={"cookie": "shop-version=v2"})
    assert found.answered == {V1: 1.0}
    assert found.constant("answer")["set-cookie"] == "shop-version=v1; Path=/; HttpOnly"


def test_who_stays_is_treated_as_the_route_says() -> None:
    route = {"name": "main", "match": [{"uri": "/a"}, {"uri": "/b"}], "timeout": "2s", **STICKY["routes"][0]}
    app = App.model_validate({"name": "shop", "port": 80, "versions": TWO, "routes": [route]})
    (service,) = virtual_services(app, {})
    first, second, shared = service["spec"]["http"]
    assert [first["name"], second["name"], shared["name"]] == ["main-v1", "main-v2", "main"]
    assert [each["uri"]["exact"] for each in first["match"]] == ["/a", "/b"]
    assert all(re.fullmatch(each["headers"]["cookie"]["regex"], "shop-version=v1") for each in first["match"])
    assert {each["timeout"] for each in (first, second, shared)} == {"2s"}


def test_weights_of_a_controller_are_all_that_pulumi_ignores() -> None:
    keys: dict[str, Any] = {
        "name": "shop",
        "port": 80,
        "versions": TWO,
        "routes": [
            {"match": [{"uri": "/a"}], "weights": {"v1": 50, "v2": 50}, "sticky": {"cookie": "a"}},
            {"name": "main", "weights": {"v1": 100, "v2": 0, "managedBy": "argo-rollouts"}},
        ],
    }
    app = App.model_validate(keys)
    (service,) = virtual_services(app, {})
    assert managed_weights(app, service) == ["spec.http[3].route[0].weight", "spec.http[3].route[1].weight"]
    assert [each["weight"] for each in service["spec"]["http"][3]["route"]] == [100, 0]
