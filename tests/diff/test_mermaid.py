"""Does the picture of a pull request show what changes on the way of requests, and can no name break it?"""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairlead.reports.mermaid_chart import label
from tests.fixtures.hostile_text import TEXTS
from tests.fixtures.picture.mermaid_reader import LINE, drawn, links, node, styled

pytestmark = pytest.mark.mesh

BOUNDED = settings(max_examples=120, derandomize=True, deadline=None, database=None)

HOSTS = st.lists(TEXTS, min_size=1, max_size=2)
JUNK = st.sampled_from([None, "", "junk", -1, True, [], [None], {}, {"": 1}])


def virtual_service(name: str, *routes: Any, hosts: Any = ("shop.example.com",), gateways: Any = ("edge/edge",)) -> Any:
    spec = {"hosts": list(hosts), "gateways": list(gateways), "http": list(routes)}
    metadata = {"name": name, "namespace": "web"}
    return {"apiVersion": "networking.istio.io/v1", "kind": "VirtualService", "metadata": metadata, "spec": spec}


def gateway(name: str) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "edge"}
    servers = [{"port": {"number": 80, "protocol": "HTTP"}, "hosts": ["*"]}]
    spec = {"selector": {"istio": name}, "servers": servers}
    return {"apiVersion": "networking.istio.io/v1", "kind": "Gateway", "metadata": metadata, "spec": spec}


def route(path: str = "", **weights: Any) -> dict[str, Any]:
    shares = [{"destination": {"host": "shop", "subset": name}, "weight": share} for name, share in weights.items()]
    return {"match": [{"uri": {"prefix": path}}], "route": shares} if path else {"route": shares}


def test_a_changed_weight_is_on_its_way() -> None:
    chart = drawn([virtual_service("shop", route(v1=70, v2=30))], [virtual_service("shop", route(v1=20, v2=80))])
    shop = node(chart, "web/shop<br/>shop.example.com")
    assert f'{shop} -->|"30 % → 80 %"| {node(chart, "v2")}' in links(chart, "changed")
    assert f'{shop} -->|"70 % → 20 %"| {node(chart, "v1")}' in links(chart, "changed")
    assert f"{node(chart, 'outside')} --> {node(chart, 'gateway<br/>edge/edge')}" in chart
    assert styled(chart, "changed") == [shop]


def test_routes_that_stay_are_left_out() -> None:
    stays, before, after = route("/stays", v9=100), route("/x", v1=70, v2=30), route("/x", v1=20, v2=80)
    chart = drawn([virtual_service("shop", stays, before)], [virtual_service("shop", stays, after)])
    assert "v9" not in chart
    assert "path prefix /x<br/>30 % → 80 %" in chart


def test_what_comes_is_green_and_what_goes_is_red() -> None:
    before = [gateway("edge"), virtual_service("old", route(v1=100), hosts=["old.example.com"])]
    before.append(virtual_service("shop", route(v1=50, v2=50)))
    shop = virtual_service("shop", route(v1=50, v3=50), gateways=["edge/edge", "edge/new", "mesh"])
    chart = drawn(before, [gateway("edge"), gateway("new"), shop])
    assert styled(chart, "added") == [node(chart, "gateway<br/>edge/new"), node(chart, "v3")]
    assert node(chart, "web/old<br/>old.example.com") in styled(chart, "removed")
    assert f"{node(chart, 'inside the mesh')} --> {node(chart, 'web/shop<br/>shop.example.com')}" in links(
        chart, "added"
    )
    assert any(each.endswith(node(chart, "v2")) for each in links(chart, "removed"))


def test_a_version_that_only_leaves_one_route_does_not_go() -> None:
    before = virtual_service("shop", route("/a", v1=50, v2=50), route("/b", v1=50, v2=50))
    chart = drawn([before], [virtual_service("shop", route("/a", v1=100), route("/b", v1=20, v2=80))])
    assert styled(chart, "removed") == []
    assert len(links(chart, "removed")) == 1


def test_a_label_is_never_taken_for_a_list() -> None:
    assert label("1. one", "22) two", "- three", "9 four") == "1#46; one<br/>22#41; two<br/>#45; three<br/>9 four"


def test_a_redirect_is_where_requests_go() -> None:
    chart = drawn([virtual_service("shop", route(v1=100))], [virtual_service("shop", {"redirect": {"uri": "/new"}})])
    assert node(chart, "redirect 301 to /new") in styled(chart, "added")


def test_two_services_of_the_same_version_name_are_told_apart() -> None:
    def to(weight: int) -> dict[str, Any]:
        hosts = ("a.one.svc.cluster.local", "a.two.svc.cluster.local")
        shares = [
            {"destination": {"host": host}, "weight": each}
            for host, each in zip(hosts, (weight, 100 - weight), strict=True)
        ]
        return virtual_service("shop", {"route": shares})

    chart = drawn([to(10)], [to(40)])
    assert f'-->|"10 % → 40 %"| {node(chart, "a a.one.svc.cluster.local")}' in chart
    assert f'-->|"90 % → 60 %"| {node(chart, "a a.two.svc.cluster.local")}' in chart


def test_nothing_is_drawn_where_no_routing_changes() -> None:
    shop = virtual_service("shop", route(v1=100))
    labelled = {**shop, "metadata": {**shop["metadata"], "labels": {"a": "b"}}}
    assert drawn([shop], [labelled]) == ""
    assert drawn([gateway("edge"), shop], [gateway("edge"), labelled]) == ""


def test_many_are_numbers_behind_their_gateways() -> None:
    def stack(share: int, *apps: int) -> list[Any]:
        split = route(v1=100 - share, v2=share)
        bound = ((f"app-{n}", [f"app-{n}.example.com"], [f"edge/g{n % 30}", "mesh"]) for n in apps)
        return [virtual_service(name, split, hosts=hosts, gateways=gateways) for name, hosts, gateways in bound]

    chart = drawn(stack(10, *range(200)), stack(20, *range(9, 205)))
    assert len(re.findall(r"^  n\d+\W+\"", chart, re.MULTILINE)) <= 40
    inside = node(chart, "191 VirtualServices changed<br/>web/app-10<br/>web/app-100<br/>web/app-101<br/>and 188 more")
    assert f"{node(chart, 'inside the mesh')} --> {inside}" in links(chart, "changed")
    assert node(chart, "9 VirtualServices removed<br/>web/app-0<br/>web/app-1<br/>web/app-2<br/>and 6 more")
    assert node(chart, "25 more gateways")


def test_one_with_many_destinations_is_cut_short_by_a_number() -> None:
    before, after = ({f"v{n}": n + more for n in range(50)} for more in (1, 9))
    chart = drawn([virtual_service("shop", route("", **before))], [virtual_service("shop", route("", **after))])
    assert node(chart, "and 38 more")


@BOUNDED
@given(TEXTS, HOSTS, HOSTS, TEXTS, TEXTS)
def test_no_name_breaks_the_chart(name: str, hosts: list[str], gateways: list[str], path: str, version: str) -> None:
    before, after = (
        virtual_service(name, route(path, **{version: share, "v2": 100}), hosts=hosts, gateways=gateways)
        for share in (10, 60)
    )
    for chart in (drawn([before], [after]), drawn([], [after]), drawn([before], [])):
        first, *lines = chart.splitlines() or ["flowchart LR"]
        assert first == "flowchart LR"
        assert [line for line in lines if not LINE.fullmatch(line)] == []
        assert "%%" not in chart


@BOUNDED
@given(JUNK, JUNK, JUNK, JUNK)
def test_what_is_no_virtual_service_breaks_nothing(spec: Any, routes: Any, share: Any, destination: Any) -> None:
    whole = virtual_service("shop", route(v1=100))
    for broken in (
        {**whole, "spec": spec},
        {**whole, "spec": {**whole["spec"], "http": routes}},
        {**whole, "spec": {**whole["spec"], "hosts": routes, "gateways": spec}},
        virtual_service("shop", {"route": [share, {"weight": spec, "destination": destination}, {"weight": share}]}),
        virtual_service("shop", {"match": [{"uri": spec, "headers": {"": routes, "a": share}, "method": spec}]}),
        virtual_service("shop", {"match": [{"sniHosts": spec, "port": routes, "sourceLabels": share}]}),
        virtual_service("shop", {"match": spec, "redirect": routes, "directResponse": share, "delegate": spec}),
        virtual_service("shop", {"match": [spec], "route": [{"destination": {"host": share}}]}),
    ):
        drawn([whole], [broken])
        drawn([broken], [whole])
