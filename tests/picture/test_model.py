"""What does the picture say of a mesh? All that the stack has, joined by what it means."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fairlead.evaluation.snapshot import SECRET, Snapshot
from fairlead.picture.model.model import Tone
from fairlead.picture.model.reading import picture
from fairlead_mesh.versions import ISTIO_VERSION
from tests.fixtures.checkout import PROGRAM
from tests.fixtures.evaluated import STACKS, evaluate_file, evaluated
from tests.fixtures.hand_made import stack
from tests.fixtures.picture.parts import DEV, app, badges, entrance, routes_in_words, titles
from tests.fixtures.picture.stacks import (
    crowded,
    manifest,
    many_apps,
    many_keys,
    service,
    virtual_service,
)
from tests.fixtures.picture.varied import varied

pytestmark = pytest.mark.snapshot


def test_the_dev_stack_is_all_there() -> None:
    shown = picture(evaluate_file(DEV))
    assert shown.summary == f"2 apps, 2 routes, 4 namespaces, 1 gateway, Istio {ISTIO_VERSION}"
    assert [tile.title for tile in shown.tiles] == [
        "Istio's CRDs", "istiod", "Grafana", "Kiali", "Prometheus", "Jaeger", "EKS control plane to nodes",
    ]  # fmt: skip
    assert [tile.detail for tile in shown.tiles][:2] == [ISTIO_VERSION, ISTIO_VERSION]
    assert badges(shown)["mTLS STRICT"] is Tone.GOOD
    hello = app(shown, "helloworld")
    assert routes_in_words(hello) == [("path exact /hello", "70 v1, 30 v2")]
    assert [version.pods for version in hello.versions] == [
        ("Deployment helloworld-v1",),
        ("Deployment helloworld-v2",),
    ]
    assert hello.strands[0].entrances == ("istio-ingress/istio-ingress", "mesh")
    assert hello.strands[0].hosts == ("hello.dev.example.com", "helloworld.hello.svc.cluster.local")


def test_every_app_route_and_weight_of_the_stack_file_is_in() -> None:
    keys, shown = many_keys(200), picture(many_apps(200))
    for each in keys["apps"]:
        found = app(shown, each["name"])
        said = [words for _, words in routes_in_words(found)]
        wanted = [
            "redirect 301 to /new"
            if "redirect" in route
            else ", ".join(
                f"{weight} {name}" for name, weight in sorted(route.get("weights", {each["name"]: 100}).items())
            )
            for route in each["routes"]
        ]
        assert said == wanted
        assert found.namespace == each["namespace"]
        assert [
            host for host in each["hosts"] if each["gateways"] != ["mesh"] and host not in found.strands[0].hosts
        ] == []


@pytest.mark.parametrize("path", STACKS, ids=lambda path: path.stem)
def test_every_object_of_a_stack_can_be_looked_at(path: Any) -> None:
    everything_leads_somewhere(evaluate_file(path))


def test_every_plain_object_can_be_looked_at() -> None:
    everything_leads_somewhere(varied())
    everything_leads_somewhere(crowded())


def everything_leads_somewhere(snapshot: Snapshot) -> None:
    shown = picture(snapshot)
    apps = [each for quarter in shown.quarters for each in quarter.apps]
    doors = [each.balancer for each in shown.entrances if each.balancer]
    held = [badge for part in (shown, *shown.entrances, *shown.quarters, *apps) for badge in part.badges]
    parts = [*apps, *doors, *held, *shown.entrances, *shown.quarters, *shown.tiles, *shown.others]
    assert {number for part in parts for number in part.objects} == set(range(len(shown.sources)))


def test_a_part_leads_to_the_objects_behind_it() -> None:
    shown = picture(evaluate_file(DEV))
    hello = app(shown, "helloworld")
    assert titles(shown, hello.objects) == [
        "VirtualService hello/helloworld",
        "Service hello/helloworld",
        "DestinationRule hello/helloworld",
        "Deployment hello/helloworld-v1",
        "Deployment hello/helloworld-v2",
    ]
    assert titles(shown, hello.strands[0].lines[0].objects) == ["VirtualService hello/helloworld"]
    assert "Deployment hello/helloworld-v2" not in titles(shown, hello.versions[0].objects)
    assert titles(shown, entrance(shown, "istio-ingress").objects) == [
        "Release istio-ingress/istio-ingress",
        "Gateway istio-ingress/istio-ingress",
    ]
    (source,) = [each for each in shown.sources if each.title == "VirtualService hello/helloworld"]
    assert "weight: 70\n" in source.text


def test_routes_of_every_kind_are_told() -> None:
    shown = picture(varied())
    assert routes_in_words(app(shown, "db")) == [("port 5432", "100 db")]
    assert routes_in_words(app(shown, "vault")) == [("port 443, SNI vault.example.com", "100 vault")]
    assert routes_in_words(app(shown, "www")) == [
        ("path prefix /cart", "delegated to VirtualService web/cart"),
        ("path exact /health", "direct response 200"),
        ("path prefix /old", "redirect 308 to /new"),
        ("all", "99 front-end, 1 front-end-next"),
    ]
    last = app(shown, "www").strands[0].lines[-1]
    assert last.extras == ("timeout 5s", "3 retries", "aborts 0.5 % with 503", "mirrors 10 % to shadow")


def test_a_delegate_comes_in_where_those_who_hand_on_to_it_do() -> None:
    (strand,) = app(picture(varied()), "cart").strands
    assert strand.entrances == ("gates/front",)
    assert strand.hosts == ("delegated by web/www",)


def test_policies_stand_at_what_they_hold_for() -> None:
    shown = picture(varied())
    quarters = {quarter.name: quarter for quarter in shown.quarters}
    assert badges(shown) == {"mTLS STRICT": Tone.GOOD}
    assert badges(quarters["old"]) == {"no sidecars": Tone.PLAIN, "mTLS PERMISSIVE": Tone.WARN}
    assert badges(quarters["data"]) == {"denies all requests: deny-all": Tone.PLAIN}
    assert badges(quarters["web"])["ALLOW nobody, selects no pods of this stack"] is Tone.WARN
    assert {"ALLOW callers", "mTLS STRICT, 8080 DISABLE", "clients use no TLS", "ejects failing pods"} <= badges(
        app(shown, "www")
    ).keys()
    assert badges(app(shown, "cart")) == {}
    assert badges(entrance(shown, "front")) == {"JWT of https://login.example.com": Tone.PLAIN}


def test_a_declared_call_is_said_at_the_pods_of_the_client() -> None:
    shown = picture(evaluate_file(PROGRAM / "examples" / "egress.yaml"))
    assert {"calls details, reviews", "ALLOW productpage-callers"} <= badges(app(shown, "productpage")).keys()


def test_what_no_route_leads_to_is_there_all_the_same() -> None:
    shown = picture(varied())
    assert app(shown, "lonely").note == "no route: port 80, balanced over its pods"
    assert badges(app(shown, "lonely")) == {"open by NodePort": Tone.WARN}
    assert app(shown, "traffic-generator").note == "no Service selects it"
    assert app(shown, "partner").versions[0].name == "api.partner.example"
    assert {badge.words for badge in shown.others} == {"1 ConfigMap", "1 Secret"}


def test_the_same_routes_inside_and_outside_are_told_once() -> None:
    app_keys = {"name": "web", "port": 80, "gateways": ["front", "mesh"], "routes": [{"match": [{"uri": "/a"}]}]}
    shown = picture(
        evaluated(gateways=[{"name": "front", "expose": "clusterIP"}], apps=[{**app_keys, "external": True}])
    )
    (strand,) = app(shown, "web").strands
    assert strand.entrances == ("front/front", "mesh")
    assert strand.hosts == ("*", "web.default.svc.cluster.local")
    assert titles(shown, strand.objects) == ["VirtualService default/web", "VirtualService default/web-mesh"]


def test_a_subset_without_requests_is_shown_and_one_that_is_missing_said_to_be() -> None:
    route = [{"destination": {"host": "web", "subset": "v9"}}]
    rule = {"host": "web", "subsets": [{"name": "v1", "labels": {"version": "v1"}}]}
    shown = picture(
        stack(
            virtual_service("web", "default", {"hosts": ["web"], "http": [{"route": route}]}),
            manifest("networking.istio.io/v1", "DestinationRule", "web", namespace="default", spec=rule),
        )
    )
    kinds = {version.name: version.kind for version in app(shown, "web").versions}
    assert kinds == {"v9": "subset is not defined", "v1": "subset"}


def test_two_destinations_never_share_a_name() -> None:
    route = [{"destination": {"host": host, "subset": "v1"}} for host in ("a", "b")]
    shown = picture(stack(virtual_service("web", "default", {"hosts": ["web"], "http": [{"route": route}]})))
    assert [version.name for version in app(shown, "web").versions] == ["a v1", "b v1"]


def test_no_secret_is_in_the_picture() -> None:
    shown = picture(varied())
    assert "hunter2" not in str(shown)
    assert "aHVudGVyMg==" not in str(shown)
    (source,) = [each for each in shown.sources if each.title == "Secret web/password"]
    assert source.text.count(SECRET) == 2


@pytest.mark.parametrize(
    "spec",
    [
        None, [], 5, "text", {"http": 5}, {"http": [None, 5, []]}, {"http": [{"match": 5}]}, {"http": [{"route": 7}]},
        {"hosts": 5}, {"hosts": [None, {}]}, {"gateways": {"a": 1}}, {"http": [{"route": [{"weight": "70"}, {}]}]},
        {"http": [{"route": [{"weight": 5}, {"weight": -5}]}]}, {"http": [{"match": [{"sourceLabels": []}]}]},
        {"http": [{"match": [{"gateways": 5}], "mirror": 5, "retries": [], "fault": {"abort": {"percentage": 3}}}]},
    ],
)  # fmt: skip
def test_a_routing_of_a_wrong_shape_is_shown_and_hurts_nothing(spec: Any) -> None:
    shown = picture(stack(virtual_service("odd", "default", spec), service("fine", "default")))
    assert titles(shown, app(shown, "odd").objects) == ["VirtualService default/odd"]
    assert app(shown, "fine")


@pytest.mark.parametrize(
    "wrong", [None, [], 5, "text", {"selector": 5}, {"servers": {"a": 1}}, {"servers": [{"port": 5}]}]
)
def test_objects_of_a_wrong_shape_are_shown_and_hurt_nothing(wrong: Any) -> None:
    snapshot = varied()
    for place, resource in enumerate(snapshot.resources):
        key = "values" if resource.is_release else "spec"
        odd = replace(resource, inputs={**resource.inputs, key: wrong})
        others = (*snapshot.resources[:place], odd, *snapshot.resources[place + 1 :])
        assert len(picture(replace(snapshot, resources=others)).sources) == len(others)


def test_an_empty_stack_has_a_picture() -> None:
    shown = picture(stack())
    assert shown.summary == "no apps, no routes, no namespaces, no gateways"
    assert (shown.entrances, shown.quarters, shown.tiles) == ((), (), ())


def test_routing_that_leads_nowhere_is_an_app_of_its_own() -> None:
    away = {"hosts": ["a.example.com"], "http": [{"redirect": {"authority": "b.example.com"}}]}
    shown = picture(stack(virtual_service("one", "web", away), virtual_service("two", "web", away)))
    assert [each.name for quarter in shown.quarters for each in quarter.apps] == ["one", "two"]
    assert routes_in_words(app(shown, "two")) == [("all", "redirect 301 to b.example.com")]


def test_an_app_stands_where_its_pods_are() -> None:
    spec = {"hosts": ["a.example.com"], "http": [{"route": [{"destination": {"host": "web.shop.svc.cluster.local"}}]}]}
    shown = picture(stack(virtual_service("web", "routes", spec), service("web", "shop")))
    assert app(shown, "web").namespace == "shop"
