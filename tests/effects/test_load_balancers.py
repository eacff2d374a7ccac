"""Is it told at which address a gateway answers, and whom its load balancer admits?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from fairlead.comparison.compare import compare
from fairlead.effects.effect import Effect, Hurt, Kind
from fairlead.effects.gateways import load_balancer_watcher as load_balancers
from fairlead.evaluation.snapshot import SECRET
from tests.fixtures.compared import compared, release, side
from tests.fixtures.gateway_objects import AWS, nlb, pods
from tests.fixtures.routing_objects import gateway, route, virtual_service

pytestmark = pytest.mark.mesh


def balancers(before: Any, after: Any, *, deploys: bool = True) -> list[Effect]:
    sides = ([each] if each else [] for each in (before, after))
    return list(load_balancers.watch(compared(*sides, deploys=deploys)))


def test_a_load_balancer_that_becomes_internal_is_lost_to_the_internet() -> None:
    (found,) = balancers(nlb(), nlb("internal"))
    assert found.sentence == (
        "gateway istio-ingress: NLB becomes internal: the internet no longer reaches it, and its address will change"
    )
    assert (found.hurt, found.kind) == (Hurt.INTERRUPTS, Kind.TRAFFIC)
    assert found.advice.endswith("point DNS to the new address as soon as it answers")


def test_a_load_balancer_that_becomes_public_opens_up() -> None:
    (found,) = balancers(nlb("internal"), nlb())
    assert found.text == ("NLB becomes internet-facing: the internet reaches it from now on; its address will change")
    assert found.hurt is Hurt.EXPOSES
    assert found.advice.endswith("point DNS to the new address as soon as it answers")


def test_a_load_balancer_that_is_named_public_for_the_first_time_may_be_so_already() -> None:
    (found,) = balancers(nlb(None), nlb())
    assert found.text == (
        "declared internet-facing from now on: the internet reaches it from now on; if it is not so yet, its address "
        "will change"
    )
    (found,) = balancers(nlb(None), nlb("internal"))
    assert found.text == "declared internal from now on; if it is not so yet, its address will change"
    assert found.hurt is Hurt.REPLACES


def test_between_two_stacks_an_address_does_not_change() -> None:
    found = balancers(nlb(), nlb("internal"), deploys=False)
    assert [(each.text, each.hurt) for each in found] == [("NLB is internet-facing in before, internal in after", None)]


def test_without_its_scheme_a_standing_load_balancer_stays() -> None:
    (found,) = balancers(nlb(), nlb(None))
    assert found.text == "no longer declared internet-facing; an existing one stays internet-facing"
    assert found.hurt is None


def test_the_old_annotation_for_internal_says_the_same() -> None:
    assert balancers(nlb("internal"), nlb(None, internal="true")) == []


def test_a_gateway_that_goes_is_told_with_its_apps() -> None:
    app = virtual_service(route())
    (found,) = load_balancers.watch(compared([gateway(), pods(), app], [gateway(), app]))
    assert found.sentence == "gateway istio-ingress: deleted; helloworld is reached through it"
    assert found.hurt is Hurt.INTERRUPTS
    (found,) = load_balancers.watch(compared([gateway(), nlb(), app], [gateway(), app]))
    assert found.text == "deleted: the internet no longer reaches helloworld"


def test_apps_whose_routes_go_with_their_gateway_are_told_by_their_routes() -> None:
    (found,) = load_balancers.watch(compared([gateway(), nlb(), virtual_service(route())], []))
    assert found.text == "deleted: the internet no longer reaches it"


def test_what_is_set_besides_is_not_about_requests() -> None:
    (found,) = balancers(nlb(subnets="a"), nlb(subnets="b"))
    assert found.kind is Kind.RISK


def test_a_gateway_that_comes_is_told_with_its_ports() -> None:
    (found,) = balancers(None, nlb())
    assert found.text == "internet-facing NLB on ports 80 and 443 from now on"
    assert found.hurt is Hurt.EXPOSES


def test_a_load_balancer_that_becomes_a_node_port_loses_its_address() -> None:
    (found,) = balancers(nlb(), pods(service={"type": "NodePort"}))
    assert found.text == (
        "internet-facing NLB becomes a NodePort: the internet no longer reaches it, and its address is released"
    )
    assert found.hurt is Hurt.INTERRUPTS
    (found,) = balancers(nlb("internal"), pods(service={"type": "NodePort"}))
    assert found.text == "internal NLB becomes a NodePort; its address is released"


@pytest.mark.parametrize(
    ("before", "after", "text", "hurt"),
    [
        ({"nlb_target_type": "ip"}, {"nlb_target_type": "instance"}, "its target type changes", Hurt.REPLACES),
        ({}, {"name": "web"}, "its name changes from none to web; an existing NLB keeps", None),
        ({"ssl_cert": "arn:a"}, {"ssl_cert": "arn:b"}, "its list of certificates changes from arn:a to arn:b", None),
        ({"subnets": "a"}, {"subnets": "b"}, "its list of subnets changes", Hurt.REPLACES),
        ({"healthcheck_path": "/a"}, {"healthcheck_path": "/b"}, "its health check path", Hurt.INTERRUPTS),
        (
            {"target_group_attributes": "deregistration_delay.timeout_seconds=60"},
            {"target_group_attributes": "deregistration_delay.timeout_seconds=5"},
            "deregistration delay in seconds changes from 60 to 5",
            None,
        ),
        ({"security_groups": "sg-1"}, {}, "no longer behind security groups of its own", Hurt.EXPOSES),
        ({}, {"security_groups": "sg-1"}, "behind security groups of its own", Hurt.REFUSES),
    ],
)
def test_a_setting_of_a_load_balancer_is_told(
    before: dict[str, str], after: dict[str, str], text: str, hurt: Hurt | None
) -> None:
    (found,) = balancers(nlb(service=None, **before), nlb(service=None, **after))
    assert found.text.startswith(text)
    assert found.hurt is hurt


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        (["10.0.0.0/16"], ["10.0.0.0/8"], [("open to 10.0.0.0/8 from now on", Hurt.EXPOSES)]),
        (["10.0.0.0/8"], ["10.0.0.0/16"], [("no longer open to 10.0.0.0/8, only to 10.0.0.0/16", Hurt.REFUSES)]),
        (["10.0.0.0/8"], [], [("open to the whole internet from now on", Hurt.EXPOSES)]),
        (["10.0.0.0/8", "10.1.0.0/16"], ["10.0.0.0/8"], []),
    ],
)
def test_sources_are_told_by_what_they_let_in(before: list[str], after: list[str], told: list[Any]) -> None:
    sides = (nlb(service={"loadBalancerSourceRanges": each}) for each in (before, after))
    assert [(each.text, each.hurt) for each in balancers(*sides)] == told


def test_a_port_that_goes_is_a_risk() -> None:
    ports = [{"name": "status-port", "port": 15021}, {"name": "https", "port": 443}]
    (found,) = balancers(nlb(), nlb(service={"ports": ports}))
    assert (found.text, found.hurt) == ("no longer reachable on port 80", Hurt.INTERRUPTS)


def test_a_port_that_leads_elsewhere_is_a_risk() -> None:
    ports = [{"port": 15021}, {"port": 80, "targetPort": 8080}, {"port": 443}]
    (found,) = balancers(nlb(), nlb(service={"ports": ports}))
    assert (found.text, found.hurt) == ("port 80 has target port 8080 instead of 80", Hurt.INTERRUPTS)


def test_a_way_out_that_goes_is_told_as_one() -> None:
    (found,) = balancers(pods(service={"type": "ClusterIP"}), None)
    assert found.text == "deleted"
    assert found.advice == "move its traffic to another gateway first"


def test_a_service_of_a_chart_that_was_rendered_on_one_side_only_is_not_missed() -> None:
    kiali = release("kiali", "kiali-server")
    before, after = (side([kiali], label) for label in ("before", "after"))
    service = {"apiVersion": "v1", "kind": "Service", "metadata": {"name": "kiali"}, "spec": {"type": "NodePort"}}
    rendered = replace(before, charts={before.snapshot.resources[1].urn: (service,)})
    assert list(load_balancers.watch(compare(rendered, after))) == []
    assert list(load_balancers.watch(compare(after, rendered))) == []


def test_a_service_that_is_no_gateway_is_told_too() -> None:
    def reached(scheme: str) -> dict[str, Any]:
        return {
            "apiVersion": "v1",
            "kind": "Service",
            "metadata": {"name": "web", "namespace": "web", "annotations": {f"{AWS}scheme": scheme}},
            "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]},
        }

    (found,) = balancers(reached("internet-facing"), reached("internal"))
    assert found.sentence == (
        "Service web/web: load balancer becomes internal: the internet no longer reaches it, and its address will "
        "change"
    )


def test_of_values_that_are_a_secret_nothing_is_said() -> None:
    hidden = {**nlb(), "values": SECRET}
    assert balancers(nlb(), hidden) == []
    assert balancers(hidden, nlb("internal")) == []


def test_the_status_port_that_goes_from_a_load_balancer_is_no_risk() -> None:
    sides = [nlb(service={"ports": ports}) for ports in ([{"port": 15021}, {"port": 80}], [{"port": 80}])]
    (found,) = balancers(*sides)
    assert (found.text, found.hurt) == ("no longer reachable on port 15021, the health check of its pods", None)
