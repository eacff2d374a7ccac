"""What does the picture say of a mesh? All that the stack has, joined by what it means."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fairlead.evaluation.snapshot import SECRET, Snapshot
from fairlead.picture.model.model import App, Entrance, Picture, Tone
from fairlead.picture.model.reading import picture
from tests.evaluated import EKS, PROGRAM, STACKS, evaluate_file, evaluated
from tests.hand_made import stack
from tests.picture_stacks import (
    crowded,
    deployment,
    gateway,
    gateway_release,
    manifest,
    many_apps,
    many_keys,
    service,
    virtual_service,
)
from tests.picture_varied import varied

pytestmark = pytest.mark.snapshot
DEV = PROGRAM / "Pulumi.dev.yaml"


def app(shown: Picture, name: str) -> App:
    (found,) = [each for quarter in shown.quarters for each in quarter.apps if each.name == name]
    return found


def entrance(shown: Picture, title: str) -> Entrance:
    (found,) = [each for each in shown.entrances if each.title == title]
    return found


def routes_in_words(found: App) -> list[tuple[str, str]]:
    """Conditions and what becomes of the requests, of every route."""
    lines = [line for strand in found.strands for line in strand.lines]
    return [
        (
            " or ".join(line.requests),
            line.answer
            or ", ".join(f"{share.percent:g} {found.versions[share.version].name}" for share in line.shares),
        )
        for line in lines
    ]


def badges(part: Any) -> dict[str, Tone]:
    return {badge.words: badge.tone for badge in part.badges}


def titles(shown: Picture, objects: tuple[int, ...]) -> list[str]:
    return [shown.sources[number].title for number in objects]


def test_the_dev_stack_is_all_there() -> None:
    shown = picture(evaluate_file(DEV))
    assert shown.summary == "2 apps, 2 routes, 2 namespaces, 1 gateway, Istio 1.30.3"
    assert [tile.title for tile in shown.tiles] == [
        "Istio's CRDs", "istiod", "Grafana", "Kiali", "Prometheus", "Jaeger", "EKS control plane to nodes",
    ]  # fmt: skip
    assert [tile.detail for tile in shown.tiles][:2] == ["1.30.3", "1.30.3"]
    assert badges(shown)["mTLS STRICT"] is Tone.GOOD
    hello = app(shown, "helloworld")
    assert routes_in_words(hello) == [("path exact /hello", "70 v1, 30 v2")]
    assert [version.pods for version in hello.versions] == [
        ("Deployment helloworld-v1",),
        ("Deployment helloworld-v2",),
    ]
    assert hello.strands[0].entrances == ("istio-ingress/istio-ingress", "mesh")
    assert hello.strands[0].hosts == ("hello.dev.example.com", "helloworld.hello.svc.cluster.local")


def test_a_load_balancer_says_who_may_connect() -> None:
    front = entrance(picture(evaluate_file(DEV)), "istio-ingress")
    assert front.outside == "Internet"
    assert front.balancer
    assert front.balancer.title == "Network load balancer, internet-facing"
    assert front.balancer.rules == ("80 from 203.0.113.0/24",)
    assert front.servers == ("80 HTTP *",)


@pytest.mark.parametrize(
    ("keys", "outside", "title", "rules"),
    [
        ({"cluster": EKS}, "Internet", "Network load balancer, internet-facing", ("from anywhere",)),
        (
            {"cluster": EKS, "expose": "internal"},
            "The VPC", "Network load balancer, internal", ("from anywhere in the VPC",),
        ),
        ({"expose": "internal"}, "Outside the cluster", "Load balancer", ("from anywhere",)),
        ({"expose": "nodePort"}, "Whoever reaches a node", "A port of every node", ()),
        ({"expose": "clusterIP"}, "Pods of the cluster", "Cluster IP", ()),
        (
            {"loadBalancer": {"allowFrom": {"cidrs": ["192.0.2.0/24"]}}},
            "Outside the cluster", "Load balancer", ("from 192.0.2.0/24",),
        ),
        (
            {"cluster": EKS, "loadBalancer": {"allowFrom": {"prefixLists": ["pl-0123abcd"]}}},
            "Internet", "Network load balancer, internet-facing", ("80 from pl-0123abcd",),
        ),
    ],
)  # fmt: skip
def test_every_way_in_has_its_words(keys: dict[str, Any], outside: str, title: str, rules: tuple[str, ...]) -> None:
    cluster = {"cluster": keys["cluster"]} if "cluster" in keys else {}
    own = {key: value for key, value in keys.items() if key != "cluster"}
    front = entrance(picture(evaluated(**cluster, gateways=[{"name": "front", **own}])), "front")
    assert (front.outside, front.balancer and front.balancer.title) == (outside, title)
    assert front.balancer
    assert front.balancer.rules == rules


def test_every_app_route_and_weight_of_the_stack_file_is_in() -> None:
    keys, shown = many_keys(200), picture(many_apps(200))
    for each in keys["apps"]:
        found = app(shown, each["name"])
        said = [words for _, words in routes_in_words(found)]
        wanted = [
            "301 to /new"
            if "redirect" in route
            else ", ".join(f"{weight} {name}" for name, weight in route.get("weights", {each["name"]: 100}).items())
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
        ("path prefix /cart", "as VirtualService web/cart says"),
        ("path exact /health", "answer 200"),
        ("path prefix /old", "308 to /new"),
        ("all", "99 front-end, 1 front-end-next"),
    ]
    last = app(shown, "www").strands[0].lines[-1]
    assert last.extras == ("timeout 5s", "3 retries", "aborts 0.5 % with 503", "mirrors 10 % to shadow")


def test_a_delegate_comes_in_where_those_who_hand_on_to_it_do() -> None:
    (strand,) = app(picture(varied()), "cart").strands
    assert strand.entrances == ("gates/front",)
    assert strand.hosts == ("handed on by web/www",)


def test_a_gateway_of_other_people_is_an_entrance_too() -> None:
    shown = picture(varied())
    assert app(shown, "other").strands[0].entrances == ("platform/shared", "gates/front")
    assert not entrance(shown, "platform/shared").known


def test_gateways_on_the_same_pods_are_one_entrance() -> None:
    shown = picture(
        stack(
            gateway_release("front", "gates", labels={"istio": "front"}),
            *(gateway(f"team-{number}", "teams", istio="front") for number in range(30)),
        )
    )
    assert [each.title for each in shown.entrances] == ["front"]


def test_pods_of_a_plain_deployment_may_be_a_gateway() -> None:
    shown = picture(
        stack(
            gateway("edge", "web", {"port": {"number": 80, "protocol": "HTTP"}, "hosts": ["a.example"]}, app="edge"),
            deployment("edge", "web"),
            service("edge", "web", type="NodePort"),
        )
    )
    (edge,) = shown.entrances
    assert (edge.outside, edge.servers) == ("Whoever reaches a node", ("80 HTTP a.example",))
    assert [each.name for quarter in shown.quarters for each in quarter.apps] == []


def test_policies_stand_at_what_they_hold_for() -> None:
    shown = picture(varied())
    quarters = {quarter.name: quarter for quarter in shown.quarters}
    assert badges(shown) == {"mTLS STRICT": Tone.GOOD}
    assert badges(quarters["old"]) == {"no sidecars": Tone.PLAIN, "mTLS PERMISSIVE": Tone.WARN}
    assert badges(quarters["data"]) == {"refuses all callers: deny-all": Tone.PLAIN}
    assert badges(quarters["web"])["ALLOW nobody, selects no pods of this stack"] is Tone.WARN
    assert {"ALLOW callers", "mTLS 8080 DISABLE", "callers use no TLS", "ejects failing pods"} <= badges(
        app(shown, "www")
    ).keys()
    assert badges(app(shown, "cart")) == {}
    assert badges(entrance(shown, "front")) == {"JWT of https://login.example.com": Tone.PLAIN}


def test_what_no_route_leads_to_is_there_all_the_same() -> None:
    shown = picture(varied())
    assert app(shown, "lonely").note == "no route of its own: port 80, spread over its pods"
    assert badges(app(shown, "lonely")) == {"open by NodePort": Tone.WARN}
    assert app(shown, "traffic-generator").note == "no Service leads here"
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
    assert kinds == {"v9": "subset that no rule names", "v1": "subset"}


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


def test_rules_that_may_be_open_already_are_said_to_be() -> None:
    snapshot = evaluate_file(DEV)
    for looked_up in (True, False):
        (tile,) = [each for each in picture(snapshot, rules_looked_up=looked_up).tiles if each.title.startswith("EKS")]
        assert tile.facts[0] == "15017: Istio webhooks: sidecar injection and validation"
        assert ("created unless already open" in tile.facts) is looked_up


def test_routing_that_leads_nowhere_is_an_app_of_its_own() -> None:
    away = {"hosts": ["a.example.com"], "http": [{"redirect": {"authority": "b.example.com"}}]}
    shown = picture(stack(virtual_service("one", "web", away), virtual_service("two", "web", away)))
    assert [each.name for quarter in shown.quarters for each in quarter.apps] == ["one", "two"]
    assert routes_in_words(app(shown, "two")) == [("all", "301 to b.example.com")]


def test_hosts_are_never_told_at_a_gateway_that_does_not_have_them() -> None:
    """The same routes for one host at one gateway and another at another stay two."""
    at = {"a.example.com": ["gates/one"], "b.example.com": ["gates/two"], "c.example.com": ["gates/two"]}
    http = [{"route": [{"destination": {"host": "web"}}]}]
    specs = [{"hosts": [host], "gateways": gateways, "http": http} for host, gateways in at.items()]
    services = [virtual_service(f"web-{number}", "default", spec) for number, spec in enumerate(specs)]
    strands = app(picture(stack(*services)), "web-0").strands
    assert [(strand.hosts, strand.entrances) for strand in strands] == [
        (("a.example.com",), ("gates/one",)),
        (("b.example.com", "c.example.com"), ("gates/two",)),
    ]


def test_an_app_stands_where_its_pods_are() -> None:
    spec = {"hosts": ["a.example.com"], "http": [{"route": [{"destination": {"host": "web.shop.svc.cluster.local"}}]}]}
    shown = picture(stack(virtual_service("web", "routes", spec), service("web", "shop")))
    assert app(shown, "web").namespace == "shop"


@pytest.mark.parametrize(
    ("annotations", "outside"),
    [
        ({"type": "external"}, "The VPC"),
        ({"type": "nlb"}, "Internet"),
        ({"type": "nlb", "internal": "true"}, "The VPC"),
        ({"type": "external", "scheme": "internet-facing"}, "Internet"),
    ],
)
def test_a_load_balancer_without_a_scheme_has_its_controllers_default(
    annotations: dict[str, str], outside: str
) -> None:
    full = {f"service.beta.kubernetes.io/aws-load-balancer-{key}": value for key, value in annotations.items()}
    shown = picture(stack(gateway_release("front", "gates", service={"annotations": full})))
    assert entrance(shown, "front").outside == outside


def test_a_gateway_object_opens_the_pods_that_it_selects_and_no_others() -> None:
    shown = picture(varied())
    assert entrance(shown, "out").servers == ("443 TLS api.partner.example",)
    assert app(shown, "db").strands[0].entrances == ("gates/front",)
